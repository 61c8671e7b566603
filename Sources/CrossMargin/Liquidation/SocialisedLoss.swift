// Losses that no margin and no fund pays, spread over those who are left.

/// Rules of spreading a loss.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/liquidation.rs.
public enum SocialisedLoss {
  /// Charge per coin of position on both sides of a perpetual market, by its cumulative funding,
  /// USD; nil where nobody holds a position.
  public static func perpetualChargeUSDPerCoin(
    lossUSD: Double, longCoins: Double, shortCoins: Double
  ) -> Double? {
    let held = abs(longCoins) + abs(shortCoins)
    return held > 0 ? lossUSD / held : nil
  }

  /// Share of every deposit of an asset that is cut for a debt in it that nobody repays; nil where
  /// there is no deposit. At most 1.
  public static func depositCutFraction(debtTokens: Double, depositTokens: Double) -> Double? {
    depositTokens > 0 ? min(debtTokens / depositTokens, 1) : nil
  }

  /// Share of positive profits that can be paid, `min(residual, profits) / profits`: 1 where there
  /// is no profit, 0 where nothing is left.
  ///
  /// The residual is what the venue holds beyond deposits. Source: the worked examples of the
  /// Percolator risk engine.
  public static func profitCoverage(residualUSD: Double, positiveProfitUSD: Double) -> Double {
    if positiveProfitUSD <= 0 { return 1 }
    return min(max(residualUSD, 0), positiveProfitUSD) / positiveProfitUSD
  }
}
