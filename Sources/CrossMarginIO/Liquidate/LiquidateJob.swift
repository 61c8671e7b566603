// The liquidation study of a book from its folder to a folder of results.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// What `crossmargin liquidate` is asked to do.
public struct LiquidateOptions: Sendable {
  /// The folder of the book.
  public var bookFolder: String
  /// The folder of the results; nil = `liquidate` in the book's folder.
  public var outputFolder: String?
  /// Log move between neighbouring steps of the sweep.
  public var step = 0.02
  /// Relative fall at which the sweep ends, below 1.
  public var furthestFall = 0.8
  /// Relative rise at which the sweep ends.
  public var furthestRise = 2.0
  /// Accounts whose prices are found to the last digit: those nearest to liquidation.
  public var refinedCount = 20
  /// Days within which accounts may be liquidated, for probabilities.
  public var horizonDays = 10.0
  /// Steps of the paths over the horizon.
  public var pathSteps = 10
  /// Paths of the market.
  public var pathCount = 1_024
  /// Threads.
  public var threadCount = 1

  /// A study at the usual steps.
  public init(bookFolder: String) { self.bookFolder = bookFolder }
}

/// A finished study.
public struct LiquidateResults: Sendable {
  /// The book's folder.
  public var book: String
  /// Its market.
  public var market: MarketSnapshot
  /// Directions that were swept.
  public var directions: [HealthDirection]
  /// Price of the leading asset of each direction today, USD.
  public var pricesUSD: [Double]
  /// Distances by direction and account. [directions][accounts]
  public var distances: [[LiquidationDistance]]
  /// Accounts whose distances are exact, nearest first.
  public var refined: [AccountIndex]
  /// Ladders by direction.
  public var ladders: [[LadderStep]]
  /// Health today; nil for accounts without margin. [accounts]
  public var today: [AccountHealth?]
  /// Probabilities of liquidation, by account; empty without a history.
  public var passages: [PassageRow]
  /// Days within which they are meant.
  public var horizonDays: Double
  /// Bad debt under common scenarios; nil without a sampled set.
  public var badDebt: BadDebtResult?
  /// Who pays it.
  public var settings: LiquidationSettings
  /// Names of accounts.
  public var accountNames: [String]

  /// The nearest move of an account along any direction, by size of the log move.
  public func nearest(_ account: AccountIndex) -> (direction: Int, move: Double)? {
    var best: (direction: Int, move: Double)?
    for (direction, distances) in distances.enumerated() {
      let own = distances[account.position]
      for move in [own.down, own.up].compactMap(\.self)
      where abs(move) < abs(best?.move ?? .infinity) { best = (direction, move) }
    }
    return best
  }

  /// Accounts with a surplus that a move within the sweep takes away, nearest first.
  public var nearestAccounts: [AccountIndex] {
    let moves = today.indices.compactMap { position -> (account: AccountIndex, size: Double)? in
      let account = AccountIndex(position)
      guard let health = today[position], health.surplusUSD >= 0, let near = nearest(account)
      else { return nil }
      return (account, abs(near.move))
    }
    return moves.sorted { ($0.size, $0.account) < ($1.size, $1.account) }.map(\.account)
  }

  /// Accounts with margin whose surplus is below zero today.
  public var liquidatableCount: Int { today.count { ($0?.surplusUSD ?? 0) < 0 } }
}

/// Runs a study.
public struct LiquidateJob: Sendable {
  private let options: LiquidateOptions

  /// A job.
  public init(_ options: LiquidateOptions) { self.options = options }

  /// Where results go.
  public var outputFolder: String { options.outputFolder ?? options.bookFolder + "/liquidate" }

  /// Sweeps every direction, then liquidates in every scenario.
  public func run(progress: (_ done: Int, _ total: Int) -> Void) throws -> LiquidateResults {
    let loaded = try BookReader.load(
      folder: options.bookFolder, threadCount: options.threadCount)
    let health = try HealthRun(book: loaded.book, settings: loaded.settings)
    let sweep = HealthSweep(
      step: options.step, furthestDown: -ScalarMath.log(1 - options.furthestFall),
      furthestUp: ScalarMath.log(1 + options.furthestRise), threadCount: options.threadCount)
    var results = LiquidateResults(
      book: options.bookFolder, market: loaded.book.market, directions: health.directions,
      pricesUSD: health.directions.map { health.priceUSD($0, 0) }, distances: [], refined: [],
      ladders: [], today: [], passages: [], horizonDays: options.horizonDays, badDebt: nil,
      settings: loaded.settings.liquidation,
      accountNames: loaded.book.portfolio.accounts.map(\.name))
    var done = 0
    let total = sweep.stepCount * health.directions.count
    for direction in health.directions.indices {
      let (distances, ladder) = try sweep.run(health, direction: direction) {
        done += 1
        progress(done, total)
      }
      results.distances.append(distances)
      results.ladders.append(ladder)
    }
    if let direction = health.directions.first {
      results.today = try health.health(direction, 0, threadCount: options.threadCount)
    }
    try refine(&results, health, sweep)
    if loaded.book.market.history != nil {
      results.passages = try passages(loaded)
    }
    results.badDebt = try BadDebtRun(
      book: loaded.book, settings: loaded.settings, threadCount: options.threadCount)?
      .result(threadCount: options.threadCount)
    return results
  }

  /// Paths have the distribution of the first Monte Carlo set of the run, normal without one.
  private func passages(_ loaded: LoadedBook) throws -> [PassageRow] {
    var draws = MonteCarloSettings()
    for set in loaded.settings.scenarioSets {
      guard case .monteCarlo(let settings) = set.source else { continue }
      draws = settings
      break
    }
    draws.scenarioCount = options.pathCount
    draws.horizonDays = options.horizonDays
    return try FirstPassageRun(
      book: loaded.book, settings: loaded.settings,
      passage: PassageSettings(draws: draws, stepCount: options.pathSteps),
      threadCount: options.threadCount
    ).rows(threadCount: options.threadCount)
  }

  private func refine(
    _ results: inout LiquidateResults, _ health: HealthRun, _ sweep: HealthSweep
  ) throws(RunError) {
    results.refined = Array(results.nearestAccounts.prefix(options.refinedCount))
    for account in results.refined {
      for direction in results.directions.indices {
        let found = results.distances[direction][account.position]
        if let down = found.down {
          results.distances[direction][account.position].down = try sweep.refined(
            down, of: account, health, direction: direction)
        }
        if let up = found.up {
          results.distances[direction][account.position].up = try sweep.refined(
            up, of: account, health, direction: direction)
        }
      }
    }
  }

  /// Writes `distances.csv`, `ladder.csv`, `probabilities.csv`, `bad_debt.csv`, `contributions.csv` and `report.html`, each
  /// whole or not at all.
  public func write(_ results: LiquidateResults) throws {
    let tables = LiquidateTables(results: results)
    var named = [
      ("distances.csv", try tables.distances()), ("ladder.csv", try tables.ladder())
    ]
    if !results.passages.isEmpty {
      named.append(("probabilities.csv", try tables.probabilities()))
    }
    if let badDebt = results.badDebt {
      named.append(("bad_debt.csv", try tables.badDebt(badDebt)))
      named.append(("contributions.csv", try tables.contributions(badDebt)))
    }
    try StudyFolder.write(
      named, page: LiquidatePage(results: results).text, to: outputFolder)
  }
}
