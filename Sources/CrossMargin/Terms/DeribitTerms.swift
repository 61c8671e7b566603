// Terms of Deribit's margins [Deribit API reference, `private/pme/simulate`; support articles
// "Portfolio Margin" and "Linear Perpetual"].

/// Portfolio margin of one currency pair.
public struct DeribitPortfolioTerms: Sendable, Equatable {
  /// The standard table (its steps and three volatility levels) and, as far moves, the extended
  /// table, whose weight is the venue's table factor.
  public var grid: PriceVolatilityGrid
  /// What losses of far moves are relieved by, USD per whole price range beyond the first.
  public var dampenerUSD: Double
  /// Share of a gain that offsets losses of other pairs, in [0, 1].
  public var gainOffsetFraction: Double
  /// Largest gain that offsets, USD; nil = no bound.
  public var gainOffsetMaxUSD: Double?
  /// Expiries moving against each other: minimum and annual move.
  public var rollShock: BasisTerms
  /// Charge on a large total delta.
  public var deltaShock: DeltaShockTerms
  /// Maintenance over initial requirement of the risk matrix, in (0, 1].
  public var maintenanceFactor: Double
  /// Pieces whose exact form the venue does not publish.
  public var unconfirmed: [String]

  /// All terms in order.
  public init(
    grid: PriceVolatilityGrid, dampenerUSD: Double, gainOffsetFraction: Double,
    gainOffsetMaxUSD: Double?, rollShock: BasisTerms, deltaShock: DeltaShockTerms,
    maintenanceFactor: Double, unconfirmed: [String]
  ) {
    self.grid = grid
    self.dampenerUSD = dampenerUSD
    self.gainOffsetFraction = gainOffsetFraction
    self.gainOffsetMaxUSD = gainOffsetMaxUSD
    self.rollShock = rollShock
    self.deltaShock = deltaShock
    self.maintenanceFactor = maintenanceFactor
    self.unconfirmed = unconfirmed
  }

  /// Price moves of the extended table.
  public static let extendedMoves = [-0.66, -0.33, 0.5, 1, 2, 3, 4, 5]

  /// What is not published of the model, whatever its parameters.
  public static let unconfirmedOfModel = [
    "delta shock above its threshold", "exponential branch of the roll shock",
    "coin deltas of options in roll and delta shock", "correlation contingency of cross accounts",
    "whether the bound on offsetting gains holds before or after the offset"
  ]
}

/// Charge on delta above a threshold: `chargePerUSD` for each USD above, at most `fractionMax` of
/// the delta. The form is not published; this is what the names of the parameters say.
public struct DeltaShockTerms: Sendable, Equatable {
  /// Delta up to which there is no charge, USD.
  public var thresholdUSD: Double
  /// Charge per USD above the threshold.
  public var chargePerUSD: Double
  /// Largest charge, fraction of the delta.
  public var fractionMax: Double

  /// All terms in order.
  public init(thresholdUSD: Double, chargePerUSD: Double, fractionMax: Double) {
    self.thresholdUSD = thresholdUSD
    self.chargePerUSD = chargePerUSD
    self.fractionMax = fractionMax
  }
}

/// A margin fraction that grows with the size of a position.
public struct SizeScaledFraction: Sendable, Equatable {
  /// Fraction of an arbitrarily small position.
  public var base: Double
  /// What each coin adds.
  public var perCoin: Double

  /// A fraction.
  public init(base: Double, perCoin: Double) {
    self.base = base
    self.perCoin = perCoin
  }
}
