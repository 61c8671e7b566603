// Correlated paths of the market with the value of one unit of everything along them.

import PortfolioModel
import RiskNumerics

/// A run whose market moves along paths drawn from the history of its book.
struct MarketPaths: Sendable {
  let run: PreparedRun
  /// Profits of units from today to the end of each step, at today's time to expiry. [steps]
  let steps: [ValuedScenarios]
  /// Weights of paths in means; 1 where they are drawn as they are distributed. [paths]
  let weights: [Double]
  /// The joint distribution that paths are drawn from.
  let model: FactorModel

  /// Name of the set of paths.
  static let name = "paths"

  /// Draws paths; tilted ones reach where rare things happen, and have weights.
  /// - Throws: `RunError.historyTooShort` where there is no history to estimate a covariance from.
  init(
    book: Book, settings: RunSettings, passage: PassageSettings, isTilted: Bool = false,
    threadCount: Int
  ) throws(RunError) {
    var bare = settings
    bare.scenarioSets = []
    bare.analytic = nil
    run = try PreparedRun(book: book, settings: bare, threadCount: threadCount) { _ in }
    guard let history = book.market.history else {
      throw .historyTooShort(set: Self.name, found: 0, needed: 2)
    }
    model = try FactorModel(
      history: history, proxies: settings.historyProxies, settings: settings.covariance,
      set: Self.name)
    var draws = passage.draws
    // One tilt would see one part of the points of a Sobol sequence only.
    if isTilted { draws.sampling = .random }
    let (sets, weights) = try ScenarioSet.paths(
      draws, stepCount: passage.stepCount, isTilted: isTilted, name: Self.name,
      model: model, seed: settings.seed)
    self.weights = weights
    let (market, base) = (run.market, run.base)
    steps = sets.map {
      ValuedScenarios(
        set: $0, market: market, base: base, term: settings.volatilityTerm,
        threadCount: threadCount)
    }
  }

  /// Number of paths.
  var pathCount: Int { steps[0].set.scenarioCount }

  /// Profits of accounts to the end of each step. [steps][accounts][paths]
  func profitsUSD(_ candidates: ArraySlice<LiquidationCandidate>) -> [[[Double]]] {
    var quantities = SparseQuantities(columnCount: run.base.columns.count)
    for candidate in candidates {
      candidate.holdings.forEachColumn(run.base.columns) {
        quantities.append(column: $0, quantity: $1)
      }
      quantities.endUnit()
    }
    return steps.map { step in
      var profits = ProfitColumns(scenarioCount: step.set.scenarioCount)
      profits.fill(quantities, units: 0..<candidates.count, unitProfits: step.unitProfitUSD)
      return (0..<candidates.count).map { unit in
        profits.withColumn(unit: unit) { values in values.indices.map { values[$0] } }
      }
    }
  }
}
