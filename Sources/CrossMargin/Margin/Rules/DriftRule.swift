// Drift v2 as a rule set.

import PortfolioModel

/// Cross margin of Drift v2: weighted collateral against weighted debts and positions.
///
/// Three levels: initial, fill (the mean of both weights), maintenance. The initial level takes the
/// stricter of the oracle and the five-minute mean (state: the asset, `twap_5min_usd`), and weights
/// that shrink with all deposits (state: the asset, `total_deposits_usd`) where the terms say so.
/// Unsettled gains are part of the quote balance and count in full. The leverage that an account
/// chose raises its initial requirement. Not covered: a deposit whose weight follows deposits that
/// are not stated, assets and markets that are not listed, dated futures, inverse contracts, options.
struct DriftRule: AccountRule {
  private let venue: PerpetualVenue<DriftPerpetualTerms>
  private let orders: OrdersByAccount
  /// [assets]
  private let spot: [DriftSpotTerms?]
  private let deposits: [Double?]
  private let means: [Double?]

  var coverage: RuleCoverage { venue.coverage }
  var countsOrders: Bool { true }

  let schema = MarginSchema(
    levels: ["initial", "fill", "maintenance"],
    components: [
      MarginComponent("collateral", .value), MarginComponent("debts", .charge),
      MarginComponent("perpetuals", .charge)
    ])

  init(_ terms: DriftRuleTerms, _ context: RuleContext) {
    let market = context.book.market
    let deposits = market.assets.map { market.state($0.name, "total_deposits_usd") }
    self.deposits = deposits
    means = market.assets.map { market.state($0.name, "twap_5min_usd") }
    spot = market.assets.map { asset in
      asset.name == terms.quoteAsset
        ? .quote
        : firstIndex(in: terms.spot, named: asset.name, name: \.asset).map { terms.spot[$0].terms }
    }
    orders = OrdersByAccount(context.book)
    venue = PerpetualVenue(
      PerpetualRuleTerms(cashAsset: terms.quoteAsset, markets: terms.perpetuals), context
    ) { asset in
      guard let own = firstIndex(in: terms.spot, named: asset.name, name: \.asset) else {
        return .unknown
      }
      let isScaled = terms.spot[own].terms.depositScaleStartUSD > 0
      return isScaled && market.state(asset.name, "total_deposits_usd") == nil
        ? .unknown : .ownedOrOwed
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
    let spotBalances = holdings.amounts.compactMap { asset, amount in
      balance(asset, amount: amount)
    }
    let perpetuals = perpetuals(holdings)
    return MarginRow(
      account: holdings.account,
      levels: [DriftLevel.initial, .fill, .maintenance].map { level in
        // Means count at the initial level only.
        let balances = spotBalances.map { balance in
          var counted = balance
          if level != .initial { counted.price.meanUSD = nil }
          return counted
        }
        let debts = DriftAccount(spot: balances, perpetuals: []).sums(level)
        let positions = DriftAccount(spot: [], perpetuals: perpetuals).sums(level)
        return LevelMargin(
          componentsUSD: [
            debts.collateralUSD, 0 - debts.requirementUSD, 0 - positions.requirementUSD
          ], schema: schema)
      }, worstScenario: nil)
  }

  private func balance(_ asset: AssetIndex, amount: Double) -> DriftSpotBalance? {
    guard amount != 0, let terms = spot[asset.position] else { return nil }
    return DriftSpotBalance(
      tokens: amount,
      price: StrictPrice(
        oracleUSD: venue.pricesUSD[asset.position], meanUSD: means[asset.position]), terms: terms,
      totalDepositsUSD: deposits[asset.position] ?? 0)
  }

  private func perpetuals(_ holdings: AccountHoldings) -> [DriftPerpetual] {
    let userRatio = venue.leverages[holdings.account.position].map { 1 / $0 } ?? 0
    var places: [(instrument: Int, perpetual: DriftPerpetual)] = []
    venue.forEachPerpetual(holdings) { instrument, contract, terms, coins in
      var perpetual = DriftPerpetual(
        coins: coins, priceUSD: contract.pricing.basePrice, unrealisedUSD: 0, terms: terms)
      perpetual.userRatioMin = userRatio
      places.append((instrument, perpetual))
    }
    for order in orders.orders(of: holdings.account) {
      let instrument = order.instrument.position
      guard let contract = venue.table.contracts[instrument],
        let terms = venue.markets[contract.underlying.position]
      else { continue }
      if !places.contains(where: { $0.instrument == instrument }) {
        var perpetual = DriftPerpetual(
          coins: 0, priceUSD: contract.pricing.basePrice, unrealisedUSD: 0, terms: terms)
        perpetual.userRatioMin = userRatio
        places.append((instrument, perpetual))
      }
      guard let place = places.firstIndex(where: { $0.instrument == instrument }) else { continue }
      let coins = contract.coins(order.quantity)
      if coins > 0 {
        places[place].perpetual.bidCoins += coins
      } else {
        places[place].perpetual.askCoins -= coins
      }
      places[place].perpetual.orderCount += 1
    }
    return places.map(\.perpetual)
  }
}
