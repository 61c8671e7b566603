// One scenario of a venue's scan: a price move of the underlying, what volatilities do, a weight.

/// A scenario of one underlying.
public struct MarginScenario: Sendable, Hashable {
  /// What volatilities do.
  public enum VolatilityChange: Sendable, Hashable {
    /// All move by a relative move at 30 days, spread over expiries; 0 = unchanged.
    case move(Double)
    /// They turn around the forward.
    case skew(SkewKind)
  }

  /// Shocked over base price of the underlying, at least 0.
  public var priceRatio: Double
  /// What volatilities do.
  public var volatility: VolatilityChange
  /// Multiplier of profit, at least 0; venues call it weight or dampening.
  public var weight: Double

  /// A scenario.
  public init(priceRatio: Double, volatility: VolatilityChange, weight: Double) {
    self.priceRatio = priceRatio
    self.volatility = volatility
    self.weight = weight
  }

  /// Relative price move.
  public var priceMoveFraction: Double { priceRatio - 1 }

  /// Whether it is a skew: each expiry then counts with the worse of both directions.
  public var isSkew: Bool {
    if case .skew = volatility { true } else { false }
  }
}
