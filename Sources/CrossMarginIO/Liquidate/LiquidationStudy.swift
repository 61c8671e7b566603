// The liquidation study of a loaded book: ladders, distances, probabilities, bad debt.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// How far a study is.
public enum LiquidationProgress: Sendable {
  /// A part began.
  case part(String)
  /// So many steps of it are done.
  case steps(done: Int, total: Int)
}

/// Computes a study with the settings in `liquidation` of the run.
struct LiquidationStudy {
  let loaded: LoadedBook
  /// The book's name on the page.
  let bookName: String
  /// A folder in which rows of all accounts may wait.
  let scratchFolder: String
  /// Threads.
  let threadCount: Int
  private let settings: LiquidationStudySettings

  init(loaded: LoadedBook, bookName: String, scratchFolder: String, threadCount: Int) {
    self.loaded = loaded
    self.bookName = bookName
    self.scratchFolder = scratchFolder
    self.threadCount = threadCount
    settings = loaded.settings.liquidation.study
  }

  /// All parts, one after the other.
  func results(progress: (LiquidationProgress) -> Void) throws -> LiquidateResults {
    let timer = StageTimer()
    func part<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
      progress(.part(name))
      return try timer.measure(name, body)
    }
    let health = try HealthRun(book: loaded.book, settings: loaded.settings)
    let sweep = HealthSweep(
      step: settings.step, furthestDown: -ScalarMath.log(1 - settings.furthestFallFraction),
      furthestUp: ScalarMath.log(1 + settings.furthestRiseFraction), threadCount: threadCount)
    var results = LiquidateResults(
      book: bookName, market: loaded.book.market, directions: health.directions,
      pricesUSD: health.directions.map { health.priceUSD($0, 0) },
      nearestMoves: [NearestMove?](repeating: nil, count: health.accountCount),
      horizonDays: settings.horizonDays, settings: loaded.settings.liquidation,
      instruments: loaded.book.instruments,
      accountNames: loaded.book.portfolio.accounts.map(\.name))
    try part("ladders") { try addLadders(to: &results, health, sweep, progress) }
    try part("roots") { try refine(&results, health, sweep) }
    if loaded.book.market.history != nil {
      let study = DistanceStudy(
        health: health, settings: settings, scratchFolder: scratchFolder, threadCount: threadCount)
      let today = results.today
      var distance = try part("distances") { try study.forms(today: today) }
      try part("triage") { try study.addTriage(to: &distance, today: today) }
      try part("nearest points") { try study.addNearest(to: &distance) }
      results.distance = distance
      try part("probabilities") { try addProbabilities(to: &results) }
      results.sensitivities = try part("sensitivities") {
        try PassageSensitivities(
          book: loaded.book, settings: loaded.settings, passage: passage,
          threadCount: threadCount
        ).rows(of: results.refined)
      }
    }
    if let oracles = try OracleRun(health) {
      results.oracles = try part("oracles") { try oracles.result(threadCount: threadCount) }
    }
    try part("bad debt") { try addBadDebt(to: &results) }
    results.contagion = try part("contagion") { try contagion() }
    if case .found = results.contagion, let direction = health.directions.last {
      results.directionCascades = try part("cascades after moves") {
        try directionCascades(direction)
      }
    }
    if loaded.settings.liquidation.mechanics.isCompared, loaded.book.market.history != nil {
      try part("mechanisms") { try addMechanics(to: &results) }
    }
    results.partCosts = timer.stages
    return results
  }

  private func addLadders(
    to results: inout LiquidateResults, _ health: HealthRun, _ sweep: HealthSweep,
    _ progress: (LiquidationProgress) -> Void
  ) throws {
    let today = try health.today(threadCount: threadCount)
    results.today = today
    var done = 0
    let total = sweep.stepCount * health.directions.count
    for direction in health.directions.indices {
      let (distances, ladder) = try sweep.run(
        health, today: today, direction: direction
      ) {
        done += 1
        progress(.steps(done: done, total: total))
      }
      for distance in distances {
        let place = distance.account.position
        results.nearestMoves[place] = .nearer(
          results.nearestMoves[place], direction, distance.down, distance.up)
      }
      let spill = try RowSpill<LiquidationDistance>(folder: scratchFolder)
      try spill.append(contentsOf: distances)
      results.distances.append(try spill.finish())
      results.ladders.append(ladder)
    }
  }

  private func addProbabilities(to results: inout LiquidateResults) throws {
    // The bound behind a skip is that of normal moves.
    let triage = draws.distribution == .normal ? results.distance?.frozenTriage : nil
    let spill = try RowSpill<PassageRow>(folder: scratchFolder)
    try FirstPassageRun(
      book: loaded.book, settings: loaded.settings, passage: passage, threadCount: threadCount
    ).forEachBlock(triage: triage ?? [], threadCount: threadCount) {
      try spill.append(contentsOf: $0)
    }
    results.passages = try spill.finish()
  }

  private func addMechanics(to results: inout LiquidateResults) throws {
    let spill = try RowSpill<MechanicsAccount>(folder: scratchFolder)
    results.mechanics = try MechanicsRun(
      book: loaded.book, settings: loaded.settings, draws: draws, threadCount: threadCount
    ).result(threadCount: threadCount) { try spill.append(contentsOf: $0) }
    results.mechanicsAccounts = try spill.finish()
  }

  /// Bad debt, the fund that outlasts it and who pays what is left.
  private func addBadDebt(to results: inout LiquidateResults) throws {
    guard
      let run = try BadDebtRun(
        book: loaded.book, settings: loaded.settings, threadCount: threadCount)
    else { return }
    let badDebt = try run.result(threadCount: threadCount)
    results.badDebt = badDebt
    results.fund = try run.fund(badDebt, threadCount: threadCount)
    results.deleveraging = try run.deleveraging(badDebt, threadCount: threadCount)
  }

  /// All factors together where there is a history, else the last asset alone.
  private func directionCascades(_ direction: HealthDirection) throws -> [DirectionCascadeRow] {
    let cascade = try DirectionCascade(
      book: loaded.book, settings: loaded.settings, threadCount: threadCount)
    guard cascade.unknown.isEmpty else { return [] }
    return try loaded.settings.liquidation.contagion.leadMoves.flatMap { move in
      try CascadeRequirement.allCases.map { requirement in
        try cascade.row(
          direction, moveFraction: move, requirement, threadCount: threadCount)
      }
    }
  }

  private func contagion() throws -> ContagionOutcome? {
    guard
      let run = try ContagionRun(
        book: loaded.book, settings: loaded.settings, threadCount: threadCount)
    else { return nil }
    guard run.unknown.isEmpty else { return .unknownMarkets(run.unknown) }
    let spill = try ListSpill<AddOnHead, Double, ContagionAddOn>(folder: scratchFolder)
    let result = try run.result(threadCount: threadCount) { try spill.append($0) }
    return .found(
      result, try spill.finish(),
      try StressedMoves(result, book: loaded.book, settings: loaded.settings))
  }

  /// Paths have the distribution of the first Monte Carlo set of the run, normal without one.
  private var draws: MonteCarloSettings {
    for set in loaded.settings.scenarioSets {
      if case .monteCarlo(let settings) = set.source { return settings }
    }
    return MonteCarloSettings()
  }

  private var passage: PassageSettings {
    var draws = draws
    draws.scenarioCount = settings.pathCount
    draws.horizonDays = settings.horizonDays
    var passage = PassageSettings(draws: draws, stepCount: settings.pathStepCount)
    passage.monitoringDays = settings.monitoringMinutes / (24 * 60)
    return passage
  }

  /// Prices of the nearest accounts by a search of all roots in the range of the sweep.
  private func refine(
    _ results: inout LiquidateResults, _ health: HealthRun, _ sweep: HealthSweep
  ) throws {
    results.refined = Array(results.nearestAccounts.prefix(settings.refinedCount))
    let search = RootSearch(furthestDown: sweep.furthestDown, furthestUp: sweep.furthestUp)
    results.roots = try search.roots(health, of: results.refined, threadCount: threadCount)
    for account in results.refined { results.nearestMoves[account.position] = nil }
    for found in results.roots {
      let place = found.account.position
      results.nearestMoves[place] = .nearer(
        results.nearestMoves[place], found.direction, found.down, found.up)
    }
  }
}
