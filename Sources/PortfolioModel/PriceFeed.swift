// What the sources of a price say, one row for each.

/// One row of `market/feeds.csv`.
public struct PriceFeed: Sendable, Equatable {
  /// The asset.
  public var asset: AssetIndex
  /// Name of the source, unique for the asset.
  public var source: String
  /// Price of one unit, USD, positive.
  public var priceUSD: Double
  /// When it was observed, not after the valuation time.
  public var time: UTCTime
  /// Trust of the source in its price, in [0, 1], as in `assets.csv`.
  public var confidence: Double?
  /// Weight among the sources, positive; nil counts as 1.
  public var weight: Double?

  /// A price of a source; everything else is unknown until set.
  public init(asset: AssetIndex, source: String, priceUSD: Double, time: UTCTime) {
    self.asset = asset
    self.source = source
    self.priceUSD = priceUSD
    self.time = time
  }
}
