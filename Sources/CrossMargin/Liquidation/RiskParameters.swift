// Relations that every set of liquidation parameters must keep, checked before it is used.

/// Parameters of a market with liquidations, fractions unless stated.
public struct RiskParameters: Sendable, Equatable {
  /// Initial requirement per value.
  public var initialFraction: Double
  /// Maintenance requirement per value.
  public var maintenanceFraction: Double
  /// Paid to the liquidator per value closed.
  public var liquidatorFeeFraction: Double
  /// Paid to the insurance fund per value closed.
  public var fundFeeFraction: Double
  /// Expected cost of closing per value, at the delay of the venue.
  public var closeoutCostFraction: Double
  /// Move over one monitoring period at 99 %.
  public var monitoringMoveFraction: Double

  /// Parameters.
  public init(
    initialFraction: Double, maintenanceFraction: Double, liquidatorFeeFraction: Double,
    fundFeeFraction: Double, closeoutCostFraction: Double, monitoringMoveFraction: Double
  ) {
    self.initialFraction = initialFraction
    self.maintenanceFraction = maintenanceFraction
    self.liquidatorFeeFraction = liquidatorFeeFraction
    self.fundFeeFraction = fundFeeFraction
    self.closeoutCostFraction = closeoutCostFraction
    self.monitoringMoveFraction = monitoringMoveFraction
  }

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
