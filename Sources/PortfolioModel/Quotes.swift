// What the market says: forwards, volatilities, marks and the state of a venue.

/// One row of `market/forwards.csv`.
public struct ForwardQuote: Sendable, Equatable {
  /// Underlying and the asset the forward is expressed in.
  public var pair: AssetPair
  /// Delivery.
  public var expiry: UTCTime
  /// Forward price, quote asset per unit.
  public var forward: Double
  /// Continuous discount rate of the quote asset to `expiry`, per year; nil counts as 0.
  public var rateContinuous: Double?
  /// Trust of the source in [0, 1].
  public var confidence: Double?

  /// A forward.
  public init(pair: AssetPair, expiry: UTCTime, forward: Double, rateContinuous: Double? = nil) {
    self.pair = pair
    self.expiry = expiry
    self.forward = forward
    self.rateContinuous = rateContinuous
  }
}

/// One row of `market/vols.csv`.
public struct VolatilityQuote: Sendable, Equatable {
  /// Underlying and the asset the strike is expressed in.
  public var pair: AssetPair
  /// Expiry.
  public var expiry: UTCTime
  /// Strike, quote asset per unit.
  public var strike: Double
  /// Implied volatility, annual fraction, at least 0.
  public var volatilityAnnual: Double
  /// Trust of the source in [0, 1].
  public var confidence: Double?

  /// A volatility quote.
  public init(pair: AssetPair, expiry: UTCTime, strike: Double, volatilityAnnual: Double) {
    self.pair = pair
    self.expiry = expiry
    self.strike = strike
    self.volatilityAnnual = volatilityAnnual
  }
}

/// One row of `market/surfaces.csv`: a raw SVI slice [Gatheral 2004], total variance
/// `w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))`, `k = ln(K/F)`.
public struct SVISlice: Sendable, Equatable {
  /// Underlying and quote.
  public var pair: AssetPair
  /// Expiry.
  public var expiry: UTCTime
  /// Level of total variance.
  public var a: Double
  /// Slope of the wings, at least 0.
  public var b: Double
  /// Skew in (-1, 1).
  public var rho: Double
  /// Log-moneyness of the vertex.
  public var m: Double
  /// Curvature of the vertex, positive.
  public var sigma: Double

  /// A slice; `parameters` are a, b, rho, m, sigma.
  public init(
    pair: AssetPair, expiry: UTCTime,
    parameters: (a: Double, b: Double, rho: Double, m: Double, sigma: Double)
  ) {
    self.pair = pair
    self.expiry = expiry
    (a, b, rho, m, sigma) = parameters
  }

  /// Total variance at a log-moneyness `ln(K/F)`.
  public func totalVariance(logMoneyness: Double) -> Double {
    let distance = logMoneyness - m
    return a + b * (rho * distance + (distance * distance + sigma * sigma).squareRoot())
  }
}

/// One row of `market/marks.csv`. Prices are in the quote asset, of inverse options in the
/// settlement asset.
public struct Mark: Sendable, Equatable {
  /// The instrument.
  public var instrument: InstrumentIndex
  /// Mark price.
  public var price: Double
  /// Best bid.
  public var bid: Double?
  /// Best offer.
  public var ask: Double?
  /// Implied volatility that the venue marks with, annual fraction.
  public var impliedVolatilityAnnual: Double?
  /// Contracts outstanding.
  public var openInterest: Double?
  /// Funding of the current period, fraction of notional.
  public var fundingRate: Double?
  /// Time-weighted average price.
  public var timeWeightedAveragePrice: Double?
  /// Trust of the source in [0, 1].
  public var confidence: Double?
  /// When it was observed.
  public var time: UTCTime?

  /// A mark; everything else is unknown until set.
  public init(instrument: InstrumentIndex, price: Double) {
    self.instrument = instrument
    self.price = price
  }
}

/// One row of `market/state.csv`: a value that a rule set declares that it needs.
public struct StateValue: Sendable, Equatable {
  /// What it is about: an asset, an instrument, a venue.
  public var subject: String
  /// Name of the value.
  public var key: String
  /// The value, in the unit that the rule set declares.
  public var value: Double

  /// A state value.
  public init(subject: String, key: String, value: Double) {
    self.subject = subject
    self.key = key
    self.value = value
  }
}
