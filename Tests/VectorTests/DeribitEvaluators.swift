// Portfolio margin and standard margin of linear perpetuals of Deribit.

import CrossMargin
import PortfolioModel
import RiskNumerics

enum DeribitEvaluators {
  static let all: [String: Evaluator] = [
    "Deribit / PME segregated": portfolio,
    "Deribit / Standard margin linear perpetual": linearPerpetual
  ]

  private static let linearPerpetual: Evaluator = { inputs in
    let (size, price) = (try inputs.number("size"), try inputs.number("price"))
    func requirement(_ level: String) throws -> JSONValue {
      let fraction = SizeScaledFraction(
        base: try inputs.number(level + "Base"), perCoin: try inputs.number(level + "PerCoin"))
      return .number(fraction.requirement(coins: size, price: price))
    }
    return ["initialMargin": try requirement("im"), "maintenanceMargin": try requirement("mm")]
  }

  private static let portfolio: Evaluator = { inputs in
    let terms = try portfolioTerms(inputs.object("params"))
    let scenarios = MarginScenario.grid(terms.grid, asset: "")
    let now = UTCTime(
      microseconds: Int64(try inputs.number("evaluationTimestampMs")) * 1_000)
    let positions = try inputs.object("positionsInCoin")
    var (perpetual, future) = (0.0, 0.0)
    var deltas: [ExpiryDelta] = []
    for name in positions.names {
      let parsed = try InstrumentName(name)
      if parsed.option != nil { throw InputError("\(name): options need their volatility") }
      if name.contains("_") { throw InputError("\(name): only inverse contracts") }
      let coins = try positions.number(name)
      if let expiry = parsed.expiry {
        future += coins
        deltas.append(ExpiryDelta(expiryYears: now.years(to: expiry), delta: coins))
      } else {
        perpetual += coins
        deltas.append(ExpiryDelta(expiryYears: 0, delta: coins))
      }
    }
    func profits(_ coins: Double) -> [Double] {
      scenarios.map { FutureProfit.coins(coins, priceRatio: $0.priceRatio) }
    }
    var account = DeribitPortfolio(
      settlement: .coin, indexUSD: try inputs.number("index"),
      profits: profits(perpetual + future), deltas: deltas)
    account.marketMakerProtection = try inputs.number("mmpMargin", absent: 0)
    account.openOrders = try inputs.number("openOrdersMargin", absent: 0)
    account.spot = try inputs.number("spotMargin", absent: 0)
    let requirement = terms.requirement(account, scenarios: scenarios)
    // The standard table lists every price move once for each of three volatilities.
    let standard = Array(stride(from: 0, to: scenarios.count - terms.grid.tailMoves.count, by: 3))
    let far = Array((scenarios.count - terms.grid.tailMoves.count)..<scenarios.count)
    func numbers(_ values: [Double], at places: [Int]) -> JSONValue {
      .list(places.map { .number(values[$0]) })
    }
    let edges = zip(profits(perpetual), scenarios).map {
      terms.tableProfit($0, $1, settlement: .coin)
    }
    let sides = [
      far.first { scenarios[$0].priceRatio < 1 }, far.first { scenarios[$0].priceRatio > 1 }
    ]
    return [
      "standardMoves": numbers(scenarios.map(\.priceMoveFraction), at: standard),
      "perpPnL": numbers(profits(perpetual), at: standard),
      "futurePnL": numbers(profits(future), at: standard),
      "aggregated": .list(
        standard.map { .number(requirement.countedProfits[$0..<($0 + 3)].min() ?? 0) }),
      "extendedPerpPnLEdges": numbers(edges, at: sides.compactMap(\.self)),
      "aggregatedExtended": numbers(requirement.countedProfits, at: far),
      "worstCase": .number(requirement.scan), "rollShock": .number(requirement.rollShock),
      "deltaShock": .number(requirement.deltaShock),
      "riskMatrixMargin": .number(requirement.riskMatrix),
      "initialMargin": .number(requirement.initial),
      "maintenanceMargin": .number(requirement.maintenance)
    ]
  }

  private static func portfolioTerms(_ inputs: Inputs) throws -> DeribitPortfolioTerms {
    var grid = PriceVolatilityGrid(
      priceRangeFraction: try inputs.number("price_range"),
      stepCount: Int(try inputs.number("buckets")),
      volatilityUpFraction: try inputs.number("volatility_range_up"),
      volatilityDownFraction: try inputs.number("volatility_range_down"),
      volatilityTerm: VolatilityTermStructure(
        shortPower: try inputs.number("short_term_vega_power"),
        longPower: try inputs.number("long_term_vega_power"), floorDays: 1))
    grid.raisedVolatilityAnnualMin = try inputs.number("min_volatility_for_shock_up")
    grid.tailMoves = DeribitPortfolioTerms.extendedMoves
    grid.tailWeight = try inputs.number("extended_table_factor")
    return DeribitPortfolioTerms(
      grid: grid, dampenerUSD: try inputs.number("extended_dampener_usd"),
      gainOffsetFraction: try inputs.number("pnl_offset"),
      gainOffsetMaxUSD: try inputs.number("max_offsetable_pnl"),
      rollShock: BasisTerms(
        moveFractionMin: try inputs.number("min_annualised_move"),
        moveAnnual: try inputs.number("annualised_move_risk"), weight: 1),
      deltaShock: DeltaShockTerms(
        thresholdUSD: try inputs.number("delta_total_liq_shock_threshold_usd"),
        chargePerUSD: try inputs.number("m_inc"),
        fractionMax: try inputs.number("max_delta_shock")),
      maintenanceFactor: try inputs.number("mm_factor"),
      unconfirmed: DeribitPortfolioTerms.unconfirmedOfModel)
  }
}
