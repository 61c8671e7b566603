// The price at which a linear position with margin of its own is liquidated.

/// A linear position with margin of its own whose maintenance is taken from the entry value:
/// `p = entry - (margin - maintenance) / s`.
///
/// Source: Bybit help centre, Liquidation Price (USDT Contract).
public struct IsolatedLinearPosition: Sendable, Equatable {
  /// Coins, positive is long, not 0.
  public var coins: Double
  /// Entry price, USD.
  public var entryUSD: Double
  /// Leverage at entry.
  public var leverage: Double
  /// Margin added since, USD.
  public var extraMarginUSD: Double

  /// A position.
  public init(coins: Double, entryUSD: Double, leverage: Double, extraMarginUSD: Double) {
    precondition(coins != 0 && leverage > 0, "a liquidation price needs a position")
    self.coins = coins
    self.entryUSD = entryUSD
    self.leverage = leverage
    self.extraMarginUSD = extraMarginUSD
  }

  /// The price, USD; nil where it would not be positive.
  public func liquidationPriceUSD(rateFraction: Double, deductionUSD: Double) -> Double? {
    let valueUSD = abs(coins) * entryUSD
    let marginUSD = valueUSD / leverage + extraMarginUSD
    let maintenanceUSD = valueUSD * rateFraction - deductionUSD
    let price = entryUSD - (marginUSD - maintenanceUSD) / coins
    return price > 0 ? price : nil
  }
}
