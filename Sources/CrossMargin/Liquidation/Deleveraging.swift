// Deleveraging without a ranking: counterparties are taken from a given place on, as on dYdX v4.

/// What one counterparty gives up.
public struct DeleveragingFill: Sendable, Equatable {
  /// The counterparty, an index into the list that was asked.
  public var counterparty: Int
  /// Coins of its position that are closed, positive.
  public var coins: Double
  /// What the liquidated account receives (negative: pays), USD.
  public var quoteUSD: Double
}

/// Closing a position that no order and no fund takes.
public struct Deleveraging: Sendable, Equatable {
  /// Fills in the order in which counterparties were taken.
  public var fills: [DeleveragingFill]
  /// Coins that no counterparty held, positive.
  public var remainingCoins: Double

  /// Closes `coins` (signed: the position that must go) against positions of the opposite sign.
  ///
  /// Counterparties are taken once round from `start`, which the venue draws at random by block;
  /// each fill is at `priceUSD`, the bankruptcy price, or the oracle price in final settlement.
  /// Profits play no part. Source: dydxprotocol/v4-chain @ 84d4664b, x/clob/keeper/deleveraging.go.
  public init(closing coins: Double, against positionCoins: [Double], start: Int, priceUSD: Double)
  {
    precondition(positionCoins.isEmpty || positionCoins.indices.contains(start), "no such start")
    var rest = abs(coins)
    fills = []
    for step in positionCoins.indices where rest > 0 {
      let counterparty = (start + step) % positionCoins.count
      let held = positionCoins[counterparty]
      guard held * coins < 0 else { continue }
      let closed = min(rest, abs(held))
      fills.append(
        DeleveragingFill(
          counterparty: counterparty, coins: closed,
          quoteUSD: coins > 0 ? closed * priceUSD : -closed * priceUSD))
      rest -= closed
    }
    remainingCoins = rest
  }
}
