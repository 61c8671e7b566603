// All accounts at moved prices: what they lose, what is liquidated of them, what they trade.

import PortfolioModel
import RiskNumerics

/// How the accounts of one block stand today: what is kept of them for all rounds.
struct ContagionStanding: Sendable {
  /// The accounts with margin. [units]
  let accounts: [AccountIndex]
  /// Surplus at the last level, USD. [units]
  let surplusUSD: [Double]
  /// Requirement at the last level, USD. [units]
  let requirementUSD: [Double]
  /// Equity before haircuts, USD. [units]
  let equityUSD: [Double]
  /// Gross notional, USD. [units]
  let notionalUSD: [Double]

  init(_ candidates: [LiquidationCandidate]) {
    accounts = candidates.map(\.account)
    surplusUSD = candidates.map(\.surplusUSD)
    requirementUSD = candidates.map(\.requirementUSD)
    equityUSD = candidates.map(\.equityUSD)
    notionalUSD = candidates.map(\.holdings.grossNotionalUSD)
  }
}

/// One block of accounts with what they hold.
struct ContagionBlock: Sendable {
  private let standing: ContagionStanding
  /// What they hold of the columns. [columns x units]
  let quantities: SparseQuantities

  fileprivate init(_ standing: ContagionStanding, _ run: PreparedRun) {
    self.standing = standing
    var quantities = SparseQuantities(columnCount: run.base.columns.count)
    for account in standing.accounts {
      run.holdings.holdings(of: account).forEachColumn(run.base.columns) {
        quantities.append(column: $0, quantity: $1)
      }
      quantities.endUnit()
    }
    self.quantities = quantities
  }

  var accounts: [AccountIndex] { standing.accounts }
  var surplusUSD: [Double] { standing.surplusUSD }
  var requirementUSD: [Double] { standing.requirementUSD }
  var equityUSD: [Double] { standing.equityUSD }
  var notionalUSD: [Double] { standing.notionalUSD }
}

/// Unit profits at the prices of one round, and what a unit trades in each market.
struct ContagionValuation: Sendable {
  /// Profit per unit, USD. [scenarios x columns]
  let profitUSD: ScenarioMatrix
  /// What selling a unit sells, by classes of markets.
  let sales: [ContagionSales]
  /// Directions of prices in the cascade: -1, 1, or 0 where nothing was traded.
  /// [scenarios][markets]
  let directions: [[Double]]
  /// Number of markets.
  let marketCount: Int
}

/// What selling a unit sells in the markets of one class.
struct ContagionSales: Sendable {
  /// USD at today's price: coins of delta at the prices of the round times today's price.
  /// [scenarios x columns]
  let unitUSD: ScenarioMatrix
  /// The market that a column is sold in; nil where it is not sold. [columns]
  let marketOfColumn: [Int?]
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

/// The accounts of a book under one response. What they hold is read again in every round, so that no
/// second copy of all positions stays in memory.
struct ContagionAccounts: Sendable {
  private let run: PreparedRun
  private let standings: [ContagionStanding]
  let response: LiquidationResponse
  let costFraction: Double

  /// Units whose profits are computed together.
  static let batchUnitCount = 16

  init(_ run: PreparedRun, _ settings: LiquidationSettings, threadCount: Int) throws {
    response = settings.contagion.response
    costFraction = settings.costFraction
    self.run = run
    standings = try run.blocks.joined(threadCount: threadCount) {
      [ContagionStanding(try run.liquidationCandidates($0))]
    }
  }

  /// Number of blocks.
  var blockCount: Int { standings.count }

  /// A block with what its accounts hold.
  func block(_ index: Int) -> ContagionBlock { ContagionBlock(standings[index], run) }

  /// The accounts of a block.
  func accounts(ofBlock index: Int) -> [AccountIndex] { standings[index].accounts }

  /// Bad debt of a market that does not move, after the cost of closing, USD.
  var owedTodayUSD: Double {
    standings.reduce(0) { sum, block in
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
      valuation.profitUSD.scenarioCount, valuation.marketCount
    )
    var result = ContagionReading(scenarioCount: scenarioCount, marketCount: marketCount)
    try Parallel.ordered(
      count: blockCount, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { index in
        var own = ContagionReading(scenarioCount: scenarioCount, marketCount: marketCount)
        read(block(index), valuation, into: &own)
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

  /// Calls `body` with each market in which units of a block sell anything, and what they sell.
  func forEachSale(
    of units: Range<Int>, in block: ContagionBlock, _ valuation: ContagionValuation,
    _ sales: inout ProfitColumns,
    _ body: (_ market: Int, _ salesUSD: borrowing ProfitColumns) -> Void
  ) {
    let held = block.quantities
    for own in valuation.sales {
      let entries = Int(held.offsets[units.lowerBound])..<Int(held.offsets[units.upperBound])
      let sold = entries.compactMap { own.marketOfColumn[Int(held.columns[$0])] }
      for market in Set(sold).sorted() {
        var quantities = SparseQuantities(columnCount: held.columnCount)
        for unit in units {
          for entry in Int(held.offsets[unit])..<Int(held.offsets[unit + 1])
          where own.marketOfColumn[Int(held.columns[entry])] == market {
            quantities.append(column: Int(held.columns[entry]), quantity: held.quantities[entry])
          }
          quantities.endUnit()
        }
        sales.fill(quantities, units: 0..<units.count, unitProfits: own.unitUSD)
        body(market, sales)
      }
    }
  }

  private func read(
    _ block: ContagionBlock, _ valuation: ContagionValuation, into result: inout ContagionReading
  ) {
    let scenarioCount = valuation.profitUSD.scenarioCount
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
      forEachSale(of: units, in: block, valuation, &sales) { market, sales in
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
    let (requirementUSD, notionalUSD) = (block.requirementUSD[unit], block.notionalUSD[unit])
    let costUSD = costFraction * notionalUSD
    var isLiquidated = false
    profits.withColumn(unit: column) { profit in
      for scenario in profit.indices {
        let leftUSD = surplusUSD + profit[scenario]
        guard leftUSD < 0 else {
          fractions[first + scenario] = 0
          continue
        }
        let fraction = response.soldFraction(
          surplusUSD: leftUSD, requirementUSD: requirementUSD)
        fractions[first + scenario] = fraction
        guard fraction > 0 else { continue }
        isLiquidated = true
        result.liquidatedCounts[scenario] += 1
        result.notionalUSD[scenario] += fraction * notionalUSD
        result.badDebtUSD[scenario] += max(
          fraction * costUSD - equityUSD - profit[scenario], 0)
      }
    }
    return isLiquidated
  }
}
