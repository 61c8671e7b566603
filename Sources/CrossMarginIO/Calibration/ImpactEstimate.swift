// How much selling moves a price, from what assets.csv says of volume and depth.

import CrossMargin
import PortfolioModel

/// The square-root law of one asset: selling Q in a day moves the price by
/// `coefficient x daily deviation x sqrt(Q / daily volume)` [Almgren et al. 2005; Toth et al. 2011].
public struct ImpactEstimate: Sendable, Equatable {
  /// The asset.
  public var asset: String
  /// Deviation of its daily log return.
  public var dailyDeviation: Double
  /// Average daily volume, USD.
  public var averageDailyVolumeUSD: Double
  /// Amount that moves the price by 1 %, USD.
  public var depthUSDPerPercent: Double

  /// The coefficient with which the law gives 1 % at the quoted depth.
  public var coefficient: Double {
    0.01 / (dailyDeviation * (depthUSDPerPercent / averageDailyVolumeUSD).squareRoot())
  }

  /// Assets with volume, depth and a history.
  static func all(_ market: MarketSnapshot, _ factors: FactorSummary?) -> [ImpactEstimate] {
    guard let factors else { return [] }
    return market.assets.compactMap { asset in
      let factor = FactorName(.spot, asset.name)
      guard let volume = asset.averageDailyVolumeUSD, let depth = asset.depthUSDPerPercent,
        volume > 0, depth > 0, let position = factors.factors.firstIndex(of: factor),
        factors.dailyDeviations[position] > 0
      else { return nil }
      return ImpactEstimate(
        asset: asset.name, dailyDeviation: factors.dailyDeviations[position],
        averageDailyVolumeUSD: volume, depthUSDPerPercent: depth)
    }
  }
}
