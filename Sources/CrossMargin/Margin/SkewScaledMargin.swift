// Margins and fills of perpetuals whose price moves with the skew: Synthetix v3.

/// One position in a market.
public struct SkewedPosition: Sendable, Equatable {
  /// Coins, positive is long.
  public var coins: Double
  /// Index price, USD.
  public var priceUSD: Double
  /// Skew of the market before the trade that is priced, coins.
  public var skewCoins: Double
  /// Terms of the market.
  public var terms: SkewScaledTerms

  /// A position.
  public init(coins: Double, priceUSD: Double, skewCoins: Double, terms: SkewScaledTerms) {
    self.coins = coins
    self.priceUSD = priceUSD
    self.skewCoins = skewCoins
    self.terms = terms
  }

  /// Margin without the liquidation reward, USD: `|size| price x ratio + minimum` with the initial
  /// ratio `|size| / skew scale x slope + least`, maintenance a multiple of it; 0 without position.
  ///
  /// Source: Synthetixio/synthetix-v3 @ 23585f73, markets/perps-market.
  public var marginUSD: LevelPair {
    if coins == 0 { return LevelPair(initial: 0, maintenance: 0) }
    let ratio =
      abs(coins) / terms.skewScaleCoins * terms.initialPerSkewShare + terms.initialFractionMin
    let notionalUSD = abs(coins) * priceUSD
    return LevelPair(
      initial: notionalUSD * ratio + terms.positionMinimumUSD,
      maintenance: notionalUSD * ratio * terms.maintenanceFactor + terms.positionMinimumUSD)
  }

  /// Mean price of a trade of all coins, USD: `P (1 + (skew + size / 2) / skew scale)`.
  public var fillPriceUSD: Double {
    priceUSD * (1 + (skewCoins + coins / 2) / terms.skewScaleCoins)
  }

  /// Profit of the position right after such a trade, at the index price, USD.
  public var fillProfitUSD: Double { coins * (priceUSD - fillPriceUSD) }
}

/// An account of positions with collateral.
public struct SkewedAccount: Sendable, Equatable {
  /// Collateral after discounts, USD.
  public var collateralUSD: Double
  /// Positions.
  public var positions: [SkewedPosition]
  /// Largest reward that a liquidation of the account could cost, USD.
  public var liquidationRewardUSD: Double

  /// An account.
  public init(collateralUSD: Double, positions: [SkewedPosition], liquidationRewardUSD: Double) {
    self.collateralUSD = collateralUSD
    self.positions = positions
    self.liquidationRewardUSD = liquidationRewardUSD
  }

  /// Margins summed in the order of positions, then the reward, USD.
  public var requirementUSD: LevelPair {
    LevelPair.sum(positions.map(\.marginUSD))
      + LevelPair(initial: liquidationRewardUSD, maintenance: liquidationRewardUSD)
  }

  /// Sum of the positions' profits at fill, USD.
  public var fillProfitUSD: Double { positions.reduce(0) { $0 + $1.fillProfitUSD } }

  /// Collateral and profit at fill, USD.
  public var availableUSD: Double { collateralUSD + fillProfitUSD }
}

/// Coins of a market that may be liquidated within a window: `(maker + taker fee) skew scale
/// x multiplier x seconds`.
public struct SkewLiquidationWindow: Sendable, Equatable {
  /// Maker and taker fee together, a fraction.
  public var feesFraction: Double
  /// Multiplier of the pace.
  public var multiplier: Double
  /// Length of the window, seconds.
  public var windowSeconds: Double

  /// A window.
  public init(feesFraction: Double, multiplier: Double, windowSeconds: Double) {
    self.feesFraction = feesFraction
    self.multiplier = multiplier
    self.windowSeconds = windowSeconds
  }

  /// Coins per window, positive.
  public func coinsMax(skewScaleCoins: Double) -> Double {
    feesFraction * skewScaleCoins * multiplier * windowSeconds
  }
}
