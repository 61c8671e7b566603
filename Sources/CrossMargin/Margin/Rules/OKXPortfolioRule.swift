// An approximation of OKX's portfolio margin as a rule set.

import PortfolioModel

/// Approximation of OKX's portfolio margin; see `OKXPortfolioTerms.unconfirmed`.
///
/// Risk units are underlyings. What the venue does not publish is not charged: loss of time value
/// (MR2), vega across expiries (MR3), interest rates (MR5), the raw minimum charge (MR7). Exposures
/// to stablecoins are net deltas by settlement asset, inverse contracts counting as USD.
struct OKXPortfolioRule: ScanVenueRule {
  let venue: ScanVenue<OKXPortfolioTerms>
  let book: Book

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("discount", .value),
      MarginComponent("shock", .charge), MarginComponent("basis", .charge),
      MarginComponent("depeg", .charge), MarginComponent("minimum", .charge)
    ])

  init(_ rule: UnderlyingRuleTerms<OKXPortfolioTerms>, _ context: RuleContext) {
    book = context.book
    venue = ScanVenue(rule, context, listsInverse: true) { terms, asset in
      (
        terms.gridScenarios(asset: asset) + terms.extremeScenarios,
        VolatilityShock(
          term: terms.grid.volatilityTerm,
          raisedVolatilityAnnualMin: terms.grid.raisedVolatilityAnnualMin)
      )
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var initial = [0.0, 0, 0, 0]
    var maintenance = initial
    var worst = WorstScan()
    venue.forEachUnderlying(holdings) { scan, terms, held in
      let profits = venue.profitsUSD(scan, held)
      let gridCount = profits.count - terms.extremeScenarios.count
      let requirement = terms.requirement(
        OKXRiskUnit(
          gridProfitsUSD: Array(profits[..<gridCount]),
          extremeProfitsUSD: Array(profits[gridCount...]), timeDecayUSD: 0, vegaUSD: 0,
          deltasUSD: held.chains.map { chain in
            ExpiryDelta(
              expiryYears: venue.table.chains[chain.chain].node.expiryYears,
              delta: venue.deltaCoins(chain) * scan.spotUSD)
          }, rateUSD: 0, rawMinimumUSD: 0, exposures: exposures(scan, held)))
      let parts = [
        requirement.shockUSD, requirement.basisUSD, requirement.depegUSD,
        requirement.minimumTopUpUSD
      ]
      for (place, part) in parts.enumerated() {
        maintenance[place] -= part
        initial[place] -= part * requirement.initialFactor
      }
      let lowest = WorstProfit(profits)
      worst.consider(lossUSD: -lowest.profit, scenario: lowest.scenario, of: scan)
    }
    return row(
      holdings, venue.value(holdings), restUSD: [initial, maintenance],
      worstScenario: worst.scenario)
  }

  /// Net deltas by the currency that contracts are settled in, by name.
  private func exposures(_ scan: UnderlyingScan, _ held: HeldUnderlying) -> [QuoteExposure] {
    var exposures: [QuoteExposure] = []
    for chain in held.chains {
      for entry in chain.contracts {
        let contract = venue.table.contract(entry)
        let quote =
          contract.isInverse ? "USD" : book.market[contract.pricing.settlement].name
        let usd = venue.deltaCoins(entry) * scan.spotUSD
        if let place = exposures.firstIndex(where: { $0.quote == quote }) {
          exposures[place].exposureUSD += usd
        } else {
          exposures.append(QuoteExposure(quote: quote, exposureUSD: usd))
        }
      }
    }
    return exposures
  }
}
