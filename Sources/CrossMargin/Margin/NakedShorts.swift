// How many short options of an account no other option pairs with.

/// Short options without a partner.
public enum NakedShorts {
  /// Short coins of one strike that no opposite leg pairs with: two opposite legs net (the short
  /// amount less the opposite amount, not below zero), two short legs add, a lone short leg counts
  /// in full.
  public static func coins(callCoins: Double, putCoins: Double) -> Double {
    let short = max(-callCoins, 0) + max(-putCoins, 0)
    let long = max(callCoins, 0) + max(putCoins, 0)
    return max(short - long, 0)
  }

  /// Unpaired short coins of one expiry: the sum over its strikes, ascending.
  public static func coins(_ legs: [OptionLeg]) -> Double {
    let sorted = legs.enumerated().sorted {
      ($0.element.strike, $0.offset) < ($1.element.strike, $1.offset)
    }
    var (total, callCoins, putCoins) = (0.0, 0.0, 0.0)
    for (index, (_, leg)) in sorted.enumerated() {
      if leg.side == .call { callCoins += leg.coins } else { putCoins += leg.coins }
      if index + 1 == sorted.count || sorted[index + 1].element.strike != leg.strike {
        total += coins(callCoins: callCoins, putCoins: putCoins)
        (callCoins, putCoins) = (0, 0)
      }
    }
    return total
  }
}
