// Published parameters of OKX's portfolio margin, as far as they are published.

extension OKXPortfolioTerms {
  /// Parameters in force from 15 January 2025 [OKX help, notice "OKX will further adjust portfolio
  /// margin parameters" of 2 January 2025].
  ///
  /// What the notice does not print is an argument: how far volatility moves, and the tiers of the
  /// stablecoin charge, which depend on the peg.
  public static func published2025(
    asset: String, volatilityUpFraction: Double, volatilityDownFraction: Double,
    depeg: [StablecoinPairTerms]
  ) -> OKXPortfolioTerms {
    let isLargest = asset == "BTC" || asset == "ETH"
    let spotRange = isLargest ? 0.12 : spotMiddle.contains(asset) ? 0.18 : 0.25
    let isLarge = extremeLarge.contains(asset)
    return OKXPortfolioTerms(
      grid: PriceVolatilityGrid(
        priceRangeFraction: spotRange, stepCount: 3, volatilityUpFraction: volatilityUpFraction,
        volatilityDownFraction: volatilityDownFraction),
      extremeMoveFraction: isLargest ? 0.24 : isLarge ? 0.36 : 0.5,
      basis: BasisTerms(
        moveFractionMin: 0, moveAnnual: isLargest ? 0.05 : isLarge ? 0.15 : 0.3, weight: 1),
      minimumCharge: minimumCharge, depeg: depeg, initialFactor: 1.3,
      unconfirmed: unconfirmedOfModel + [
        "volatility moves and their spread over expiries", "minimum move of a forward in MR4",
        "MR1 steps of other assets: 8, 16, 25 % are taken as thirds of 25 %",
        "MR7 tiers of assets other than BTC and ETH"
      ])
  }

  /// Assets with a spot shock of 18 %.
  private static let spotMiddle = [
    "LTC", "BCH", "EOS", "OKB", "DOT", "BSV", "LINK", "FIL", "ADA", "TRX", "UNI", "XRP"
  ]
  /// Assets with an extreme move of 36 % and an annual basis move of 15 %.
  private static let extremeLarge = [
    "SOL", "DOGE", "PEPE", "XRP", "BNB", "SHIB", "LTC", "ORDI", "WLD", "BCH", "ADA"
  ]
  /// Multipliers of the raw minimum charge of BTC and ETH by slices of it, USD.
  private static let minimumCharge = MarginalTiers(
    [
      (0.0, 1.0), (10_000, 2), (70_000, 4), (170_000, 6), (300_000, 8), (470_000, 10),
      (700_000, 12)
    ].map { MarginalTiers.Tier(from: $0.0, rate: $0.1) })
}
