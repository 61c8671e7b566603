// How large an insurance fund must be to outlast the defaults of its largest groups.

import RiskNumerics

/// A fund that covers the n largest losses of groups in every scenario.
///
/// Source: CPMI-IOSCO, Principles for Financial Market Infrastructures 2012, principle 4.
public struct CoverageNeed: Sendable, Equatable {
  /// The need, USD.
  public let amountUSD: Double
  /// Scenario that sets it; the lowest at a tie.
  public let scenario: Int
  /// Groups that make it up there, the largest loss first.
  public let groups: [Int]
  /// Share of the largest group in the need; 0 where there is no need.
  public let largestShare: Double

  /// The largest sum over scenarios of the `groupCount` largest losses beyond margin.
  ///
  /// Shapes: lossesUSD [scenarios x groups]; gains and losses within margin count as zero.
  public init(lossesUSD: Matrix, groupCount: Int) {
    precondition(groupCount > 0 && lossesUSD.rowCount > 0, "a need has scenarios and groups")
    var best: (amount: Double, scenario: Int, groups: [Int]) = (-1, 0, [])
    for scenario in 0..<lossesUSD.rowCount {
      let order = (0..<lossesUSD.columnCount).sorted {
        (lossesUSD[scenario, $1], $0) < (lossesUSD[scenario, $0], $1)
      }
      let groups = order.prefix(groupCount).filter { lossesUSD[scenario, $0] > 0 }
      let amount = groups.reduce(0) { $0 + lossesUSD[scenario, $1] }
      if amount > best.amount { best = (amount, scenario, groups) }
    }
    amountUSD = best.amount
    scenario = best.scenario
    groups = best.groups
    largestShare = best.groups.first.map { lossesUSD[best.scenario, $0] / best.amount } ?? 0
  }
}
