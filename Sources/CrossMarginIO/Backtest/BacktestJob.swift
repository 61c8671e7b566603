// The backtest of a book from its folder to a folder of results.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics

/// What `crossmargin backtest` is asked to do.
public struct BacktestOptions: Sendable {
  /// The folder of the book.
  public var bookFolder: String
  /// The folder of the results; nil = `backtest` in the book's folder.
  public var outputFolder: String?
  /// Accounts by name; empty = the largest of each kind.
  public var accounts: [String] = []
  /// Accounts of each kind where none is named, by gross notional.
  public var accountsPerKind = 3
  /// What is replayed.
  public var settings = BacktestSettings()
  /// Threads.
  public var threadCount = 1

  /// A backtest of the largest accounts.
  public init(bookFolder: String) { self.bookFolder = bookFolder }
}

/// Why a backtest cannot be done.
public enum BacktestError: Error, CustomStringConvertible {
  /// A named account does not exist.
  case unknownAccount(String)
  /// No account could be tested.
  case nothingTested(reasons: [String])

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .unknownAccount(let name): "no account \"\(name)\" in the book"
    case .nothingTested(let reasons):
      "no account could be tested: " + reasons.joined(separator: "; ")
    }
  }
}

/// Runs a backtest.
public struct BacktestJob: Sendable {
  private let options: BacktestOptions

  /// A job.
  public init(_ options: BacktestOptions) { self.options = options }

  /// Where results go.
  public var outputFolder: String { options.outputFolder ?? options.bookFolder + "/backtest" }

  /// Replays the past; `progress` is told of accounts done.
  public func run(progress: @Sendable (_ done: Int, _ total: Int) -> Void) throws -> BacktestResults
  {
    let loaded = try BookReader.load(folder: options.bookFolder)
    let run = try BacktestRun(
      book: loaded.book, settings: loaded.settings, backtest: options.settings,
      threadCount: options.threadCount)
    var gaps: [(name: String, reason: String)] = []
    let chosen = try accounts(of: loaded.book, run, &gaps)
    let confidence = loaded.settings.confidence
    var tested: [TestedAccount] = []
    try Parallel.ordered(
      count: chosen.count, threadCount: options.threadCount, windowCount: 2 * options.threadCount,
      produce: { position in
        try run.backtest(chosen[position]).map { backtest in
          self.tested(
            backtest, name: loaded.book.portfolio.accounts[chosen[position].position].name,
            confidence)
        }
      },
      consume: { position, result in
        switch result {
        case .success(let account): tested.append(account)
        case .failure(let gap):
          gaps.append(
            (loaded.book.portfolio.accounts[chosen[position].position].name, gap.words))
        }
        progress(position + 1, chosen.count)
      })
    if tested.isEmpty {
      throw BacktestError.nothingTested(
        reasons: gaps.prefix(3).map { "\($0.name): \($0.reason)" })
    }
    judgeShortfall(&tested, probability: 1 - confidence.expectedShortfall)
    let order = PortfolioKind.allCases
    return BacktestResults(
      book: options.bookFolder, valuationTime: loaded.book.market.valuationTime,
      settings: options.settings, confidence: confidence,
      accounts: order.flatMap { kind in tested.filter { $0.backtest.kind == kind } }, gaps: gaps,
      adaptive: AdaptiveResult.all(loaded.book))
  }

  /// Accounts to test, in the order of names.
  private func accounts(
    of book: Book, _ run: BacktestRun, _ gaps: inout [(name: String, reason: String)]
  ) throws(BacktestError) -> [AccountIndex] {
    let all = book.portfolio.accounts
    if !options.accounts.isEmpty {
      var chosen: [AccountIndex] = []
      for name in options.accounts {
        guard let position = firstIndex(in: all, named: name, name: \.name) else {
          throw .unknownAccount(name)
        }
        chosen.append(AccountIndex(position))
      }
      return chosen.sorted()
    }
    var largest: [(account: AccountIndex, kind: PortfolioKind, grossNotionalUSD: Double)] = []
    for position in all.indices {
      switch run.profile(of: AccountIndex(position)) {
      case .success(let profile):
        largest.append((AccountIndex(position), profile.kind, profile.grossNotionalUSD))
      case .failure(let gap): gaps.append((all[position].name, gap.words))
      }
    }
    largest.sort { ($1.grossNotionalUSD, $0.account) < ($0.grossNotionalUSD, $1.account) }
    return PortfolioKind.allCases.flatMap { kind in
      largest.filter { $0.kind == kind }.prefix(options.accountsPerKind).map(\.account)
    }.sorted()
  }

  private func tested(
    _ backtest: AccountBacktest, name: String, _ confidence: ConfidenceLevels
  ) -> TestedAccount {
    let margins = backtest.marginsUSD(tool: options.settings.tool)
    func scores(_ dates: Range<Int>) -> [BacktestScore] {
      ForecastModel.allCases.map { model in
        backtest.score(
          model, dates: dates, confidence: confidence, marginsUSD: margins[model.position])
      }
    }
    return TestedAccount(
      name: name, backtest: backtest, marginsUSD: margins,
      scores: scores(0..<backtest.times.count),
      yearScores: backtest.years.map { ($0.year, scores($0.dates)) })
  }

  /// Sets the critical values of Z2, one simulation for each number of dates.
  private func judgeShortfall(_ accounts: inout [TestedAccount], probability: Double) {
    let counts = Set(accounts.map(\.backtest.times.count)).sorted()
    for count in counts {
      let critical = ExpectedShortfallBacktest.secondStatisticQuantiles(
        [0.05], dayCount: count, probability: probability, of: StudentDistribution(degrees: 4),
        pathCount: 20_000, threadCount: options.threadCount)
      for position in accounts.indices where accounts[position].backtest.times.count == count {
        accounts[position].criticalShortfallStatistic = critical[0]
      }
    }
  }

  /// Writes `scores.csv`, `forecasts.csv`, `adaptive.csv` where the history is daily, and
  /// `report.html`, each whole or not at all.
  public func write(_ results: BacktestResults) throws {
    let tables = BacktestTables(results: results)
    var named = [
      ("scores.csv", try tables.scores()), ("forecasts.csv", try tables.forecasts())
    ]
    if !results.adaptive.isEmpty { named.append(("adaptive.csv", try tables.adaptive())) }
    try StudyFolder.write(
      named,
      page: BacktestPage(results: results).text, to: outputFolder)
  }
}
