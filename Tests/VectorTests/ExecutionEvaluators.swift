// Impact and schedules of selling, first passages, barriers, volatility, oracles, and the points at
// which accounts fail.

import CrossMargin
import RiskNumerics
import VectorReading

enum ExecutionEvaluators {
  static let all: [String: Evaluator] = [
    "market_impact": impact, "optimal_execution": execution, "first_passage": firstPassage,
    "discrete_monitoring": barrier, "distance_to_default": merton, "volatility": volatility,
    "euler_allocation": allocation, "most_likely_insolvency": mostLikely, "oracle": oracle
  ]

  private static func list(_ values: [Double]) -> JSONValue { .list(values.map { .number($0) }) }

  /// Basis points.
  private static let impact: Evaluator = { inputs in
    let market = ImpactMarket(
      dailyVolume: try inputs.number("V"), outstanding: try inputs.number("Theta"),
      volatilityDaily: try inputs.number("sigma"))
    let order = try inputs.number("X_over_V")
    let impacts = try inputs.numbers("T").map {
      WorkedOrderImpact(orderFraction: order, days: $0, market: market)
    }
    guard let first = impacts.first else { throw InputError("no time") }
    return [
      "permanent": .number(first.permanentFraction * 10_000),
      "temporary": list(impacts.map { $0.temporaryFraction * 10_000 }),
      "cost": list(impacts.map { $0.costFraction * 10_000 })
    ]
  }

  /// Costs in millions, the urgency as the single value.
  private static let execution: Evaluator = { inputs in
    let problem = ExecutionProblem(
      units: try inputs.number("X"), days: try inputs.number("T"),
      periodCount: Int(try inputs.number("N")), moveUSDPerRootDay: try inputs.number("sigma"),
      costs: ExecutionCosts(
        fixedUSD: try inputs.number("epsilon"), permanent: try inputs.number("gamma"),
        temporary: try inputs.number("eta")))
    let aversions = try? inputs.numbers("lam")
    let schedules = try (aversions ?? [try inputs.number("lam")]).map {
      ExecutionSchedule(problem, riskAversionPerUSD: $0)
    }
    func values(_ field: (ExecutionSchedule) -> Double) -> JSONValue {
      aversions == nil ? .number(field(schedules[0])) : list(schedules.map(field))
    }
    return [
      "value": values(\.urgencyPerDay), "kappa": values(\.urgencyPerDay),
      "half_life": values(\.halfLifeDays), "E_musd": values { $0.expectedCostUSD / 1e6 },
      "V_musd2": values { $0.varianceUSDSquared / 1e12 },
      "holdings": list(schedules[0].holdings)
    ]
  }

  private static let firstPassage: Evaluator = { inputs in
    let (distance, deviation) = (try inputs.number("b"), try inputs.number("sigma"))
    let time = try inputs.number("T")
    func probability(_ drift: Double) -> Double {
      FirstPassage(distance: distance, drift: drift, deviation: deviation)
        .probability(within: time)
    }
    let drifts = try? inputs.numbers("mu")
    if let drifts { return ["value": list(drifts.map(probability))] }
    return ["value": .number(probability(try inputs.number("mu")))]
  }

  /// Down-and-out calls, watched without pause or `m` times.
  private static let barrier: Evaluator = { inputs in
    let years = try inputs.number("T")
    let calls = try inputs.numbers("H").map {
      DownAndOutCall(
        spot: try inputs.number("S"), strike: try inputs.number("K"), barrier: $0,
        rateContinuous: try inputs.number("r"), volatilityAnnual: try inputs.number("sigma"),
        expiryYears: years)
    }
    if inputs.has("m") {
      let interval = years / (try inputs.number("m"))
      return ["value": list(calls.map { $0.value(seenEveryYears: interval) })]
    }
    return ["value": list(calls.map(\.value))]
  }

  private static let merton: Evaluator = { inputs in
    let firm = MertonFirm(
      MertonFirm.Equity(
        value: try inputs.number("E"), volatilityAnnual: try inputs.number("sigma_E"),
        debt: try inputs.number("D"), rateContinuous: try inputs.number("r"),
        years: try inputs.number("T")))
    return [
      "V": .number(firm.assets), "sigma_V": .number(firm.assetVolatilityAnnual),
      "d2": .number(firm.distanceToDefault), "pd": .number(firm.defaultProbability)
    ]
  }

  /// One step of exponential weights, or a GARCH forecast over a number of moves.
  private static let volatility: Evaluator = { inputs in
    if inputs.has("lam") {
      let last = try inputs.number("sigma_prev")
      let variance = ConditionalVolatility.exponential(lambda: try inputs.number("lam"))
        .next(after: try inputs.number("ret"), variance: last * last)
      return ["value": .number(variance.squareRoot())]
    }
    let rule = ConditionalVolatility.garch(
      moveWeight: try inputs.number("a"), persistenceWeight: try inputs.number("b"),
      longRunVariance: try inputs.number("v_bar"))
    let sum = rule.expectedVarianceSum(
      count: Int(try inputs.number("tau")), variance: try inputs.number("v_0"))
    return ["value": .number(sum), "variance": .number(sum)]
  }

  private static let allocation: Evaluator = { inputs in
    let exposures = try inputs.numbers("w")
    let deviations = try inputs.numbers("vol")
    let correlation = try? inputs.matrix("corr")
    let common = try correlation == nil ? inputs.number("corr") : 0
    var covariance = Matrix(rowCount: exposures.count, columnCount: exposures.count)
    for column in exposures.indices {
      for row in exposures.indices {
        let pair = correlation?[row, column] ?? (row == column ? 1 : common)
        covariance[row, column] = pair * deviations[row] * deviations[column]
      }
    }
    let risk = LinearRisk(
      exposures: exposures, covariance: covariance,
      confidence: NormalDistribution.cdf(try inputs.number("z")))
    return [
      "var": .number(risk.valueAtRisk), "component": list(risk.componentValueAtRisk),
      "marginal": list(risk.marginalValueAtRisk),
      "sum": .number(risk.componentValueAtRisk.reduce(0, +))
    ]
  }

  private static let mostLikely: Evaluator = { inputs in
    let (buffer, delta) = (try inputs.number("buffer"), try inputs.numbers("delta"))
    let covariance = try inputs.matrix("cov")
    let point =
      inputs.has("gamma")
      ? try MostLikelyLiquidation(
        bufferUSD: buffer, delta: delta, gamma: try inputs.matrix("gamma"),
        covariance: covariance)
      : try MostLikelyLiquidation(bufferUSD: buffer, delta: delta, covariance: covariance)
    guard let point else { return ["distance": .null, "point": .null] }
    return ["distance": .number(point.distance), "point": list(point.point)]
  }

  private static let oracle: Evaluator = { inputs in
    let quote = FixedPointQuote(
      price: Int64(try inputs.number("price_int")),
      confidence: Int64(try inputs.number("conf_int")), exponent: Int(try inputs.number("expo")))
    return ["price": .number(quote.priceUSD), "conf": .number(quote.confidenceUSD)]
  }
}
