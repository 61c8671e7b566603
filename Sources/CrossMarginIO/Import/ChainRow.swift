// One row of an option chain, whatever the venue: what was quoted, and what the venue computed.

import PortfolioModel

/// The venues whose dumps are understood.
public enum Venue: String, Sendable, Hashable, CaseIterable {
  /// Deribit: inverse options of one coin.
  case deribit
  /// OKX: inverse options, here counted in coins.
  case okx

  /// Hour of the day, UTC, at which both let contracts expire.
  static let expiryHour = 8
}

/// A future that a chain names beside an option.
public struct ListedFuture: Sendable, Hashable {
  /// Its name at the venue.
  public var name: String
  /// Its price, USD; nil where the chain leaves it empty.
  public var priceUSD: Double?

  /// A future with its price.
  public init(name: String, priceUSD: Double?) {
    self.name = name
    self.priceUSD = priceUSD
  }
}

/// One row of an option chain: an inverse option on a coin, struck in USD, paid in the coin.
public struct ChainRow: Sendable, Equatable {
  /// Where it is listed.
  public var venue: Venue
  /// Its name at the venue.
  public var instrument: String
  /// The coin.
  public var underlying: String
  /// When it expires.
  public var expiry: UTCTime
  /// Strike, USD.
  public var strikeUSD: Double
  /// Call or put.
  public var type: OptionType
  /// When the row was observed.
  public var time: UTCTime
  /// Forward price to `expiry` that the venue marks with, USD; nil where it cannot be inferred.
  public var forwardUSD: Double?
  /// Index of the coin, USD; nil where the dump has none.
  public var indexUSD: Double?
  /// The listed future of the same expiry.
  public var future: ListedFuture?
  /// Mark price, coins; zero or below where the venue gives no price to a far strike.
  public var markCoin: Double
  /// Best bid, coins.
  public var bidCoin: Double?
  /// Best offer, coins.
  public var askCoin: Double?
  /// Volatility that the venue marks with, annual fraction; nil where the mark is not positive.
  public var impliedVolatilityAnnual: Double?
  /// Delta of the venue, in its own convention: Deribit's is N(d1) of a call, OKX's is adjusted by
  /// the premium.
  public var delta: Double?
  /// Contracts outstanding, coins; nil where the venue counts in contracts of another size.
  public var openInterestCoin: Double?

  /// A row with what every dump has; everything else is unknown until set.
  init(
    _ option: ListedOption, venue: Venue, time: UTCTime, markCoin: Double,
    impliedVolatilityAnnual: Double
  ) {
    self.venue = venue
    self.instrument = option.instrument
    self.underlying = option.underlying
    self.expiry = option.expiry
    self.strikeUSD = option.strikeUSD
    self.type = option.type
    self.time = time
    self.markCoin = markCoin
    let isMarked = markCoin > 0 && impliedVolatilityAnnual > 0
    self.impliedVolatilityAnnual = isMarked ? impliedVolatilityAnnual : nil
  }
}

/// The static part of a chain row.
struct ListedOption {
  let instrument: String
  let underlying: String
  let expiry: UTCTime
  let strikeUSD: Double
  let type: OptionType
}
