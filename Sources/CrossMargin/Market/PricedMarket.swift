// The market resolved against the instruments of a book: each instrument is priced, settled or
// known to lack something. Everything to the right works on this and never looks anything up.

import PortfolioModel
import RiskNumerics

/// A market with every instrument resolved.
struct PricedMarket: Sendable {
  let valuationTime: UTCTime
  let assets: [Asset]
  /// Asset whose moves an asset follows: itself unless it tracks another.
  let trackedAsset: [AssetIndex]
  /// Prices of assets, USD; nil where the price is older than the run allows.
  let assetPricesUSD: [Double?]
  /// Nodes, in the order in which instruments first need them.
  let nodes: [PricingNode]
  /// One entry per instrument of the book.
  let pricings: [InstrumentPricing]
  /// Conditions worth a word.
  let warnings: [RunWarning]
  private let surfaces: [(pair: AssetPair, surface: VolatilitySurface)]

  /// Resolves a book. `ageDaysMax` is the oldest age of a price or mark that is used.
  init(book: Book, ageDaysMax: Double?) {
    var resolver = InstrumentResolver(book: book, ageDaysMax: ageDaysMax)
    pricings = book.instruments.indices.map { resolver.pricing(of: InstrumentIndex($0)) }
    valuationTime = book.market.valuationTime
    assets = book.market.assets
    trackedAsset = Self.rootsOfTracking(book.market)
    assetPricesUSD = resolver.assetPricesUSD
    nodes = resolver.nodes
    warnings = resolver.warnings
    surfaces = resolver.surfaces
  }

  /// The price of an asset, USD. The asset must have one.
  func priceUSD(_ asset: AssetIndex) -> Double {
    guard let price = assetPricesUSD[asset.position] else {
      preconditionFailure("\(assets[asset.position].name) has no price and must not be valued")
    }
    return price
  }

  /// At-the-money volatility of an underlying quoted in USD at a number of days, annual fraction;
  /// nil where there are no quotes.
  func atTheMoneyVolatility(of asset: AssetIndex, days: Double) -> Double? {
    surfaces.first { $0.pair.underlying == asset }
      .flatMap { $0.surface.volatility(logMoneyness: 0, expiryYears: UTCTime.years(ofDays: days)) }
      .map(\.volatilityAnnual)
  }

  /// The surface of a pair; nil where there are no quotes.
  func surface(of pair: AssetPair) -> VolatilitySurface? {
    surfaces.first { $0.pair == pair }?.surface
  }

  private static func rootsOfTracking(_ market: MarketSnapshot) -> [AssetIndex] {
    market.assets.indices.map { start in
      var index = AssetIndex(start)
      for _ in market.assets.indices {
        guard let next = market[index].tracks.flatMap(market.assetIndex(named:)) else { break }
        index = next
      }
      return index
    }
  }
}

/// Builds nodes and pricings one instrument at a time.
private struct InstrumentResolver {
  let book: Book
  let forwards: ForwardTable
  let assetPricesUSD: [Double?]
  let ageDaysMax: Double?
  var nodes: [PricingNode] = []
  var surfaces: [(pair: AssetPair, surface: VolatilitySurface)] = []
  private var nodeOfKey: [NodeKey: Int] = [:]
  private var marks: [Mark?]
  private var extrapolated = Noticed()

  struct NodeKey: Hashable {
    var pair: AssetPair
    var expiry: UTCTime?
  }

  init(book: Book, ageDaysMax: Double?) {
    self.book = book
    self.ageDaysMax = ageDaysMax
    forwards = ForwardTable(book.market)
    let now = book.market.valuationTime
    assetPricesUSD = book.market.assets.map { asset in
      Self.isStale(asset.time, now: now, ageDaysMax) ? nil : asset.priceUSD
    }
    marks = [Mark?](repeating: nil, count: book.instruments.count)
    for mark in book.market.marks { marks[mark.instrument.position] = mark }
    let quotedPairs = book.market.volatilities.map(\.pair) + book.market.surfaces.map(\.pair)
    for pair in quotedPairs where !surfaces.contains(where: { $0.pair == pair }) {
      surfaces.append((pair, VolatilitySurface(of: pair, in: book.market, forwards: forwards)))
    }
  }

  var warnings: [RunWarning] {
    [extrapolated.warning("vol_extrapolated")].compactMap(\.self)
  }

  private static func isStale(_ time: UTCTime?, now: UTCTime, _ ageDaysMax: Double?) -> Bool {
    guard let time, let ageDaysMax else { return false }
    return time.days(to: now) > ageDaysMax
  }

