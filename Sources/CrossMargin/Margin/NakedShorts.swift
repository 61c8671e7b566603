// Short options that no long option of the same strike pairs with.

import PortfolioModel

/// An option position of one account, in coins.
struct OptionHolding: Sendable {
  var underlying: AssetIndex
  var expiry: UTCTime
  var strike: Double
  var type: OptionType
  /// Signed coins.
  var coins: Double
}

extension OptionHolding {
  /// Coins of unpaired short options by underlying, ascending.
  ///
  /// Within a strike two opposite legs net (the short amount less the opposite amount, not below
  /// zero), two short legs add, and a lone short leg counts in full.
  static func nakedShortCoins(_ holdings: [OptionHolding]) -> [(
    underlying: AssetIndex, coins: Double
  )] {
    let sorted = holdings.sorted {
      ($0.underlying, $0.expiry, $0.strike) < ($1.underlying, $1.expiry, $1.strike)
    }
    var totals: [(underlying: AssetIndex, coins: Double)] = []
    var first = 0
    while first < sorted.count {
      let head = sorted[first]
      var callCoins = 0.0
      var putCoins = 0.0
      var next = first
      while next < sorted.count, sorted[next].isSameStrike(as: head) {
        if sorted[next].type == .call {
          callCoins += sorted[next].coins
        } else {
          putCoins += sorted[next].coins
        }
        next += 1
      }
      let shortCoins = max(-callCoins, 0) + max(-putCoins, 0)
      let longCoins = max(callCoins, 0) + max(putCoins, 0)
      let naked = max(shortCoins - longCoins, 0)
      if totals.last?.underlying == head.underlying {
        totals[totals.count - 1].coins += naked
      } else {
        totals.append((head.underlying, naked))
      }
      first = next
    }
    return totals
  }

  private func isSameStrike(as other: OptionHolding) -> Bool {
    underlying == other.underlying && expiry == other.expiry && strike == other.strike
  }
}
