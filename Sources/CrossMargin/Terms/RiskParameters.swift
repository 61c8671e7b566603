// Parameters that must fit each other, and requirements that follow the market.

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
}

/// Terms of a requirement that is set anew each period, fractions of the value.
public struct AdaptiveRequirement: Sendable, Equatable {
  /// Least requirement, whatever the market.
  public var fractionMin: Double
  /// Deviations that the requirement covers.
  public var deviationMultiple: Double
  /// Time to close a position, in periods of the volatility.
  public var closePeriods: Double
  /// Largest rise from one period to the next, a factor above 1.
  public var riseFactorMax: Double
  /// Largest fall, a factor above 1.
  public var fallFactorMax: Double

  /// Terms.
  public init(
    fractionMin: Double, deviationMultiple: Double, closePeriods: Double, riseFactorMax: Double,
    fallFactorMax: Double
  ) {
    precondition(riseFactorMax >= 1 && fallFactorMax >= 1, "bounds of a step are factors above 1")
    self.fractionMin = fractionMin
    self.deviationMultiple = deviationMultiple
    self.closePeriods = closePeriods
    self.riseFactorMax = riseFactorMax
    self.fallFactorMax = fallFactorMax
  }
}

/// A change of a threshold that open positions meet gradually and new risk at once.
///
/// Source: Euler Vault Kit whitepaper, loan-to-value ramping.
public struct ThresholdRamp: Sendable, Equatable {
  /// Before the change.
  public var from: Double
  /// After it.
  public var to: Double
  /// Length of the change, seconds, positive.
  public var lengthSeconds: Double

  /// A ramp.
  public init(from: Double, to: Double, lengthSeconds: Double) {
    precondition(lengthSeconds > 0, "a ramp takes time")
    self.from = from
    self.to = to
    self.lengthSeconds = lengthSeconds
  }
}
