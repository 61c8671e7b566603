// What is to be made into a book: which files, as of when, with which coins and rule sets.

import CrossMargin
import PortfolioModel

/// The shapes of files that hold levels of one factor over time.
public enum SeriesShape: Sendable, Hashable {
  /// `ts_utc, open, high, low, close, volume`, one row an hour, `ts_utc` its beginning.
  case hourlyPrices
  /// `open_time, open, …, close, …` of Binance, one row a day, `open_time` its beginning in
  /// milliseconds.
  case binanceDailyPrices
  /// `asset, date, open, …`, one row a day and symbol; the rows of `symbol`, such as `BTC-USD`.
  case yahooDailyPrices(symbol: String)
  /// `timestamp, …, dvol_close`, one row an hour of a volatility index in percent.
  case volatilityIndex
}

/// A file of past levels of one factor.
public struct SeriesFile: Sendable, Hashable {
  /// What the levels are levels of: `spot:…` of price files, `vol:…` of a volatility index.
  public var factor: FactorName
  /// Where it lies; a name that ends in `.gz` is decompressed.
  public var path: String
  /// What its columns mean.
  public var shape: SeriesShape

  /// A file of levels.
  public init(factor: FactorName, path: String, shape: SeriesShape) {
    self.factor = factor
    self.path = path
    self.shape = shape
  }
}

/// An asset whose price is that of a coin times a ratio, such as a staked coin.
public struct TrackingAsset: Sendable, Hashable {
  /// Its name.
  public var name: String
  /// The coin that it follows; one of the plan's currencies.
  public var tracks: String
  /// Its price over that of the coin, positive.
  public var priceRatio: Double

  /// An asset that follows a coin.
  public init(name: String, tracks: String, priceRatio: Double = 1) {
    self.name = name
    self.tracks = tracks
    self.priceRatio = priceRatio
  }
}

/// A parameter file under the name of its rule set.
public struct ModelSource: Sendable, Hashable {
  /// Name of the rule set: a-z, 0-9, `_`, `-`.
  public var name: String
  /// Where the file lies; it is copied to `parameters/NAME.yaml`.
  public var path: String

  /// A rule set.
  public init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}

/// What is to be imported.
public struct ImportPlan: Sendable, Equatable {
  /// Chains with the snapshot to value at, of one venue; later files win over earlier ones.
  public var chains: [ChainFile]
  /// The instant of valuation. Of each instrument the last row at or before it is taken.
  public var valuationTime: UTCTime
  /// Age above which a chain row is not taken, minutes.
  public var windowMinutes = 30.0
  /// Coins whose options are imported, each an asset at the index of the chain.
  public var currencies = ["BTC", "ETH"]
  /// Further assets with their prices.
  public var otherAssets = [
    Asset(name: "USDC", priceUSD: 1, peg: "USD"), Asset(name: "USDT", priceUSD: 1, peg: "USD")
  ]
  /// Assets priced off a coin.
  public var trackingAssets: [TrackingAsset] = []
  /// Past levels. Where several files hold one factor, the first with a level wins.
  public var series: [SeriesFile] = []
  /// Chains whose 30-day at-the-money volatility is the past of `vol:…`, after `series`.
  public var volatilityPanels: [ChainFile] = []
  /// Stand-ins for factors with gaps; those whose stand-in has no levels are left out.
  public var proxies = [
    FactorProxy(factor: FactorName(.volatility, "ETH"), proxy: FactorName(.volatility, "BTC"))
  ]
  /// Hour of the day, UTC, of the times of the history; nil = the time of day of the valuation.
  /// Daily prices close at 0: at another hour they are older than hourly ones beside them.
  public var historyHour: Int?
  /// Days of history kept before the valuation time; nil = all.
  public var historyDaysMax: Int?
  /// Rule sets; the first is the default one.
  public var models: [ModelSource]
  /// Scenario files (`NAME.csv`, `NAME.sets.csv`), copied to `scenarios/`; each `NAME.csv` becomes a
  /// scenario set of the run.
  public var scenarioPaths: [String] = []

  /// A plan for a snapshot; everything else is at its default until set.
  public init(chains: [ChainFile], valuationTime: UTCTime, models: [ModelSource]) {
    self.chains = chains
    self.valuationTime = valuationTime
    self.models = models
  }
}
