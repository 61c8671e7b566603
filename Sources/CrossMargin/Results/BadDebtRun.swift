// Bad debt of all accounts under common scenarios: its distribution, who makes it, who pays it.

import PortfolioModel
import RiskNumerics

/// What the accounts of a book leave unpaid in the scenarios of one set.
public struct BadDebtResult: Sendable, Equatable {
  /// Name of the set.
  public var set: String
  /// Label of each scenario.
  public var labels: [String]
  /// Bad debt of the book in each scenario, USD, at least 0. [scenarios]
  public var badDebtUSD: [Double]
  /// Gross notional of accounts liquidated in each scenario, USD. [scenarios]
  public var liquidatedNotionalUSD: [Double]
  /// Accounts liquidated in each scenario. [scenarios]
  public var liquidatedCount: [Int]
  /// Value at risk and expected shortfall of the bad debt, with their standard errors.
  public var tail: TailMeasures
  /// What accounts owe today already, USD: the bad debt of a market that does not move.
  public var todayUSD: Double
  /// Share of scenarios with more bad debt than today's.
  public var probability: Double
  /// What each account adds to the expected shortfall, USD; they sum to it. [accounts]
  public var contributionsUSD: [Double]
  /// Probability that each tier of the fund pays anything, in order, then that all of them together
  /// do not suffice.
  public var tierProbabilities: [Double]
  /// Mean of what each tier pays in the scenarios behind the expected shortfall, USD, then of what is
  /// left. [tiers + 1]
  public var tierTailUSD: [Double]
}

/// Liquidates all accounts in every scenario of a sampled set.
///
/// An account is liquidated where its maintenance surplus of today and its profit are negative
/// together: the requirement is frozen at today's. It leaves what its equity misses after the cost
/// of closing, `cost x gross notional`.
public struct BadDebtRun: Sendable {
  private let sample: SampledRun
  let settings: LiquidationSettings

  var run: PreparedRun { sample.run }
  var reading: ValuedScenarios { sample.reading }
  /// Days that the scenarios cover.
  var horizonDays: Double { sample.horizonDays }
  private var rules: TailMeasureRules { sample.rules }

  /// Prepares a book; nil where no scenario set has probabilities of a sample.
  public init?(
    book: Book, settings: RunSettings, threadCount: Int = 1
  ) throws(RunError) {
    guard let sample = try SampledRun(book: book, settings: settings, threadCount: threadCount)
    else { return nil }
    self.sample = sample
    self.settings = settings.liquidation
  }

  /// One block of accounts in all scenarios.
  private struct BlockLosses: Sendable {
    var badDebtUSD: [Double]
    var notionalUSD: [Double]
    var count: [Int]
    var todayUSD = 0.0
  }

  /// The distribution, by blocks of accounts in their order.
  public func result(threadCount: Int) throws -> BadDebtResult {
    let scenarioCount = reading.set.scenarioCount
    var badDebtUSD = [Double](repeating: 0, count: scenarioCount)
    var notionalUSD = badDebtUSD
    var counts = [Int](repeating: 0, count: scenarioCount)
    var todayUSD = 0.0
    try run.blocks.forEach(
      threadCount: threadCount,
      { accounts in
        var losses = BlockLosses(
          badDebtUSD: [Double](repeating: 0, count: scenarioCount),
          notionalUSD: [Double](repeating: 0, count: scenarioCount),
          count: [Int](repeating: 0, count: scenarioCount))
        for candidate in try run.liquidationCandidates(accounts) {
          if candidate.surplusUSD < 0 { losses.todayUSD += missingUSD(candidate, 0) }
          forEachLiquidation(of: candidate) { scenario, missingUSD in
            losses.badDebtUSD[scenario] += missingUSD
            losses.notionalUSD[scenario] += candidate.holdings.grossNotionalUSD
            losses.count[scenario] += 1
          }
        }
        return losses
      },
      consume: { _, losses in
        todayUSD += losses.todayUSD
        for scenario in 0..<scenarioCount {
          badDebtUSD[scenario] += losses.badDebtUSD[scenario]
          notionalUSD[scenario] += losses.notionalUSD[scenario]
          counts[scenario] += losses.count[scenario]
        }
      })
    let shortfall = LossShortfall(
      badDebtUSD, confidence: run.settings.confidence.expectedShortfall)
    var contributions = [Double](repeating: 0, count: run.blocks.accountCount)
    try run.blocks.forEach(
      threadCount: threadCount,
      { accounts in
        try run.liquidationCandidates(accounts).map { candidate in
          var sum = 0.0
          forEachLiquidation(of: candidate) { scenario, missingUSD in
            sum += shortfall.weights[scenario] * missingUSD
          }
          return (account: candidate.account, contributionUSD: sum)
        }
      },
      consume: { _, parts in
        for part in parts { contributions[part.account.position] = part.contributionUSD }
      })
    var result = result(badDebtUSD, contributions, shortfallWeights: shortfall.weights)
    result.liquidatedNotionalUSD = notionalUSD
    result.liquidatedCount = counts
    result.todayUSD = todayUSD
    result.probability =
      Double(badDebtUSD.count { $0 > todayUSD }) / Double(badDebtUSD.count)
    return result
  }

  private func result(
    _ badDebtUSD: [Double], _ contributions: [Double], shortfallWeights: [Double]
  ) -> BadDebtResult {
    let payments = TierPayments(
      waterfall: settings.waterfall(periodDays: horizonDays), lossesUSD: badDebtUSD,
      shortfallWeights: shortfallWeights)
    return BadDebtResult(
      set: reading.set.name, labels: reading.set.labels, badDebtUSD: badDebtUSD,
      liquidatedNotionalUSD: [], liquidatedCount: [],
      tail: rules.measures(of: LossTail(of: badDebtUSD, keeping: rules.tailCount)),
      todayUSD: 0, probability: 0, contributionsUSD: contributions,
      tierProbabilities: payments.probabilities, tierTailUSD: payments.tailUSD)
  }

  /// Calls `body` with each scenario that liquidates an account and what the account then leaves.
  func forEachLiquidation(
    of candidate: LiquidationCandidate, _ body: (_ scenario: Int, _ missingUSD: Double) -> Void
  ) {
    withProfits(of: candidate) { profit in
      for scenario in profit.indices where candidate.surplusUSD + profit[scenario] < 0 {
        body(scenario, missingUSD(candidate, profit[scenario]))
      }
    }
  }

  /// What a liquidated account leaves at a profit, USD, at least 0.
  func missingUSD(_ candidate: LiquidationCandidate, _ profitUSD: Double) -> Double {
    let costUSD = settings.costFraction * candidate.holdings.grossNotionalUSD
    return max(costUSD - candidate.equityUSD - profitUSD, 0)
  }

  /// Calls `body` with the profits of an account. [scenarios]
  func withProfits<Result>(
    of candidate: LiquidationCandidate, _ body: (Span<Double>) -> Result
  ) -> Result {
    var quantities = SparseQuantities(columnCount: run.base.columns.count)
    candidate.holdings.forEachColumn(run.base.columns) {
      quantities.append(column: $0, quantity: $1)
    }
    quantities.endUnit()
    var profits = ProfitColumns(scenarioCount: reading.set.scenarioCount)
    profits.fill(quantities, units: 0..<1, unitProfits: reading.unitProfitUSD)
    return profits.withColumn(unit: 0, body)
  }
}
