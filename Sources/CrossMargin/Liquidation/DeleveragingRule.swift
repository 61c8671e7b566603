// Rules by which a loss or a closing is shared among winners.

import RiskNumerics

/// A rule. Queues close the last position in part; those that end in `_whole` close all of it, as
/// venues do that close positions and not amounts.
public enum DeleveragingRule: String, Sendable, CaseIterable {
  /// Profit times leverage.
  case bitmex
  /// The same by whole positions.
  case bitmexWhole = "bitmex_whole"
  /// Mark over entry times leverage.
  case hyperliquid
  /// The same by whole positions.
  case hyperliquidWhole = "hyperliquid_whole"
  /// Leverage, then profit, then account value, then the order of the pool, as on Ethereal.
  case lexicographic
  /// The same by whole positions.
  case lexicographicWhole = "lexicographic_whole"
  /// One share of every capacity.
  case proRata = "pro_rata"
  /// The smallest largest share of profits.
  case waterFilling = "water_filling"
  /// Nearest in squares to shares by account value.
  case leastSquares = "least_squares"
  /// Evenly from those whose requirement does not rise, then from those for whom it rises least, then
  /// evenly from those of whom it is not known.
  case hedgeAware = "hedge_aware"

  private var isWhole: Bool {
    switch self {
    case .bitmexWhole, .hyperliquidWhole, .lexicographicWhole: true
    case .bitmex, .hyperliquid, .lexicographic, .proRata, .waterFilling, .leastSquares,
      .hedgeAware:
      false
    }
  }

  /// What each winner gives, in the numeraire's USD [winners].
  func taken(
    _ winners: [DeleveragingWinner], capacities: [Double], need: Double
  ) -> [Double] {
    let count = winners.count
    switch self {
    case .bitmex, .bitmexWhole:
      return queue(DeleveragingQueue.order(scores: winners.map(\.ranked.score)), capacities, need)
    case .hyperliquid, .hyperliquidWhole:
      let scores = winners.map {
        RankedPosition.profitIndex(
          markUSD: $0.priceRatio, entryUSD: 1, notionalUSD: $0.notionalUSD,
          accountValueUSD: max($0.equityUSD, .leastNormalMagnitude))
      }
      return queue(DeleveragingQueue.order(scores: scores), capacities, need)
    case .lexicographic, .lexicographicWhole:
      let order = (0..<count).sorted { left, right in
        let (a, b) = (winners[left], winners[right])
        return (b.leverage, b.profitUSD, b.equityUSD, left)
          < (a.leverage, a.profitUSD, a.equityUSD, right)
      }
      return queue(order, capacities, need)
    case .proRata:
      return ProRataDeleveraging.takenUSD(capacitiesUSD: capacities, needUSD: need)
    case .waterFilling: return Self.waterFilling(winners, capacities, need, Array(0..<count))
    case .leastSquares:
      let equityUSD = winners.map { max($0.equityUSD, 0) }
      let sum = OrderedSum.total(of: equityUSD)
      return DeleveragingAllocation.leastSquaresUSD(
        capacitiesUSD: capacities,
        targetsUSD: equityUSD.map { sum > 0 ? need * $0 / sum : need / Double(count) },
        needUSD: need)
    case .hedgeAware:
      return Self.hedgeAware(winners, capacities, need)
    }
  }

  private static func hedgeAware(
    _ winners: [DeleveragingWinner], _ capacities: [Double], _ need: Double
  ) -> [Double] {
    var (free, unknown) = ([Int](), [Int]())
    var bound: [(risePerUSD: Double, winner: Int)] = []
    for (place, winner) in winners.enumerated() where capacities[place] > 0 {
      switch winner.requirementChangeUSD {
      case let change? where change > 0: bound.append((change / capacities[place], place))
      case .some: free.append(place)
      case nil: unknown.append(place)
      }
    }
    var taken = waterFilling(winners, capacities, need, free)
    var rest = need - OrderedSum.total(of: taken)
    bound.sort { ($0.risePerUSD, $0.winner) < ($1.risePerUSD, $1.winner) }
    for (_, winner) in bound where rest > need * roundingSlack {
      taken[winner] = min(rest, capacities[winner])
      rest -= taken[winner]
    }
    guard rest > need * roundingSlack else { return taken }
    for (winner, amount) in waterFilling(winners, capacities, rest, unknown).enumerated() {
      taken[winner] += amount
    }
    return taken
  }

  /// What sums of all winners are off by is not asked of somebody else.
  private static let roundingSlack = 1e-12

  private func queue(_ order: [Int], _ capacities: [Double], _ need: Double) -> [Double] {
    var taken = capacities.map { _ in 0.0 }
    var rest = need
    for winner in order where rest > 0 {
      taken[winner] = isWhole ? capacities[winner] : min(rest, capacities[winner])
      rest -= taken[winner]
    }
    return taken
  }

  /// Water-filling over those of some winners who have anything to give.
  private static func waterFilling(
    _ winners: [DeleveragingWinner], _ capacities: [Double], _ need: Double, _ places: [Int]
  ) -> [Double] {
    let places = places.filter { capacities[$0] > 0 && winners[$0].profitUSD > 0 }
    var taken = capacities.map { _ in 0.0 }
    guard !places.isEmpty else { return taken }
    let amounts = DeleveragingAllocation.waterFillingUSD(
      capacitiesUSD: places.map { capacities[$0] },
      profitsUSD: places.map { winners[$0].profitUSD }, needUSD: need)
    for (place, amount) in zip(places, amounts) { taken[place] = amount }
    return taken
  }
}
