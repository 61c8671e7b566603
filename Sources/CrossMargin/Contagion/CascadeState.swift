// Prices on their way through a cascade: round by round, each market in one direction only.

/// Moves of some markets that forced trades have made so far.
///
/// A rising state starts without trades. The direction of a market is that of its first net trades,
/// and from then on its price goes further that way or stays: what a cascade has broken does not
/// heal within it. A falling state starts with all trades that go in the direction of each market
/// and only gives back. Both are monotone and bounded, so that they end, whatever the accounts
/// hold.
///
/// Write d for the sizes of moves, and h for what an account loses per unit of d. If every account
/// loses in all markets or gains in all of them (h >= 0 or h <= 0), and h does not shrink as d
/// grows (linear contracts, short gamma), sales in the direction of the cascade rise with d: the
/// map from d to d is monotone, the rising state ends at its least fixed point above the start, the
/// falling one at the greatest below its own, and no price is ever held back. With one market and
/// linear contracts that holds for any mixture of long and short accounts.
struct CascadeState: Sendable, Equatable {
  /// Log move of each market. [markets]
  private(set) var logMoves: [Double]
  /// -1 where the price falls, 1 where it rises, 0 where nothing has been traded. [markets]
  private(set) var directions: [Double]
  /// Rounds so far: evaluations of all accounts.
  private(set) var roundCount = 0
  /// Whether the last round changed nothing.
  private(set) var isSettled = false
  /// Largest part of a move that trades at the last prices would give back, or ask for beyond a
  /// falling state: 0 at a fixed point.
  private(set) var heldLogMove = 0.0
  private let isRising: Bool
  private var lastCount: Int?

  /// No trades.
  init(marketCount: Int) {
    logMoves = [Double](repeating: 0, count: marketCount)
    directions = logMoves
    isRising = true
  }

  /// All trades in given directions: `logMoves` have the signs of the directions or are 0.
  init(falling logMoves: [Double], directions: [Double]) {
    self.logMoves = logMoves
    self.directions = directions
    isRising = false
  }

  /// Takes what accounts trade at the prices of this state.
  ///
  /// - Parameters:
  ///   - netSalesUSD: sold less bought in each market, USD at today's price. [markets]
  ///   - liquidatedCount: accounts that are liquidated at these prices.
  ///   - tolerance: log move that counts as none, once no account was added either.
  mutating func advance(
    netSalesUSD: [Double], liquidatedCount: Int, markets: [MarketDepth], tolerance: Double
  ) {
    roundCount += 1
    var change = 0.0
    heldLogMove = 0
    for (market, depth) in markets.enumerated() {
      let asked = depth.logMove(netSalesUSD: netSalesUSD[market])
      if directions[market] == 0, asked != 0 { directions[market] = asked < 0 ? -1 : 1 }
      let direction = directions[market]
      let before = direction * logMoves[market]
      let wanted = direction * asked
      let after = isRising ? max(before, wanted) : min(before, max(wanted, 0))
      heldLogMove = max(heldLogMove, abs(after - wanted))
      change = max(change, abs(after - before))
      if after != before { logMoves[market] = direction * after }
    }
    isSettled = change == 0 || (change <= tolerance && lastCount == liquidatedCount)
    lastCount = liquidatedCount
  }
}
