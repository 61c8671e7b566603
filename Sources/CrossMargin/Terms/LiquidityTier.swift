// The terms of a perpetual market on dYdX v4.

/// Margin rates of one market.
///
/// Source: dydxprotocol/v4-chain @ 84d4664b, x/perpetuals/types/liquidity_tier.go.
public struct LiquidityTier: Sendable, Equatable {
  /// Initial rate, which rises with open interest.
  public var initial: OpenInterestScaling
  /// Maintenance rate as a fraction of the initial rate at low open interest.
  public var maintenanceFactor: Double

  /// Rates.
  public init(initial: OpenInterestScaling, maintenanceFactor: Double) {
    self.initial = initial
    self.maintenanceFactor = maintenanceFactor
  }

  /// Maintenance requirement per USD of notional: open interest does not scale it.
  public var maintenanceFraction: Double { initial.baseFraction * maintenanceFactor }
}
