// A SPAN scan as a rule set.

import PortfolioModel

/// SPAN of underlyings, each a commodity of its own.
///
/// Risk of a commodity is its scan with a charge for deltas of different months against each other, at
/// least the minimum of its short options. The value of options covers risk, but counts no further
/// than that. Delivery charges and credits between commodities are not known. Not covered:
/// underlyings and collaterals that are not listed.
struct SpanRule: ScanVenueRule {
  let venue: ScanVenue<SpanProductTerms>
  let book: Book

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("discount", .value),
      MarginComponent("option_value_unused", .value), MarginComponent("scan", .charge),
      MarginComponent("month_spread", .charge), MarginComponent("short_option_minimum", .charge),
      MarginComponent("initial_extra", .charge)
    ])

  init(_ rule: UnderlyingRuleTerms<SpanProductTerms>, _ context: RuleContext) {
    book = context.book
    venue = ScanVenue(rule, context, listsInverse: true) { terms, _ in
      // A scan range holds at every expiry, without spread or floor.
      (
        terms.scenarios.scenarios,
        VolatilityShock(
          term: VolatilityTermStructure(shortPower: 0, longPower: 0, floorDays: 1),
          raisedVolatilityAnnualMin: 0)
      )
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var charges = [0.0, 0, 0]
    var worst = WorstScan()
    var ratio = 1.0
    venue.forEachUnderlying(holdings) { scan, terms, held in
      let profits = zip(venue.profitsUSD(scan, held), scan.scenarios).map { $0 * $1.weight }
      let lowest = WorstProfit(profits)
      let deltas = held.chains.map { venue.deltaCoins($0) }
      let spread = SpanSpreadCharge(
        charge: terms.monthSpreadFraction * scan.spotUSD, deltaPerSpread: 1)
      let shortCoins = held.chains.reduce(0) { sum, chain in
        venue.table.legs(chain.contracts).reduce(sum) { $0 + max(-$1.coins, 0) }
      }
      let requirement = SpanRequirement(
        scanRisk: max(-lowest.profit, 0),
        intraCommodityCharge: spread.total(
          firstDelta: deltas.reduce(0) { $0 + max($1, 0) },
          secondDelta: deltas.reduce(0) { $0 + min($1, 0) }), deliveryCharge: 0,
        interCommodityCredit: 0,
        shortOptionMinimum: shortCoins * terms.shortOptionMinimumFraction * scan.spotUSD,
        netOptionValue: 0)
      charges[0] -= requirement.scanRisk
      charges[1] -= requirement.intraCommodityCharge
      charges[2] -= requirement.shortOptionTopUp
      ratio = max(ratio, terms.initialRatio)
      worst.consider(lossUSD: -lowest.profit, scenario: lowest.scenario, of: scan)
    }
    let value = venue.value(holdings)
    let riskUSD = 0 - charges.reduce(0, +)
    let optionsUSD = value.equity.optionValueUSD
    let unusedUSD = max(optionsUSD - riskUSD, 0)
    let extraUSD = (ratio - 1) * max(riskUSD - optionsUSD, 0)
    return row(
      holdings, value,
      restUSD: [extraUSD, 0].map { extra in [0 - unusedUSD] + charges + [0 - extra] },
      worstScenario: worst.scenario)
  }
}
