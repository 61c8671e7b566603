// What rule sets of approximated and exchange scans apply to.

/// A scan of several underlyings, each on its own.
public struct UnderlyingRuleTerms<Terms: Sendable & Equatable>: Sendable, Equatable {
  /// Terms of each underlying, sorted by asset.
  public var underlyings: [AssetTerms<Terms>]
  /// What collateral loses at every level, sorted by asset; assets that are not listed are no
  /// collateral.
  public var haircuts: [AssetHaircut]

  /// All terms in order.
  public init(underlyings: [AssetTerms<Terms>], haircuts: [AssetHaircut]) {
    self.underlyings = underlyings
    self.haircuts = haircuts
  }
}

/// One product of a SPAN rule set.
public struct SpanProductTerms: Sendable, Equatable {
  /// The 16 scenarios.
  public var scenarios: SpanScenarioTerms
  /// Charge for one coin of delta that is long in one month and short in another, fraction of the
  /// spot price.
  public var monthSpreadFraction: Double
  /// Least requirement of one coin of short options, fraction of the spot price.
  public var shortOptionMinimumFraction: Double
  /// Initial over maintenance requirement, at least 1.
  public var initialRatio: Double

  /// All terms in order.
  public init(
    scenarios: SpanScenarioTerms, monthSpreadFraction: Double, shortOptionMinimumFraction: Double,
    initialRatio: Double
  ) {
    self.scenarios = scenarios
    self.monthSpreadFraction = monthSpreadFraction
    self.shortOptionMinimumFraction = shortOptionMinimumFraction
    self.initialRatio = initialRatio
  }
}
