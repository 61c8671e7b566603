// `scores.csv` and `forecasts.csv`: every figure of a backtest.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// The tables of a backtest as text.
struct BacktestTables {
  let results: BacktestResults

  private struct ScoreRow {
    var account: TestedAccount
    var model: ForecastModel
    var year: Int?
    var score: BacktestScore
  }

  /// One row for each account, model and year, and one for all years.
  func scores() throws(NonFiniteField) -> CSVTable {
    var rows: [ScoreRow] = []
    for account in results.accounts {
      for model in ForecastModel.allCases {
        rows.append(
          ScoreRow(account: account, model: model, score: account.scores[model.position]))
        for (year, scores) in account.yearScores {
          rows.append(
            ScoreRow(account: account, model: model, year: year, score: scores[model.position]))
        }
      }
    }
    return try CSVTable(
      [
        .required("account") { .text($0.account.name) },
        .required("kind") { .text($0.account.backtest.kind.rawValue) },
        .required("model") { .text($0.model.rawValue) },
        .required("period") { .text($0.year.map { "\($0)" } ?? "all") },
        .required("dates") { .number(Double($0.score.dateCount)) },
        .required("exceedances") { .number(Double($0.score.exceedanceCount)) },
        .required("expected_exceedances") {
          .number(Double($0.score.dateCount) * (1 - results.confidence.valueAtRisk))
        },
        .required("coverage_p") { .number($0.score.coverage.pValue) },
        .required("independence_p") { .number($0.score.independence.pValue) },
        .required("conditional_coverage_p") { .number($0.score.conditionalCoverage.pValue) },
        .required("zone") { .text($0.score.zone.rawValue) },
        .number("es_z1") { $0.score.firstShortfallStatistic },
        .required("es_z2") { .number($0.score.secondShortfallStatistic) },
        .number("es_z2_critical") {
          $0.year == nil ? $0.account.criticalShortfallStatistic : nil
        },
        .required("mean_margin_usd") { .number($0.score.meanMarginUSD) },
        .required("margin_breaches") { .number(Double($0.score.marginBreachCount)) },
        .number("peak_to_trough") { $0.score.peakToTrough },
        .number("largest_rise") { $0.score.largestRise },
        .number("largest_rise_of_five") { $0.score.largestRiseOfFive },
        .required("form_gap_usd") { .number($0.account.backtest.formGapUSD) }
      ], rows: rows)
  }

  /// One row for each account, date and model.
  func forecasts() throws(NonFiniteField) -> CSVTable {
    var rows: [(account: TestedAccount, model: ForecastModel, date: Int)] = []
    for account in results.accounts {
      for date in account.backtest.times.indices {
        for model in ForecastModel.allCases { rows.append((account, model, date)) }
      }
    }
    func forecast(
      _ row: (account: TestedAccount, model: ForecastModel, date: Int)
    ) -> LossForecast {
      row.account.backtest.forecasts[row.model.position][row.date]
    }
    return try CSVTable(
      [
        .required("account") { .text($0.account.name) },
        .required("time") { .time($0.account.backtest.times[$0.date]) },
        .required("model") { .text($0.model.rawValue) },
        .required("profit_usd") { .number($0.account.backtest.profitUSD[$0.date]) },
        .required("var_usd") { .number(forecast($0).valueAtRiskUSD) },
        .required("es_quantile_usd") { .number(forecast($0).shortfallQuantileUSD) },
        .required("es_usd") { .number(forecast($0).expectedShortfallUSD) },
        .required("margin_usd") { .number($0.account.marginsUSD[$0.model.position][$0.date]) }
      ], rows: rows)
  }

  /// One row for each asset and policy of requirements.
  func adaptive() throws(NonFiniteField) -> CSVTable {
    let rows = results.adaptive.flatMap { result in
      result.scores.map { (asset: result.asset, score: $0) }
    }
    return try CSVTable(
      [
        .required("asset") { .text($0.asset) }, .required("policy") { .text($0.score.policy.name) },
        .required("days") { .number(Double($0.score.dayCount)) },
        .required("mean_requirement") { .number($0.score.meanFraction) },
        .required("peak_to_trough") { .number($0.score.peakToTrough) },
        .required("largest_rise_of_five") { .number($0.score.largestRiseOfFive) },
        .required("coverage") { .number($0.score.coverage) },
        .required("positions") { .number(Double($0.score.positionCount)) },
        .required("liquidated") { .number($0.score.liquidatedFraction) },
        .required("liquidated_in_vain") { .number($0.score.falseFraction) },
        .required("liquidated_by_a_rise") { .number($0.score.raisedFraction) },
        .required("bad_debt") { .number($0.score.badDebtFraction) }
      ], rows: rows)
  }
}
