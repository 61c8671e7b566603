// A synthetic market with documented parameters: the shape of a crypto options venue, no real price.

import Foundation
import PortfolioModel

/// A market made from a seed. Every price, volatility and past level is invented; instruments carry
/// the venue name `synthetic`.
///
/// Contents: BTC, ETH, SOL, USDC, USDT, stETH and USD; inverse options of BTC and ETH on 6 expiries
/// x 11 strikes x call and put; inverse dated futures of the same expiries; inverse perpetuals of
/// BTC and ETH, linear USDC perpetuals of BTC, ETH and SOL; forwards with a carry per expiry;
/// volatilities of an SSVI surface without static arbitrage; marks; three to five sources of each price;
/// 731 daily levels of nine factors.
public enum SyntheticMarket {
  /// The instant of valuation.
  public static let valuationTime = UTCTime(microseconds: 1_770_336_000_000_000)

  /// Name of the venue of every instrument.
  public static let venueName = "synthetic"

  /// The market and its instruments, without accounts. The seed decides the history and what the
  /// sources of prices say.
  public static func make(seed: UInt64) -> Book {
    var market = MarketSnapshot(valuationTime: valuationTime, assets: assets())
    var instruments: [Instrument] = []
    for coin in SyntheticCoin.all { instruments += coin.instruments(in: market) }
    instruments.sort { precedesByBytes($0.name, $1.name) }
    for coin in SyntheticCoin.all { coin.quote(in: &market) }
    market.forwards.sort { ($0.pair, $0.expiry) < ($1.pair, $1.expiry) }
    market.volatilities.sort { ($0.pair, $0.expiry, $0.strike) < ($1.pair, $1.expiry, $1.strike) }
    market.marks = SyntheticMarks.make(market: market, instruments: instruments)
    market.feeds = SyntheticFeeds.make(market: market, seed: seed)
    market.history = SyntheticHistory.make(
      factors: historyFactors(), until: valuationTime, seed: seed)
    let none = Portfolio(
      accounts: [],
      positions: PositionTable(accountOffsets: [0], instruments: [], quantities: []),
      balances: BalanceTable(accountOffsets: [0], assets: [], amounts: []))
    return Book(market: market, instruments: instruments, portfolio: none)
  }

  private static func assets() -> [Asset] {
    var coins = SyntheticCoin.all.map { coin in
      var asset = Asset(name: coin.name, priceUSD: coin.spotUSD)
      asset.averageDailyVolumeUSD = coin.dailyVolumeUSD
      asset.depthUSDPerPercent = coin.dailyVolumeUSD * depthPerVolume
      return asset
    }
    coins.append(Asset(name: "USDC", priceUSD: usdcUSD, peg: "USD"))
    coins.append(Asset(name: "USDT", priceUSD: 1.0003, peg: "USD"))
    var staked = Asset(name: "stETH", priceUSD: 2_097.9, tracks: "ETH")
    staked.averageDailyVolumeUSD = 1e7
    staked.depthUSDPerPercent = 1e7 * depthPerVolume
    coins.append(staked)
    for rank in coins.indices { coins[rank].time = valuationTime.adding(days: -30.0 / 86_400) }
    return coins
  }

  /// What moves a price by 1 %, over what is traded in a day.
  private static let depthPerVolume = 0.005

  /// Price of the quote of linear perpetuals.
  private static let usdcUSD = 0.9998

  /// Levels end at today's prices; the 30-day volatilities are those of the surface.
  ///
  /// Loadings are on seven normals of a day: the coins' common one, then one of ETH, SOL, volatility,
  /// stablecoins, basis, ETH volatility. They give correlations of spot BTC/ETH 0.85, BTC/SOL 0.78,
  /// spot and volatility of BTC -0.40, the two volatilities 0.93.
  private static func historyFactors() -> [SyntheticFactor] {
    var factors: [SyntheticFactor] = []
    for coin in SyntheticCoin.all {
      factors.append(
        SyntheticFactor(
          name: FactorName(.spot, coin.name), level: coin.spotUSD, decimalPlaces: 2,
          dailyDeviation: coin.dailyDeviation, reversion: 0, loadings: coin.spotLoadings))
      guard let surface = coin.surface else { continue }
      let level = surface.atTheMoneyVolatilityAnnual(expiryYears: 30.0 / 365)
      factors.append(
        SyntheticFactor(
          name: FactorName(.volatility, coin.name), level: level, decimalPlaces: 4,
          dailyDeviation: 0.045, reversion: 0.04, loadings: coin.volatilityLoadings,
          gap: coin.name == "ETH" ? (rowsBack: 412, count: 9) : nil))
      factors.append(
        SyntheticFactor(
          name: FactorName(.basis, coin.name), level: coin.carryAnnual(expiryYears: 0.25),
          decimalPlaces: 5, dailyDeviation: 0.006, reversion: 0.08,
          loadings: [0.35, 0, 0, -0.15, 0, 0.92]))
    }
    for (name, level, sign) in [("USDC", usdcUSD, -0.6), ("USDT", 1.0003, 0.8)] {
      factors.append(
        SyntheticFactor(
          name: FactorName(.spot, name), level: level, decimalPlaces: 6, dailyDeviation: 0.0004,
          reversion: 0.3, loadings: [0.25, 0, 0, 0, sign, 0], scalePower: 2,
          gap: name == "USDT" ? (rowsBack: 77, count: 3) : nil))
    }
    return factors
  }
}
