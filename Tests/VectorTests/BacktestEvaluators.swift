// Forecasts against what happened.

import RiskNumerics

enum BacktestEvaluators {
  static let all: [String: Evaluator] = [
    "kupiec_lr": frequency, "kupiec_region": acceptedCounts, "christoffersen": clusters,
    "basel_zone": zone, "zone_generalised": zoneStarts
  ]

  private static let frequency: Evaluator = { inputs in
    let test = ValueAtRiskBacktest.unconditionalCoverage(
      exceedanceCount: Int(try inputs.number("exceptions")),
      dayCount: Int(try inputs.number("observations")), probability: try inputs.number("p"))
    return ["LR": .number(test.statistic), "p_value": .number(test.pValue)]
  }

  private static let acceptedCounts: Evaluator = { inputs in
    let counts = ValueAtRiskBacktest.acceptedCounts(
      dayCount: Int(try inputs.number("observations")), probability: try inputs.number("p"),
      criticalValue: try inputs.number("critical"))
    guard let counts else { throw InputError("every count is rejected") }
    return [
      "min_not_rejected": .number(Double(counts.lowerBound)),
      "max_not_rejected": .number(Double(counts.upperBound)),
      // The published table prints no lower border of zero.
      "lower_exclusive": counts.lowerBound > 1 ? .number(Double(counts.lowerBound - 1)) : .null,
      "upper_exclusive": .number(Double(counts.upperBound + 1))
    ]
  }

  private static let clusters: Evaluator = { inputs in
    var isExceeded = [Bool](repeating: false, count: Int(try inputs.number("observations")))
    for day in try inputs.numbers("exception_days") {
      guard isExceeded.indices.contains(Int(day)) else { throw InputError("no day \(day)") }
      isExceeded[Int(day)] = true
    }
    let test = ValueAtRiskBacktest(isExceeded: isExceeded, probability: try inputs.number("p"))
    let counts = test.transitions
    return [
      "T00": .number(Double(counts.calmToCalm)), "T01": .number(Double(counts.calmToExceeded)),
      "T10": .number(Double(counts.exceededToCalm)),
      "T11": .number(Double(counts.exceededToExceeded)),
      "LR_uc": .number(test.unconditionalCoverage.statistic),
      "LR_ind": .number(test.independence.statistic),
      "LR_cc": .number(test.conditionalCoverage.statistic),
      "p_value_ind": .number(test.independence.pValue),
      "p_value_cc": .number(test.conditionalCoverage.pValue)
    ]
  }

  /// Vectors of this group are 250 days at 99 %.
  private static let zone: Evaluator = { inputs in
    let count = Int(try inputs.number("exceptions"))
    let probability = BaselZone.cumulativeProbability(
      exceedanceCount: count, dayCount: 250, probability: 0.01)
    let zone = BaselZone(exceedanceCount: count, dayCount: 250, probability: 0.01)
    return [
      "cumulative_probability": .number(probability),
      "cumulative_percent": .number(100 * probability), "zone": .text(zone.rawValue),
      "multiplier": .number(BaselZone.capitalMultiplier(exceedanceCount: count))
    ]
  }

  private static let zoneStarts: Evaluator = { inputs in
    let starts = BaselZone.starts(
      dayCount: Int(try inputs.number("observations")), probability: try inputs.number("p"))
    return [
      "yellow_starts": .number(Double(starts.yellow)), "red_starts": .number(Double(starts.red))
    ]
  }
}
