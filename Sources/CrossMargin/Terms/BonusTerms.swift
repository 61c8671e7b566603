// What a liquidator of a debt is paid.

/// A bonus that grows as the health factor falls, from a share of the largest at 1 to the largest
/// at and below a health factor.
///
/// Source: aave/aave-v4, docs/features/LiquidationEngine.md.
public struct HealthBonus: Sendable, Equatable {
  /// Largest multiple of the repaid value that is seized, above 1.
  public var multipleMax: Double
  /// Share of the largest bonus that is paid at a health factor of 1.
  public var leastFraction: Double
  /// Health factor at and below which the largest bonus is paid, below 1.
  public var healthForMax: Double

  /// Terms of a bonus.
  public init(multipleMax: Double, leastFraction: Double, healthForMax: Double) {
    self.multipleMax = multipleMax
    self.leastFraction = leastFraction
    self.healthForMax = healthForMax
  }
}

/// A discount of the collateral that grows as health falls: its price factor is the health score,
/// not below `1 - largest discount`.
///
/// Source: euler-xyz/euler-vault-kit @ 5b98b420, Liquidation.sol.
public struct HealthDiscount: Sendable, Equatable {
  /// Largest discount, a fraction.
  public var discountMax: Double

  /// Terms.
  public init(discountMax: Double) { self.discountMax = discountMax }
}
