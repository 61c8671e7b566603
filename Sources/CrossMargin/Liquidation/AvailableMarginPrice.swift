// The liquidation price by available margin: Hyperliquid's form.

/// The liquidation price of a position by the margin that is available to it: `p - side x margin
/// / size / (1 - l side)`.
///
/// Cross: available is the account's value less its maintenance; isolated: the isolated margin less
/// its maintenance. Other prices are held. Source: Hyperliquid documentation, Liquidations.
public struct AvailableMarginPosition: Sendable, Equatable {
  /// Coins, positive is long, not 0.
  public var coins: Double
  /// Mark, USD.
  public var markUSD: Double
  /// l: maintenance rate, 1 / maintenance leverage.
  public var maintenanceFraction: Double

  /// A position.
  public init(coins: Double, markUSD: Double, maintenanceFraction: Double) {
    precondition(coins != 0, "a liquidation price needs a position")
    self.coins = coins
    self.markUSD = markUSD
    self.maintenanceFraction = maintenanceFraction
  }

  /// The price with the position's maintenance at the mark taken off its equity, USD; nil where it
  /// would not be positive.
  public func liquidationPriceUSD(equityUSD: Double, otherMaintenanceUSD: Double) -> Double? {
    let available =
      equityUSD - maintenanceFraction * abs(coins) * markUSD - otherMaintenanceUSD
    let side = coins > 0 ? 1.0 : -1
    let price = markUSD - side * available / abs(coins) / (1 - maintenanceFraction * side)
    return price > 0 ? price : nil
  }
}
