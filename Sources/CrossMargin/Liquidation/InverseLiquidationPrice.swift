// The price at which a coin-margined position is liquidated: solved in one over the price.

/// A position in an inverse contract with coin as margin: equity `B + N (1/p0 - 1/p)`, N in USD.
///
/// Sources: Bybit help centre, Liquidation Price (Inverse Contract) and under Isolated Mode.
public struct InverseLiquidation: Sendable, Equatable {
  /// N: USD, positive is long, not 0.
  public var notionalUSD: Double
  /// p0: entry price, USD.
  public var entryUSD: Double
  /// B: margin, coins.
  public var marginCoins: Double

  /// A position with its margin.
  public init(notionalUSD: Double, entryUSD: Double, marginCoins: Double) {
    precondition(notionalUSD != 0 && entryUSD > 0, "a liquidation price needs a position")
    self.notionalUSD = notionalUSD
    self.entryUSD = entryUSD
    self.marginCoins = marginCoins
  }

  /// A position whose margin is its entry value over the leverage.
  public init(notionalUSD: Double, entryUSD: Double, leverage: Double) {
    self.init(
      notionalUSD: notionalUSD, entryUSD: entryUSD,
      marginCoins: abs(notionalUSD) / entryUSD / leverage)
  }

  /// Price at which the equity is the maintenance of the **entry** value, `l |N| / p0` coins:
  /// `p = p0 L / (L ± (1 - l L))`; USD, nil where there is none.
  public func priceUSD(entryRateFraction: Double) -> Double? {
    price(notionalUSD, marginCoins - entryRateFraction * abs(notionalUSD) / entryUSD)
  }

  /// Price at which the equity is the maintenance and the closing fee of the value **then**,
  /// `(l + fee) |N| / p` coins; at rate 0 the bankruptcy price. USD, nil where there is none.
  public func priceUSD(markRateFraction: Double, closingFeeFraction: Double) -> Double? {
    price(
      notionalUSD + abs(notionalUSD) * (markRateFraction + closingFeeFraction), marginCoins)
  }

  /// The root of `coins + N / p0 = numerator / p`.
  private func price(_ numeratorUSD: Double, _ coins: Double) -> Double? {
    let denominator = coins * entryUSD + notionalUSD
    let root = numeratorUSD * entryUSD / denominator
    return denominator != 0 && root > 0 ? root : nil
  }
}
