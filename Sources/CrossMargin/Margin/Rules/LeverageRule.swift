// Hyperliquid's cross margin as a rule set.

import PortfolioModel

/// Cross margin of Hyperliquid: notional over leverage, maintenance by tier.
///
/// The leverage is that which the account chose, at most the tier's, and the tier's where it chose
/// none. Amounts are in the venue's dollar, one unit of the cash asset. Not covered: other assets
/// (spot balances do not back cross positions), dated futures, inverse contracts, options.
struct LeverageRule: AccountRule {
  private let venue: PerpetualVenue<LeverageTiers>

  var coverage: RuleCoverage { venue.coverage }

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [MarginComponent("account_value", .value), MarginComponent("positions", .charge)])

  init(_ terms: PerpetualRuleTerms<LeverageTiers>, _ context: RuleContext) {
    venue = PerpetualVenue(terms, context)
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    let chosen = venue.leverages[holdings.account.position]
    var required = LevelPair.none
    venue.forEachPerpetual(holdings) { _, contract, market, coins in
      let markUSD = contract.pricing.basePrice
      let most = market.leverageMax(notionalUSD: abs(coins) * markUSD)
      let margin = LeverageMargin(
        maintenance: market.maintenance, leverage: min(chosen ?? most, most))
      required = required + margin.requirementUSD(coins: coins, markUSD: markUSD)
    }
    let cashUSD = venue.cashUSD(holdings)
    return MarginRow(
      account: holdings.account,
      levels: [required.initial, required.maintenance].map {
        LevelMargin(componentsUSD: [cashUSD, 0 - $0], schema: schema)
      }, worstScenario: nil)
  }
}
