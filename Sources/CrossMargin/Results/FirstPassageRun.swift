// How likely accounts are to be liquidated within a horizon: correlated paths of the market.

import PortfolioModel
import RiskNumerics

/// Paths of the market and what is asked of them.
public struct PassageSettings: Sendable, Equatable {
  /// Paths and their joint distribution; their horizon is that of the question.
  public var draws: MonteCarloSettings
  /// Equal steps of the horizon.
  public var stepCount: Int
  /// Time between two looks at an account, days; 0 = it is always watched.
  public var monitoringDays = 0.0

  /// Paths of some steps, of accounts that are always watched.
  public init(draws: MonteCarloSettings, stepCount: Int) {
    precondition(stepCount >= 1, "a path has a step")
    self.draws = draws
    self.stepCount = stepCount
  }
}

/// How likely one account is to be liquidated, and what it then leaves.
public struct PassageRow: Sendable, Equatable, BitwiseCopyable {
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
/// negative in between with probability `exp(-2 a b / v)` [Metwally, Atiya 2002, eq. 6]; v depends on
/// the profit before the step (`StepVariance`). An account that is only seen every now and then
/// is as if watched with zero `0.5826 sqrt(v of that time)` farther away within the step [Broadie,
/// Glasserman, Kou 1997]; seen once a step or less often, at the ends of steps.
///
/// Half of the paths are drawn where accounts are liquidated rarely (`PathTilts`), so that
/// probabilities far below one over the number of paths have digits.
public struct FirstPassageRun: Sendable {
  let paths: MarketPaths
  private let costFraction: Double
  /// Watched times within a step; infinite = always.
  private let looksPerStep: Double

  private var run: PreparedRun { paths.run }

  /// Accounts read together.
  private static let batchAccountCount = 16

  /// Prepares paths from the history of a book.
  /// - Throws: `RunError.historyTooShort` where there is none to estimate a covariance from.
  public init(
    book: Book, settings: RunSettings, passage: PassageSettings, threadCount: Int = 1
  ) throws(RunError) {
    paths = try MarketPaths(
      book: book, settings: settings, passage: passage, isTilted: true,
      threadCount: threadCount)
    let stepDays = passage.draws.horizonDays / Double(passage.stepCount)
    looksPerStep = passage.monitoringDays > 0 ? stepDays / passage.monitoringDays : .infinity
    costFraction = settings.liquidation.costFraction
  }

  /// Calls `body` with the rows of one block of accounts after the other: of all accounts with
  /// margin, in their order, but for those that a triage skips.
  /// Shape: triage [accounts], empty = nobody is skipped.
  public func forEachBlock(
    triage: [TriageVerdict] = [], threadCount: Int, _ body: (_ rows: [PassageRow]) throws -> Void
  ) throws {
    try run.blocks.forEach(threadCount: threadCount) { accounts in
      try rows(
        run.liquidationCandidates(
          triage.isEmpty ? Array(accounts) : accounts.filter { triage[$0] != .skipped }))
    } consume: { _, found in
      try body(found)
    }
  }

  /// The same rows together.
  public func rows(triage: [TriageVerdict] = [], threadCount: Int) throws -> [PassageRow] {
    var rows: [PassageRow] = []
    try forEachBlock(triage: triage, threadCount: threadCount) { rows += $0 }
    return rows
  }

  /// Rows of accounts, in batches whose profits are held together.
  private func rows(_ candidates: [LiquidationCandidate]) -> [PassageRow] {
    var rows: [PassageRow] = []
    rows.reserveCapacity(candidates.count)
    var start = 0
    while start < candidates.count {
      let batch = candidates[start..<min(start + Self.batchAccountCount, candidates.count)]
      rows += self.rows(batch)
      start = batch.endIndex
    }
    return rows
  }

  /// Rows of a few accounts, whose profits are held together.
  func rows(_ candidates: ArraySlice<LiquidationCandidate>) -> [PassageRow] {
    let profitsUSD = paths.profitsUSD(candidates)
    return candidates.enumerated().map { unit, candidate in
      row(candidate, profitsUSD.map { $0[unit] })
    }
  }

  /// `columns` are profits to the end of each step. [steps][paths]
  private func row(_ candidate: LiquidationCandidate, _ columns: [[Double]]) -> PassageRow {
    let variances = columns.indices.map { step in
      StepVariance(
        after: columns[step], before: step == 0 ? nil : columns[step - 1], weights: paths.weights)
    }
    let costUSD = costFraction * candidate.holdings.grossNotionalUSD
    var (stepCrossed, crossed) = (WeightedMean(), WeightedMean())
    var badDebtUSD = WeightedMean()
    for (path, weight) in paths.weights.enumerated() {
      var survival = 1.0
      var missingUSD = 0.0
      var before = candidate.surplusUSD
      var isCrossed = false
      for step in columns.indices {
        let after = candidate.surplusUSD + columns[step][path]
        guard before >= 0, after >= 0 else {
          isCrossed = true
          survival = 0
          missingUSD = max(costUSD - candidate.equityUSD - columns[step][path], 0)
          break
        }
        survival *=
          1
          - crossing(
            from: before, to: after,
            variance: variances[step].value(before: before - candidate.surplusUSD))
        before = after
      }
      stepCrossed.add(isCrossed ? 1 : 0, weight: weight)
      crossed.add(1 - survival, weight: weight)
      badDebtUSD.add(missingUSD, weight: weight)
    }
    let (probability, error) = crossed.estimate
    return PassageRow(
      account: candidate.account, stepProbability: Self.clamped(stepCrossed.estimate.mean),
      probability: Self.clamped(probability), probabilityError: error,
      badDebtUSD: max(badDebtUSD.estimate.mean, 0))
  }

  /// The control variate can take an estimate out of the range by a part of its error.
  private static func clamped(_ probability: Double) -> Double { min(max(probability, 0), 1) }

  /// Probability that a surplus was seen below zero between two ends at which it was not.
  private func crossing(from before: Double, to after: Double, variance: Double) -> Double {
    guard variance > 0, looksPerStep > 1 else { return 0 }
    let shift =
      looksPerStep == .infinity
      ? 0 : FirstPassage.monitoringShift * (variance / looksPerStep).squareRoot()
    return ScalarMath.exp(-2 * (before + shift) * (after + shift) / variance)
  }
}
