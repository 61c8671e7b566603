// The requirement of a notional under a schedule of tiers.

extension TierSchedule {
  /// The tier of a notional, counted from 0; a bound belongs to the tier that it begins.
  public func tierIndex(notionalUSD: Double) -> Int {
    precondition(notionalUSD >= 0, "a notional is not negative")
    return (tiers.lastIndex { $0.lowerNotionalUSD <= notionalUSD }) ?? 0
  }

  /// The requirement, USD; `notionalUSD` at least 0.
  public func requirementUSD(notionalUSD: Double) -> Double {
    let tier = tierIndex(notionalUSD: notionalUSD)
    return tiers[tier].rateFraction * notionalUSD - deductionsUSD[tier]
  }
}
