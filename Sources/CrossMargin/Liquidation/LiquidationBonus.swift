// What a liquidator is paid, and what a liquidation does to health: lending rules.

extension HealthBonus {
  /// Seized value per repaid value; `health` at most 1.
  public func multiple(health: Double) -> Double {
    if health <= healthForMax { return multipleMax }
    let least = 1 + (multipleMax - 1) * leastFraction
    return least + (multipleMax - least) * max(1 - health, 0) / (1 - healthForMax)
  }
}

extension HealthDiscount {
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

  /// Debt to repay to bring health to a target, USD: `D (T - HF) / (T - bonus x factor)`; nil where
  /// no amount does, which is where every liquidation worsens health beyond the target.
  ///
  /// May exceed the debt: then repaying all of it does not reach the target, and the caller takes the
  /// whole debt.
  public func debtUSD(toReach target: Double, health: Double, debtUSD: Double) -> Double? {
    let gain = target - bonusMultiple * collateralFactor
    guard gain > 0 else { return nil }
    return max(debtUSD * (target - health) / gain, 0)
  }
}
