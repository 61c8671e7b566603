// Invented sources of the prices of the synthetic market: most agree, one is old and one is far off.

import Foundation
import PortfolioModel

enum SyntheticFeeds {
  /// Sources of one asset.
  private struct Plan {
    var asset: String
    /// What the sources say differs from the market by so much, a fraction.
    var deviation: Double
    /// Decimal places of prices.
    var places: Int
    var sourceCount: Int
    /// Positions of the source that stopped and of the one that is far off; nil = none.
    var stale: Int?
    var stray: Int?
  }

  private static let sourceNames = ["amber", "birch", "cedar", "dune", "elm"]

  /// Coins with enough sources; a staked coin whose price is left to two of its three.
  private static let plans = [
    Plan(asset: "BTC", deviation: 1.6e-3, places: 2, sourceCount: 5, stale: 3, stray: 4),
    Plan(asset: "ETH", deviation: 1.4e-3, places: 2, sourceCount: 5, stale: 1, stray: 4),
    Plan(asset: "SOL", deviation: 2.5e-3, places: 4, sourceCount: 5, stale: 0, stray: 2),
    Plan(asset: "USDC", deviation: 5e-5, places: 6, sourceCount: 4, stale: nil, stray: 3),
    Plan(asset: "USDT", deviation: 6e-5, places: 6, sourceCount: 3, stale: nil, stray: nil),
    Plan(asset: "stETH", deviation: 2e-3, places: 2, sourceCount: 3, stale: 2, stray: nil)
  ]

  /// Feeds of a market that holds the assets, sorted by asset and source.
  static func make(market: MarketSnapshot, seed: UInt64) -> [PriceFeed] {
    var feeds: [PriceFeed] = []
    for (rank, plan) in plans.enumerated() {
      guard let asset = market.assetIndex(named: plan.asset) else { continue }
      for source in 0..<plan.sourceCount {
        var draws = SeededDraws(
          seed: seed, stream: .feeds, item: rank * sourceNames.count + source)
        var move = plan.deviation * draws.normal()
        var ageSeconds = draws.uniform(in: 1...60).rounded()
        let doubt = plan.deviation * draws.uniform(in: 0.8...2)
        if source == plan.stale {
          ageSeconds += 3_600
          move -= 8 * plan.deviation
        }
        if source == plan.stray { move += 50 * plan.deviation }
        var feed = PriceFeed(
          asset: asset, source: sourceNames[source],
          priceUSD: Rounding.decimals(market[asset].priceUSD * exp(move), plan.places),
          time: market.valuationTime.adding(days: -ageSeconds / 86_400))
        feed.confidence = Rounding.decimals(1 - doubt, 6)
        feed.weight = source == 0 ? 2 : 1
        feeds.append(feed)
      }
    }
    return feeds.sorted {
      $0.asset == $1.asset ? precedesByBytes($0.source, $1.source) : $0.asset < $1.asset
    }
  }
}
