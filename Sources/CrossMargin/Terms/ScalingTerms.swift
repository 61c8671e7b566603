// Weights and rates that depend on how much there is: of a position, of deposits, of open interest.

/// A weight that worsens with the square root of a size.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/margin.rs. The venue takes integer square roots,
/// which shows in the fifth digit.
public struct SizeScaledWeight: Sendable, Equatable {
  /// Weight of a small size, a fraction of the value.
  public var baseFraction: Double
  /// The "imf factor", per square root of a token; 0 = no scaling.
  public var premiumPerRootToken: Double

  /// A weight.
  public init(baseFraction: Double, premiumPerRootToken: Double) {
    self.baseFraction = baseFraction
    self.premiumPerRootToken = premiumPerRootToken
  }
}

/// An initial weight that shrinks once a venue's deposits of the asset pass a value: `w start /
/// deposits` above it, cut to whole ten-thousandths.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, state/spot_market.rs.
public struct DepositScaledWeight: Sendable, Equatable {
  /// Weight below the start, a fraction of the value.
  public var baseFraction: Double
  /// Value of all deposits at which the weight begins to shrink, USD; 0 = never.
  public var startUSD: Double

  /// A weight.
  public init(baseFraction: Double, startUSD: Double) {
    self.baseFraction = baseFraction
    self.startUSD = startUSD
  }
}

/// An initial rate that rises with the open interest of its market from a base to 1.
///
/// Source: dydxprotocol/v4-chain @ 84d4664b, x/perpetuals/types/liquidity_tier.go. The rate is cut
/// to parts per million.
public struct OpenInterestScaling: Sendable, Equatable {
  /// Rate at low open interest, a fraction.
  public var baseFraction: Double
  /// Open interest at which the rate begins to rise, USD.
  public var lowerUSD: Double
  /// Open interest at which the rate is 1, USD; at or below `lowerUSD` there is no scaling.
  public var upperUSD: Double

  /// Terms of the scaling.
  public init(baseFraction: Double, lowerUSD: Double, upperUSD: Double) {
    self.baseFraction = baseFraction
    self.lowerUSD = lowerUSD
    self.upperUSD = upperUSD
  }
}

/// Rates that grow with a position's share of its market's skew scale.
///
/// Source: Synthetixio/synthetix-v3 @ 23585f73, markets/perps-market, PerpsMarketConfiguration.
public struct SkewScaledTerms: Sendable, Equatable {
  /// Skew at which the price moves by its own size, coins, positive.
  public var skewScaleCoins: Double
  /// Initial rate per share of the skew scale.
  public var initialPerSkewShare: Double
  /// Initial rate of a small position, a fraction.
  public var initialFractionMin: Double
  /// Maintenance rate as a multiple of the initial rate.
  public var maintenanceFactor: Double
  /// Added for each open position at both levels, USD.
  public var positionMinimumUSD: Double

  /// Terms of a market.
  public init(
    skewScaleCoins: Double, initialPerSkewShare: Double, initialFractionMin: Double,
    maintenanceFactor: Double, positionMinimumUSD: Double
  ) {
    self.skewScaleCoins = skewScaleCoins
    self.initialPerSkewShare = initialPerSkewShare
    self.initialFractionMin = initialFractionMin
    self.maintenanceFactor = maintenanceFactor
    self.positionMinimumUSD = positionMinimumUSD
  }
}
