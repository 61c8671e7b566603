// Forecasts against what happened.

import RiskNumerics
import VectorReading

enum BacktestEvaluators {
  static let all: [String: Evaluator] = [
    "kupiec_lr": frequency, "kupiec_region": acceptedCounts, "christoffersen": clusters,
    "basel_zone": zone, "zone_generalised": zoneStarts, "acerbi_szekely": shortfall,
    "procyclicality": procyclicality, "span2_blend": blend
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

  private static let shortfall: Evaluator = { inputs in
    let (days, probability) = (Int(try inputs.number("observations")), try inputs.number("p"))
    guard inputs.has("losses_over_var") else {
      let quantiles = ExpectedShortfallBacktest.secondStatisticQuantiles(
        [0.05, 0.0001], dayCount: days, probability: probability, threadCount: 2)
      return ["crit_5pct": .number(quantiles[0]), "crit_0_01pct": .number(quantiles[1])]
    }
    // The other days are without a loss.
    var losses = try inputs.numbers("losses_over_var")
    losses += [Double](repeating: 0, count: days - losses.count)
    let test = ExpectedShortfallBacktest(
      losses: losses,
      valueAtRisk: [Double](repeating: try inputs.number("VaR"), count: days),
      expectedShortfall: [Double](repeating: try inputs.number("ES"), count: days),
      probability: probability)
    return [
      "Z1": test.firstStatistic.map { .number($0) } ?? .null, "Z2": .number(test.secondStatistic)
    ]
  }

  private static let procyclicality: Evaluator = { inputs in
    if inputs.has("raw_margin") {
      let margin = try inputs.number("raw_margin")
      let tools: [(String, AntiProcyclicalityTool)] = [
        (
          "a_buffer",
          .buffer(
            share: try inputs.number("buffer_weight"),
            isExhausted: try inputs.flag("buffer_exhausted"))
        ),
        (
          "b_stress_weight",
          .stressWeight(
            share: try inputs.number("stress_weight"),
            stressedMargin: try inputs.number("stressed_margin"))
        ),
        ("c_floor", .floor(longHistoryMargin: try inputs.number("margin_10y_vol")))
      ]
      return Dictionary(
        uniqueKeysWithValues: tools.map { ($0.0, .number($0.1.applied(to: margin))) })
    }
    let series = Procyclicality(margins: try inputs.numbers("margin"))
    var results: [String: JSONValue] = ["peak_to_trough": .number(series.peakToTrough)]
    for days in try inputs.numbers("n") {
      results["max_\(Int(days))_day_increase"] = .number(
        series.largestIncrease(dayCount: Int(days)))
    }
    return results
  }

  /// SPAN 2 weighs stress like the second of the European tools, and adds its charges.
  private static let blend: Evaluator = { inputs in
    let weighted = AntiProcyclicalityTool.stressWeight(
      share: 1 - (try inputs.number("x")), stressedMargin: try inputs.number("stress")
    ).applied(to: try inputs.number("hvar"))
    let charges = try inputs.number("liquidity") + inputs.number("concentration")
    return ["total": .number(weighted + charges)]
  }
}
