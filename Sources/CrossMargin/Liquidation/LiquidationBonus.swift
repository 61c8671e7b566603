// What a liquidator is paid, and what a liquidation does to health: lending rules.

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

  /// Seized value per repaid value; `health` at most 1.
  public func multiple(health: Double) -> Double {
    if health <= healthForMax { return multipleMax }
    let least = 1 + (multipleMax - 1) * leastFraction
    return least + (multipleMax - least) * max(1 - health, 0) / (1 - healthForMax)
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

  /// Price paid per value of collateral.
  public func factor(health: Double) -> Double { max(min(health, 1), 1 - discountMax) }

  /// What a liquidator repays and receives at most, USD: all the debt, or as much as the collateral
  /// pays for at the discount.
  public func exchange(health: Double, collateralUSD: Double, debtUSD: Double) -> (
    repaidUSD: Double, seizedUSD: Double
  ) {
    let factor = factor(health: health)
    let seizedUSD = debtUSD / factor
    if seizedUSD <= collateralUSD { return (debtUSD, seizedUSD) }
    return (collateralUSD * factor, collateralUSD)
  }
}

/// A partial liquidation of a debt against collateral that counts by a factor.
public struct DebtLiquidation: Sendable, Equatable {
  /// Seized value per repaid value, at least 1.
  public var bonusMultiple: Double
  /// Share of the collateral's value that counts in the health factor.
  public var collateralFactor: Double

  /// Terms.
  public init(bonusMultiple: Double, collateralFactor: Double) {
    self.bonusMultiple = bonusMultiple
    self.collateralFactor = collateralFactor
  }

  /// What a small liquidation does to a health factor.
  public enum Effect: String, Sendable, Equatable {
    /// It rises.
    case improves
    /// It stays.
    case unchanged
    /// It falls: what is seized counts for more than what is repaid.
    case worsens
  }

  /// Improves while `bonus x collateral factor < health factor` [aave-v4 LiquidationLogic; Warmuz,
  /// Chaudhary, Pinna 2022].
  public func effect(health: Double) -> Effect {
    let seized = bonusMultiple * collateralFactor
    return seized < health ? .improves : seized > health ? .worsens : .unchanged
  }

  /// Debt to repay to bring health to a target, USD, at most the debt: `D (T - HF) / (T - bonus
  /// x factor)`; nil where no amount does, which is where liquidations worsen health.
  public func debtUSD(toReach target: Double, health: Double, debtUSD: Double) -> Double? {
    let gain = target - bonusMultiple * collateralFactor
    guard gain > 0 else { return nil }
    return min(max(debtUSD * (target - health) / gain, 0), debtUSD)
  }
}
