// Forecasts of events: logistic regression and scores.

import RiskNumerics
import VectorReading

enum RegressionEvaluators {
  static let all: [String: Evaluator] = ["logistic_irls": logistic, "score": score]

  /// One feature.
  private static let logistic: Evaluator = { inputs in
    let features = try inputs.numbers("x")
    let fit = try LogisticRegression(
      features: Matrix(rowCount: features.count, columnCount: 1, elements: features),
      events: try inputs.numbers("y").map { $0 == 1 }, ridge: try inputs.number("lam", absent: 0))
    return [
      "intercept": .number(fit.coefficients[0]), "slope": .number(fit.coefficients[1]),
      "se": .list(fit.standardErrors.map { .number($0) }), "deviance": .number(fit.deviance)
    ]
  }

  /// A ranking by `score`, or probabilities `p`.
  private static let score: Evaluator = { inputs in
    let events = try inputs.numbers("y").map { $0 == 1 }
    if inputs.has("score") {
      let area = ProbabilityScores.areaUnderCurve(
        scores: try inputs.numbers("score"), events: events)
      return ["value": area.map { .number($0) } ?? .null]
    }
    let probabilities = try inputs.numbers("p")
    let brier = JSONValue.number(
      ProbabilityScores.brier(probabilities: probabilities, events: events))
    return [
      "value": brier, "brier": brier,
      "log": .number(ProbabilityScores.logarithmic(probabilities: probabilities, events: events))
    ]
  }
}
