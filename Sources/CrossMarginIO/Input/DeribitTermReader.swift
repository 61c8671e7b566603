// The terms of Deribit's portfolio margin.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of the family deribit_pm; most map each underlying to its own number.
  func deribitPortfolio() -> DeribitRuleTerms {
    let assets = names("underlyings")
    func each(_ key: String, _ rule: NumberRule) -> [Double] { numbers(key, rule, of: assets) }
    let (ranges, steps) = (each("price_range", .innerFraction), stepCount())
    let (up, down) = (each("vol_up", .notNegative), each("vol_down", .properFraction))
    let raised = each("vol_up_min", .notNegative)
    let term = volatilityTerm()
    let tailWeight = number("tail_weight", .positive)
    let (dampeners, offset) = (each("dampener_usd", .notNegative), number("gain_offset", .fraction))
    let offsetMax = optionalNumbers("gain_offset_max_usd", .notNegative, of: assets)
    let (rollMin, rollAnnual) = (
      each("roll_move_min", .notNegative), each("roll_move_annual", .notNegative)
    )
    let shock = DeltaShockTerms(
      thresholdUSD: number("delta_shock_threshold_usd", .notNegative),
      chargePerUSD: number("delta_shock_per_usd", .notNegative),
      fractionMax: number("delta_shock_max", .fraction))
    let maintenance = number("maintenance_factor", .fraction)
    var underlyings: [AssetTerms<DeribitPortfolioTerms>] = []
    let tails = value("tail_moves")
    for (place, asset) in assets.enumerated() {
      var grid = PriceVolatilityGrid(
        priceRangeFraction: ranges[place], stepCount: steps, volatilityUpFraction: up[place],
        volatilityDownFraction: down[place], volatilityTerm: term)
      grid.raisedVolatilityAnnualMin = raised[place]
      if let tails { grid.tailMoves = ScenarioSettingsReader.tailMoves(tails, grid) }
      grid.tailWeight = tailWeight
      underlyings.append(
        AssetTerms(
          asset: asset,
          terms: DeribitPortfolioTerms(
            grid: grid, dampenerUSD: dampeners[place], gainOffsetFraction: offset,
            gainOffsetMaxUSD: offsetMax[place],
            rollShock: BasisTerms(
              moveFractionMin: rollMin[place], moveAnnual: rollAnnual[place], weight: 1),
            deltaShock: shock, maintenanceFactor: maintenance,
            unconfirmed: DeribitPortfolioTerms.unconfirmedOfModel)))
    }
    return DeribitRuleTerms(underlyings: underlyings, haircuts: haircuts("haircuts"))
  }

  private func stepCount() -> Int {
    value("price_steps")?.integer(in: 1...ScenarioSettingsReader.stepCountMax) ?? 1
  }
}
