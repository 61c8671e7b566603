// The markets of a book in which liquidations move prices, and the market after they did.

import PortfolioModel
import RiskNumerics

/// An asset that accounts hold and whose market nothing is known of.
public struct UnknownDepth: Sendable, Equatable {
  /// Name of the asset.
  public var asset: String
}

/// One market per asset that accounts are exposed to, money and what is pegged to it aside.
///
/// An asset that tracks another trades in the market of the other, unless `assets.csv` gives it a
/// depth or volume of its own: then it follows the other and can fall further.
struct ContagionMarkets: Sendable {
  /// The markets.
  let markets: [MarketDepth]
  /// Asset of each market. [markets]
  let assets: [AssetIndex]
  /// Average daily volume, USD; nil where it is not known. [markets]
  let dailyVolumesUSD: [Double?]
  /// Assets that accounts hold without a market.
  let unknown: [UnknownDepth]
  /// Markets whose moves move each asset: that of what it tracks first, then its own. [assets]
  private let marketsOfAsset: [[Int]]
  /// Asset whose price moves each column. [columns]
  private let assetOfColumn: [AssetIndex]
  /// The markets, in classes that can be moved together.
  let classes: [ContagionClass]
  private let market: PricedMarket

  init(book: Book, settings: RunSettings, market: PricedMarket) throws(RunError) {
    let contagion = settings.liquidation.contagion
    let isMoney = Self.money(book, market)
    let summary = try FactorSummary(book: book, settings: settings)
    var held = Self.held(book)
    for asset in market.assets.indices where held[asset] {
      held[market.trackedAsset[asset].position] = true
    }
    var markets: [MarketDepth] = []
    var assets: [AssetIndex] = []
    var volumes: [Double?] = []
    var unknown: [UnknownDepth] = []
    for (position, asset) in market.assets.enumerated() where held[position] {
      let root = market.trackedAsset[position].position
      let isRoot = root == position
      let known = asset.depthUSDPerPercent != nil || asset.averageDailyVolumeUSD != nil
      if isMoney[root] || (!isRoot && !known) { continue }
      guard let depth = Self.depth(asset, summary, contagion) else {
        unknown.append(UnknownDepth(asset: asset.name))
        continue
      }
      markets.append(
        MarketDepth(
          name: asset.name, depthUSDPerPercent: depth * contagion.depthFraction,
          shape: contagion.shape))
      assets.append(AssetIndex(position))
      volumes.append(asset.averageDailyVolumeUSD)
    }
    self.market = market
    self.markets = markets
    self.assets = assets
    self.unknown = unknown
    dailyVolumesUSD = volumes
    let marketsOfAsset = market.assets.indices.map { asset in
      let root = market.trackedAsset[asset]
      let own = root.position == asset ? [] : [AssetIndex(asset)]
      return ([root] + own).compactMap { assets.firstIndex(of: $0) }
    }
    self.marketsOfAsset = marketsOfAsset
    assetOfColumn =
      market.assets.indices.map { AssetIndex($0) } + book.instruments.map(\.underlying)
    let assetsOfColumn =
      market.assets.indices.map { [AssetIndex($0)] }
      + book.instruments.map { [$0.underlying, $0.settlement, $0.quote] }
    classes = ContagionClass.all(
      marketCount: markets.count,
      marketsOfColumn: assetsOfColumn.map { assets in
        Set(assets.flatMap { marketsOfAsset[$0.position] }).sorted()
      })
  }

  /// Amount that moves an asset by 1 %, USD: what is quoted, else from volume and deviation.
  private static func depth(
    _ asset: Asset, _ summary: FactorSummary?, _ settings: ContagionSettings
  ) -> Double? {
    if let depth = asset.depthUSDPerPercent, depth > 0 { return depth }
    guard let volume = asset.averageDailyVolumeUSD, volume > 0, let summary,
      let factor = summary.factors.firstIndex(of: FactorName(.spot, asset.name)),
      summary.dailyDeviations[factor] > 0
    else { return nil }
    return MarketDepth.depthUSDPerPercent(
      dailyVolumeUSD: volume, dailyDeviation: summary.dailyDeviations[factor],
      impactScale: settings.impactScale)
  }

  /// Assets that are money: USD and what is pegged to it, unless something is written on them.
  private static func money(_ book: Book, _ market: PricedMarket) -> [Bool] {
    var isMoney = market.assets.map { $0.name == "USD" || $0.peg != nil }
    for instrument in book.instruments {
      isMoney[market.trackedAsset[instrument.underlying.position].position] = false
    }
    return isMoney
  }

