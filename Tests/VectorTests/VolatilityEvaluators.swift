// Volatility estimated from returns.

import RiskNumerics
import VectorReading

enum VolatilityEvaluators {
  static let all: [String: Evaluator] = [
    "ewma_vol": { inputs in
      let (returns, lambda) = (try inputs.numbers("returns_percent"), try inputs.number("lambda_"))
      func weighted(isNormalised: Bool) -> JSONValue {
        .number(
          Covariance.volatility(returns: returns, lambda: lambda, isNormalised: isNormalised))
      }
      return [
        "equal_weight": .number(Covariance.volatility(returns: returns)),
        "ewma_unnormalised": weighted(isNormalised: false),
        "ewma_normalised": weighted(isNormalised: true)
      ]
    },
    "ewma_effective_days": { inputs in
      let days = Covariance.effectivePeriods(
        lambda: try inputs.number("lambda_"), tolerance: try inputs.number("tolerance"))
      return ["K": .number(days), "K_floor": .number(days.rounded(.down))]
    }
  ]
}
