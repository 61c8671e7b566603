// `crossmargin predict`: who is liquidated on the next day, forecast from the days before.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Forecast liquidations from one day's book to the next, and score the forecasts.",
    discussion: """
      Examples:
        crossmargin predict --output RESULTS DAY1 DAY2 DAY3 ...
        crossmargin predict --output RESULTS --apart 2026-02-01T00:00Z/2026-02-08T00:00Z DAY*

      Books are given by valuation time. The accounts of each book hold what they hold until the market of
      the next one, where their requirements are scanned again: liquidated is who has surplus today and
      none there. A ridge logistic regression on features of the books is fitted each day to the days
      before and scored against the distance to liquidation alone. Results are predictions.csv,
      scores.csv, reliability.csv, days.csv, coefficients.csv and report.html.
      """)

  @Argument(help: "Folders of books, at least two, by valuation time.", completion: .directory)
  var books: [String]
  @Option(name: .shortAndLong, help: "The folder of the results.")
  var output: String
  @Option(help: "Days with known outcomes before the first forecast.")
  var firstDays = 20
  @Option(help: "Liquidations among them before the first forecast.")
  var firstLiquidations = 30
  @Option(
    name: .customLong("ridge"),
    help:
      "Weight of squared coefficients; may be repeated: a day takes the one that was best so far. Default: 3, 30, 300, 3000."
  )
  var ridges: [Double] = []
  @Option(help: "FROM/TO: days whose outcome falls in this span are also scored apart.")
  var apart: String?
  @Option(help: "Forecasts below this are not written, unless the account was liquidated.")
  var writtenMin = 0.001
  @Option(help: "Seed of the resampled days behind intervals.")
  var seed: UInt64 = 1
  @OptionGroup var threads: ThreadOption
  @OptionGroup var json: JSONFlag

  func validate() throws {
    if books.count < 2 { throw ValidationError("Give at least two books.") }
    if firstDays < 1 { throw ValidationError("--first-days must be at least 1.") }
    if firstLiquidations < 1 {
      throw ValidationError("--first-liquidations must be at least 1.")
    }
    if !ridges.allSatisfy({ $0 > 0 && $0.isFinite }) {
      throw ValidationError("--ridge must be positive.")
    }
    if !(writtenMin >= 0 && writtenMin <= 1) {
      throw ValidationError("--written-min must be from 0 to 1.")
    }
    _ = try span()
  }

  private func span() throws -> TimeSpan? {
    guard let apart else { return nil }
    let times = apart.split(separator: "/").map { TimeText.microseconds(String($0)) }
    guard times.count == 2, let from = times[0], let to = times[1], from < to else {
      throw ValidationError("--apart must be FROM/TO, two times with the later one last.")
    }
    return TimeSpan(from: UTCTime(microseconds: from), to: UTCTime(microseconds: to))
  }

  func run() throws {
    try Numerics.prepare()
    var options = PredictOptions(bookFolders: books, outputFolder: output)
    options.settings.firstDayCount = firstDays
    options.settings.firstEventCount = firstLiquidations
    if !ridges.isEmpty { options.settings.ridges = ridges }
    options.settings.apart = try span()
    options.settings.seed = seed
    options.writtenProbabilityMin = writtenMin
    options.threadCount = threads.count
    let job = PredictJob(options)
    let results = try ProgressLine.during("predicting", unit: "books") {
      try job.run(progress: $0)
    }
    try job.write(results)
    let all = results.scores.filter { $0.period == "all" }.map(PredictScore.init)
    if json.json {
      try printJSON(all)
    } else {
      for score in all { print(score.line) }
      print("results: \(output)")
    }
  }
}

/// One forecaster over all days.
private struct PredictScore: Encodable {
  var forecaster: String
  var days: Int
  var liquidations: Int
  var expected: Double
  var logScore: Double
  var logSkill: Double
  var brier: Double
  var brierSkill: Double
  var auc: Double?

  init(_ score: PredictionScore) {
    forecaster = score.forecaster.rawValue
    (days, liquidations) = (score.dayCount, score.eventCount)
    expected = score.expectedCount
    (logScore, logSkill) = (score.logScore, score.logSkill.value)
    (brier, brierSkill) = (score.brier, score.brierSkill.value)
    auc = score.areaUnderCurve
  }

  var line: String {
    func percent(_ share: Double) -> String { "\((share * 1_000).rounded() / 10) %" }
    return "\(forecaster): \(liquidations) liquidated, \(Int(expected.rounded())) forecast; "
      + "log skill \(percent(logSkill)), Brier skill \(percent(brierSkill)), AUC "
      + (auc.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "none")
  }
}