  /// Assets of balances and underlyings of positions.
  private static func held(_ book: Book) -> [Bool] {
    var held = [Bool](repeating: false, count: book.market.assets.count)
    for (asset, amount) in zip(book.portfolio.balances.assets, book.portfolio.balances.amounts)
    where amount != 0 { held[asset.position] = true }
    let positions = book.portfolio.positions
    for (instrument, quantity) in zip(positions.instruments, positions.quantities)
    where quantity != 0 { held[book[instrument].underlying.position] = true }
    return held
  }

  /// The market in which a column is sold: that of its own asset before that of what it tracks; nil
  /// for money.
  func market(tradedByColumn column: Int) -> Int? {
    marketsOfAsset[assetOfColumn[column].position].last
  }

  /// Whether selling a column can be selling in a market: it is not where the column's asset has a
  /// market of its own beside that of what it tracks.
  func trades(column: Int, in place: Int) -> Bool {
    let own = marketsOfAsset[assetOfColumn[column].position]
    return own.count < 2 || own.last == place
  }

  /// What cascades have made of the price of each asset. [assets]
  func assetRatios(logMoves: [Double]) -> [Double] {
    marketsOfAsset.map { $0.reduce(1.0) { $0 * ScalarMath.exp(logMoves[$1]) } }
  }

  /// Some scenarios of a set, with prices moved further.
  ///
  /// `logMoves` are those of each market in each of the scenarios. [scenarios][markets]
  func moved(_ set: ScenarioSet, scenarios: [Int], logMoves: [[Double]]) -> ScenarioSet {
    precondition(scenarios.count == logMoves.count, "moves of each scenario")
    var columns = set.columns.map { $0.taking(scenarios) }
    func place(_ asset: Int) -> Int? {
      columns.firstIndex { $0.name == FactorName(.spot, market.assets[asset].name) }
    }
    let ratios = logMoves.map { assetRatios(logMoves: $0) }
    let roots = market.assets.indices.filter { market.trackedAsset[$0].position == $0 }
    let followers = market.assets.indices.filter { market.trackedAsset[$0].position != $0 }
    // Followers first: they read what their roots do before the cascade.
    for asset in followers + roots where !marketsOfAsset[asset].isEmpty {
      let root = market.trackedAsset[asset].position
      let own = place(asset)
      // One without factor and market of its own follows its root's column.
      if root != asset, own == nil, marketsOfAsset[asset].count < 2 { continue }
      let name = FactorName(.spot, market.assets[asset].name)
      var column =
        own.map { columns[$0] }
        ?? FactorColumn(unnamed: name, scenarioCount: scenarios.count)
      let rootColumn = place(root).map { columns[$0] }
      for row in scenarios.indices {
        let ratio = ratios[row][asset]
        if column.presence[row] == .absent, root != asset, let rootColumn,
          rootColumn.presence[row] != .absent
        {
          column.scale[row] = rootColumn.ratio(row, levelUSD: market.assetPricesUSD[root])
        }
        column.scale[row] *= ratio
        column.shift[row] *= ratio
        column.presence[row] = .flat
      }
      if let own { columns[own] = column } else { columns.append(column) }
    }
    var result = ScenarioSet(
      name: set.name, kind: set.kind, labels: scenarios.map { set.labels[$0] }, columns: columns)
    if !set.volatilityFloorsAnnual.isEmpty {
      result.volatilityFloorsAnnual = scenarios.map { set.volatilityFloorsAnnual[$0] }
    }
    result.rollDays = set.rollDays
    result.volatilityRule = set.volatilityRule
    return result
  }
}

extension FactorColumn {
  /// The column in some scenarios.
  func taking(_ scenarios: [Int]) -> FactorColumn {
    var result = FactorColumn(unnamed: name, scenarioCount: scenarios.count)
    for (row, scenario) in scenarios.enumerated() {
      result.scale[row] = scale[scenario]
      result.shift[row] = shift[scenario]
      result.presence[row] = presence[scenario]
    }
    return result
  }

  /// Shocked level over a level; 1 where the level is not known and the change needs it.
  func ratio(_ row: Int, levelUSD: Double?) -> Double {
    if shift[row] == 0 { return scale[row] }
    return levelUSD.map { (scale[row] * $0 + shift[row]) / $0 } ?? 1
  }
}
