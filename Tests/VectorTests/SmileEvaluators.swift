// Slices of volatility surfaces.

import RiskNumerics
import VectorReading

enum SmileEvaluators {
  static let all: [String: Evaluator] = ["svi": svi, "ssvi": ssvi]

  private static let svi: Evaluator = { inputs in
    let slice = RawSVI(
      a: try inputs.number("a"), b: try inputs.number("b"), rho: try inputs.number("rho"),
      m: try inputs.number("m"), sigma: try inputs.number("sigma"))
    if inputs.has("k") {
      return ["w": .number(slice.totalVariance(logMoneyness: try inputs.number("k")))]
    }
    let wings = JumpWings(slice, expiryYears: try inputs.number("T"))
    let least = SmileArbitrage.leastDensityFactor(slice)
    return [
      "total_variance": byPlace { slice.totalVariance(logMoneyness: $0) },
      "durrleman_g": byPlace { slice.point(logMoneyness: $0).densityFactor(logMoneyness: $0) },
      "jw": .object([
        "v": .number(wings.variance), "psi": .number(wings.skew), "p": .number(wings.putSlope),
        "c": .number(wings.callSlope), "vtilde": .number(wings.varianceMin)
      ]),
      "v": .number(wings.variance), "psi": .number(wings.skew), "p": .number(wings.putSlope),
      "c": .number(wings.callSlope), "vtilde": .number(wings.varianceMin),
      "g_min": .number(least.value), "g_argmin": .number(least.logMoneyness),
      "butterfly_arbitrage": .flag(!SmileArbitrage.isButterflyFree(slice))
    ]
  }

  private static let ssvi: Evaluator = { inputs in
    let law = PowerLawSteepness(
      eta: try inputs.number("eta"), gamma: try inputs.number("gamma"))
    let slice = law.slice(theta: try inputs.number("theta"), rho: try inputs.number("rho"))
    return [
      "w": byPlace { slice.raw.totalVariance(logMoneyness: $0) },
      "cond1": .number(slice.wingCondition), "cond2": .number(slice.vertexCondition),
      "sufficient_no_butterfly": .flag(slice.isButterflyFree)
    ]
  }

  /// A function at every place that a vector could name by its text, to two decimals.
  private static func byPlace(_ function: (Double) -> Double) -> JSONValue {
    var values: [String: JSONValue] = [:]
    for hundredths in -500...500 {
      let place = Double(hundredths) / 100
      let text = "\(place)"
      let key = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
      values[key] = .number(function(place))
    }
    return .object(values)
  }
}
