// Terms of the scenarios that risk arrays of CME SPAN are made of.

/// Terms of the scenarios that risk arrays are made of.
public struct SpanScenarioTerms: Sendable, Equatable {
  /// Price scan range, fraction of the price.
  public var priceRangeFraction: Double
  /// Volatility scan range, fraction of the volatility.
  public var volatilityRangeFraction: Double
  /// Far move over price scan range: 2 for most products, 3 for some.
  public var farRangeMultiple: Double
  /// Share of the far loss that counts: 0.35 at 2, 0.33 at 3.
  public var farShare: Double

  /// All terms in order.
  public init(
    priceRangeFraction: Double, volatilityRangeFraction: Double, farRangeMultiple: Double,
    farShare: Double
  ) {
    self.priceRangeFraction = priceRangeFraction
    self.volatilityRangeFraction = volatilityRangeFraction
    self.farRangeMultiple = farRangeMultiple
    self.farShare = farShare
  }
}
