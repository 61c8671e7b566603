// The price of an asset from its feeds, with what became of each source.

import PortfolioModel

/// One source of a price, and whether it counts.
public struct OracleSource: Sendable, Equatable {
  /// What became of a quote.
  public enum Standing: String, Sendable, CaseIterable {
    /// It counts.
    case used
    /// It is too old.
    case stale
    /// It is too far from the others.
    case stray
  }

  /// Name of the source.
  public var name: String
  /// What it says.
  public var quote: OracleQuote
  /// Half of the range that it is thought to be right within at its age, USD, at least 0.
  public var halfRangeUSD: Double
  /// Whether it counts.
  public var standing: Standing
}

/// What is known of the price of one asset and of its error.
public struct OracleReading: Sendable, Equatable {
  /// The asset.
  public var asset: AssetIndex
  /// Its price in the book, USD.
  public var bookPriceUSD: Double
  /// Its sources by name; empty where the book states a confidence alone.
  public var sources: [OracleSource]
  /// The price that they make, or that of the book with the range that its confidence leaves; nil
  /// where every source is stale.
  public var price: OraclePrice?

  /// Price over that of the book, less 1; nil without a price.
  public var gapFraction: Double? { price.map { $0.price / bookPriceUSD - 1 } }

  /// Number of sources of a standing.
  public func count(of standing: OracleSource.Standing) -> Int {
    sources.count { $0.standing == standing }
  }
}

extension OracleTerms {
  /// Terms of a price with a volatility.
  init(_ settings: OracleSettings, volatilityPerRootSecond: Double) {
    self.init(
      ageSecondsMax: settings.ageSecondsMax, deviationMultipleMax: settings.deviationMultipleMax,
      toleranceFraction: settings.toleranceFraction, countMin: settings.sourceCountMin,
      volatilityPerRootSecond: volatilityPerRootSecond, ageWidening: settings.ageWidening)
  }

  /// What becomes of some sources.
  fileprivate func sources(_ names: [String], _ quotes: [OracleQuote]) -> [OracleSource] {
    let used = price(quotes)?.usedQuotes ?? []
    return quotes.indices.map { place in
      let quote = quotes[place]
      let standing: OracleSource.Standing =
        quote.ageSeconds > ageSecondsMax ? .stale : used.contains(place) ? .used : .stray
      return OracleSource(
        name: names[place], quote: quote, halfRangeUSD: widened(quote), standing: standing)
    }
  }
}

extension OracleReading {
  /// The price of an asset from its feeds, which are at least one.
  ///
  /// Half of the range of a source is the share of the price that its confidence leaves: a trust of
  /// 0.999 means a thousandth of it, as the contingency that Derive charges for a confidence of
  /// less than 1 [Derive, standard manager].
  init(
    _ asset: AssetIndex, feeds: ArraySlice<PriceFeed>, market: MarketSnapshot, terms: OracleTerms
  ) {
    let quotes = feeds.map { feed in
      OracleQuote(
        price: feed.priceUSD,
        confidence: feed.confidence.map { (1 - $0) * feed.priceUSD }, weight: feed.weight ?? 1,
        ageSeconds: feed.time.seconds(to: market.valuationTime))
    }
    self.asset = asset
    bookPriceUSD = market[asset].priceUSD
    sources = terms.sources(feeds.map(\.source), quotes)
    price = terms.price(quotes)
  }

  /// The price of the book with the range that the confidence of `assets.csv` leaves.
  init(_ asset: AssetIndex, confidence: Double, market: MarketSnapshot) {
    self.asset = asset
    bookPriceUSD = market[asset].priceUSD
    sources = []
    price = OraclePrice(
      price: bookPriceUSD, confidence: (1 - confidence) * bookPriceUSD, usedQuotes: [],
      isDegraded: false)
  }
}
