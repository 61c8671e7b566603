// The market at one instant.

/// Everything under `market/`. Assets are sorted by the bytes of their names and contain `USD`.
public struct MarketSnapshot: Sendable, Equatable {
  /// The instant of valuation.
  public var valuationTime: UTCTime
  /// Assets, sorted by name.
  public var assets: [Asset]
  /// Forwards, sorted by pair and expiry, at most one for each.
  public var forwards: [ForwardQuote] = []
  /// Volatility quotes, sorted by pair, expiry and strike, at most one for each.
  public var volatilities: [VolatilityQuote] = []
  /// SVI slices, sorted by pair and expiry; instead of `volatilities`.
  public var surfaces: [SVISlice] = []
  /// Marks, sorted by instrument, at most one for each.
  public var marks: [Mark] = []
  /// State of the venue, sorted by subject and key.
  public var state: [StateValue] = []
  /// What the sources of prices say, sorted by asset and source, at most one for each.
  public var feeds: [PriceFeed] = []
  /// Levels of factors in the past.
  public var history: FactorHistory?

  /// A market with assets and nothing else. Sorts the assets and adds `USD` where it is missing.
  public init(valuationTime: UTCTime, assets: [Asset]) {
    self.valuationTime = valuationTime
    let hasUSD = assets.contains { $0.name == "USD" }
    let all = hasUSD ? assets : assets + [Asset(name: "USD", priceUSD: 1)]
    self.assets = all.sorted { precedesByBytes($0.name, $1.name) }
  }

  /// The asset of a name, by binary search.
  public func assetIndex(named name: String) -> AssetIndex? {
    firstIndex(in: assets, named: name, name: \.name).map(AssetIndex.init)
  }

  /// The asset at an index.
  public subscript(_ index: AssetIndex) -> Asset { assets[index.position] }
}

/// Position of an element in a list that is sorted by the bytes of its names.
public func firstIndex<Element>(
  in sorted: [Element], named name: String, name nameOf: (Element) -> String
) -> Int? {
  var low = 0
  var high = sorted.count
  while low < high {
    let middle = (low + high) / 2
    if precedesByBytes(nameOf(sorted[middle]), name) { low = middle + 1 } else { high = middle }
  }
  return low < sorted.count && nameOf(sorted[low]) == name ? low : nil
}
