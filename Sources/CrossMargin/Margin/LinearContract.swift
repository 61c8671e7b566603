// The profit of a linear contract.

/// A linear contract: profit is coins times the price change.
public struct LinearContract: Sendable, Equatable {
  /// Coins, positive is long.
  public var coins: Double
  /// Entry price, USD.
  public var entryUSD: Double

  /// A position.
  public init(coins: Double, entryUSD: Double) {
    self.coins = coins
    self.entryUSD = entryUSD
  }

  /// Unrealised profit at a mark, USD.
  public func unrealisedUSD(markUSD: Double) -> Double { coins * (markUSD - entryUSD) }
}