  mutating func pricing(of index: InstrumentIndex) -> InstrumentPricing {
    let instrument = book[index]
    for asset in [instrument.underlying, instrument.quote, instrument.settlement]
    where assetPricesUSD[asset.position] == nil {
      return .missing(MissingData(subject: book.market[asset].name, reason: .stalePrice))
    }
    let mark = marks[index.position]
    if let expiry = instrument.kind.expiry, expiry <= book.market.valuationTime {
      return settled(instrument)
    }
    if Self.isStale(mark?.time, now: book.market.valuationTime, ageDaysMax) {
      return .missing(MissingData(subject: instrument.name, reason: .stalePrice))
    }
    switch instrument.kind {
    case .spot: return .spot
    case .perpetual: return future(instrument, mark: mark, expiry: nil)
    case .future(let expiry): return future(instrument, mark: mark, expiry: expiry)
    case .option(let expiry, let strike, let type):
      return option(instrument, mark: mark, expiry: expiry, strike: strike, type: type)
    }
  }

  /// Cash of an expired contract. A future pays nothing at settlement beyond what is unsettled.
  private func settled(_ instrument: Instrument) -> InstrumentPricing {
    guard let price = instrument.settlementPrice else {
      return .missing(MissingData(subject: instrument.name, reason: .settlementPrice))
    }
    guard case .option(_, let strike, let type) = instrument.kind else {
      return .settled(price: price, amountPerContract: 0)
    }
    let payoff = max(type.sign * (price - strike), 0)
    let coins = instrument.payout == .inverse ? payoff / price : payoff
    return .settled(price: price, amountPerContract: instrument.multiplier * coins)
  }

  private mutating func future(
    _ instrument: Instrument, mark: Mark?, expiry: UTCTime?
  ) -> InstrumentPricing {
    let pair = AssetPair(underlying: instrument.underlying, quote: instrument.quote)
    let quoted = expiry.flatMap { forwards[pair, $0]?.forward }
    guard let price = mark?.price ?? quoted else {
      return .missing(MissingData(subject: instrument.name, reason: .mark))
    }
    let node = nodeIndex(pair: pair, expiry: expiry, fallbackForward: price)
    return .priced(
      PricedInstrument(
        form: instrument.payout == .inverse ? .inverseFuture : .linearFuture, node: node,
        multiplier: instrument.multiplier, basePrice: price, settlement: instrument.settlement))
  }

  private mutating func option(
    _ instrument: Instrument, mark: Mark?, expiry: UTCTime, strike: Double, type: OptionType
  ) -> InstrumentPricing {
    let pair = AssetPair(underlying: instrument.underlying, quote: instrument.quote)
    guard let forward = forwards[pair, expiry]?.forward else {
      return .missing(MissingData(subject: instrument.name, reason: .forward))
    }
    let node = nodeIndex(pair: pair, expiry: expiry, fallbackForward: forward)
    guard let volatility = volatility(instrument, mark, node: nodes[node], strike: strike) else {
      return .missing(MissingData(subject: instrument.name, reason: .volatility))
    }
    return .priced(
      PricedInstrument(
        form: instrument.payout == .inverse ? .inverseOption : .linearOption, node: node,
        multiplier: instrument.multiplier, basePrice: forward, strike: strike,
        side: type == .call ? .call : .put,
        volatilityAnnual: volatility, settlement: instrument.settlement, markOfOption: mark?.price))
  }

  private mutating func volatility(
    _ instrument: Instrument, _ mark: Mark?, node: PricingNode, strike: Double
  ) -> Double? {
    if let marked = mark?.impliedVolatilityAnnual { return marked }
    guard let surface = surfaces.first(where: { $0.pair == node.pair })?.surface,
      let reading = surface.volatility(
        logMoneyness: ScalarMath.log(strike / node.forward), expiryYears: node.expiryYears)
    else { return nil }
    if reading.isExtrapolated { extrapolated.add(instrument.name) }
    return reading.volatilityAnnual
  }

  private mutating func nodeIndex(
    pair: AssetPair, expiry: UTCTime?, fallbackForward: Double
  ) -> Int {
    let key = NodeKey(pair: pair, expiry: expiry)
    if let known = nodeOfKey[key] { return known }
    let quote = expiry.flatMap { forwards[pair, $0] }
    let forward = quote?.forward ?? fallbackForward
    let years = expiry.map { book.market.valuationTime.years(to: $0) } ?? 0
    let underlyingUSD = assetPricesUSD[pair.underlying.position] ?? 0
    let quoteUSD = assetPricesUSD[pair.quote.position] ?? 0
    let carry = years > 0 ? ScalarMath.log(forward * quoteUSD / underlyingUSD) / years : 0
    nodes.append(
      PricingNode(
        pair: pair, expiry: expiry, expiryYears: years,
        expiryDays: expiry.map { book.market.valuationTime.days(to: $0) } ?? 0, forward: forward,
        rateContinuous: quote?.rateContinuous ?? 0, carryContinuous: carry))
    nodeOfKey[key] = nodes.count - 1
    return nodes.count - 1
  }
}

/// Counts cases of a condition and remembers the first few.
struct Noticed: Sendable {
  private(set) var count = 0
  private var examples: [String] = []
  private static let exampleCountMax = 5

  mutating func add(_ example: String) {
    count += 1
    if examples.count < Self.exampleCountMax { examples.append(example) }
  }

  /// The warning; nil without cases.
  func warning(_ kind: String) -> RunWarning? {
    count == 0 ? nil : RunWarning(kind: kind, count: count, examples: examples)
  }
}
