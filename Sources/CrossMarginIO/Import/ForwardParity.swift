// The forward of an expiry from prices of calls and puts, where a venue gives only the index.

import PortfolioModel

/// A forward that was inferred, and from how much.
public struct InferredForward: Sendable, Equatable {
  /// The coin.
  public var underlying: String
  /// The expiry.
  public var expiry: UTCTime
  /// The snapshot.
  public var time: UTCTime
  /// The forward, USD.
  public var forwardUSD: Double
  /// Number of strikes whose call and put were used.
  public var pairCount: Int
  /// Largest relative distance of a single strike's forward from the median.
  public var deviationMax: Double
}

/// Put-call parity of inverse options. In coins, `C - P = 1 - K/F`, hence `F = K / (1 - (C - P))`:
/// the USD payoffs `(F - K)` over the settlement price, undiscounted, as both venues mark.
enum ForwardParity {
  /// Strikes used per expiry: those nearest the money. An odd number, so that the median is one of
  /// them; enough that four stale marks do not move it.
  static let pairCountMax = 9
  /// Strikes with a larger `|C - P|`, which is `|1 - K/F|`, are not near the money. An error of a
  /// mark enters the forward with the factor F/K.
  static let differenceCoinMax = 0.25

  /// A strike with the marks of its call and put, coins.
  struct Pair {
    let strikeUSD: Double
    let callCoin: Double
    let putCoin: Double

    var differenceCoin: Double { callCoin - putCoin }
    var forwardUSD: Double { strikeUSD / (1 - differenceCoin) }
  }

  /// The median forward of the strikes nearest the money, with the largest relative distance of one
  /// of them; nil without any strike near the money.
  static func forward(
    of pairs: [Pair]
  ) -> (forwardUSD: Double, pairCount: Int, deviationMax: Double)? {
    func rank(_ pair: Pair) -> (Double, Double) {
      (pair.differenceCoin.magnitude, pair.strikeUSD)
    }
    let near = pairs.filter { $0.differenceCoin.magnitude <= differenceCoinMax }
      .sorted { rank($0) < rank($1) }.prefix(pairCountMax)
    guard let forwardUSD = median(near.map(\.forwardUSD)) else { return nil }
    let deviations = near.map { ($0.forwardUSD / forwardUSD - 1).magnitude }
    return (forwardUSD, near.count, deviations.max() ?? 0)
  }

  /// Fills in the forwards of a chain whose rows have none.
  static func inferForwards(of chain: inout Chain) {
    struct Group: Hashable {
      let underlying: String
      let expiry: UTCTime
      let time: UTCTime
    }
    var groups: [Group] = []
    var rowsOfGroup: [Group: [Int]] = [:]
    for (index, row) in chain.rows.enumerated() {
      let group = Group(underlying: row.underlying, expiry: row.expiry, time: row.time)
      if rowsOfGroup[group] == nil { groups.append(group) }
      rowsOfGroup[group, default: []].append(index)
    }
    for group in groups {
      let rows = rowsOfGroup[group] ?? []
      guard let inferred = forward(of: pairs(rows.map { chain.rows[$0] })) else { continue }
      for row in rows { chain.rows[row].forwardUSD = inferred.forwardUSD }
      chain.inferredForwards.append(
        InferredForward(
          underlying: group.underlying, expiry: group.expiry, time: group.time,
          forwardUSD: inferred.forwardUSD, pairCount: inferred.pairCount,
          deviationMax: inferred.deviationMax))
    }
  }

  /// The strikes whose call and put both have a mark.
  private static func pairs(_ rows: [ChainRow]) -> [Pair] {
    let marked = rows.filter { $0.markCoin > 0 }
    let puts = Dictionary(
      marked.filter { $0.type == .put }.map { ($0.strikeUSD, $0.markCoin) },
      uniquingKeysWith: { _, last in last })
    return marked.filter { $0.type == .call }.compactMap { call in
      puts[call.strikeUSD].map {
        Pair(strikeUSD: call.strikeUSD, callCoin: call.markCoin, putCoin: $0)
      }
    }
  }
}

/// The middle of some numbers, of an even count the mean of the two in the middle; nil of none.
func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
