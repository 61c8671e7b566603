// The liquidation study of a loaded book: ladders, distances, probabilities, bad debt.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Computes a study with the settings in `liquidation` of the run.
struct LiquidationStudy {
  let loaded: LoadedBook
  /// The book's name on the page.
  let bookName: String
  /// Threads.
  let threadCount: Int
  private let settings: LiquidationStudySettings

  init(loaded: LoadedBook, bookName: String, threadCount: Int) {
    self.loaded = loaded
    self.bookName = bookName
    self.threadCount = threadCount
    settings = loaded.settings.liquidation.study
  }

  /// Sweeps every direction, then liquidates in every scenario.
  func results(progress: (_ done: Int, _ total: Int) -> Void) throws -> LiquidateResults {
    let health = try HealthRun(book: loaded.book, settings: loaded.settings)
    let sweep = HealthSweep(
      step: settings.step, furthestDown: -ScalarMath.log(1 - settings.furthestFallFraction),
      furthestUp: ScalarMath.log(1 + settings.furthestRiseFraction), threadCount: threadCount)
    var results = LiquidateResults(
      book: bookName, market: loaded.book.market, directions: health.directions,
      pricesUSD: health.directions.map { health.priceUSD($0, 0) }, distances: [], refined: [],
      ladders: [], today: [], passages: [], horizonDays: settings.horizonDays, badDebt: nil,
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
      results.today = try health.health(direction, 0, threadCount: threadCount)
    }
    try refine(&results, health, sweep)
    if loaded.book.market.history != nil {
      results.passages = try passages()
      results.distance = try DistanceStudy(
        health: health, settings: settings, threadCount: threadCount
      ).results(today: results.today)
    }
    results.badDebt = try BadDebtRun(
      book: loaded.book, settings: loaded.settings, threadCount: threadCount)?
      .result(threadCount: threadCount)
    return results
  }

  /// Paths have the distribution of the first Monte Carlo set of the run, normal without one.
  private func passages() throws -> [PassageRow] {
    var draws = MonteCarloSettings()
    for set in loaded.settings.scenarioSets {
      guard case .monteCarlo(let settings) = set.source else { continue }
      draws = settings
      break
    }
    draws.scenarioCount = settings.pathCount
    draws.horizonDays = settings.horizonDays
    return try FirstPassageRun(
      book: loaded.book, settings: loaded.settings,
      passage: PassageSettings(draws: draws, stepCount: settings.pathStepCount),
      threadCount: threadCount
    ).rows(threadCount: threadCount)
  }

  /// Prices of the nearest accounts by a search of all roots in the range of the sweep.
  private func refine(
    _ results: inout LiquidateResults, _ health: HealthRun, _ sweep: HealthSweep
  ) throws {
    results.refined = Array(results.nearestAccounts.prefix(settings.refinedCount))
    let search = RootSearch(furthestDown: sweep.furthestDown, furthestUp: sweep.furthestUp)
    results.roots = try search.roots(health, of: results.refined, threadCount: threadCount)
    for found in results.roots {
      results.distances[found.direction][found.account.position].down = found.down
      results.distances[found.direction][found.account.position].up = found.up
    }
  }
}
