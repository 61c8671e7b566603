// What can be held as collateral or owed: coins, stablecoins, staked tokens, money.

/// One row of `market/assets.csv`.
public struct Asset: Sendable, Equatable {
  /// Name, unique in the market; `USD` always exists at a price of 1.
  public var name: String
  /// Price of one unit, USD.
  public var priceUSD: Double
  /// Money the asset is meant to be worth, `USD` for a dollar stablecoin.
  public var peg: String?
  /// Asset whose relative move this one follows in scenarios that do not name it.
  public var tracks: String?
  /// Trust of the price source in [0, 1].
  public var confidence: Double?
  /// Average daily traded volume, USD.
  public var averageDailyVolumeUSD: Double?
  /// Amount that moves the price by 1 %, USD.
  public var depthUSDPerPercent: Double?
  /// When the price was observed.
  public var time: UTCTime?

  /// An asset with a price; everything else is unknown until set.
  public init(name: String, priceUSD: Double, peg: String? = nil, tracks: String? = nil) {
    self.name = name
    self.priceUSD = priceUSD
    self.peg = peg
    self.tracks = tracks
  }
}
