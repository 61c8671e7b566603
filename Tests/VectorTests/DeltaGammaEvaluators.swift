// Distributions of delta-gamma losses, what positions contribute to them, and worst cases.

import RiskNumerics
import VectorReading

enum DeltaGammaEvaluators {
  static let all: [String: Evaluator] = [
    "delta_gamma_var": valueAtRisk, "mvt_delta_gamma": student,
    "importance_sampling": importanceSampling, "risk_contributions": contributions,
    "max_loss_trust_region": worstCase, "reverse_stress": nearest
  ]

  private static let valueAtRisk: Evaluator = { inputs in
    let factor = try Covariance.factor(try inputs.matrix("cov")).matrix
    let portfolio = try DeltaGammaLoss(
      driftUSD: try inputs.number("theta", absent: 0), delta: try inputs.numbers("delta"),
      gamma: try inputs.matrix("gamma"), factor: factor)
    if inputs.has("quantity") { return try profitQuantile(portfolio.quadratic.negated) }
    let loss = portfolio.quadratic
    let moments = loss.cumulants
    var results: [String: JSONValue] = [
      "mean": .number(moments.first), "variance": .number(moments.second),
      "third_cumulant": .number(moments.third), "fourth_cumulant": .number(moments.fourth)
    ]
    for confidence in [0.9, 0.95, 0.975, 0.99, 0.995, 0.999, 0.9999] {
      let exact = try loss.exactMeasures(confidence: confidence)
      results["VaR_\(confidence)"] = .number(exact.valueAtRisk)
      results["ES_\(confidence)"] = .number(exact.expectedShortfall)
      results["cornish_fisher_VaR_\(confidence)"] = .number(
        loss.cornishFisherQuantile(confidence: confidence))
      results["lugannani_rice_VaR_\(confidence)"] = .number(
        loss.saddlepointQuantile(confidence: confidence))
    }
    return results
  }

  /// Vectors that ask for "the 0.99 quantile of" a profit.
  private static func profitQuantile(_ profit: QuadraticLoss) throws -> [String: JSONValue] {
    let exact = try profit.exactMeasures(confidence: 0.99).valueAtRisk
    return [
      "quantile_0_99": .number(exact), "exact": .number(exact),
      "lugannani_rice": .number(profit.saddlepointQuantile(confidence: 0.99)),
      "cornish_fisher": .number(profit.cornishFisherQuantile(confidence: 0.99))
    ]
  }

  private static func quadratic(_ inputs: Inputs) throws -> QuadraticLoss {
    QuadraticLoss(
      constant: try inputs.number("a", absent: 0), linear: try inputs.numbers("b"),
      quadratic: try inputs.numbers("lambda_"))
  }

  private static let student: Evaluator = { inputs in
    let loss = StudentQuadraticLoss(
      loss: try quadratic(inputs), degrees: try inputs.number("nu"))
    let probability = try loss.tailProbability(beyond: try inputs.number("x"))
    return ["tail_probability": .number(probability)]
  }

  private static let importanceSampling: Evaluator = { inputs in
    let loss = try quadratic(inputs)
    let x = try loss.exactMeasures(confidence: try inputs.number("alpha")).valueAtRisk
    let sampling = TwistedSampling(loss: loss, around: x)
    return [
      "x": .number(x), "theta": .number(sampling.twist),
      "second_moment": .number(try sampling.secondMoment(beyond: x)),
      "variance_ratio": .number(try sampling.varianceRatio(beyond: x))
    ]
  }

  private static let contributions: Evaluator = { inputs in
    inputs.has("weights") ? try linear(inputs) : try euler(inputs)
  }

  private static func linear(_ inputs: Inputs) throws -> [String: JSONValue] {
    let deviations = try inputs.numbers("sd")
    var covariance = try inputs.matrix("corr")
    for column in deviations.indices {
      for row in deviations.indices {
        covariance[row, column] *= deviations[row] * deviations[column]
      }
    }
    let risk = LinearRisk(
      exposures: try inputs.numbers("weights"), covariance: covariance,
      confidence: try inputs.number("alpha"))
    func list(_ values: [Double]) -> JSONValue { .list(values.map { .number($0) }) }
    return [
      "VaR": .number(risk.valueAtRisk), "ES": .number(risk.expectedShortfall),
      "marginal_VaR": list(risk.marginalValueAtRisk),
      "marginal_ES": list(risk.marginalExpectedShortfall),
      "component_VaR": list(risk.componentValueAtRisk),
      "component_ES": list(risk.componentExpectedShortfall),
      "incremental_VaR_remove": list(risk.incrementalValueAtRisk),
      "incremental_ES_remove": list(risk.incrementalExpectedShortfall)
    ]
  }

  /// Positions are position1, position2 and so on.
  private static func euler(_ inputs: Inputs) throws -> [String: JSONValue] {
    var positions: [(delta: [Double], gamma: Matrix)] = []
    while inputs.has("position\(positions.count + 1)") {
      let position = try inputs.object("position\(positions.count + 1)")
      positions.append((try position.numbers("delta"), try position.matrix("gamma")))
    }
    guard let first = positions.first else { throw InputError("no position") }
    var (delta, gamma) = first
    for position in positions.dropFirst() {
      delta = zip(delta, position.delta).map { $0 + $1 }
      gamma = Matrix(
        rowCount: gamma.rowCount, columnCount: gamma.columnCount,
        elements: zip(gamma.elements, position.gamma.elements).map { $0 + $1 })
    }
    let factor = try Covariance.factor(try inputs.matrix("cov")).matrix
    let portfolio = try DeltaGammaLoss(delta: delta, gamma: gamma, factor: factor)
    let exact = try portfolio.quadratic.exactMeasures(confidence: try inputs.number("alpha"))
    let moments = try portfolio.momentsAtRisk(valueAtRisk: exact.valueAtRisk)
    func components(_ moments: FactorMoments) -> JSONValue {
      .list(
        positions.map {
          .number(DeltaGammaLoss.expectedLoss(delta: $0.delta, gamma: $0.gamma, under: moments))
        })
    }
    return [
      "VaR": .number(exact.valueAtRisk), "ES": .number(exact.expectedShortfall),
      "component_VaR": components(moments.valueAtRisk),
      "component_ES": components(moments.expectedShortfall)
    ]
  }

  private static let worstCase: Evaluator = { inputs in
    let stress = try EllipsoidStress(
      gradient: try inputs.numbers("g"), curvature: try inputs.matrix("H"))
    let worst = stress.worstCase(radius: try inputs.number("radius"))
    return [
      "min_value": .number(worst.profit), "multiplier": .number(worst.multiplier),
      "y_abs_norm": .number(worst.distance),
      "y": .list(worst.scenario.map { .number($0) })
    ]
  }

  private static let nearest: Evaluator = { inputs in
    let stress = try EllipsoidStress(
      gradient: try inputs.numbers("g"), curvature: try inputs.matrix("H"))
    guard let worst = stress.nearest(losing: try inputs.number("loss")) else {
      return ["distance": .null, "scenario": .null, "chi2_probability_outside": .null]
    }
    return [
      "distance": .number(worst.distance),
      "scenario": .list(worst.scenario.map { .number($0) }),
      "chi2_probability_outside": .number(stress.probabilityOutside(distance: worst.distance))
    ]
  }
}
