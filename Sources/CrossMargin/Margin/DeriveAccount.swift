// What an account at Derive holds, as its portfolio margin sees it: values, not instruments, so
// that they may come from option chains or from any other valuation.

/// Options of one expiry.
public struct DeriveExpiry: Sendable, Equatable {
  /// Years to expiry.
  public var expiryYears: Double
  /// Continuous rate of the expiry, per year.
  public var rateContinuous: Double
  /// Lowest confidence of forward, rate and volatilities, in [0, 1].
  public var confidence: Double
  /// Value at the base point and in the scenarios of the rule set, USD.
  public var values: ShockedValues
  /// Value at the upward move of the basis contingency, USD.
  public var basisUpUSD: Double
  /// Value at the downward move, USD.
  public var basisDownUSD: Double
  /// Unpaired short coins.
  public var nakedShortCoins: Double
  /// Coins of all options, long and short.
  public var optionCoins: Double

  /// An expiry whose values are known.
  public init(
    expiryYears: Double, rateContinuous: Double, confidence: Double, values: ShockedValues,
    basisUpUSD: Double, basisDownUSD: Double, legs: [OptionLeg]
  ) {
    self.expiryYears = expiryYears
    self.rateContinuous = rateContinuous
    self.confidence = confidence
    self.values = values
    self.basisUpUSD = basisUpUSD
    self.basisDownUSD = basisDownUSD
    nakedShortCoins = NakedShorts.coins(legs)
    var coins = 0.0
    for leg in legs { coins += abs(leg.coins) }
    optionCoins = coins
  }

  /// An expiry valued here. `skew` is nil for rule sets without skews.
  public init(
    _ chain: OptionChain, rateContinuous: Double, confidence: Double, terms: DeriveScanTerms,
    skew: SkewTerms?
  ) {
    self.init(
      expiryYears: chain.expiryYears, rateContinuous: rateContinuous, confidence: confidence,
      values: chain.values(terms.scenarios, shock: terms.volatilityShock, skew: skew),
      basisUpUSD: chain.value(priceRatio: terms.basis.upRatio),
      basisDownUSD: chain.value(priceRatio: terms.basis.downRatio), legs: chain.legs)
  }
}

/// The perpetual of the account's underlying.
public struct DerivePerpetual: Sendable, Equatable {
  /// Signed coins.
  public var coins: Double
  /// Price, USD.
  public var priceUSD: Double
  /// Confidence of the price, in [0, 1].
  public var confidence: Double
  /// Profit and funding that are not yet paid, USD, signed.
  public var unsettledUSD: Double

  /// A position.
  public init(coins: Double, priceUSD: Double, confidence: Double, unsettledUSD: Double) {
    self.coins = coins
    self.priceUSD = priceUSD
    self.confidence = confidence
    self.unsettledUSD = unsettledUSD
  }
}

/// A collateral.
public struct DeriveCollateral: Sendable, Equatable {
  /// Amount, at least 0.
  public var amount: Double
  /// Price, USD.
  public var priceUSD: Double
  /// Confidence of the price, in [0, 1].
  public var confidence: Double
  /// Whether it moves with the underlying in scenarios.
  public var cancelsRisk: Bool
  /// Charge at both levels, fraction of the value.
  public var haircutFraction: Double
  /// What the initial level adds to the charge, fraction of the value.
  public var initialExtraFraction: Double

  /// A collateral.
  public init(
    amount: Double, priceUSD: Double, confidence: Double, cancelsRisk: Bool,
    haircutFraction: Double, initialExtraFraction: Double
  ) {
    self.amount = amount
    self.priceUSD = priceUSD
    self.confidence = confidence
    self.cancelsRisk = cancelsRisk
    self.haircutFraction = haircutFraction
    self.initialExtraFraction = initialExtraFraction
  }
}

/// An account with one underlying. Amounts called USD are in the stablecoin that cash is held in,
/// as the venue treats them; its price in true dollars is `stablePriceUSD`.
public struct DeriveAccount: Sendable, Equatable {
  /// Cash, negative = borrowed.
  public var cashUSD: Double
  /// Spot price of the underlying.
  public var spotUSD: Double
  /// Confidence of the spot price, in [0, 1].
  public var spotConfidence: Double
  /// Price of the stablecoin, positive.
  public var stablePriceUSD: Double
  /// The perpetual; 0 coins where none is held.
  public var perpetual: DerivePerpetual
  /// Collaterals; the first version knows one, the underlying itself.
  public var collaterals: [DeriveCollateral]
  /// Options.
  public var expiries: [DeriveExpiry]

  /// An account.
  public init(
    cashUSD: Double, spotUSD: Double, spotConfidence: Double, stablePriceUSD: Double,
    perpetual: DerivePerpetual, collaterals: [DeriveCollateral]
  ) {
    self.cashUSD = cashUSD
    self.spotUSD = spotUSD
    self.spotConfidence = spotConfidence
    self.stablePriceUSD = stablePriceUSD
    self.perpetual = perpetual
    self.collaterals = collaterals
    expiries = []
  }

  /// Confidence of the spot price and, where a perpetual is held, of its price.
  var confidence: Double {
    perpetual.coins == 0 ? spotConfidence : min(spotConfidence, perpetual.confidence)
  }

  /// Value of a collateral.
  func valueUSD(_ collateral: DeriveCollateral) -> Double {
    collateral.amount * collateral.priceUSD / stablePriceUSD
  }

  /// Value of all options.
  public var optionsUSD: Double {
    var sum = 0.0
    for expiry in expiries { sum += expiry.values.base }
    return sum
  }

  /// Value of all collaterals.
  public var collateralUSD: Double {
    var sum = 0.0
    for collateral in collaterals { sum += valueUSD(collateral) }
    return sum
  }

  /// Value of everything but cash.
  public var markToMarketUSD: Double { collateralUSD + perpetual.unsettledUSD + optionsUSD }

  /// Unpaired short coins of all expiries.
  var nakedShortCoins: Double {
    var sum = 0.0
    for expiry in expiries { sum += expiry.nakedShortCoins }
    return sum
  }
}
