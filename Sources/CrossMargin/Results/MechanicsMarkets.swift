// The markets of a comparison of mechanisms, and what closing an account trades in them.

import PortfolioModel

/// One market per asset that contracts are written on or accounts hold or owe, money aside.
///
/// USD and what is pegged to it are money: it pays and is paid, and has no price that gives way. An
/// asset that tracks another trades in the other's market unless `assets.csv` gives it a volume or
/// depth of its own.
struct MechanicsMarkets: Sendable {
  /// Asset of each market. [markets]
  let assets: [AssetIndex]
  /// Market in which each asset is bought and sold; nil for money. [assets]
  private let marketOfAsset: [Int?]
  /// Market of each instrument's contracts. [instruments]
  private let marketOfInstrument: [Int]
  private let market: PricedMarket
  private let holdings: HoldingsReader

  init(book: Book, market: PricedMarket, holdings: HoldingsReader) {
    self.market = market
    self.holdings = holdings
    let balances = zip(book.portfolio.balances.assets, book.portfolio.balances.amounts)
    let held = balances.filter { $1 != 0 }.map(\.0) + book.instruments.map(\.settlement)
    let spot = market.assets.indices.map { Self.spotMarket($0, market) }
    let underlyings = book.instruments.map { Self.tradedAsset($0.underlying.position, market) }
    assets = Set(underlyings + held.compactMap { spot[$0.position] }).sorted()
    var places = [Int?](repeating: nil, count: market.assets.count)
    for (place, asset) in assets.enumerated() { places[asset.position] = place }
    marketOfAsset = spot.map { $0.flatMap { places[$0.position] } }
    marketOfInstrument = underlyings.compactMap { places[$0.position] }
  }

  /// The asset in whose market one is traded.
  private static func tradedAsset(_ position: Int, _ market: PricedMarket) -> AssetIndex {
    let asset = market.assets[position]
    let isKnown = asset.depthUSDPerPercent != nil || asset.averageDailyVolumeUSD != nil
    return isKnown ? AssetIndex(position) : market.trackedAsset[position]
  }

  /// The same for what is held or owed itself; nil for money.
  private static func spotMarket(_ position: Int, _ market: PricedMarket) -> AssetIndex? {
    let traded = tradedAsset(position, market)
    func isMoney(_ asset: Asset) -> Bool { asset.name == "USD" || asset.peg == "USD" }
    return isMoney(market.assets[position]) || isMoney(market.assets[traded.position])
      ? nil : traded
  }

  /// What is known of each market. One without a volatility of its own has that of what it tracks.
  /// [markets]
  func liquidity(_ model: FactorModel) -> [AssetLiquidity] {
    assets.map { index in
      let asset = market.assets[index.position]
      return AssetLiquidity(
        dailyVolumeUSD: asset.averageDailyVolumeUSD,
        depthUSDPerPercent: asset.depthUSDPerPercent,
        volatilityDaily: model.spotDeviationDaily(of: index, market: market))
    }
  }

  /// What closing all of an account trades.
  ///
  /// Contracts are closed in the markets of their underlyings, longs and shorts one by one. Debts
  /// are repaid: one in a coin by buying the coin, whoever does it. What is sold for it is the
  /// collateral, which a liquidator is given for the debt and turns into what he paid [Aave;
  /// Euler], or which a venue sells itself: as much of it as is owed, from every asset in
  /// proportion to its value, at most all. The share of the collateral that is money pays without
  /// being sold. The rest of the collateral stays with its owner and moves no price, and nor does
  /// what a liquidator has on top, which is his to keep. Where one is bought and sold in the same
  /// market the difference is traded.
  ///
  /// - Returns: gross notional of contracts and debts, USD, and by market what is traded, USD.
  func closing(_ account: AccountHoldings) -> (
    notionalUSD: Double, exposures: [(asset: Int, notionalUSD: Double)]
  ) {
    var tradedUSD = [Double](repeating: 0, count: assets.count)
    for (index, quantity) in account.contracts {
      let place = marketOfInstrument[index.position]
      tradedUSD[place] += abs(quantity) * holdings.notionalUSD(of: index)
    }
    var (debtUSD, collateralUSD) = (0.0, 0.0)
    for (asset, amount) in account.amounts {
      let valueUSD = amount * market.priceUSD(asset)
      debtUSD -= min(valueUSD, 0)
      collateralUSD += max(valueUSD, 0)
    }
    let notionalUSD = tradedUSD.reduce(0, +) + debtUSD
    let soldFraction = collateralUSD > 0 ? min(debtUSD / collateralUSD, 1) : 0
    var boughtUSD = [Double](repeating: 0, count: assets.count)
    for (asset, amount) in account.amounts {
      guard let place = marketOfAsset[asset.position] else { continue }
      boughtUSD[place] -= (amount < 0 ? 1 : soldFraction) * amount * market.priceUSD(asset)
    }
    for place in tradedUSD.indices { tradedUSD[place] += abs(boughtUSD[place]) }
    return (
      notionalUSD, tradedUSD.indices.filter { tradedUSD[$0] > 0 }.map { ($0, tradedUSD[$0]) }
    )
  }
}
