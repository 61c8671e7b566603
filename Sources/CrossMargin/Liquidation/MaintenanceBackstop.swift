// How a venue proceeds below maintenance: Hyperliquid's stages.

/// What happens to an account at its value and maintenance requirement.
///
/// Source: Hyperliquid documentation, Liquidations and auto-deleveraging.
public enum MaintenanceStage: Sendable, Equatable {
  /// At or above maintenance.
  case none
  /// Below maintenance: market orders of a share of the position.
  case market(fraction: Double)
  /// Below two thirds of maintenance: the vault takes position and margin, without refund.
  case backstop
  /// Below zero: winners are deleveraged.
  case deleveraging

  /// The stage. Positions of at least `largePositionUSD` are sold in parts of `firstFraction`.
  public init(
    accountValueUSD: Double, maintenanceUSD: Double, notionalUSD: Double,
    largePositionUSD: Double, firstFraction: Double
  ) {
    if accountValueUSD < 0 {
      self = .deleveraging
    } else if accountValueUSD < maintenanceUSD * 2 / 3 {
      self = .backstop
    } else if accountValueUSD < maintenanceUSD {
      self = .market(fraction: notionalUSD >= largePositionUSD ? firstFraction : 1)
    } else {
      self = .none
    }
  }
}
