// How a rule set shocks volatilities: a move at 30 days, its spread over expiries, and a floor.

/// The part of a volatility shock that all scenarios of a rule set share. The moves themselves are
/// relative moves of 30-day volatility and stand in the scenarios.
public struct VolatilityShock: Sendable, Hashable {
  /// How a move at 30 days spreads over expiries.
  public var term: VolatilityTermStructure
  /// Volatility below which a raised volatility does not stay, annual fraction, at least 0. A
  /// lowered one stays at or above 0.
  public var raisedVolatilityAnnualMin: Double

  /// A shock.
  public init(term: VolatilityTermStructure, raisedVolatilityAnnualMin: Double) {
    self.term = term
    self.raisedVolatilityAnnualMin = raisedVolatilityAnnualMin
  }
}

/// Ways to turn a smile around the forward instead of moving it as a whole.
public enum SkewKind: Sendable, Hashable {
  /// Strikes above the forward up, below it down: by `ln(K/F)`.
  case linear
  /// Both wings up: by `|ln(K/F)|`.
  case absolute
}

/// Skew scenarios of Derive (v2-core, `PMRMLib_2`): volatility times `1 + k cap / k*`, at most
/// `1 + cap` and at least `1 - cap`, with `k` the log-moneyness of the strike and, at `T` years,
/// `cap = capBase + capPerRootYear sqrt T`,
/// `k* = max(widthMin, sqrt T widthScale (volatilityStatic + volatilityPerRootYear sqrt T))`.
public struct SkewTerms: Sendable, Hashable {
  /// Largest relative change of a volatility.
  public struct Cap: Sendable, Hashable {
    /// Cap at expiry, fraction.
    public var base: Double
    /// Change of the cap per square root of a year, fraction; negative for most rule sets.
    public var perRootYear: Double

    /// A cap.
    public init(base: Double, perRootYear: Double) {
      self.base = base
      self.perRootYear = perRootYear
    }
  }

  /// Cap of the linear skew.
  public var linear: Cap
  /// Cap of the absolute skew.
  public var absolute: Cap
  /// Smallest log-moneyness at which the cap is reached, positive.
  public var widthMin: Double
  /// Standard deviations at which the cap is reached.
  public var widthScale: Double
  /// Volatility of those deviations, annual fraction.
  public var volatilityStatic: Double
  /// Its change per square root of a year, annual fraction.
  public var volatilityPerRootYear: Double

  /// All terms in order.
  public init(
    linear: Cap, absolute: Cap, widthMin: Double, widthScale: Double, volatilityStatic: Double,
    volatilityPerRootYear: Double
  ) {
    self.linear = linear
    self.absolute = absolute
    self.widthMin = widthMin
    self.widthScale = widthScale
    self.volatilityStatic = volatilityStatic
    self.volatilityPerRootYear = volatilityPerRootYear
  }
}
