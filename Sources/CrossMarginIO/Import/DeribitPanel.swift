// Deribit's chain as a panel of snapshots: every row carries its own forward, index and Greeks.

import PortfolioModel

/// Reads the shape `ChainShape.deribitPanel`.
enum DeribitPanel {
  /// Columns that are read.
  static let columns = [
    "timestamp", "instrument_name", "underlying", "option_type", "strike", "expiry_datetime",
    "bid_price", "ask_price", "mark_price", "futures_price", "futures_instrument_name",
    "implied_volatility", "delta", "open_interest", "currency", "index_price"
  ]
  /// Columns that follow from others or serve nothing here.
  private static let otherColumns = [
    "underlying_name", "time_to_maturity", "mid_price", "vega", "volume", "bid_ask_spread",
    "volume_usd"
  ]
  /// Prefix of forwards that the venue interpolates because no future of the expiry is listed.
  private static let syntheticPrefix = "SYN."

  static func load(path: String) throws(ImportError) -> Chain {
    var reader = try DumpReader(path: path, used: columns, known: otherColumns)
    var chain = Chain()
    while try reader.next() {
      let currency = reader.text("currency")
      let instrument = reader.text("instrument_name")
      guard instrument.hasPrefix(currency + "-") else {
        chain.otherContractCount += 1
        continue
      }
      if let row = row(&reader, instrument: instrument, currency: currency) {
        chain.rows.append(row)
      }
    }
    try reader.finish()
    return chain
  }

  /// The row, or nil when a field is faulty; the reader has noted which.
  private static func row(
    _ reader: inout DumpReader, instrument: String, currency: String
  ) -> ChainRow? {
    let time = reader.time("timestamp", .iso)
    let expiry = reader.time("expiry_datetime", .iso)
    let strikeUSD = reader.positiveNumber("strike")
    let type = reader.word("option_type", ["call": OptionType.call, "put": .put])
    let forwardUSD = reader.positiveNumber("underlying")
    let indexUSD = reader.positiveNumber("index_price")
    let markCoin = reader.number("mark_price")
    let volatilityAnnual = reader.number("implied_volatility")
    guard let time, let expiry, let strikeUSD, let type, let forwardUSD, let indexUSD,
      let markCoin, let volatilityAnnual
    else { return nil }
    let option = ListedOption(
      instrument: instrument, underlying: currency, expiry: expiry, strikeUSD: strikeUSD,
      type: type)
    var row = ChainRow(
      option, venue: .deribit, time: time, markCoin: markCoin,
      impliedVolatilityAnnual: volatilityAnnual)
    row.forwardUSD = forwardUSD
    row.indexUSD = indexUSD
    row.bidCoin = reader.optionalNumber("bid_price")
    row.askCoin = reader.optionalNumber("ask_price")
    row.delta = reader.optionalNumber("delta")
    row.openInterestCoin = reader.optionalNumber("open_interest")
    let futureName = reader.text("futures_instrument_name")
    if !futureName.isEmpty, !futureName.hasPrefix(syntheticPrefix) {
      row.future = ListedFuture(
        name: futureName, priceUSD: reader.optionalNumber("futures_price"))
    }
    return row
  }
}
