// Dederi's portfolio margin as a rule set.

import PortfolioModel

/// Portfolio margin of Dederi: the worst of a grid and contingencies on futures and options.
///
/// The venue publishes one requirement, which is the only level here. Not covered: inverse
/// contracts, underlyings and collaterals that are not listed.
struct DederiRule: ScanVenueRule {
  let venue: ScanVenue<DederiTerms>
  let book: Book

  let schema = MarginSchema(
    levels: ["maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("discount", .value),
      MarginComponent("scan", .charge), MarginComponent("futures", .charge),
      MarginComponent("options", .charge)
    ])

  init(_ rule: UnderlyingRuleTerms<DederiTerms>, _ context: RuleContext) {
    book = context.book
    venue = ScanVenue(rule, context, listsInverse: false) { terms, asset in
      (
        MarginScenario.grid(terms.grid, asset: asset),
        VolatilityShock(
          term: terms.grid.volatilityTerm,
          raisedVolatilityAnnualMin: terms.grid.raisedVolatilityAnnualMin)
      )
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var charges = [0.0, 0, 0]
    var worst = WorstScan()
    venue.forEachUnderlying(holdings) { scan, terms, held in
      let profits = zip(venue.profitsUSD(scan, held), scan.scenarios).map { $0 * $1.weight }
      let lowest = WorstProfit(profits)
      charges[0] -= max(-lowest.profit, 0)
      charges[1] -= DederiTerms.futureContingencyUSD(
        coins: venue.futureCoins(held), indexUSD: scan.spotUSD,
        fraction: terms.futureContingencyFraction)
      charges[2] -=
        venue.nakedShortCoins(held) * terms.optionContingencyFraction * scan.spotUSD
      worst.consider(lossUSD: -lowest.profit, scenario: lowest.scenario, of: scan)
    }
    return row(
      holdings, venue.value(holdings), restUSD: [charges], worstScenario: worst.scenario)
  }
}
