// The tables of forecasts of liquidation.

import CrossMargin
import PortfolioModel

/// Tables as text.
struct PredictTables {
  let results: PredictResults

  /// One row for each account and day with a forecast of at least `probabilityMin` or a liquidation.
  func predictions(probabilityMin: Double) throws(NonFiniteField) -> CSVTable {
    var rows: [(day: ForecastDay, account: Int)] = []
    for day in results.forecasts {
      for account in day.accounts.indices
      where day.isLiquidated[account]
        || day.probabilities.contains(where: { $0[account] >= probabilityMin })
      {
        rows.append((day, account))
      }
    }
    return try CSVTable(
      [
        .required("time") { .time($0.day.time) },
        .required("next_time") { .time($0.day.nextTime) },
        .required("account") { .text($0.day.accounts[$0.account]) }
      ]
        + Forecaster.allCases.map { forecaster in
          .required("p_" + forecaster.rawValue) {
            .number($0.day.probabilities(forecaster)[$0.account])
          }
        } + [
          .required("liquidated") { .number($0.day.isLiquidated[$0.account] ? 1 : 0) }
        ], rows: rows)
  }

  /// One row for each period and forecaster.
  func scores() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("period") { .text($0.period) },
        .required("forecaster") { .text($0.forecaster.rawValue) },
        .required("days") { .number(Double($0.dayCount)) },
        .required("forecasts") { .number(Double($0.forecastCount)) },
        .required("liquidations") { .number(Double($0.eventCount)) },
        .required("expected") { .number($0.expectedCount) },
        .required("log_score") { .number($0.logScore) },
        .required("log_skill") { .number($0.logSkill.value) },
        .required("log_skill_low") { .number($0.logSkill.low) },
        .required("log_skill_high") { .number($0.logSkill.high) },
        .required("brier") { .number($0.brier) },
        .required("brier_skill") { .number($0.brierSkill.value) },
        .required("brier_skill_low") { .number($0.brierSkill.low) },
        .required("brier_skill_high") { .number($0.brierSkill.high) },
        .number("auc") { $0.areaUnderCurve },
        .number("captured_by_top_percent") { $0.capturedByTopPercent }
      ], rows: results.scores)
  }

  /// One row for each forecaster and bin.
  func reliability() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("forecaster") { .text($0.forecaster.rawValue) },
        .required("from") { .number($0.from) }, .required("to") { .number($0.to) },
        .required("forecasts") { .number(Double($0.count)) },
        .required("mean_forecast") { .number($0.meanForecast) },
        .required("observed") { .number($0.observed.value) },
        .required("observed_low") { .number($0.observed.low) },
        .required("observed_high") { .number($0.observed.high) }
      ], rows: results.reliability)
  }

  /// One row for each day with an outcome.
  func days() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("book") { .text($0.book) }, .required("time") { .time($0.time) },
        .required("next_time") { .time($0.nextTime) },
        .required("accounts") { .number(Double($0.accountCount)) },
        .required("liquidatable") { .number(Double($0.liquidatableCount)) },
        .required("unmargined") { .number(Double($0.unmarginedCount)) },
        .required("unresolved") { .number(Double($0.unresolvedCount)) },
        .required("liquidations") { .number(Double($0.eventCount)) }
      ]
        + Forecaster.allCases.enumerated().map { place, forecaster in
          .number("expected_" + forecaster.rawValue) {
            $0.expectedCounts.isEmpty ? nil : $0.expectedCounts[place]
          }
        } + [
          .number("ridge") { day in results.forecasts.first { $0.time == day.time }?.ridge }
        ], rows: results.days)
  }

  /// One row for each feature: the coefficient of the last fit and its range over all fits.
  func coefficients() throws(NonFiniteField) -> CSVTable {
    let fits = results.forecasts.map(\.coefficients)
    return try CSVTable(
      [
        .required("feature") { .text(PredictionFeature.allCases[$0].rawValue) },
        .required("last") { (place: Int) in .number(fits.last?[place] ?? 0) },
        .required("least") { (place: Int) in .number(fits.map { $0[place] }.min() ?? 0) },
        .required("greatest") { (place: Int) in .number(fits.map { $0[place] }.max() ?? 0) }
      ], rows: Array(PredictionFeature.allCases.indices))
  }
}
