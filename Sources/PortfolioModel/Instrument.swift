// What can be traded. `quantity x multiplier` is coins for spot, linear contracts and all options,
// and USD notional for inverse futures and perpetuals.

/// One row of `instruments.csv`.
public struct Instrument: Sendable, Equatable {
  /// Name, unique in the book.
  public var name: String
  /// What it is.
  public var kind: InstrumentKind
  /// Asset whose price it depends on.
  public var underlying: AssetIndex
  /// Asset its price is expressed in.
  public var quote: AssetIndex
  /// Asset its gains are paid in.
  public var settlement: AssetIndex
  /// Units of the underlying (USD for inverse futures and perpetuals) per contract, positive.
  public var multiplier: Double
  /// How gains are paid.
  public var payout: Payout
  /// Price at which it was settled, where it has expired.
  public var settlementPrice: Double?
  /// Where it is listed.
  public var venue: String?

  /// An instrument from its static data.
  public init(
    name: String, kind: InstrumentKind, pair: AssetPair, settlement: AssetIndex,
    multiplier: Double, payout: Payout
  ) {
    self.name = name
    self.kind = kind
    self.underlying = pair.underlying
    self.quote = pair.quote
    self.settlement = settlement
    self.multiplier = multiplier
    self.payout = payout
  }
}

/// An underlying and the asset its price is expressed in.
public struct AssetPair: Sendable, Hashable, Comparable {
  /// What is priced.
  public var underlying: AssetIndex
  /// What it is priced in.
  public var quote: AssetIndex

  /// A pair of assets.
  public init(underlying: AssetIndex, quote: AssetIndex) {
    self.underlying = underlying
    self.quote = quote
  }

  /// Order by underlying, then quote.
  public static func < (left: Self, right: Self) -> Bool {
    (left.underlying, left.quote) < (right.underlying, right.quote)
  }
}

/// The kinds of instrument.
public enum InstrumentKind: Sendable, Hashable {
  /// The asset itself.
  case spot
  /// A future without expiry.
  case perpetual
  /// A future that settles at `expiry`.
  case future(expiry: UTCTime)
  /// A European option on the forward to `expiry`; `strike` in the quote asset.
  case option(expiry: UTCTime, strike: Double, type: OptionType)

  /// When it settles; nil for spot and perpetuals.
  public var expiry: UTCTime? {
    switch self {
    case .spot, .perpetual: nil
    case .future(let expiry), .option(let expiry, _, _): expiry
    }
  }
}

/// Right to buy or right to sell.
public enum OptionType: Sendable, Hashable {
  /// Right to buy.
  case call
  /// Right to sell.
  case put

  /// +1 for a call, -1 for a put.
  public var sign: Double { self == .call ? 1 : -1 }
}

/// How gains are paid.
public enum Payout: Sendable, Hashable {
  /// Gains are proportional to the price and paid in the quote asset or one pegged to it.
  case linear
  /// Gains are paid in the underlying itself.
  case inverse

  /// The payout of a kind of contract; nil where it would be quanto, which is refused.
  /// - Parameter settlementPeg: the asset that `settlement` is pegged to, if any.
  public static func of(
    pair: AssetPair, settlement: AssetIndex, settlementPeg: AssetIndex?
  ) -> Payout? {
    if settlement == pair.quote || settlementPeg == pair.quote { return .linear }
    if settlement == pair.underlying { return .inverse }
    return nil
  }
}
