// The cheapest set of partial closings that ends a shortage.

import RiskNumerics

/// A position that may be closed in part: closing q costs `cost q + slope q^2 / 2`.
public struct ReducibleLeg: Sendable, Equatable {
  /// Requirement released per unit, USD, positive.
  public var reliefUSD: Double
  /// Cost of the first unit, USD, at least 0.
  public var costUSD: Double
  /// Rise of the cost of a unit per unit, USD, at least 0.
  public var costSlopeUSD: Double
  /// Units that may be closed, at least 0.
  public var unitsMax: Double

  /// A leg.
  public init(reliefUSD: Double, costUSD: Double, costSlopeUSD: Double, unitsMax: Double) {
    precondition(reliefUSD > 0 && costUSD >= 0 && costSlopeUSD >= 0, "closing releases margin")
    self.reliefUSD = reliefUSD
    self.costUSD = costUSD
    self.costSlopeUSD = costSlopeUSD
    self.unitsMax = unitsMax
  }

  fileprivate func totalCostUSD(_ units: Double) -> Double {
    (costUSD + costSlopeUSD * units / 2) * units
  }

  /// Units at which the marginal cost is `price` per USD released.
  fileprivate func units(_ price: Double) -> Double {
    let room = price * reliefUSD - costUSD
    if room <= 0 { return 0 }
    return costSlopeUSD == 0 ? unitsMax : min(room / costSlopeUSD, unitsMax)
  }
}

/// The cheapest closings after which the surplus is a target: `surplus + sum relief q - sum cost(q) =
/// target` at least cost.
///
/// All legs are closed to the same marginal cost per USD released (the multiplier of the problem);
/// legs of constant cost are so taken in the order of cost over relief. Reliefs of a portfolio margin
/// are not additive: plan again after each block.
public struct ReductionPlan: Sendable, Equatable {
  /// Units to close of each leg [legs].
  public let units: [Double]
  /// Cost of it, USD.
  public let costUSD: Double

  /// The plan that ends a shortage, USD; nil where closing all that helps does not.
  public init?(legs: [ReducibleLeg], shortageUSD: Double) {
    func relief(_ units: [Double]) -> Double {
      var sum = OrderedSum()
      for (leg, units) in zip(legs, units) {
        sum.add(leg.reliefUSD * units - leg.totalCostUSD(units))
      }
      return sum.total
    }
    func units(_ price: Double) -> [Double] { legs.map { $0.units(price) } }
    if shortageUSD <= 0 {
      self.units = legs.map { _ in 0 }
      costUSD = 0
      return
    }
    // At a price of 1 a unit more costs what it releases.
    guard relief(units(1)) >= shortageUSD else { return nil }
    let price = ScalarSearch.zero(0, 1, isRising: true) { relief(units($0)) - shortageUSD }
    // A leg of constant cost jumps at the price: it is closed in part, between its two sides.
    let (low, high) = (units(price.nextDown.nextDown), units(min(price.nextUp.nextUp, 1)))
    let (before, after) = (relief(low), relief(high))
    let share = after > before ? min(max((shortageUSD - before) / (after - before), 0), 1) : 1
    let planned = zip(low, high).map { $0 + ($1 - $0) * share }
    self.units = planned
    costUSD = OrderedSum.total(of: zip(legs, planned).map { $0.totalCostUSD($1) })
  }
}
