// Value at risk, expected shortfall and their errors, from samples and in closed form.

import RiskNumerics
import VectorReading

enum MeasureEvaluators {
  static let all: [String: Evaluator] = [
    "discrete_var_es": discrete, "historical_var": historical, "estimator_se": estimator,
    "normal_var_es": normal, "student_var_es": student
  ]

  private static let discrete: Evaluator = { inputs in
    let losses = try inputs.numbers("losses")
    let measure = RiskMeasure(confidence: try inputs.number("alpha"))
    let (count, tail) = (losses.count, LossTail(of: losses, keeping: losses.count))
    let linear = measure.ofSample(scenarioCount: count).valueAtRisk(tail, convention: .linearType7)
    return [
      "VaR_inverse_cdf": .number(measure.ofSample(scenarioCount: count).valueAtRisk(tail).value),
      "ES_acerbi_tasche": .number(
        measure.ofSample(scenarioCount: count).expectedShortfall(tail).value),
      "VaR_linear_type7": .number(linear.value)
    ]
  }

  /// The quantile of a profit list is its ceil(n p)-th order statistic from below. The ceil(n p)-th
  /// largest loss is VaR at every confidence whose n p lies less than one below that rank; the
  /// middle of that range is taken, so that rounding of n p cannot move the rank.
  private static let historical: Evaluator = { inputs in
    let losses = try inputs.numbers("pnl").map { -$0 }
    let (count, tail) = (losses.count, LossTail(of: losses, keeping: losses.count))
    var results: [String: JSONValue] = [:]
    for probability in try inputs.numbers("p") {
      let name = "\(probability)".split(separator: ".").joined(separator: "_")
      let rank = (probability * Double(count) - 1e-9).rounded(.up)
      let ranked = RiskMeasure(confidence: 1 - (rank - 0.5) / Double(count))
      let border = ranked.ofSample(scenarioCount: count).valueAtRisk(tail).value
      let mean = ranked.ofSample(scenarioCount: count).meanBeyondValueAtRisk(tail)
      let shortfall = RiskMeasure(confidence: 1 - probability)
        .ofSample(scenarioCount: count).expectedShortfall(tail).value
      results["quantile_" + name] = .number(-border)
      results["mean_at_or_below_" + name] = .number(-mean)
      results["acerbi_tasche_loss_ES_" + name] = .number(shortfall)
    }
    return results
  }

  private static let estimator: Evaluator = { inputs in
    let distribution = try distribution(try inputs.text("distribution"))
    let (confidence, count) = (try inputs.number("alpha"), Int(try inputs.number("n")))
    let value = distribution.valueAtRisk(confidence: confidence, drawCount: count)
    let mean = distribution.expectedShortfall(confidence: confidence, drawCount: count)
    guard let valueError = value.standardError, let meanError = mean.standardError else {
      throw InputError("no standard error")
    }
    return [
      "VaR": .number(value.value), "ES": .number(mean.value), "se_VaR": .number(valueError),
      "se_ES": .number(meanError)
    ]
  }

  /// `normal`, or `t` and its degrees of freedom.
  private static func distribution(_ name: String) throws -> any TailDistribution {
    if name == "normal" { return NormalLoss() }
    guard name.hasPrefix("t"), let degrees = Double(name.dropFirst()) else {
      throw InputError("the distribution \(name) is unknown")
    }
    return StudentDistribution(degrees: degrees)
  }

  private static let normal: Evaluator = { inputs in
    let value = NormalLoss().quantile(try inputs.number("alpha"))
    return ["VaR": .number(value), "ES": .number(NormalLoss().tailMean(value))]
  }

  private static let student: Evaluator = { inputs in
    let degrees = try inputs.number("nu")
    let distribution = StudentDistribution(degrees: degrees)
    let value = distribution.quantile(try inputs.number("alpha"))
    let mean = distribution.tailMean(value)
    var results: [String: JSONValue] = ["VaR": .number(value), "ES": .number(mean)]
    if degrees > 2 {
      let unit = ((degrees - 2) / degrees).squareRoot()
      results["VaR_unit_variance"] = .number(value * unit)
      results["ES_unit_variance"] = .number(mean * unit)
    }
    return results
  }
}
