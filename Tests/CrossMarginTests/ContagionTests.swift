// Clearing of debts among firms: fixed points, their order, closed circles.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct ContagionTests {
  private static func network(
    _ rows: [[Double]], _ outside: [Double], recovery: Double = 1
  ) -> ClearingNetwork {
    var liabilities = Matrix(rowCount: rows.count, columnCount: rows.count)
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { liabilities[row, column] = value }
    }
    return ClearingNetwork(
      liabilities: liabilities, outsideAssets: outside, assetRecovery: recovery,
      claimRecovery: recovery)
  }

  /// A vector that clears: each firm pays all, or what is left of what it has.
  private static func clears(_ network: ClearingNetwork, _ payments: [Double]) -> Bool {
    payments.indices.allSatisfy { firm in
      var claims = 0.0
      for other in payments.indices where network.totalLiabilities[other] > 0 {
        claims +=
          payments[other] * network.liabilities[other, firm] / network.totalLiabilities[other]
      }
      let own = network.outsideAssets[firm]
      let due = network.totalLiabilities[firm]
      let pays =
        own + claims >= due - 1e-9
        ? due : network.assetRecovery * own + network.claimRecovery * claims
      return abs(pays - payments[firm]) < 1e-8
    }
  }

  @Test(arguments: [1.0, 0.7, 0.3]) func bothEndsClearAndAreOrdered(_ recovery: Double) throws {
    let network = Self.network(
      [[0, 10, 10, 0], [20, 0, 30, 5], [40, 0, 0, 2], [0, 3, 0, 0]], [5, 30, 0, 1],
      recovery: recovery)
    let (greatest, least) = (try network.greatest(), try #require(network.least()))
    #expect(Self.clears(network, greatest.payments))
    #expect(Self.clears(network, least.payments))
    #expect(zip(least.payments, greatest.payments).allSatisfy { $0 <= $1 + 1e-9 })
  }

  @Test func aCircleWithoutAssetsMayPayAllOrNothing() throws {
    let network = Self.network([[0, 5], [5, 0]], [0, 0])
    #expect(try network.greatest().payments == [5, 5])
    #expect(try #require(network.least()).payments == [0, 0])
    #expect(try network.greatest().isDefault == [false, false])
  }

  @Test func whoeverIsRichPays() throws {
    let network = Self.network([[0, 5], [0, 0]], [7, 0], recovery: 0.5)
    #expect(try network.greatest().payments == [5, 0])
    #expect(try #require(network.least()).payments == [5, 0])
  }
}
