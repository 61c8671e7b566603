// Portfolio margin and standard margin of linear perpetuals of Deribit.

import CrossMargin
import PortfolioModel
import RiskNumerics
import VectorReading

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
    let positions = try inputs.object("positionsInCoin")
    let settlement: DeribitPortfolio.Settlement =
      positions.names.allSatisfy { $0.contains("_USD") } ? .linear : .coin
    let held = try positions.names.map { name -> Held in
      let parsed = try InstrumentName(name)
      if parsed.option != nil { throw InputError("\(name): options need their volatility") }
      if (settlement == .linear) != name.contains("_USD") {
        throw InputError("\(name) settles in another currency")
      }
      return Held(
        coins: try positions.number(name), expiry: parsed.expiry,
        price: settlement == .linear ? try inputs.object("marks").number(name) : 0)
    }
    func profits(_ group: [Held]) -> [Double] {
      scenarios.map { scenario in
        let ratio = scenario.priceRatio
        let gains = group.map {
          settlement == .coin
            ? FutureProfit.coins($0.coins, priceRatio: ratio)
            : FutureProfit.linear($0.coins, price: $0.price, priceRatio: ratio)
        }
        return gains.reduce(0, +)
      }
    }
    let (perpetuals, futures) = (
      held.filter { $0.expiry == nil }, held.filter { $0.expiry != nil }
    )
    var account = DeribitPortfolio(
      settlement: settlement, indexUSD: try inputs.number("index"), profits: profits(held),
      deltas: try deltas(held, inputs))
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
    let edges = zip(profits(perpetuals), scenarios).map {
      terms.tableProfit($0, $1, settlement: settlement)
    }
    let sides = [
      far.first { scenarios[$0].priceRatio < 1 }, far.first { scenarios[$0].priceRatio > 1 }
    ]
    return [
      "standardMoves": numbers(scenarios.map(\.priceMoveFraction), at: standard),
      "perpPnL": numbers(profits(perpetuals), at: standard),
      "futurePnL": numbers(profits(futures), at: standard),
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

  private struct Held {
    var coins: Double
    /// nil for perpetuals.
    var expiry: UTCTime?
    /// Mark of linear contracts.
    var price: Double
  }

  /// Net deltas by expiry, those of perpetuals first.
  private static func deltas(_ held: [Held], _ inputs: Inputs) throws -> [ExpiryDelta] {
    let expiries = Set(held.compactMap(\.expiry)).sorted()
    let dated = try expiries.map { expiry in
      let now = UTCTime(
        microseconds: Int64(try inputs.number("evaluationTimestampMs")) * 1_000)
      return ExpiryDelta(expiryYears: now.years(to: expiry), delta: net(held, expiry))
    }
    return [ExpiryDelta(expiryYears: 0, delta: net(held, nil))] + dated
  }

  private static func net(_ held: [Held], _ expiry: UTCTime?) -> Double {
    held.filter { $0.expiry == expiry }.map(\.coins).reduce(0, +)
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
      gainOffsetMaxUSD: inputs.value("max_offsetable_pnl")?.number,
      rollShock: BasisTerms(
        moveFractionMin: try inputs.number("min_annualised_move"),
        moveAnnual: try inputs.number("annualised_move_risk"), weight: 1),
      deltaShock: DeltaShockTerms(
        thresholdUSD: try inputs.number("delta_total_liq_shock_threshold_usd", absent: .infinity),
        chargePerUSD: try inputs.number("m_inc", absent: 0),
        fractionMax: try inputs.number("max_delta_shock", absent: 0)),
      maintenanceFactor: try inputs.number("mm_factor"),
      unconfirmed: DeribitPortfolioTerms.unconfirmedOfModel)
  }
}
