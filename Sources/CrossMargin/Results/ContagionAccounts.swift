// All accounts at moved prices: what they lose, what is liquidated of them, what they trade.

import PortfolioModel
import RiskNumerics

/// One block of accounts, packed for many rounds.
struct ContagionBlock: Sendable {
  /// The accounts with margin. [units]
  var accounts: [AccountIndex] = []
  /// What they hold of the columns. [columns x units]
  var quantities: SparseQuantities
  /// Surplus at the last level today, USD. [units]
  var surplusUSD: [Double] = []
  /// Requirement at the last level today, USD. [units]
  var requirementUSD: [Double] = []
  /// Equity before haircuts today, USD. [units]
  var equityUSD: [Double] = []
  /// Gross notional today, USD. [units]
  var notionalUSD: [Double] = []
}

/// Unit profits at the prices of one round, and what a unit trades in each market.
struct ContagionValuation: Sendable {
  /// Profit per unit, USD. [scenarios x columns]
  let profitUSD: ScenarioMatrix
  /// What selling a unit sells in each market, USD at today's price: coins of delta at the prices
  /// of the round times today's price. [markets][scenarios x columns]
  let salesUSD: [ScenarioMatrix]
  /// Directions of prices in the cascade: -1, 1, or 0 where nothing was traded.
  /// [scenarios][markets]
  let directions: [[Double]]
}

/// What all accounts do at the prices of one round. [scenarios], [markets][scenarios]
struct ContagionReading: Sendable {
  var liquidatedCounts: [Int]
  var notionalUSD: [Double]
  var badDebtUSD: [Double]
  var soldUSD: [[Double]]
  var boughtUSD: [[Double]]
  /// Liquidated accounts that lose by the direction of one market and gain by that of another.
  var mixedCounts: [Int]

  init(scenarioCount: Int, marketCount: Int) {
    liquidatedCounts = [Int](repeating: 0, count: scenarioCount)
    mixedCounts = liquidatedCounts
    notionalUSD = [Double](repeating: 0, count: scenarioCount)
    badDebtUSD = notionalUSD
    soldUSD = [[Double]](repeating: notionalUSD, count: marketCount)
    boughtUSD = soldUSD
  }

  /// Adds the reading of another block.
  mutating func add(_ other: ContagionReading) {
    for scenario in badDebtUSD.indices {
      liquidatedCounts[scenario] += other.liquidatedCounts[scenario]
      mixedCounts[scenario] += other.mixedCounts[scenario]
      notionalUSD[scenario] += other.notionalUSD[scenario]
      badDebtUSD[scenario] += other.badDebtUSD[scenario]
    }
    for market in soldUSD.indices {
      for scenario in badDebtUSD.indices {
        soldUSD[market][scenario] += other.soldUSD[market][scenario]
        boughtUSD[market][scenario] += other.boughtUSD[market][scenario]
      }
    }
  }
}

/// The accounts of a book under one response.
struct ContagionAccounts: Sendable {
  let blocks: [ContagionBlock]
  let response: LiquidationResponse
  let costFraction: Double

  /// Units whose profits are computed together.
  static let batchUnitCount = 16

  init(_ run: PreparedRun, _ settings: LiquidationSettings, threadCount: Int) throws {
    response = settings.contagion.response
    costFraction = settings.costFraction
    blocks = try run.blocks.joined(threadCount: threadCount) { accounts in
      var block = ContagionBlock(
        quantities: SparseQuantities(columnCount: run.base.columns.count))
      for candidate in try run.liquidationCandidates(accounts) {
        block.accounts.append(candidate.account)
        candidate.holdings.forEachColumn(run.base.columns) {
          block.quantities.append(column: $0, quantity: $1)
        }
        block.quantities.endUnit()
        block.surplusUSD.append(candidate.surplusUSD)
        block.requirementUSD.append(candidate.requirementUSD)
        block.equityUSD.append(candidate.equityUSD)
        block.notionalUSD.append(candidate.holdings.grossNotionalUSD)
      }
      return [block]
    }
  }

  /// Bad debt of a market that does not move, after the cost of closing, USD.
  var owedTodayUSD: Double {
    blocks.reduce(0) { sum, block in
      let owedUSD = block.surplusUSD.indices.map { unit in
        let fraction = response.soldFraction(
          surplusUSD: block.surplusUSD[unit], requirementUSD: block.requirementUSD[unit])
        let costUSD = fraction * costFraction * block.notionalUSD[unit]
        return fraction > 0 ? max(costUSD - block.equityUSD[unit], 0) : 0
      }
      return sum + owedUSD.reduce(0, +)
    }
  }

