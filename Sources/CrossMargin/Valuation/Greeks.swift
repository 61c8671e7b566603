// Sensitivities, with the conventions in their names.

/// Sensitivities, USD. `F` is the forward (or the mark of a future), `S` the spot price.
public struct Greeks: Sendable, Equatable {
  /// dV/dF x F of derivatives.
  public var deltaUSD = 0.0
  /// `deltaUSD` with balances and unsettled amounts.
  public var deltaTotalUSD = 0.0
  /// d2V/dF2 x F^2 / 100: change of `deltaUSD` for 1 %.
  public var gammaUSDPerPercent = 0.0
  /// Change of value per volatility point.
  public var vegaUSDPerPoint = 0.0
  /// Change of value per day at fixed forward and volatility.
  public var thetaUSDPerDay = 0.0
  /// Change of value per percentage point of the discount rate.
  public var rhoUSDPerPoint = 0.0
  /// Change of `deltaUSD` per volatility point.
  public var vannaUSDPerPoint = 0.0
  /// Change of `vegaUSDPerPoint` per volatility point.
  public var volgaUSDPerPoint = 0.0

  /// No sensitivity.
  public init() {}
}
