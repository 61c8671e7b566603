// `crossmargin backtest`: forecasts of the past beside what happened.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import Foundation

struct BacktestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest",
    abstract: "Replay the history of a book: forecast each loss from the moves before it, compare.",
    discussion: """
      Example:
        crossmargin backtest Data/book
        crossmargin backtest BOOK --account long --account short --tool buffer --json
        crossmargin backtest BOOK --horizon-days 0.0416666667 --window 1000

      Holdings and market stay as they are at the valuation time; the past gives relative moves, which
      are applied by full revaluation. Five models forecast value at risk and expected shortfall:
      normal and t moves of exponentially weighted covariance (delta-gamma, exact), past losses as they
      were, and past losses at the volatility of the day (exponential weights, GARCH). Requirements that
      follow volatility are replayed over the daily prices of the history beside it. Results are
      scores.csv, forecasts.csv, adaptive.csv and report.html.
      """)

  @OptionGroup var input: BookArgument
  @Option(name: .shortAndLong, help: "The folder of the results. Default: BOOK/backtest.")
  var output: String?
  @Option(
    name: .customLong("account"),
    help: "An account to test; may be repeated. Default: the largest of each kind.")
  var accounts: [String] = []
  @Option(help: "Accounts of each kind where none is named.")
  var accountsPerKind = 3
  @Option(help: "Days over which a loss is forecast. Moves do not overlap.")
  var horizonDays = 1.0
  @Option(help: "Past moves that are replayed.")
  var window = 500
  @Option(help: "Moves before the first forecast.")
  var first = 250
  @Option(
    help:
      "Tool against procyclical margins: \(MarginTool.allCases.map(\.rawValue).joined(separator: ", "))."
  )
  var tool = MarginTool.none
  @OptionGroup var threads: ThreadOption
  @OptionGroup var json: JSONFlag

  func validate() throws {
    if horizonDays <= 0 || !horizonDays.isFinite {
      throw ValidationError("--horizon-days must be positive.")
    }
    if accountsPerKind < 1 { throw ValidationError("--accounts-per-kind must be at least 1.") }
    if first < 100 { throw ValidationError("--first must be at least 100.") }
    if window < 100 { throw ValidationError("--window must be at least 100.") }
  }

  func run() throws {
    try Numerics.prepare()
    var options = BacktestOptions(bookFolder: input.book)
    options.outputFolder = output
    options.accounts = accounts
    options.accountsPerKind = accountsPerKind
    options.settings.horizonDays = horizonDays
    options.settings.windowCount = window
    options.settings.firstForecast = first
    options.settings.tool = tool
    options.threadCount = threads.count
    let job = BacktestJob(options)
    let results = try ProgressLine.during("replaying", unit: "accounts") {
      try job.run(progress: $0)
    }
    try job.write(results)
    if json.json {
      try printJSON(BacktestJSON(results))
    } else {
      BacktestText(results: results).write()
      print("results: \(job.outputFolder)")
    }
  }
}

extension MarginTool: ExpressibleByArgument {}
