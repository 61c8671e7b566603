// Relations that every set of liquidation parameters must keep, checked before it is used.

extension RiskParameters {
  /// A relation that does not hold.
  public enum Violation: String, Sendable, Equatable, CaseIterable {
    /// `0 < MM < IM <= 1`.
    case levelsNotOrdered = "maintenance and initial rate are not ordered within (0, 1]"
    /// `MM > liquidator fee + fund fee + closeout cost`.
    case feesEatMaintenance = "fees and closeout cost take all of the maintenance requirement"
    /// `IM - MM >= move over one monitoring period`.
    case gapBelowMonitoringMove =
      "a healthy account can fall below maintenance within one monitoring period"
  }

  /// Relations that do not hold, in the order above.
  public var violations: [Violation] {
    var found: [Violation] = []
    if !(maintenanceFraction > 0 && maintenanceFraction < initialFraction && initialFraction <= 1) {
      found.append(.levelsNotOrdered)
    }
    if maintenanceFraction <= liquidatorFeeFraction + fundFeeFraction + closeoutCostFraction {
      found.append(.feesEatMaintenance)
    }
    if initialFraction - maintenanceFraction < monitoringMoveFraction {
      found.append(.gapBelowMonitoringMove)
    }
    return found
  }
}
