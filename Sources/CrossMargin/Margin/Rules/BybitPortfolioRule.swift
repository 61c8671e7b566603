// An approximation of Bybit's portfolio margin as a rule set.

import PortfolioModel

/// Approximation of Bybit's portfolio margin; see `BybitPortfolioTerms.unconfirmed`.
///
/// Net short options are those that no option of the same strike and expiry pairs with.
struct BybitPortfolioRule: ScanVenueRule {
  let venue: ScanVenue<BybitPortfolioTerms>
  let book: Book

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("discount", .value),
      MarginComponent("scan", .charge), MarginComponent("short_options", .charge),
      MarginComponent("vega_spread", .charge), MarginComponent("delta_spread", .charge),
      MarginComponent("stablecoin_spread", .charge), MarginComponent("futures", .charge)
    ])

  init(_ rule: UnderlyingRuleTerms<BybitPortfolioTerms>, _ context: RuleContext) {
    book = context.book
    venue = ScanVenue(rule, context, listsInverse: false) { terms, _ in
      (terms.scenarios, terms.volatilityShock)
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var initial = [0.0, 0, 0, 0, 0, 0]
    var maintenance = initial
    var worst = WorstScan()
    venue.forEachUnderlying(holdings) { scan, terms, held in
      let profits = venue.profitsUSD(scan, held)
      let requirement = terms.requirement(portfolio(scan, held, profits))
      let parts = [
        requirement.scanUSD, requirement.shortOptionUSD, requirement.vegaSpreadUSD,
        requirement.deltaSpreadUSD, requirement.stablecoinSpreadUSD, requirement.futureUSD
      ]
      for (place, part) in parts.enumerated() {
        maintenance[place] -= part
        initial[place] -= part * requirement.initialFactor
      }
      let lowest = WorstProfit(zip(profits, scan.scenarios).map { $0 * $1.weight })
      worst.consider(lossUSD: -lowest.profit, scenario: lowest.scenario, of: scan)
    }
    return row(
      holdings, venue.value(holdings), restUSD: [initial, maintenance],
      worstScenario: worst.scenario)
  }

  private func portfolio(
    _ scan: UnderlyingScan, _ held: HeldUnderlying, _ profits: [Double]
  ) -> BybitPortfolio {
    func exposures(_ amount: (HeldChain) -> Double) -> [ExpiryExposure] {
      held.chains.map {
        ExpiryExposure(
          expiryDays: venue.table.chains[$0.chain].node.expiryDays, amount: amount($0))
      }
    }
    func deltaCoins(settledIn asset: String) -> Double {
      held.chains.reduce(0) { sum, chain in
        chain.contracts.reduce(sum) { sum, entry in
          book.market[venue.table.contract(entry).pricing.settlement].name == asset
            ? sum + venue.deltaCoins(entry) : sum
        }
      }
    }
    return BybitPortfolio(
      indexUSD: scan.spotUSD, profitsUSD: profits, netShortCoins: venue.nakedShortCoins(held),
      vegas: exposures(venue.vegaCoins), deltas: exposures { venue.deltaCoins($0) },
      tetherDeltaCoins: deltaCoins(settledIn: "USDT"),
      usdCoinDeltaCoins: deltaCoins(settledIn: "USDC"), futureCoins: venue.futureCoins(held))
  }
}
