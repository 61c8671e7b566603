// The kinds of synthetic account and their shares.

import Foundation

/// What an account does. Shares are of accounts, in a market that has everything; where something
/// is missing, the kinds that need it fall away and the rest keep their proportions.
///
/// | kind | share | needs | holds |
/// |---|---|---|---|
/// | directional | 0.36 | perpetuals or futures | 1 to 4 of them in one direction |
/// | basis | 0.11 | perpetuals or futures | spot, staked coin or dated future, and as much short |
/// | covered call | 0.11 | options | the coin, or one that tracks it, and short calls on 40 to 100 % |
/// | short strangle | 0.12 | options | 1 to 5 short pairs of a put and a call, out of the money |
/// | collar | 0.09 | options | the coin, long puts, short calls |
/// | market maker | 0.06 | options | 60 to 600 options both ways, hedged |
/// | borrower | 0.10 | nothing | coins, a borrowed stablecoin, half of them a short hedge |
/// | staked loop | 0.05 | a tracking asset | the staked coin bought with borrowed coins, hedged |
public enum AccountKind: String, Sendable, CaseIterable {
  /// Futures and perpetuals in one direction.
  case directional
  /// Spot or a dated future against a short perpetual.
  case basis
  /// A coin and short calls on it.
  case coveredCall
  /// Short puts and calls out of the money.
  case shortStrangle
  /// A coin, long puts and short calls.
  case collar
  /// Many options both ways, hedged.
  case marketMaker
  /// Coins against a borrowed stablecoin.
  case borrower
  /// A staked coin bought with borrowed coins.
  case stakedLoop

  /// Share of accounts in a market that has everything; the shares sum to 1.
  public var share: Double {
    switch self {
    case .directional: 0.36
    case .basis: 0.11
    case .coveredCall: 0.11
    case .shortStrangle: 0.12
    case .collar: 0.09
    case .marketMaker: 0.06
    case .borrower: 0.10
    case .stakedLoop: 0.05
    }
  }

  /// Whether an underlying has what the kind needs.
  func isPossible(on underlying: TradableUnderlying) -> Bool {
    switch self {
    case .directional, .basis: !underlying.linearHedges.isEmpty
    case .coveredCall, .shortStrangle, .collar: !underlying.chains.isEmpty
    case .marketMaker: underlying.options.count >= 2
    case .borrower: true
    case .stakedLoop: !underlying.stakedAssets.isEmpty
    }
  }
}

/// How an account is funded: the ratio of its equity to the loss that its size was judged by.
///
/// | state | share | ratio |
/// |---|---|---|
/// | comfortable | 0.94 | 1.5 and more, median 2.3 |
/// | stressed | 0.054 | 0.5 to 1.35, evenly |
/// | under water | 0.006 | -0.6 to -0.05, evenly |
enum Funding {
  static let stressedShare = 0.054
  static let underWaterShare = 0.006
  /// Ratio from which an account is comfortable.
  static let comfortableRatioMin = 1.5

  /// A ratio of equity to the sizing loss.
  static func coverRatio(_ draws: inout SeededDraws) -> Double {
    let state = draws.uniform()
    if state < underWaterShare { return draws.uniform(in: -0.6 ... -0.05) }
    if state < underWaterShare + stressedShare { return draws.uniform(in: 0.5...1.35) }
    let normal = draws.normal()
    return comfortableRatioMin + 0.8 * exp(0.8 * normal)
  }
}
