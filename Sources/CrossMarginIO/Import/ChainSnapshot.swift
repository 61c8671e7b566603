// One snapshot of a chain in the columns that Deribit's and OKX's dumps share, but not their
// meaning: percent against fraction, forward against index.

import PortfolioModel

/// Reads the shapes `ChainShape.deribitSnapshot` and `ChainShape.okxSnapshot`.
enum ChainSnapshot {
  /// Columns that are read.
  static let columns = [
    "snapshot_utc", "exchange", "underlying", "instrument", "expiry", "strike", "type",
    "mark_price", "bid", "ask", "mark_iv", "delta", "open_interest", "underlying_price"
  ]
  private static let otherColumns = ["gamma", "vega", "theta", "volume_24h"]

  static func load(path: String, venue: Venue) throws(ImportError) -> Chain {
    var reader = try DumpReader(path: path, used: columns, known: otherColumns)
    var chain = Chain()
    while try reader.next() {
      if reader.text("exchange") != venue.rawValue {
        reader.report("exchange", expected: venue.rawValue)
        continue
      }
      let underlying = reader.text("underlying")
      let instrument = reader.text("instrument")
      guard instrument.hasPrefix(underlying + venue.optionInfix) else {
        chain.otherContractCount += 1
        continue
      }
      if let row = row(&reader, instrument: instrument, underlying: underlying, venue: venue) {
        chain.rows.append(row)
      }
    }
    try reader.finish()
    if venue == .okx { ForwardParity.inferForwards(of: &chain) }
    return chain
  }

  /// The row, or nil when a field is faulty; the reader has noted which.
  private static func row(
    _ reader: inout DumpReader, instrument: String, underlying: String, venue: Venue
  ) -> ChainRow? {
    let time = reader.time("snapshot_utc", .spacedUTC)
    let expiry = reader.time("expiry", .date(hour: Venue.expiryHour))
    let strikeUSD = reader.positiveNumber("strike")
    let type = reader.word("type", ["call": OptionType.call, "put": .put])
    let priceUSD = reader.positiveNumber("underlying_price")
    let markCoin = reader.number("mark_price")
    let volatility = reader.number("mark_iv")
    guard let time, let expiry, let strikeUSD, let type, let priceUSD, let markCoin,
      let volatility
    else { return nil }
    let option = ListedOption(
      instrument: instrument, underlying: underlying, expiry: expiry, strikeUSD: strikeUSD,
      type: type)
    var row = ChainRow(
      option, venue: venue, time: time, markCoin: markCoin,
      impliedVolatilityAnnual: venue == .deribit ? volatility / 100 : volatility)
    switch venue {
    case .deribit:
      row.forwardUSD = priceUSD
      row.openInterestCoin = reader.optionalNumber("open_interest")
    case .okx: row.indexUSD = priceUSD
    }
    row.bidCoin = reader.optionalNumber("bid")
    row.askCoin = reader.optionalNumber("ask")
    row.delta = reader.optionalNumber("delta")
    return row
  }
}

extension Venue {
  /// What follows the coin in the name of an inverse option.
  fileprivate var optionInfix: String {
    switch self {
    case .deribit: "-"
    case .okx: "-USD-"
    }
  }
}
