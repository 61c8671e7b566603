// A snapshot of a chain to a market: assets, forwards, volatilities, instruments, marks.

import PortfolioModel

/// Makes the market and the instruments of a book from the rows of a snapshot.
struct MarketAssembly {
  private let plan: ImportPlan
  private let venue: Venue
  private let slices: [ExpirySlice]
  private(set) var market: MarketSnapshot
  private(set) var instruments: [Instrument] = []
  private let dollar: AssetIndex

  init(
    _ plan: ImportPlan, rows: [ChainRow], report: inout ImportReport
  ) throws(ImportError) {
    self.plan = plan
    venue = plan.chains.first?.shape.venue ?? .deribit
    slices = ExpirySlice.slices(of: rows)
    let assets = try Self.assets(plan, rows: rows, slices: slices, report: &report)
    market = MarketSnapshot(valuationTime: plan.valuationTime, assets: assets)
    dollar = market.assetIndex(named: "USD") ?? AssetIndex(0)
    quoteForwards(&report)
    list(&report)
  }

  // MARK: - Assets

  private static func assets(
    _ plan: ImportPlan, rows: [ChainRow], slices: [ExpirySlice], report: inout ImportReport
  ) throws(ImportError) -> [Asset] {
    var assets: [Asset] = []
    for currency in plan.currencies {
      let ofCoin = rows.filter { $0.underlying == currency }
      var asset = Asset(name: currency, priceUSD: 0)
      asset.time = ofCoin.map(\.time).max()
      if let indexUSD = median(ofCoin.compactMap(\.indexUSD)) {
        asset.priceUSD = indexUSD
      } else if let nearest = slices.first(where: { $0.underlying == currency }) {
        asset.priceUSD = nearest.forwardUSD
        report.spotAtForward.append("\(currency) to \(nearest.expiry)")
      }
      assets.append(asset)
    }
    for tracking in plan.trackingAssets {
      guard let coin = assets.first(where: { $0.name == tracking.tracks }) else {
        throw .invalidAsset(name: tracking.name)
      }
      var asset = Asset(
        name: tracking.name, priceUSD: coin.priceUSD * tracking.priceRatio, tracks: coin.name)
      asset.time = coin.time
      assets.append(asset)
    }
    assets += plan.otherAssets
    let names = assets.map(\.name).sorted(by: precedesByBytes)
    for (name, next) in zip(names, names.dropFirst()) where name == next {
      throw .invalidAsset(name: name)
    }
    for asset in assets where !(asset.priceUSD > 0 && asset.priceUSD.isFinite) {
      throw .invalidAsset(name: asset.name)
    }
    return assets
  }

  // MARK: - Forwards and volatilities

  private mutating func quoteForwards(_ report: inout ImportReport) {
    for slice in slices {
      guard let pair = dollarPair(slice.underlying) else { continue }
      market.forwards.append(
        ForwardQuote(pair: pair, expiry: slice.expiry, forward: slice.forwardUSD))
      for row in slice.rows {
        let distance = ((row.forwardUSD ?? slice.forwardUSD) / slice.forwardUSD - 1).magnitude
        report.forwardSpreadMax = max(report.forwardSpreadMax, distance)
      }
      for quote in slice.quotes {
        market.volatilities.append(
          VolatilityQuote(
            pair: pair, expiry: slice.expiry, strike: quote.strikeUSD,
            volatilityAnnual: quote.volatilityAnnual))
      }
    }
    report.forwardCount = market.forwards.count
  }

  private func dollarPair(_ coin: String) -> AssetPair? {
    market.assetIndex(named: coin).map { AssetPair(underlying: $0, quote: dollar) }
  }

  // MARK: - Instruments

  /// An instrument and its mark, before ranks are known.
  private struct Listing {
    let instrument: Instrument
    var mark: Mark?
  }

  /// Lists everything, then sorts, so that marks can name instruments by their rank.
  private mutating func list(_ report: inout ImportReport) {
    var listings = options(&report) + futures(&report)
    for currency in plan.currencies { listings += perpetuals(currency) }
    report.perpetualCount = listings.count { $0.instrument.kind == .perpetual }
    listings.sort { precedesByBytes($0.instrument.name, $1.instrument.name) }
    for (rank, listing) in listings.enumerated() {
      instruments.append(listing.instrument)
      guard var mark = listing.mark else { continue }
      mark.instrument = InstrumentIndex(rank)
      market.marks.append(mark)
    }
  }

