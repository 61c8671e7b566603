// A loss shared out among winners as a budget: equal relative haircuts, or near to given targets.

import RiskNumerics

/// What each winner gives, and how even that is.
public struct DeleveragingAllocation: Sendable, Equatable {
  /// Taken of each winner, USD, between 0 and its capacity [winners].
  public let takenUSD: [Double]
  /// What was to be taken, USD.
  public let needUSD: Double

  private init(takenUSD: [Double], needUSD: Double) {
    self.takenUSD = takenUSD
    self.needUSD = needUSD
  }

  /// The smallest largest haircut: `min(capacity, level x profit)` with one level for all.
  ///
  /// Capacities and profits are positive [winners]; where the need exceeds all capacities, all are
  /// taken.
  public static func waterFilling(
    capacitiesUSD: [Double], profitsUSD: [Double], needUSD: Double
  ) -> DeleveragingAllocation {
    precondition(capacitiesUSD.count == profitsUSD.count, "capacities and profits differ")
    // Winners reach their capacity in the order of capacity per profit.
    let order = capacitiesUSD.indices.sorted {
      (capacitiesUSD[$0] / profitsUSD[$0], $0) < (capacitiesUSD[$1] / profitsUSD[$1], $1)
    }
    var taken = capacitiesUSD
    var (rest, profits) = (needUSD, profitsUSD.reduce(0, +))
    for (place, winner) in order.enumerated() {
      let level = rest / profits
      if level * profitsUSD[winner] <= capacitiesUSD[winner] {
        for other in order[place...] { taken[other] = level * profitsUSD[other] }
        break
      }
      rest -= capacitiesUSD[winner]
      profits -= profitsUSD[winner]
    }
    return DeleveragingAllocation(takenUSD: taken, needUSD: needUSD)
  }

  /// The amounts nearest to targets in the sum of squares: `clamp(target + shift, 0, capacity)` with
  /// one shift for all that makes them sum to the need.
  public static func leastSquares(
    capacitiesUSD: [Double], targetsUSD: [Double], needUSD: Double
  ) -> DeleveragingAllocation {
    precondition(capacitiesUSD.count == targetsUSD.count, "capacities and targets differ")
    func taken(_ shift: Double) -> [Double] {
      zip(capacitiesUSD, targetsUSD).map { min(max($1 + shift, 0), $0) }
    }
    if capacitiesUSD.reduce(0, +) <= needUSD {
      return DeleveragingAllocation(takenUSD: capacitiesUSD, needUSD: needUSD)
    }
    let highest = zip(capacitiesUSD, targetsUSD).map { $0 - $1 }.max() ?? 0
    let lowest = -(targetsUSD.max() ?? 0)
    let shift = ScalarSearch.zero(min(lowest, highest), highest, isRising: true) {
      taken($0).reduce(0, +) - needUSD
    }
    return DeleveragingAllocation(takenUSD: taken(shift), needUSD: needUSD)
  }

  /// Share of the need that is covered.
  public var coveredFraction: Double {
    needUSD > 0 ? min(takenUSD.reduce(0, +) / needUSD, 1) : 1
  }

  /// What was taken beyond the need, USD.
  public var overshootUSD: Double { max(takenUSD.reduce(0, +) - needUSD, 0) }

  /// Winners that give anything.
  public var touchedCount: Int { takenUSD.filter { $0 > 0 }.count }

  /// Haircut of each winner, a fraction of its profit [winners].
  public func haircutFractions(profitsUSD: [Double]) -> [Double] {
    zip(takenUSD, profitsUSD).map { $0 / $1 }
  }

  /// Gini coefficient of haircuts: 0 = all alike, near 1 = one bears all.
  public func haircutGini(profitsUSD: [Double]) -> Double {
    GiniCoefficient(haircutFractions(profitsUSD: profitsUSD)).value
  }
}
