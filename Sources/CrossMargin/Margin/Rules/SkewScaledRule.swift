// Synthetix v3 perpetuals as a rule set.

import PortfolioModel

/// Cross margin of Synthetix v3: rates grow with a position's share of the skew scale.
///
/// What a position lost by the price impact of its own trade is part of its unsettled gain, which runs
/// from the fill price. An account with positions pays the largest liquidation reward at both levels.
/// Not covered: collaterals and markets that are not listed, dated futures, inverse contracts,
/// options.
struct SkewScaledRule: AccountRule {
  private let venue: PerpetualVenue<SkewScaledTerms>
  private let rewardUSD: Double
  private let discounts: [Double]

  var coverage: RuleCoverage { venue.coverage }

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("collateral", .value), MarginComponent("discount", .value),
      MarginComponent("positions", .charge),
      MarginComponent("liquidation_reward", .charge)
    ])

  init(_ terms: SkewRuleTerms, _ context: RuleContext) {
    let market = context.book.market
    venue = PerpetualVenue(terms.perpetuals, context) { asset in
      terms.discounts.contains { $0.asset == asset.name } ? .owned : .unknown
    }
    rewardUSD = terms.liquidationRewardUSD
    discounts = market.assets.map { asset in
      firstIndex(in: terms.discounts, named: asset.name, name: \.asset)
        .map { terms.discounts[$0].fraction } ?? 0
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var (collateralUSD, discountUSD) = (venue.cashUSD(holdings), 0.0)
    for (asset, amount) in holdings.amounts where asset != venue.cash {
      let valueUSD = amount * venue.pricesUSD[asset.position]
      collateralUSD += valueUSD
      discountUSD += valueUSD * discounts[asset.position]
    }
    var positions: [SkewedPosition] = []
    venue.forEachPerpetual(holdings) { _, contract, terms, coins in
      positions.append(
        SkewedPosition(
          coins: coins, priceUSD: venue.pricesUSD[contract.underlying.position], skewCoins: 0,
          terms: terms))
    }
    let chargedUSD = positions.isEmpty ? 0 : rewardUSD
    let margins = LevelPair.sum(positions.map(\.marginUSD))
    return MarginRow(
      account: holdings.account,
      levels: [margins.initial, margins.maintenance].map {
        LevelMargin(
          componentsUSD: [
            collateralUSD, 0 - discountUSD, 0 - $0, 0 - chargedUSD
          ], schema: schema)
      }, worstScenario: nil)
  }
}
