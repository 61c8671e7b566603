// What closing an exposure costs.

extension LiquidityTerms {
  /// Impact of closing an exposure, USD.
  public func liquidityUSD(exposureUSD: Double, dailyVolumeUSD: Double) -> Double {
    let size = abs(exposureUSD)
    return size * impactFraction * (size / (volumeShare * dailyVolumeUSD)).squareRoot()
  }

  /// Charge on what is large for the market, USD.
  public func concentrationUSD(exposureUSD: Double, dailyVolumeUSD: Double) -> Double {
    concentrationFraction * max(abs(exposureUSD) - concentrationShare * dailyVolumeUSD, 0)
  }
}
