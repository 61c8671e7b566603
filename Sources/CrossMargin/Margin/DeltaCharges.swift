// Charges on the deltas of an account: expiries moving against each other, and a least requirement.

/// Net delta of one expiry; perpetuals are an expiry of their own at 0 years.
public struct ExpiryDelta: Sendable, Equatable {
  /// Years to expiry, at least 0.
  public var expiryYears: Double
  /// Net delta, signed, in the unit of the charge per unit of move.
  public var delta: Double

  /// A net delta.
  public init(expiryYears: Double, delta: Double) {
    self.expiryYears = expiryYears
    self.delta = delta
  }
}

extension BasisTerms {
  /// Charge for each expiry's forward moving against all others: the sum of
  /// `|delta| max(minimum, e^(annual T) - 1)`, times the weight. Deribit calls it roll shock.
  public func rollShock(_ expiries: [ExpiryDelta]) -> Double {
    var sum = 0.0
    for expiry in expiries {
      sum += abs(expiry.delta) * moveFraction(expiryYears: expiry.expiryYears)
    }
    return sum * weight
  }
}

/// Delta of an account split into what is hedged and the largest that may stand unhedged, coins.
public struct DeltaSplit: Sendable, Equatable {
  /// Delta that an opposite delta hedges.
  public let hedgedCoins: Double
  /// Largest unhedged delta over all ways in which orders may fill.
  public let unhedgedCoinsMax: Double

  /// The split of the deltas of positions and of open orders, signed coins.
  ///
  /// With `L`, `S` long and short deltas of positions and orders together, and `l`, `s` of
  /// positions alone: `unhedged = max(0, L - s, S - l)`, `hedged = max(L, S) - unhedged`.
  public init(positions: [Double], orders: [Double]) {
    let long = Self.sum(positions)
    let short = Self.sum(positions.map(-))
    let longWithOrders = long + Self.sum(orders)
    let shortWithOrders = short + Self.sum(orders.map(-))
    unhedgedCoinsMax = max(0, longWithOrders - short, shortWithOrders - long)
    hedgedCoins = max(max(longWithOrders, shortWithOrders) - unhedgedCoinsMax, 0)
  }

  /// The charge at a spot price, in its unit.
  public func floor(_ terms: DeltaFloorTerms, spot: Double) -> Double {
    (hedgedCoins * terms.hedgedFraction + unhedgedCoinsMax * terms.unhedgedFraction) * spot
  }

  private static func sum(_ values: [Double]) -> Double {
    var sum = 0.0
    for value in values where value > 0 { sum += value }
    return sum
  }
}
