// Holdings of one book on the market of a later one, whose lists of assets and instruments differ.

import PortfolioModel

/// Carries what accounts hold from the market of a book to a later market, by names.
///
/// Futures pay what they gained from mark to mark. Contracts that expired in between settle at the
/// price that the later book gives; where it gives none, at the later price of the underlying in the
/// quote asset. A contract that the later book no longer lists keeps its terms and is priced by the
/// later forwards and volatilities.
struct HoldingsTransfer: Sendable {
  /// The later market with the instruments of both books and the accounts of the first; holdings
  /// and orders are left out.
  let book: Book
  /// Assets of the first book in `book`; nil where it has none of the name.
  private let assets: [AssetIndex?]
  /// Instruments of the first book in `book`; nil where an asset of theirs is missing.
  private let instruments: [InstrumentIndex?]
  private let names: [String]
  private let assetNames: [String]

  init(from first: Book, to next: Book) {
    let assets = first.market.assets.map { next.market.assetIndex(named: $0.name) }
    self.assets = assets
    assetNames = first.market.assets.map(\.name)
    names = first.instruments.map(\.name)
    let known = next.instruments
    let added = first.instruments.compactMap { instrument -> Instrument? in
      if firstIndex(in: known, named: instrument.name, name: \.name) != nil { return nil }
      guard let underlying = assets[instrument.underlying.position],
        let quote = assets[instrument.quote.position],
        let settlement = assets[instrument.settlement.position]
      else { return nil }
      var carried = instrument
      (carried.underlying, carried.quote, carried.settlement) = (underlying, quote, settlement)
      return carried
    }
    let all = (known + added).sorted { precedesByBytes($0.name, $1.name) }
      .map { Self.settled($0, next.market) }
    func place(_ name: String) -> InstrumentIndex? {
      firstIndex(in: all, named: name, name: \.name).map(InstrumentIndex.init)
    }
    instruments = first.instruments.map { place($0.name) }
    var market = next.market
    market.marks = next.market.marks.compactMap { mark in
      var moved = mark
      guard let index = place(next[mark.instrument].name) else { return nil }
      moved.instrument = index
      return moved
    }
    let offsets = [Int](repeating: 0, count: first.portfolio.accounts.count + 1)
    book = Book(
      market: market, instruments: all,
      portfolio: Portfolio(
        accounts: first.portfolio.accounts,
        positions: PositionTable(accountOffsets: offsets, instruments: [], quantities: []),
        balances: BalanceTable(accountOffsets: offsets, assets: [], amounts: [])))
  }

  private static func settled(_ instrument: Instrument, _ market: MarketSnapshot) -> Instrument {
    guard instrument.settlementPrice == nil, let expiry = instrument.kind.expiry,
      expiry <= market.valuationTime
    else { return instrument }
    var result = instrument
    result.settlementPrice =
      market[instrument.underlying].priceUSD / market[instrument.quote].priceUSD
    return result
  }

  /// Holdings on the later market; `market` is that of `book`, priced.
  func holdings(
    _ held: AccountHoldings, from today: PricedMarket, to market: PricedMarket
  ) -> AccountHoldings {
    var result = AccountHoldings(account: held.account)
    result.missing = held.missing
    result.grossNotionalUSD = held.grossNotionalUSD
    result.unsettledUSD = held.unsettledUSD
    func note(_ subject: String, _ reason: MissingData.Reason) {
      if result.missing == nil { result.missing = MissingData(subject: subject, reason: reason) }
    }
    for (asset, amount) in held.amounts {
      guard let target = assets[asset.position] else {
        note(assetNames[asset.position], .asset)
        continue
      }
      if market.assetPricesUSD[target.position] == nil {
        note(assetNames[asset.position], .stalePrice)
      }
      result.add(amount, of: target)
    }
    for (instrument, quantity) in held.contracts {
      guard let target = instruments[instrument.position],
        case .priced(let old) = today.pricings[instrument.position]
      else {
        note(names[instrument.position], .instrument)
        continue
      }
      let gain: Double
      var settledAmount = 0.0
      switch market.pricings[target.position] {
      case .missing(let gap):
        note(gap.subject, gap.reason)
        continue
      case .spot: continue
      case .settled(let price, let amountPerContract):
        gain = old.isOption ? 0 : old.gain(toMark: price)
        settledAmount = quantity * amountPerContract
      case .priced(let new):
        gain = old.isOption ? 0 : old.gain(toMark: new.basePrice)
        result.contracts.append((target, quantity))
      }
      let settlement = book[target].settlement
      let paid = quantity * old.multiplier * gain
      if paid + settledAmount != 0 { result.add(paid + settledAmount, of: settlement) }
      result.unsettledUSD += paid * (market.assetPricesUSD[settlement.position] ?? 0)
    }
    return result
  }
}
