// What collateral counts for: rates by amount, and what debts weigh.

/// The share of an asset's value that counts as collateral, by the value held, and what a debt in
/// it weighs.
public struct CollateralTerms: Sendable, Equatable {
  /// One slice of the value held.
  public struct Slice: Sendable, Equatable {
    /// Value at which the slice begins, USD, at least 0.
    public var lowerUSD: Double
    /// Share of the value within the slice that counts, in [0, 1].
    public var countedFraction: Double

    /// A slice.
    public init(lowerUSD: Double, countedFraction: Double) {
      self.lowerUSD = lowerUSD
      self.countedFraction = countedFraction
    }
  }

  /// Slices, ascending, the first from 0.
  public var slices: [Slice]
  /// Multiple at which a negative value counts, at least 1: debts get no relief.
  public var debtFactor: Double

  /// Terms of an asset.
  public init(slices: [Slice], debtFactor: Double) {
    precondition(slices.first?.lowerUSD == 0, "the first slice begins at 0")
    precondition(
      zip(slices, slices.dropFirst()).allSatisfy { $0.lowerUSD < $1.lowerUSD }, "slices ascend")
    self.slices = slices
    self.debtFactor = debtFactor
  }

  /// One rate whatever the value; a debt counts in full, `min(value x rate, value)` [Binance
  /// support, portfolio margin].
  public init(countedFraction: Double) {
    self.init(slices: [Slice(lowerUSD: 0, countedFraction: countedFraction)], debtFactor: 1)
  }
}
