// Terms of an approximation of OKX's portfolio margin [OKX help, "Portfolio margin mode"; notices
// on parameters of December 2024 and January 2025].

/// Approximation of the portfolio margin of one risk unit, that is one underlying. It is not the
/// venue's figure: the pieces in `unconfirmed` are not published in full.
public struct OKXPortfolioTerms: Sendable, Equatable {
  /// MR1: price steps with volatility up, same and down; without far moves.
  public var grid: PriceVolatilityGrid
  /// MR6: far move of the price each way at unchanged volatility, fraction.
  public var extremeMoveFraction: Double
  /// MR4: forwards of single expiries.
  public var basis: BasisTerms
  /// MR7: multipliers by slices of the raw minimum charge, USD.
  public var minimumCharge: MarginalTiers
  /// MR9: charge on what is hedged across two quote currencies, USD, for each pair in the order in
  /// which they are matched: USDT-USD, USDT-USDC, USDC-USD.
  public var depeg: [StablecoinPairTerms]
  /// Initial over maintenance requirement, at least 1.
  public var initialFactor: Double
  /// Pieces whose exact form the venue does not publish.
  public var unconfirmed: [String]

  /// All terms in order.
  public init(
    grid: PriceVolatilityGrid, extremeMoveFraction: Double, basis: BasisTerms,
    minimumCharge: MarginalTiers, depeg: [StablecoinPairTerms], initialFactor: Double,
    unconfirmed: [String]
  ) {
    self.grid = grid
    self.extremeMoveFraction = extremeMoveFraction
    self.basis = basis
    self.minimumCharge = minimumCharge
    self.depeg = depeg
    self.initialFactor = initialFactor
    self.unconfirmed = unconfirmed
  }

  /// What is not published of the model, whatever its parameters.
  public static let unconfirmedOfModel = [
    "MR2 loss of time value", "MR3 vega across expiries", "MR5 interest rate",
    "MR6 volatility in the extreme move", "MR7 raw minimum charge",
    "MR7 multipliers on slices rather than on the whole charge", "combination of MR1 to MR9",
    "initial factor"
  ]
}

/// Charge on exposure in one stablecoin that the opposite exposure in another currency hedges.
public struct StablecoinPairTerms: Sendable, Equatable {
  /// One quote currency.
  public var first: String
  /// The other.
  public var second: String
  /// Charge by slices of the hedged amount, fractions.
  public var tiers: MarginalTiers

  /// Terms of a pair.
  public init(first: String, second: String, tiers: MarginalTiers) {
    self.first = first
    self.second = second
    self.tiers = tiers
  }
}
