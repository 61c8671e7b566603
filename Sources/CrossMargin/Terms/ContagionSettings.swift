// What a run assumes of how liquidations move prices.

/// How the price of a market answers what is sold into it. `Q` is what is sold net, USD at today's
/// price, and `A` the amount that moves the price by 1 %.
public enum ImpactShape: Sendable, Equatable {
  /// Log move `0.01 Q / A`.
  case linear
  /// Fraction of the price `B (1 - exp(-0.01 Q / (B A)))`, with the limit B in (0, 1) [Cont and
  /// Schaanning 2017].
  case saturating(limitFraction: Double)
  /// Log move `0.01 (Q / A)^delta`, delta in (0, 1]; 1/2 is the square-root law [Donier and Bonart
  /// 2015].
  case power(exponent: Double)
}

/// How much of an account is liquidated once its surplus is negative.
public enum LiquidationResponse: Sendable, Equatable {
  /// All of it.
  case full
  /// As much as leaves equity at `1 + buffer` times the requirement of what stays, which falls in
  /// proportion; all of it where equity is not positive. Without a buffer the share sold starts at
  /// zero and is continuous in the loss.
  case toRequirement(bufferFraction: Double)
}

/// Settings of price-mediated contagion.
public struct ContagionSettings: Sendable, Equatable {
  /// The law of impact.
  public var shape = ImpactShape.power(exponent: 0.5)
  /// Share of the depth of a calm market that is there when all sell, in (0, 1].
  public var depthFraction = 1.0
  /// Y of `dP / P = Y sigma sqrt(Q / V)`, from which depth follows where only volume is known.
  public var impactScale = 1.0
  /// What is sold of an account.
  public var response = LiquidationResponse.full
  /// Whether coins held as collateral are sold with the contracts.
  public var isCollateralSold = true
  /// Scenarios with most bad debt in which the cascade from full liquidation is found too.
  public var comparedScenarioCount = 100
  /// Relative moves of the leading asset, which move all factors as far as they go with it where there
  /// is a history, else of the last asset alone, after which cascades are found with requirements frozen and
  /// scanned again, each above -1 and not 0.
  public var leadMoves = [-0.3, -0.15, 0.15]
  /// Log move of a price up to which a round counts as no change, once it liquidates no further
  /// account either; from 1e-12 to 0.01.
  public var tolerance = 1e-7
  /// Rounds after which a cascade counts as not settled.
  public var roundsMax = 200

  /// The square-root law at calm depth, whole accounts.
  public init() {}
}