  /// All accounts at the prices of a round.
  func reading(_ valuation: ContagionValuation, threadCount: Int) throws -> ContagionReading {
    let (scenarioCount, marketCount) = (
      valuation.profitUSD.scenarioCount, valuation.salesUSD.count
    )
    var result = ContagionReading(scenarioCount: scenarioCount, marketCount: marketCount)
    try Parallel.ordered(
      count: blocks.count, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { index in
        var own = ContagionReading(scenarioCount: scenarioCount, marketCount: marketCount)
        read(blocks[index], valuation, into: &own)
        return own
      },
      consume: { result.add($1) })
    return result
  }

  /// Calls `body` for batches of units with their range and profits.
  func forEachBatch(
    of block: ContagionBlock, scenarioCount: Int,
    _ body: (Range<Int>, inout ProfitColumns) -> Void
  ) {
    var profits = ProfitColumns(scenarioCount: scenarioCount)
    var start = 0
    while start < block.accounts.count {
      let units = start..<min(start + Self.batchUnitCount, block.accounts.count)
      body(units, &profits)
      start = units.upperBound
    }
  }

  private func read(
    _ block: ContagionBlock, _ valuation: ContagionValuation, into result: inout ContagionReading
  ) {
    let scenarioCount = valuation.profitUSD.scenarioCount
    let markets = valuation.salesUSD.indices
    var sales = ProfitColumns(scenarioCount: scenarioCount)
    var fractions = [Double](repeating: 0, count: scenarioCount * Self.batchUnitCount)
    var sides = [UInt8](repeating: 0, count: scenarioCount * Self.batchUnitCount)
    forEachBatch(of: block, scenarioCount: scenarioCount) { units, profits in
      profits.fill(block.quantities, units: units, unitProfits: valuation.profitUSD)
      var isAnyLiquidated = false
      for unit in units {
        let first = (unit - units.lowerBound) * scenarioCount
        if liquidate(
          block, unit, profits, unit - units.lowerBound, into: &result, &fractions, at: first)
        {
          isAnyLiquidated = true
        }
      }
      if !isAnyLiquidated { return }
      for place in sides.indices { sides[place] = 0 }
      for market in markets {
        sales.fill(block.quantities, units: units, unitProfits: valuation.salesUSD[market])
        for unit in 0..<units.count {
          sales.withColumn(unit: unit) { column in
            for scenario in 0..<scenarioCount {
              let place = unit * scenarioCount + scenario
              let fraction = fractions[place]
              if fraction == 0 { continue }
              let tradeUSD = fraction * column[scenario]
              result.soldUSD[market][scenario] += max(tradeUSD, 0)
              result.boughtUSD[market][scenario] += max(-tradeUSD, 0)
              let gain = tradeUSD * valuation.directions[scenario][market]
              sides[place] |= gain < 0 ? 1 : gain > 0 ? 2 : 0
            }
          }
        }
      }
      for place in 0..<units.count * scenarioCount where sides[place] == 3 {
        result.mixedCounts[place % scenarioCount] += 1
      }
    }
  }

  /// Liquidates one unit where it has no surplus; whether it has none anywhere.
  private func liquidate(
    _ block: ContagionBlock, _ unit: Int, _ profits: borrowing ProfitColumns, _ column: Int,
    into result: inout ContagionReading, _ fractions: inout [Double], at first: Int
  ) -> Bool {
    let (surplusUSD, equityUSD) = (block.surplusUSD[unit], block.equityUSD[unit])
    let costUSD = costFraction * block.notionalUSD[unit]
    var isLiquidated = false
    profits.withColumn(unit: column) { profit in
      for scenario in profit.indices {
        let leftUSD = surplusUSD + profit[scenario]
        guard leftUSD < 0 else {
          fractions[first + scenario] = 0
          continue
        }
        let fraction = response.soldFraction(
          surplusUSD: leftUSD, requirementUSD: block.requirementUSD[unit])
        fractions[first + scenario] = fraction
        guard fraction > 0 else { continue }
        isLiquidated = true
        result.liquidatedCounts[scenario] += 1
        result.notionalUSD[scenario] += fraction * block.notionalUSD[unit]
        result.badDebtUSD[scenario] += max(
          fraction * costUSD - equityUSD - profit[scenario], 0)
      }
    }
    return isLiquidated
  }
}
