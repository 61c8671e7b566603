// What collateral counts for: rates by amount, and what debts weigh.

/// The share of an asset's value that counts as collateral, by the value held, and what a debt in
/// it weighs.
public struct CollateralTerms: Sendable, Equatable {
  /// Share of each slice of a positive value, USD, that counts; rates in [0, 1].
  public var countedShares: MarginalTiers
  /// Multiple at which a negative value counts, at least 1: debts get no relief.
  public var debtFactor: Double

  /// Terms of an asset.
  public init(countedShares: MarginalTiers, debtFactor: Double) {
    self.countedShares = countedShares
    self.debtFactor = debtFactor
  }

  /// One rate whatever the value; a debt counts in full, `min(value x rate, value)` [Binance
  /// support, portfolio margin].
  public init(countedFraction: Double) {
    self.init(
      countedShares: MarginalTiers([MarginalTiers.Tier(from: 0, rate: countedFraction)]),
      debtFactor: 1)
  }
}
