// dYdX v4 as a rule set.

import PortfolioModel

/// Cross margin of dYdX v4: net collateral against requirements that rise with open interest.
///
/// The leverage that an account chose raises its initial requirement. Amounts are in the venue's
/// dollar, one unit of the cash asset; unsettled gains are part of it, so that cash is the venue's
/// net collateral. Not covered: a market whose rate follows the open interest while the marks state
/// none, other assets, dated futures, inverse contracts, options.
struct OpenInterestRule: AccountRule {
  private let venue: PerpetualVenue<LiquidityTier>
  /// Open interest, USD; 0 where none is stated. [instruments]
  private let openInterestUSD: [Double]

  var coverage: RuleCoverage { venue.coverage }

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [MarginComponent("net_collateral", .value), MarginComponent("positions", .charge)])

  init(_ terms: PerpetualRuleTerms<LiquidityTier>, _ context: RuleContext) {
    let book = context.book
    var contracts = [Double?](repeating: nil, count: book.instruments.count)
    for mark in book.market.marks { contracts[mark.instrument.position] = mark.openInterest }
    let isStated = contracts.map { $0 != nil }
    let markets = terms.markets
    venue = PerpetualVenue(terms, context) { _ in
      .unknown
    } accepts: { instrument, _ in
      guard
        let place = firstIndex(in: book.instruments, named: instrument.name, name: \.name),
        let tier = firstIndex(
          in: markets, named: book.market[instrument.underlying].name, name: \.asset
        ).map({ markets[$0].terms })
      else { return false }
      return isStated[place] || tier.initial.upperUSD <= tier.initial.lowerUSD
    }
    let table = venue.table
    openInterestUSD = contracts.enumerated().map { position, amount in
      guard let amount, let contract = table.contracts[position] else { return 0 }
      return abs(contract.coins(amount)) * contract.pricing.basePrice
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var account = PerpetualAccount(cashUSD: venue.cashUSD(holdings), positions: [])
    let leverage = venue.leverages[holdings.account.position]
    venue.forEachPerpetual(holdings) { instrument, contract, tier, coins in
      account.positions.append(
        PerpetualPosition(
          coins: coins, priceUSD: contract.pricing.basePrice, tier: tier,
          openInterestUSD: openInterestUSD[instrument], leverageMax: leverage))
    }
    return MarginRow(
      account: holdings.account,
      levels: [account.initialUSD, account.maintenanceUSD].map {
        LevelMargin(componentsUSD: [account.cashUSD, 0 - $0], schema: schema)
      }, worstScenario: nil)
  }
}
