// What cascades add to each account, and what each account adds to the bad debt that is left.

import PortfolioModel
import RiskNumerics

/// Reads all accounts once at the ends of all cascades.
struct ContagionClosing {
  let accounts: ContagionAccounts
  /// Profits of units with no market moved, then with one more moved at a time.
  /// [markets + 1][scenarios x columns]
  let profitsUSD: [ScenarioMatrix]
  /// Weights of scenarios in the expected shortfall of the book's bad debt. [scenarios]
  let shortfallWeights: [Double]
  /// Confidence of the expected shortfall of accounts.
  let confidence: Double

  /// What is found.
  struct Result {
    var contributionsUSD: [Double]
    var addOns: [ContagionAddOn] = []
  }

  private struct BlockPart: Sendable {
    var contributionsUSD: [Double] = []
    var addOns: [ContagionAddOn] = []
  }

  func result(accountCount: Int, threadCount: Int) throws -> Result {
    var result = Result(contributionsUSD: [Double](repeating: 0, count: accountCount))
    try Parallel.ordered(
      count: accounts.blocks.count, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { try part(accounts.blocks[$0]) },
      consume: { block, part in
        for (account, contribution) in zip(accounts.blocks[block].accounts, part.contributionsUSD) {
          result.contributionsUSD[account.position] = contribution
        }
        result.addOns += part.addOns
      })
    return result
  }

  private func part(_ block: ContagionBlock) throws(NonfiniteProfit) -> BlockPart {
    let scenarioCount = shortfallWeights.count
    let tailCount = RiskMeasure.tailCount(
      confidences: [confidence], scenarioCount: scenarioCount)
    var readings = UnitReadings(
      ReadingRequest(tailCount: tailCount), scenarioCount: scenarioCount)
    var columns = profitsUSD.map { _ in [Double]() }
    var part = BlockPart()
    var start = 0
    var profits = ProfitColumns(scenarioCount: scenarioCount)
    while start < block.accounts.count {
      let units = start..<min(start + ContagionAccounts.batchUnitCount, block.accounts.count)
      start = units.upperBound
      var tails: [LossTail] = []
      for (stage, matrix) in profitsUSD.enumerated() {
        profits.fill(block.quantities, units: units, unitProfits: matrix)
        columns[stage].removeAll(keepingCapacity: true)
        for unit in 0..<units.count {
          profits.withColumn(unit: unit) { column in
            for scenario in column.indices { columns[stage].append(column[scenario]) }
          }
        }
        if stage == 0 || stage == profitsUSD.count - 1 {
          try readings.read(profits)
          tails += (0..<units.count).map { readings.tail(unit: $0) }
        }
      }
      for unit in 0..<units.count {
        let first = unit * scenarioCount
        let last = columns[profitsUSD.count - 1][first..<first + scenarioCount]
        part.contributionsUSD.append(contribution(block, units.lowerBound + unit, last))
        let isMoved = last.indices.contains { columns[0][$0] != last[$0] }
        guard isMoved else { continue }
        part.addOns.append(
          addOn(
            block.accounts[units.lowerBound + unit], columns, first: first,
            before: tails[unit], after: tails[tails.count - units.count + unit]))
      }
    }
    return part
  }

  private func contribution(
    _ block: ContagionBlock, _ unit: Int, _ profitUSD: ArraySlice<Double>
  ) -> Double {
    let costUSD = accounts.costFraction * block.notionalUSD[unit]
    var sum = 0.0
    for (scenario, profit) in profitUSD.enumerated() where shortfallWeights[scenario] > 0 {
      let fraction = accounts.response.soldFraction(
        surplusUSD: block.surplusUSD[unit] + profit, requirementUSD: block.requirementUSD[unit])
      guard fraction > 0 else { continue }
      sum +=
        shortfallWeights[scenario]
        * max(
          fraction * costUSD - block.equityUSD[unit] - profit, 0)
    }
    return sum
  }

  /// `columns` are profits by stage, then unit, then scenario; the unit's begin at `first`.
  private func addOn(
    _ account: AccountIndex, _ columns: [[Double]], first: Int, before: LossTail, after: LossTail
  ) -> ContagionAddOn {
    let scenarioCount = shortfallWeights.count
    let weights = LossShortfall.rankWeights(
      scenarioCount: scenarioCount, confidence: confidence)
    var addedUSD = [Double](repeating: 0, count: columns.count - 1)
    for (rank, weight) in weights.enumerated() {
      let place = first + after.scenario(rank: rank)
      for market in addedUSD.indices {
        addedUSD[market] += weight * (columns[market][place] - columns[market + 1][place])
      }
    }
    return ContagionAddOn(
      account: account,
      shortfallBeforeUSD: Self.mean(before, weights), shortfallAfterUSD: Self.mean(after, weights),
      addedUSD: addedUSD)
  }

  private static func mean(_ tail: LossTail, _ weights: [Double]) -> Double {
    weights.indices.reduce(0) { $0 + weights[$1] * tail.loss(rank: $1) }
  }
}