  private func options(_ report: inout ImportReport) -> [Listing] {
    var listings: [Listing] = []
    for slice in slices {
      guard let pair = dollarPair(slice.underlying) else { continue }
      for row in slice.rows {
        let kind = InstrumentKind.option(
          expiry: row.expiry, strike: row.strikeUSD, type: row.type)
        var listing = Listing(instrument: inverse(row.instrument, kind, pair), mark: nil)
        if row.markCoin > 0 {
          var mark = self.mark(row.markCoin, at: row.time)
          mark.bid = row.bidCoin
          mark.ask = row.askCoin
          mark.impliedVolatilityAnnual = row.impliedVolatilityAnnual
          mark.openInterest = row.openInterestCoin
          listing.mark = mark
        }
        if row.impliedVolatilityAnnual == nil { report.unmarkedCount += 1 }
        listings.append(listing)
      }
    }
    report.optionCount = listings.count
    return listings
  }

  /// A dated future for each expiry: the one that the chain names, at its price; where the shape
  /// says nothing about futures, one at the forward.
  private func futures(_ report: inout ImportReport) -> [Listing] {
    let isNamed = plan.chains.contains { $0.shape == .deribitPanel }
    var listings: [Listing] = []
    for slice in slices {
      let named = slice.rows.compactMap(\.future)
      guard let pair = dollarPair(slice.underlying), let first = slice.rows.first,
        let name = isNamed ? named.first?.name : venue.futureName(ofOption: first.instrument)
      else {
        report.withoutFutureCount += 1
        continue
      }
      let priceUSD = median(named.compactMap(\.priceUSD))
      if priceUSD == nil {
        report.futureAtForwardCount += 1
      } else {
        report.pricedFutureCount += 1
      }
      let time = slice.rows.map(\.time).max() ?? first.time
      listings.append(
        Listing(
          instrument: inverse(name, .future(expiry: slice.expiry), pair),
          mark: mark(priceUSD ?? slice.forwardUSD, at: time)))
    }
    return listings
  }

  /// The inverse perpetual of a coin, and the linear one where USDC is an asset, both at the index.
  private func perpetuals(_ coin: String) -> [Listing] {
    guard let pair = dollarPair(coin) else { return [] }
    let asset = market[pair.underlying]
    let time = asset.time ?? plan.valuationTime
    var listings = [
      Listing(
        instrument: inverse(venue.inversePerpetualName(coin), .perpetual, pair),
        mark: mark(asset.priceUSD, at: time))
    ]
    if let stablecoin = market.assetIndex(named: "USDC") {
      var linear = Instrument(
        name: venue.linearPerpetualName(coin), kind: .perpetual,
        pair: AssetPair(underlying: pair.underlying, quote: stablecoin), settlement: stablecoin,
        multiplier: 1, payout: .linear)
      linear.venue = venue.rawValue
      let priceInStablecoin = asset.priceUSD / market[stablecoin].priceUSD
      listings.append(Listing(instrument: linear, mark: mark(priceInStablecoin, at: time)))
    }
    return listings
  }

  /// An instrument paid in the coin: options of one coin, futures of one USD.
  private func inverse(_ name: String, _ kind: InstrumentKind, _ pair: AssetPair) -> Instrument {
    var instrument = Instrument(
      name: name, kind: kind, pair: pair, settlement: pair.underlying, multiplier: 1,
      payout: .inverse)
    instrument.venue = venue.rawValue
    return instrument
  }

  /// A mark whose instrument `list` sets once ranks are known.
  private func mark(_ price: Double, at time: UTCTime) -> Mark {
    var mark = Mark(instrument: InstrumentIndex(0), price: price)
    mark.time = time
    return mark
  }
}

extension Venue {
  /// `BTC-PERPETUAL`, `BTC-USD-SWAP`.
  fileprivate func inversePerpetualName(_ coin: String) -> String {
    self == .deribit ? coin + "-PERPETUAL" : coin + "-USD-SWAP"
  }

  /// `BTC_USDC-PERPETUAL`, `BTC-USDC-SWAP`.
  fileprivate func linearPerpetualName(_ coin: String) -> String {
    self == .deribit ? coin + "_USDC-PERPETUAL" : coin + "-USDC-SWAP"
  }

  /// `BTC-27MAR26` of `BTC-27MAR26-100000-C`, `BTC-USD-260327` of `BTC-USD-260327-100000-C`: the
  /// name without strike and type; nil of a name without those.
  fileprivate func futureName(ofOption name: String) -> String? {
    let parts = name.split(separator: "-")
    return parts.count > 3 ? parts.dropLast(2).joined(separator: "-") : nil
  }
}
