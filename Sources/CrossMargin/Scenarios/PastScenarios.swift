// Scenarios made of past moves: one by one, and in runs.

import PortfolioModel
import RiskNumerics

extension ScenarioSet {
  /// Moves of the history, one scenario per end date. Factors without a move at a date take their
  /// conditional mean given those that have one; a date without any spot move is left out.
  static func history(
    _ settings: HistorySettings, name: String, history: FactorHistory, model: FactorModel,
    run: RunSettings, now: UTCTime
  ) throws(RunError) -> ScenarioSet {
    var moves = FactorMoves(
      history, horizonDays: settings.horizonDays, windowDays: settings.windowDays, now: now)
    moves.apply(run.historyProxies)
    moves.bringToNow(settings.filter, stepDays: history.medianStepDays, run.covariance)
    var completion = Completion(model: model)
    let (dates, completed) = try completion.completedDates(of: moves, set: name)
    var set = ScenarioSet(
      name: name, kind: "history", labels: dates.map(\.description),
      columns: zip(model.factors, completed).map {
        FactorColumn(name: $0, moves: $1, presence: .spread)
      })
    set.weighting = .sample
    set.warnings = model.warnings + completion.warnings(set: name)
    return set
  }

  /// Sums of moves of one day in runs of consecutive past dates. A scenario is a function of the
  /// seed and its number.
  static func bootstrap(
    _ settings: BootstrapSettings, name: String, history: FactorHistory, model: FactorModel,
    run: RunSettings, now: UTCTime
  ) throws(RunError) -> ScenarioSet {
    var moves = FactorMoves(history, horizonDays: 1, windowDays: settings.windowDays, now: now)
    moves.apply(run.historyProxies)
    moves.removeOverlaps(horizonDays: 1)
    var completion = Completion(model: model)
    let (dates, completed) = try completion.completedDates(of: moves, set: name)
    guard dates.count >= settings.blockDayCount else {
      throw .historyTooShort(set: name, found: dates.count, needed: settings.blockDayCount)
    }
    let firstCount = Double(dates.count - settings.blockDayCount + 1)
    let steps = (0..<settings.scenarioCount).map { scenario in
      (0..<settings.dayCount).map { day in
        let (block, place) = day.quotientAndRemainder(dividingBy: settings.blockDayCount)
        let draw = Philox.uniform(
          seed: run.seed, scenario: UInt64(scenario), coordinate: UInt32(block))
        return Int(draw * firstCount) + place
      }
    }
    var set = ScenarioSet(
      name: name, kind: "bootstrap", labels: steps.map { "from \(dates[$0[0]])" },
      columns: zip(model.factors, completed).map { factor, moves in
        let sums = steps.map { days in days.reduce(0) { $0 + moves[$1] } }
        return FactorColumn(name: factor, moves: sums, presence: .spread)
      })
    set.weighting = .sample
    set.warnings = model.warnings + completion.warnings(set: name)
    return set
  }
}

extension FactorMoves {
  /// Brings past moves to the volatility of now. Moves before a factor's first volatility are lost.
  fileprivate mutating func bringToNow(
    _ filter: VolatilityFilter, stepDays: Double, _ covariance: CovarianceSettings
  ) {
    switch filter {
    case .none: return
    case .exponential:
      let lambda = ScalarMath.power(covariance.decayPerDay, stepDays)
      moves = moves.map { column in
        FactorFilter.broughtToNow(column) { _ in .exponential(lambda: lambda) }
      }
    case .garch:
      moves = moves.map { column in FactorFilter.broughtToNow(column) { .garch(fittedTo: $0) } }
    }
  }
}

/// Fills missing moves by their conditional mean; remembers regressions, since dates with the same
/// gaps share one.
struct Completion {
  let model: FactorModel
  private(set) var filledCount = 0
  private var regressions: [[Bool]: Matrix] = [:]

  init(model: FactorModel) { self.model = model }

  /// Dates with a move of some spot price, and moves of all factors of the model on them.
  /// [factors][dates]
  mutating func completedDates(
    of moves: FactorMoves, set: String
  ) throws(RunError) -> (dates: [UTCTime], moves: [[Double]]) {
    let rowOf = model.factors.map { factor in moves.factors.firstIndex(of: factor) }
    let dates = moves.endTimes.indices.filter { date in
      zip(model.factors, rowOf).contains { factor, row in
        factor.kind == .spot && row.flatMap { moves.moves[$0][date] } != nil
      }
    }
    guard dates.count >= 2 else { throw .historyTooShort(set: set, found: dates.count, needed: 2) }
    var columns = [[Double]](repeating: [], count: model.factors.count)
    for date in dates {
      let known = rowOf.map { row in row.flatMap { moves.moves[$0][date] } }
      for (factor, move) in try completed(known).enumerated() { columns[factor].append(move) }
    }
    return (dates.map { moves.endTimes[$0] }, columns)
  }

  /// What was filled.
  func warnings(set: String) -> [RunWarning] {
    filledCount == 0
      ? []
      : [
        RunWarning(
          kind: "history_move_filled", count: filledCount,
          examples: ["\(set): conditional mean given the moves of the same date"])
      ]
  }

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
