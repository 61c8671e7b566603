// What cascades add to each account, and what each account adds to the bad debt that is left.

import PortfolioModel
import RiskNumerics

/// Reads all accounts once at the ends of all cascades.
struct ContagionClosing {
  let accounts: ContagionAccounts
  let markets: ContagionMarkets
  /// Profits of units with no market moved, then with one more class of markets moved at a time.
  /// [classes + 1][scenarios x columns]
  let profitsUSD: [ScenarioMatrix]
  /// Weights of scenarios in the expected shortfall of the book's bad debt. [scenarios]
  let shortfallWeights: [Double]
  /// Confidence of the expected shortfall of accounts.
  let confidence: Double

  private struct BlockPart: Sendable {
    var contributionsUSD: [Double] = []
    var addOns: [ContagionAddOn] = []
  }

  /// What each account adds to the bad debt, USD; `body` takes what cascades add to the accounts of
  /// one block after the other. [accounts]
  func contributionsUSD(
    accountCount: Int, threadCount: Int, addOns body: ([ContagionAddOn]) throws -> Void
  ) throws -> [Double] {
    var contributionsUSD = [Double](repeating: 0, count: accountCount)
    try Parallel.ordered(
      count: accounts.blockCount, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { try part(accounts.block($0)) },
      consume: { block, part in
        for (account, contribution) in zip(
          accounts.accounts(ofBlock: block), part.contributionsUSD)
        {
          contributionsUSD[account.position] = contribution
        }
        try body(part.addOns)
      })
    return contributionsUSD
  }

  private func part(_ block: ContagionBlock) throws(NonfiniteProfit) -> BlockPart {
    let scenarioCount = shortfallWeights.count
    let tailCount = RiskMeasure.tailCount(
      confidences: [confidence], scenarioCount: scenarioCount)
    var readings = UnitReadings(
      ReadingRequest(tailCount: tailCount), scenarioCount: scenarioCount)
    var part = BlockPart()
    var start = 0
    var before = ProfitColumns(scenarioCount: scenarioCount)
    var after = ProfitColumns(scenarioCount: scenarioCount)
    while start < block.accounts.count {
      let units = start..<min(start + ContagionAccounts.batchUnitCount, block.accounts.count)
      start = units.upperBound
      before.fill(block.quantities, units: units, unitProfits: profitsUSD[0])
      after.fill(
        block.quantities, units: units, unitProfits: profitsUSD[profitsUSD.count - 1])
      try readings.read(before)
      let tails = (0..<units.count).map { readings.tail(unit: $0) }
      try readings.read(after)
      for unit in units {
        let place = unit - units.lowerBound
        let isMoved = before.withColumn(unit: place) { before in
          after.withColumn(unit: place) { after in
            part.contributionsUSD.append(contribution(block, unit, after))
            return after.indices.contains { before[$0] != after[$0] }
          }
        }
        if isMoved {
          part.addOns.append(
            addOn(block, unit, before: tails[place], after: readings.tail(unit: place)))
        }
      }
    }
    return part
  }

  private func contribution(
    _ block: ContagionBlock, _ unit: Int, _ profitUSD: Span<Double>
  ) -> Double {
    let costUSD = accounts.costFraction * block.notionalUSD[unit]
    var sum = 0.0
    for scenario in profitUSD.indices where shortfallWeights[scenario] > 0 {
      let profit = profitUSD[scenario]
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

  private func addOn(
    _ block: ContagionBlock, _ unit: Int, before: LossTail, after: LossTail
  ) -> ContagionAddOn {
    let weights = LossShortfall.rankWeights(
      scenarioCount: shortfallWeights.count, confidence: confidence)
    var addedUSD = [Double](repeating: 0, count: markets.markets.count)
    let held = block.quantities
    for (rank, weight) in weights.enumerated() {
      let scenario = after.scenario(rank: rank)
      for entry in Int(held.offsets[unit])..<Int(held.offsets[unit + 1]) {
        let column = Int(held.columns[entry])
        for (stage, own) in markets.classes.enumerated() {
          guard let market = own.marketOfColumn[column] else { continue }
          let lossUSD =
            profitsUSD[stage][scenario: scenario, column: column]
            - profitsUSD[stage + 1][scenario: scenario, column: column]
          addedUSD[market] += weight * held.quantities[entry] * lossUSD
        }
      }
    }
    return ContagionAddOn(
      account: block.accounts[unit],
      shortfallBeforeUSD: Self.mean(before, weights), shortfallAfterUSD: Self.mean(after, weights),
      addedUSD: addedUSD)
  }

  private static func mean(_ tail: LossTail, _ weights: [Double]) -> Double {
    weights.indices.reduce(0) { $0 + weights[$1] * tail.loss(rank: $1) }
  }
}
