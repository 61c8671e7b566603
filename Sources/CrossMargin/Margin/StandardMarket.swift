// What an account holds of one underlying, with the prices at which Derive's Standard Manager
// judges it.

import RiskNumerics

/// Holdings and prices of one underlying. Confidences lie in [0, 1].
public struct StandardMarket: Sendable, Equatable {
  /// Spot price, USD.
  public var spotUSD: Double
  /// Confidence in the spot price.
  public var spotConfidence: Double
  /// The perpetual; a size of 0 is none.
  public var perpetual: DerivePerpetual
  /// Base asset held, coins, at least 0.
  public var baseCoins: Double
  /// Options by expiry.
  public var expiries: [StandardExpiry]
  /// Terms of the underlying.
  public var terms: StandardMarginTerms

  /// Holdings and prices.
  public init(
    spotUSD: Double, spotConfidence: Double, perpetual: DerivePerpetual, baseCoins: Double,
    expiries: [StandardExpiry], terms: StandardMarginTerms
  ) {
    precondition(baseCoins >= 0, "a base balance is not negative")
    self.spotUSD = spotUSD
    self.spotConfidence = spotConfidence
    self.perpetual = perpetual
    self.baseCoins = baseCoins
    self.expiries = expiries
    self.terms = terms
  }

  /// Coins of short options over all expiries, positive.
  var shortOptionCoins: Double { expiries.reduce(0) { $0 + $1.shortCoins } }
}

/// Options of one expiry.
public struct StandardExpiry: Sendable, Equatable {
  /// Time to expiry, years of 365 days; 0 = expired.
  public var expiryYears: Double
  /// Forward price, USD.
  public var forwardUSD: Double
  /// Confidence in the forward.
  public var forwardConfidence: Double
  /// Lowest confidence in a volatility of the expiry.
  public var volatilityConfidence: Double
  /// The options.
  public var options: [OptionLeg]

  /// An expiry.
  public init(
    expiryYears: Double, forwardUSD: Double, forwardConfidence: Double,
    volatilityConfidence: Double, options: [OptionLeg]
  ) {
    self.expiryYears = expiryYears
    self.forwardUSD = forwardUSD
    self.forwardConfidence = forwardConfidence
    self.volatilityConfidence = volatilityConfidence
    self.options = options
  }

  /// Coins of short options, positive.
  var shortCoins: Double { options.reduce(0) { $0 + max(-$1.coins, 0) } }

  /// Value of a position at the mark, undiscounted Black, USD.
  func valueUSD(_ option: OptionLeg) -> Double {
    option.coins
      * BlackKernel.value(
        forward: forwardUSD, volatility: option.volatilityAnnual,
        option: OptionTerms(strike: option.strike, expiryYears: expiryYears, side: option.side))
  }

  /// Value of all positions at the mark, USD, in the order of `options`.
  var valueUSD: Double { options.reduce(0) { $0 + valueUSD($1) } }
}

extension OptionLeg {
  /// What one coin's option pays at a settlement price, in the unit of the strike.
  func payoff(settlement: Double) -> Double {
    max(side.rawValue * (settlement - strike), 0)
  }
}
