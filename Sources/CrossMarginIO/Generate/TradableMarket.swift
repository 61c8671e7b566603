// A market as the generator sees it: what can be traded on each underlying, what can be collateral.

import PortfolioModel

/// Everything tradable on one underlying.
struct TradableUnderlying: Sendable {
  var asset: AssetIndex
  var priceUSD: Double
  var perpetuals: [Contract] = []
  var futures: [Contract] = []
  /// Options by expiry; calls and puts by strike.
  var chains: [OptionChain] = []
  var options: [Contract] = []
  /// Past price over today's, the latest first; 1 first. Empty without history.
  var pastPriceRatios: [Double] = []
  /// Assets that track it.
  var stakedAssets: [AssetIndex] = []

  /// Perpetuals, or futures where there are none.
  var linearHedges: [Contract] { perpetuals.isEmpty ? futures : perpetuals }
}

/// Options of one expiry that are out of the money, by distance of the strike from the forward.
struct OptionChain: Sendable {
  var expiry: UTCTime
  var outCalls: [Contract] = []
  var outPuts: [Contract] = []
}

/// The tradable part of a market.
struct TradableMarket: Sendable {
  /// Most instruments first; only underlyings with something to trade.
  var underlyings: [TradableUnderlying]
  /// Assets pegged to USD, by name; USD itself where there are none.
  var stableAssets: [AssetIndex]
  /// USD price of every asset.
  var pricesUSD: [Double]
  /// Underlying (position in `underlyings`) that an asset is or tracks.
  var underlyingOfAsset: [Int?]

  init(market: MarketSnapshot, instruments: [Instrument]) throws(GeneratorError) {
    pricesUSD = market.assets.map(\.priceUSD)
    let pegged = market.assets.indices.filter { market.assets[$0].peg == "USD" }
    stableAssets =
      pegged.isEmpty
      ? market.assetIndex(named: "USD").map { [$0] } ?? [] : pegged.map { AssetIndex($0) }
    let pricing = ReferencePricing(market: market, instruments: instruments)
    var byAsset = market.assets.indices.map {
      TradableUnderlying(asset: AssetIndex($0), priceUSD: market.assets[$0].priceUSD)
    }
    for rank in instruments.indices {
      guard
        let contract = Contract(
          InstrumentIndex(rank), of: instruments, market: market, pricing: pricing)
      else { continue }
      byAsset[instruments[rank].underlying.position].add(contract)
    }
    for rank in byAsset.indices {
      byAsset[rank].pastPriceRatios = Self.pastPriceRatios(
        of: market.assets[rank].name, in: market.history)
      byAsset[rank].stakedAssets = market.assets.indices.filter {
        market.assets[$0].tracks == market.assets[rank].name
      }.map { AssetIndex($0) }
      byAsset[rank].arrangeChains()
    }
    let tradable = byAsset.filter { $0.contractCount > 0 }
    underlyings = tradable.sorted {
      ($1.contractCount, $0.asset.rank) < ($0.contractCount, $1.asset.rank)
    }
    underlyingOfAsset = Array(repeating: nil, count: market.assets.count)
    for (position, underlying) in underlyings.enumerated() {
      underlyingOfAsset[underlying.asset.position] = position
      for staked in underlying.stakedAssets { underlyingOfAsset[staked.position] = position }
    }
    if underlyings.isEmpty {
      throw .nothingToTrade(instrumentCount: instruments.count)
    }
  }

  private static func pastPriceRatios(of asset: String, in history: FactorHistory?) -> [Double] {
    guard let history, let column = history.factors.firstIndex(of: FactorName(.spot, asset)) else {
      return []
    }
    let levels = history.levels[column].reversed().compactMap { $0 }
    guard let latest = levels.first else { return [] }
    return levels.map { $0 / latest }
  }
}

extension TradableUnderlying {
  var contractCount: Int { perpetuals.count + futures.count + options.count }

  fileprivate mutating func add(_ contract: Contract) {
    switch contract.kind {
    case .spot: break
    case .perpetual: perpetuals.append(contract)
    case .future: futures.append(contract)
    case .option: options.append(contract)
    }
  }

  /// Sorts the options into chains; an expiry counts only with calls and puts out of the money.
  fileprivate mutating func arrangeChains() {
    var chains: [OptionChain] = []
    for option in options {
      guard case .option(let expiry, let strike, let type) = option.kind else { continue }
      var position = chains.firstIndex { $0.expiry == expiry }
      if position == nil {
        chains.append(OptionChain(expiry: expiry))
        position = chains.count - 1
      }
      guard let position else { continue }
      switch type {
      case .call where strike >= option.forward: chains[position].outCalls.append(option)
      case .put where strike <= option.forward: chains[position].outPuts.append(option)
      default: break
      }
    }
    for position in chains.indices {
      chains[position].outCalls.sort { $0.distanceFromForward < $1.distanceFromForward }
      chains[position].outPuts.sort { $0.distanceFromForward < $1.distanceFromForward }
    }
    self.chains = chains.filter { !$0.outCalls.isEmpty && !$0.outPuts.isEmpty }
      .sorted { $0.expiry < $1.expiry }
  }
}

extension Contract {
  /// Distance of an option's strike from the forward, quote asset; 0 for others.
  fileprivate var distanceFromForward: Double {
    guard case .option(_, let strike, _) = kind else { return 0 }
    return abs(strike - forward)
  }
}
