// Paradex's cross margin as a rule set.

import PortfolioModel
import RiskNumerics

/// Cross margin of Paradex: market by market, orders on the side that asks for more.
///
/// Option values are marks, or model values where there is none. Amounts are in the venue's dollar,
/// one unit of the cash asset. Holdings of listed underlyings are part of the account and are
/// charged in full. Not covered: other assets, dated futures, inverse contracts.
struct ParadexCrossRule: AccountRule {
  private let venue: PerpetualVenue<ParadexCrossRuleTerms.Market>
  private let terms: ParadexCrossRuleTerms
  private let orders: OrdersByAccount
  /// Mark of one coin, USD. [instruments]
  private let marksUSD: [Double]

  var coverage: RuleCoverage { venue.coverage }
  var countsOrders: Bool { true }

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("cash", .value), MarginComponent("holdings", .value),
      MarginComponent("options", .value), MarginComponent("positions", .charge),
      MarginComponent("open_loss", .charge), MarginComponent("fees", .charge),
      MarginComponent("spot_holdings", .charge)
    ])

  init(_ terms: ParadexCrossRuleTerms, _ context: RuleContext) {
    let listed = terms.perpetuals.markets.map(\.asset)
    venue = PerpetualVenue(terms.perpetuals, context, listsOptions: true) { asset in
      listed.contains(asset.name) ? .owned : .unknown
    }
    self.terms = terms
    orders = OrdersByAccount(context.book)
    let pricesUSD = venue.pricesUSD
    marksUSD = venue.table.contracts.enumerated().map { position, listed in
      guard let contract = listed else { return 0 }
      if !contract.isOption { return contract.pricing.basePrice }
      let coinUSD =
        contract.pricing.multiplier * pricesUSD[contract.pricing.settlement.position]
      return contract.pricing.markOfOption
        ?? context.base.baseUSD[context.columns.assetCount + position] / coinUSD
    }
  }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    accounts.map { holdings in
      let gap =
        coverage.gap(in: holdings) ?? coverage.gap(in: orders.orders(of: holdings.account))
      return gap.map { .notCovered($0) } ?? .margin(judge(holdings))
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var optionsUSD = 0.0
    var (initial, maintenance) = (Charges(), Charges())
    for (instrument, position) in positions(holdings) {
      guard let contract = venue.table.contracts[instrument],
        let market = venue.markets[contract.underlying.position]
      else { continue }
      if contract.isOption {
        optionsUSD += position.coins * position.markUSD
        let spotUSD = venue.pricesUSD[contract.underlying.position]
        initial.add(
          market.optionInitial.requirement(
            position, strikeUSD: contract.pricing.strike, side: contract.pricing.side,
            spotUSD: spotUSD, countsOrders: true))
        maintenance.add(
          market.optionMaintenance.requirement(
            position, strikeUSD: contract.pricing.strike, side: contract.pricing.side,
            spotUSD: spotUSD, countsOrders: false))
      } else {
        let levels = market.future.requirement(position)
        initial.add(levels.initial)
        maintenance.add(levels.maintenance)
      }
    }
    var holdingsUSD = 0.0
    for (asset, amount) in holdings.amounts where asset != venue.cash {
      holdingsUSD += amount * venue.pricesUSD[asset.position]
    }
    let cashUSD = venue.cashUSD(holdings)
    return MarginRow(
      account: holdings.account,
      levels: [initial, maintenance].map { charges in
        LevelMargin(
          componentsUSD: [
            cashUSD, holdingsUSD, optionsUSD, 0 - charges.netUSD, 0 - charges.openLossUSD,
            0 - charges.feeUSD, 0 - holdingsUSD
          ], schema: schema)
      }, worstScenario: nil)
  }

  private struct Charges {
    var (netUSD, openLossUSD, feeUSD) = (0.0, 0.0, 0.0)

    mutating func add(_ requirement: ParadexMarketRequirement) {
      netUSD += requirement.netUSD
      openLossUSD += requirement.openLossUSD
      feeUSD += requirement.feeUSD
    }
  }

  /// Positions with their orders by instrument, positions first.
  private func positions(
    _ holdings: AccountHoldings
  ) -> [(instrument: Int, position: ParadexMarketPosition)] {
    var result: [(instrument: Int, position: ParadexMarketPosition)] = []
    func place(of instrument: Int) -> Int? {
      if let known = result.firstIndex(where: { $0.instrument == instrument }) { return known }
      guard let contract = venue.table.contracts[instrument] else { return nil }
      let markUSD = marksUSD[instrument]
      let spotUSD = venue.pricesUSD[contract.underlying.position]
      let feeUSD =
        contract.isOption
        ? min(terms.optionFeeFraction * spotUSD, terms.optionFeeMaxFraction * markUSD)
        : terms.perpetualFeeFraction * markUSD
      result.append(
        (
          instrument,
          ParadexMarketPosition(coins: 0, orders: [], markUSD: markUSD, feeUSD: feeUSD)
        ))
      return result.count - 1
    }
    for (instrument, quantity) in holdings.contracts where quantity != 0 {
      guard let place = place(of: instrument.position),
        let contract = venue.table.contracts[instrument.position]
      else { continue }
      result[place].position.coins += contract.coins(quantity)
    }
    for order in orders.orders(of: holdings.account) {
      guard let place = place(of: order.instrument.position),
        let contract = venue.table.contracts[order.instrument.position]
      else { continue }
      result[place].position.orders.append(
        ParadexMarketPosition.Order(
          coins: contract.coins(order.quantity), priceUSD: order.price))
    }
    return result
  }
}
