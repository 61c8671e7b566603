// All accounts at the prices of scenarios alone: full liquidation, and who is near the edge.

import PortfolioModel
import RiskNumerics

extension ContagionAccounts {
  /// What all accounts would trade in the direction of each market if all were liquidated, those
  /// that trade against it aside, USD at today's prices. [markets][scenarios]
  ///
  /// `directions` are those of prices. [scenarios][markets]
  func oneSidedUSD(
    _ valuation: ContagionValuation, _ directions: [[Double]], threadCount: Int
  ) throws -> [[Double]] {
    let scenarioCount = directions.count
    let none = [[Double]](
      repeating: [Double](repeating: 0, count: scenarioCount), count: valuation.marketCount)
    var result = none
    try Parallel.ordered(
      count: blockCount, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { index in
        var own = none
        let block = block(index)
        forEachBatch(of: block, scenarioCount: scenarioCount) { units, sales in
          forEachSale(of: units, in: block, valuation, &sales) { market, sales in
            for unit in 0..<units.count {
              sales.withColumn(unit: unit) { column in
                for scenario in column.indices {
                  own[market][scenario] += max(
                    -directions[scenario][market] * column[scenario], 0)
                }
              }
            }
          }
        }
        return own
      },
      consume: { _, own in
        for market in result.indices {
          for scenario in 0..<scenarioCount { result[market][scenario] += own[market][scenario] }
        }
      })
    return result
  }

  /// Accounts without surplus but with equity after haircuts in the first scenario of a valuation,
  /// what they hold in each market, USD at today's prices, and the share of it that selling to the
  /// requirement sells per USD of loss: one over the requirement.
  func partlyLiquidated(
    _ valuation: ContagionValuation
  ) -> (accounts: [AccountIndex], exposuresUSD: Matrix, sensitivities: [Double]) {
    let marketCount = valuation.marketCount
    var found: [AccountIndex] = []
    var sensitivities: [Double] = []
    var rows: [[Double]] = []
    var sales = ProfitColumns(scenarioCount: valuation.profitUSD.scenarioCount)
    for index in 0..<blockCount {
      let block = block(index)
      forEachBatch(of: block, scenarioCount: valuation.profitUSD.scenarioCount) { units, profits in
        profits.fill(block.quantities, units: units, unitProfits: valuation.profitUSD)
        let partly = units.filter { unit in
          let surplusUSD =
            block.surplusUSD[unit]
            + profits.withColumn(unit: unit - units.lowerBound) { $0[0] }
          return surplusUSD < 0 && surplusUSD + block.requirementUSD[unit] > 0
        }
        if partly.isEmpty { return }
        var exposures = partly.map { _ in [Double](repeating: 0, count: marketCount) }
        forEachSale(of: units, in: block, valuation, &sales) { market, sales in
          for (row, unit) in partly.enumerated() {
            exposures[row][market] = sales.withColumn(unit: unit - units.lowerBound) { $0[0] }
          }
        }
        for (row, unit) in partly.enumerated() {
          found.append(block.accounts[unit])
          sensitivities.append(1 / block.requirementUSD[unit])
          rows.append(exposures[row])
        }
      }
    }
    var matrix = Matrix(rowCount: found.count, columnCount: marketCount)
    for (row, values) in rows.enumerated() {
      for (market, value) in values.enumerated() { matrix[row, market] = value }
    }
    return (found, matrix, sensitivities)
  }
}
