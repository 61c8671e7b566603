// Counts of accounts by margin ratio, on bins of equal width in the logarithm.

import Foundation

/// Distribution of margin ratios: equity after haircuts over the maintenance requirement.
///
/// Bin 0 holds negative ratios, bin 1 those from 0 to the first edge, then one bin between
/// each two edges, the lower one included, and a last bin from the highest edge on. The ratio 1,
/// below which an account is liquidatable, is an edge.
public struct MarginRatioHistogram: Sendable, Equatable {
  /// Edges of the bins above zero: 0.1 to 100, ten for each factor of ten.
  public static let edges: [Double] = (-10...20).map { pow(10, Double($0) / 10) }

  /// Number of accounts in each bin.
  public private(set) var accountCounts = [Int](repeating: 0, count: edges.count + 2)
  /// Gross notional of the accounts in each bin, USD.
  public private(set) var notionalUSD = [Double](repeating: 0, count: edges.count + 2)
  /// Number of accounts that owe no requirement and so have no ratio.
  public private(set) var withoutRequirementCount = 0
  /// Their gross notional, USD.
  public private(set) var withoutRequirementNotionalUSD = 0.0

  /// No account yet.
  public init() {}

  /// Counts one account.
  ///
  /// - Parameters:
  ///   - ratio: its margin ratio; nil where nothing is required.
  ///   - notionalUSD: its gross notional, USD.
  public mutating func add(ratio: Double?, notionalUSD amountUSD: Double) {
    guard let ratio else {
      withoutRequirementCount += 1
      withoutRequirementNotionalUSD += amountUSD
      return
    }
    precondition(!ratio.isNaN, "a margin ratio is a number")
    let bin = ratio < 0 ? 0 : 1 + (Self.edges.firstIndex { ratio < $0 } ?? Self.edges.count)
    accountCounts[bin] += 1
    notionalUSD[bin] += amountUSD
  }

  /// Number of accounts counted, with and without a ratio.
  public var accountCount: Int { accountCounts.reduce(withoutRequirementCount, +) }
}
