// Terms of Paradex's margins [Paradex documentation, "Portfolio Margin" and "Margin System"; the
// venue's own engine, paradex-py @ 334a7f81].

/// Portfolio margin of one underlying.
public struct ParadexPortfolioTerms: Sendable, Equatable {
  /// The scenarios with their weights.
  public var scenarios: [MarginScenario]
  /// Spread and floor of volatility moves.
  public var volatilityShock: VolatilityShock
  /// Least requirement for delta.
  public var deltaFloor: DeltaFloorTerms
  /// Maintenance over initial requirement of scan and delta, in (0, 1].
  public var maintenanceFactor: Double
  /// Seconds before expiry in which the settlement price is averaged; profit shrinks with what is
  /// left of them.
  public var settlementWindowSeconds: Double
  /// Largest fee of an option, fraction of its mark.
  public var optionFeeMaxFraction: Double

  /// All terms in order.
  public init(
    scenarios: [MarginScenario], volatilityShock: VolatilityShock, deltaFloor: DeltaFloorTerms,
    maintenanceFactor: Double, settlementWindowSeconds: Double, optionFeeMaxFraction: Double
  ) {
    self.scenarios = scenarios
    self.volatilityShock = volatilityShock
    self.deltaFloor = deltaFloor
    self.maintenanceFactor = maintenanceFactor
    self.settlementWindowSeconds = settlementWindowSeconds
    self.optionFeeMaxFraction = optionFeeMaxFraction
  }
}

/// Cross margin of a perpetual or a future.
public struct ParadexFutureTerms: Sendable, Equatable {
  /// Initial requirement, fraction of the notional.
  public var initialFraction: Double
  /// Maintenance over initial requirement, in (0, 1].
  public var maintenanceFactor: Double

  /// Terms of a market.
  public init(initialFraction: Double, maintenanceFactor: Double) {
    self.initialFraction = initialFraction
    self.maintenanceFactor = maintenanceFactor
  }
}

/// Cross margin of an option at one level; fractions of the spot price.
public struct ParadexOptionTerms: Sendable, Equatable {
  /// Most that a long option requires.
  public var longFraction: Double
  /// Multiplier of the mark that a long option requires.
  public var premiumMultiplier: Double
  /// Requirement of a short option at the money; what it is out of the money is taken off.
  public var shortInTheMoneyFraction: Double
  /// Least that a short option requires.
  public var shortOutOfTheMoneyFraction: Double
  /// Most that a short put requires.
  public var shortPutMaxFraction: Double

  /// All terms in order.
  public init(
    longFraction: Double, premiumMultiplier: Double, shortInTheMoneyFraction: Double,
    shortOutOfTheMoneyFraction: Double, shortPutMaxFraction: Double
  ) {
    self.longFraction = longFraction
    self.premiumMultiplier = premiumMultiplier
    self.shortInTheMoneyFraction = shortInTheMoneyFraction
    self.shortOutOfTheMoneyFraction = shortOutOfTheMoneyFraction
    self.shortPutMaxFraction = shortPutMaxFraction
  }
}
