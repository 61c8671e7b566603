// How likely accounts are to be liquidated within a horizon: correlated paths of the market.

import PortfolioModel
import RiskNumerics

/// Paths of the market and what is asked of them.
public struct PassageSettings: Sendable, Equatable {
  /// Paths and their joint distribution; their horizon is that of the question.
  public var draws: MonteCarloSettings
  /// Equal steps of the horizon.
  public var stepCount: Int

  /// Paths of some steps.
  public init(draws: MonteCarloSettings, stepCount: Int) {
    precondition(stepCount >= 1, "a path has a step")
    self.draws = draws
    self.stepCount = stepCount
  }
}

/// How likely one account is to be liquidated, and what it then leaves.
public struct PassageRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Probability that its surplus is negative at the end of some step.
  public var stepProbability: Double
  /// Probability that its surplus is negative at any time: between steps by Brownian bridges.
  public var probability: Double
  /// Standard error of `probability` over paths.
  public var probabilityError: Double
  /// Mean over all paths of what is missing to its equity at the end of the first step without
  /// surplus, after the cost of closing, USD.
  public var badDebtUSD: Double
}

/// First passage of maintenance surplus below zero along paths.
///
/// The requirement is frozen at today's. Positions are held; profits at the end of each step come from
/// full revaluation, at prices and volatilities of the path and at today's time to expiry. With
/// surpluses a, b >= 0 at both ends of a step and variance v of its change, the surplus was
/// negative in between with probability `exp(-2 a b / v)` [Metwally, Atiya 2002, eq. 6]; v is that of
/// the account's changes over all paths of the step.
public struct FirstPassageRun: Sendable {
  private let run: PreparedRun
  /// Profits of units from today to the end of each step. [steps]
  private let steps: [ValuedScenarios]
  private let costFraction: Double

  /// Accounts read together.
  private static let batchAccountCount = 16

  /// Prepares paths from the history of a book.
  /// - Throws: `RunError.historyTooShort` where there is none to estimate a covariance from.
  public init(
    book: Book, settings: RunSettings, passage: PassageSettings, threadCount: Int = 1
  ) throws(RunError) {
    var bare = settings
    bare.scenarioSets = []
    bare.analytic = nil
    run = try PreparedRun(book: book, settings: bare, threadCount: threadCount) { _ in }
    guard let history = book.market.history else {
      throw .historyTooShort(set: Self.name, found: 0, needed: 2)
    }
    let model = try FactorModel(
      history: history, proxies: settings.historyProxies, settings: settings.covariance,
      set: Self.name)
    let sets = try ScenarioSet.paths(
      passage.draws, stepCount: passage.stepCount, name: Self.name, model: model,
      seed: settings.seed)
    let (market, base) = (run.market, run.base)
    steps = sets.map {
      ValuedScenarios(
        set: $0, market: market, base: base, term: settings.volatilityTerm,
        threadCount: threadCount)
    }
    costFraction = settings.liquidation.costFraction
  }

  private static let name = "paths"

  /// Rows of all accounts with margin, in their order.
  public func rows(
    threadCount: Int, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [PassageRow] {
    let accountCount = run.book.portfolio.accounts.count
    let blockCount = (accountCount + RiskRun.accountsPerBlock - 1) / RiskRun.accountsPerBlock
    var rows: [PassageRow] = []
    try Parallel.ordered(
      count: blockCount, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { try block($0) },
      consume: { block, found in
        rows += found
        progress(min((block + 1) * RiskRun.accountsPerBlock, accountCount), accountCount)
      })
    return rows
  }

  private func block(_ index: Int) throws(RunError) -> [PassageRow] {
    let first = index * RiskRun.accountsPerBlock
    let end = min(first + RiskRun.accountsPerBlock, run.book.portfolio.accounts.count)
    let candidates = try run.liquidationCandidates(first..<end)
    var rows: [PassageRow] = []
    rows.reserveCapacity(candidates.count)
    var start = 0
    while start < candidates.count {
      let batch = candidates[start..<min(start + Self.batchAccountCount, candidates.count)]
      let profitsUSD = steps.map { unitProfitsUSD(batch, $0) }
      for (unit, candidate) in batch.enumerated() {
        rows.append(row(candidate, profitsUSD.map { $0[unit] }))
      }
      start = batch.endIndex
    }
    return rows
  }

  /// Profits of accounts to the end of a step. [accounts][paths]
  private func unitProfitsUSD(
    _ candidates: ArraySlice<LiquidationCandidate>, _ step: ValuedScenarios
  ) -> [[Double]] {
    var quantities = SparseQuantities(columnCount: run.base.columns.count)
    for candidate in candidates {
      candidate.holdings.forEachColumn(run.base.columns) {
        quantities.append(column: $0, quantity: $1)
      }
      quantities.endUnit()
    }
    var profits = ProfitColumns(scenarioCount: step.set.scenarioCount)
    profits.fill(quantities, units: 0..<candidates.count, unitProfits: step.unitProfitUSD)
    return candidates.indices.map { position in
      profits.withColumn(unit: position - candidates.startIndex) { values in
        values.indices.map { values[$0] }
      }
    }
  }

  /// `columns` are profits to the end of each step. [steps][paths]
  private func row(_ candidate: LiquidationCandidate, _ columns: [[Double]]) -> PassageRow {
    let pathCount = columns[0].count
    let variances = columns.indices.map { step -> Double in
      let changes = (0..<pathCount).map {
        columns[step][$0] - (step == 0 ? 0 : columns[step - 1][$0])
      }
      let mean = OrderedSum.total(of: changes) / Double(pathCount)
      let squares = changes.map { ($0 - mean) * ($0 - mean) }
      return OrderedSum.total(of: squares) / Double(pathCount)
    }
    let costUSD = costFraction * candidate.holdings.grossNotionalUSD
    var (crossed, sum, squares, badDebtUSD) = (0, OrderedSum(), OrderedSum(), 0.0)
    for path in 0..<pathCount {
      var survival = 1.0
      var before = candidate.surplusUSD
      for step in columns.indices where survival > 0 {
        let after = candidate.surplusUSD + columns[step][path]
        guard before >= 0, after >= 0 else {
          crossed += 1
          survival = 0
          badDebtUSD += max(costUSD - candidate.equityUSD - columns[step][path], 0)
          continue
        }
        if variances[step] > 0 {
          survival *= 1 - ScalarMath.exp(-2 * before * after / variances[step])
        }
        before = after
      }
      sum.add(1 - survival)
      squares.add((1 - survival) * (1 - survival))
    }
    let count = Double(pathCount)
    let probability = sum.total / count
    let variance = max(squares.total / count - probability * probability, 0)
    return PassageRow(
      account: candidate.account, stepProbability: Double(crossed) / count,
      probability: probability, probabilityError: (variance / count).squareRoot(),
      badDebtUSD: badDebtUSD / count)
  }
}
