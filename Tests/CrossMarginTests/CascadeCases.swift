// Cascades that several suites look at.

import CrossMargin
import RiskNumerics

/// Matrices, markets and random accounts for cascades.
enum CascadeCases {
  static func matrix(_ rows: [[Double]]) -> Matrix {
    var result = Matrix(rowCount: rows.count, columnCount: rows.first?.count ?? 0)
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { result[row, column] = value }
    }
    return result
  }

  /// D of a market: notional per unit of log move.
  static func linear(_ depthUSD: Double) -> MarketDepth {
    MarketDepth(name: "X", depthUSDPerPercent: depthUSD / 100, shape: .linear)
  }

  /// Accounts on two markets, each with holdings of one sign in both, some long and some short.
  static func random(
    seed: UInt64, response: LiquidationResponse, shock: Double = 0, isOneSided: Bool = true,
    depthUSD: Double = 4_000
  ) -> PriceCascade {
    var random = SeededGenerator(seed: seed)
    var accounts: [CascadeAccount] = []
    var rows: [[Double]] = []
    for _ in 0..<60 {
      let side: Double = isOneSided || Bool.random(using: &random) ? 1 : -1
      let row = [
        side * Double.random(in: 0...100, using: &random),
        side * Double.random(in: 0...100, using: &random)
      ]
      let requirement = (abs(row[0]) + abs(row[1])) * 0.05
      let surplus = Double.random(in: -0.3...3, using: &random) * requirement
      accounts.append(
        CascadeAccount(
          surplusUSD: surplus - shock * (row[0] + row[1]), requirementUSD: requirement))
      rows.append(row)
    }
    return PriceCascade(
      accounts: accounts, exposuresUSD: matrix(rows),
      markets: [linear(depthUSD), linear(2 * depthUSD)], response: response)
  }
}
