// Scenarios that are samples: past moves, and draws from their covariance.

import PortfolioModel
import RiskNumerics

extension ScenarioSet {
  /// Moves of the history, one scenario per end date. Factors without a move at a date take their
  /// conditional mean given those that have one; a date without any spot move is left out.
  static func history(
    _ settings: HistorySettings, name: String, history: FactorHistory, model: FactorModel,
    proxies: [FactorProxy], now: UTCTime
  ) throws(RunError) -> ScenarioSet {
    var moves = FactorMoves(
      history, horizonDays: settings.horizonDays, windowDays: settings.windowDays, now: now)
    moves.apply(proxies)
    let rowOf = model.factors.map { factor in moves.factors.firstIndex(of: factor) }
    let dates = moves.endTimes.indices.filter { date in
      zip(model.factors, rowOf).contains { factor, row in
        factor.kind == .spot && row.flatMap { moves.moves[$0][date] } != nil
      }
    }
    guard dates.count >= 2 else {
      throw .historyTooShort(set: name, found: dates.count, needed: 2)
    }
    var completion = Completion(model: model)
    var columns = model.factors.map { FactorColumn(unnamed: $0, scenarioCount: dates.count) }
    for (scenario, date) in dates.enumerated() {
      let known = rowOf.map { row in row.flatMap { moves.moves[$0][date] } }
      for (factor, move) in try completion.completed(known).enumerated() {
        columns[factor].set(move: move, scenario: scenario, presence: .spread)
      }
    }
    var set = ScenarioSet(
      name: name, kind: "history", labels: dates.map { moves.endTimes[$0].description },
      columns: columns)
    set.weighting = .sample
    set.warnings = model.warnings
    if completion.filledCount > 0 {
      set.warnings.append(
        RunWarning(
          kind: "history_move_filled", count: completion.filledCount,
          examples: ["\(name): conditional mean given the moves of the same date"]))
    }
    return set
  }

  /// Draws of a multivariate normal distribution with mean zero. A draw is a function of the seed,
  /// its scenario number and the rank of its factor among the names of the model.
  static func monteCarlo(
    _ settings: MonteCarloSettings, name: String, model: FactorModel, seed: UInt64
  ) throws(RunError) -> ScenarioSet {
    let factor = try model.dailyFactor()
    let normals = Philox.normals(
      seed: seed, stream: 0, scenarioCount: settings.scenarioCount,
      factorCount: model.factors.count, threadCount: 1)
    let moves = factor.moves(
      normals: normals, scale: settings.horizonDays.squareRoot(), threadCount: 1)
    let columns = zip(model.factors, moves).map { factorName, moves in
      FactorColumn(name: factorName, moves: moves, presence: .spread)
    }
    var set = ScenarioSet(
      name: name, kind: "monte_carlo",
      labels: (0..<settings.scenarioCount).map { "draw \($0)" }, columns: columns)
    set.weighting = .sample
    set.warnings = model.warnings
    return set
  }
}

/// Fills missing moves by their conditional mean; remembers regressions, since dates with the same
/// gaps share one.
struct Completion {
  let model: FactorModel
  private(set) var filledCount = 0
  private var regressions: [[Bool]: Matrix] = [:]

  init(model: FactorModel) { self.model = model }

  /// Moves of all factors of the model from those that are known.
  mutating func completed(_ known: [Double?]) throws(RunError) -> [Double] {
    let pattern = known.map { $0 != nil }
    let given = pattern.indices.filter { pattern[$0] }
    let unknown = pattern.indices.filter { !pattern[$0] }
    var moves = known.map { $0 ?? 0 }
    if given.isEmpty || unknown.isEmpty { return moves }
    filledCount += unknown.count
    let regression: Matrix
    if let remembered = regressions[pattern] {
      regression = remembered
    } else {
      regression = try model.regression(of: unknown, on: given)
      regressions[pattern] = regression
    }
    let means = LinearAlgebra.product(regression, vector: given.map { moves[$0] })
    for (position, factor) in unknown.enumerated() { moves[factor] = means[position] }
    return moves
  }
}
