// Terms of the charges that stand beside the worst scenario.

/// Charge for the forward of one expiry moving at unchanged volatilities and prices elsewhere
/// [Derive v2-core, `PMRMLib`].
public struct BasisContingencyTerms: Sendable, Equatable {
  /// Shocked over base price of the upward move.
  public var upRatio: Double
  /// Shocked over base price of the downward move.
  public var downRatio: Double
  /// Share of the loss that counts at expiry, at least 0.
  public var shareAtExpiry: Double
  /// What is added to that share per year to expiry, at least 0.
  public var shareAnnual: Double

  /// All terms in order.
  public init(upRatio: Double, downRatio: Double, shareAtExpiry: Double, shareAnnual: Double) {
    self.upRatio = upRatio
    self.downRatio = downRatio
    self.shareAtExpiry = shareAtExpiry
    self.shareAnnual = shareAnnual
  }
}

/// Charge for amounts whose price is reported with low confidence.
public struct ConfidenceTerms: Sendable, Equatable {
  /// Confidence below which there is a charge, in [0, 1].
  public var threshold: Double
  /// Charge at no confidence at all, fraction of the value.
  public var fraction: Double

  /// Terms of the charge.
  public init(threshold: Double, fraction: Double) {
    self.threshold = threshold
    self.fraction = fraction
  }
}

/// What a stablecoin below its peg adds to the multiplier of losses.
public struct PegLossTerms: Sendable, Equatable {
  /// Price of the stablecoin below which the multiplier rises, USD.
  public var thresholdUSD: Double
  /// Rise of the multiplier per USD below the threshold, at least 0.
  public var factorPerUSD: Double

  /// Terms of the peg.
  public init(thresholdUSD: Double, factorPerUSD: Double) {
    self.thresholdUSD = thresholdUSD
    self.factorPerUSD = factorPerUSD
  }
}

/// Multiplier of an expiry's value, `base e^(+-T (rate rateMultiplier + rateAdded))`, with the
/// minus for values that count as assets and the plus for values that count as debts.
public struct StaticDiscountTerms: Sendable, Equatable {
  /// Multiplier at expiry.
  public var base: Double
  /// Multiplier of the rate.
  public var rateMultiplier: Double
  /// What is added to the rate, continuous per year.
  public var rateAddedAnnual: Double

  /// All terms in order.
  public init(base: Double, rateMultiplier: Double, rateAddedAnnual: Double) {
    self.base = base
    self.rateMultiplier = rateMultiplier
    self.rateAddedAnnual = rateAddedAnnual
  }
}

/// Least requirement for an account's delta, hedged and not [Paradex, Portfolio Margin].
public struct DeltaFloorTerms: Sendable, Equatable {
  /// Charge on delta that an opposite delta hedges, fraction of the spot price per coin.
  public var hedgedFraction: Double
  /// Charge on the rest, fraction of the spot price per coin.
  public var unhedgedFraction: Double

  /// Terms of the floor.
  public init(hedgedFraction: Double, unhedgedFraction: Double) {
    self.hedgedFraction = hedgedFraction
    self.unhedgedFraction = unhedgedFraction
  }
}
