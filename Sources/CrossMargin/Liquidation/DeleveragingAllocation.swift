// A loss shared out among winners as a budget: equal relative haircuts, or near to given targets.

import RiskNumerics

/// What each winner gives, between 0 and its capacity, so that all give what is needed.
public enum DeleveragingAllocation {
  /// The smallest largest haircut: `min(capacity, level x profit)` with one level for all, USD.
  /// [winners]
  ///
  /// Capacities and profits are positive [winners]; where the need exceeds all capacities, all are
  /// taken.
  public static func waterFillingUSD(
    capacitiesUSD: [Double], profitsUSD: [Double], needUSD: Double
  ) -> [Double] {
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
    return taken
  }

  /// The amounts nearest to targets in the sum of squares: `clamp(target + shift, 0, capacity)` with
  /// one shift for all that makes them sum to the need, USD. [winners]
  public static func leastSquaresUSD(
    capacitiesUSD: [Double], targetsUSD: [Double], needUSD: Double
  ) -> [Double] {
    precondition(capacitiesUSD.count == targetsUSD.count, "capacities and targets differ")
    func taken(_ shift: Double) -> [Double] {
      zip(capacitiesUSD, targetsUSD).map { min(max($1 + shift, 0), $0) }
    }
    if capacitiesUSD.reduce(0, +) <= needUSD { return capacitiesUSD }
    let highest = zip(capacitiesUSD, targetsUSD).map { $0 - $1 }.max() ?? 0
    let lowest = -(targetsUSD.max() ?? 0)
    let shift = ScalarSearch.zero(min(lowest, highest), highest, isRising: true) {
      taken($0).reduce(0, +) - needUSD
    }
    return taken(shift)
  }
}
