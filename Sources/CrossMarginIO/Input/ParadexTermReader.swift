// The terms of Paradex's portfolio margin.

import CrossMargin

extension TermReader {
  /// All terms of the family paradex_pm.
  func paradexPortfolio() -> ParadexRuleTerms {
    let floor = DeltaFloorTerms(
      hedgedFraction: number("hedged_delta_charge", .fraction),
      unhedgedFraction: number("unhedged_delta_charge", .fraction))
    require(
      "unhedged_delta_charge", floor.unhedgedFraction, atLeast: "hedged_delta_charge",
      floor.hedgedFraction)
    return ParadexRuleTerms(
      portfolio: ParadexPortfolioTerms(
        scenarios: scenarios(allowsSkews: false), volatilityShock: volatilityShock(),
        deltaFloor: floor, maintenanceFactor: number("maintenance_factor", .fraction),
        settlementWindowSeconds: number("settlement_window_seconds", .positive),
        optionFeeMaxFraction: number("option_fee_max", .fraction)),
      cashAsset: text("cash_asset", expected: "an asset"), underlyings: names("underlyings"),
      perpetualFeeFraction: number("perpetual_fee", .fraction),
      optionFeeFraction: number("option_fee", .fraction))
  }
}
