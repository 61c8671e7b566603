// `instruments.csv`: what can be traded, and whether its static data agree with each other.

import PortfolioModel

/// Instruments of a book, sorted by name.
struct InstrumentList {
  /// What a position may say depends on this much of its instrument.
  enum Kind { case spot, option, contract }

  let instruments: [Instrument]
  let kinds: [Kind]
  let names: KnownNames

  init(_ instruments: [Instrument], isComplete: Bool) {
    self.instruments = instruments
    kinds = instruments.map { instrument in
      switch instrument.kind {
      case .spot: .spot
      case .option: .option
      case .perpetual, .future: .contract
      }
    }
    names = KnownNames(instruments.map(\.name), isComplete: isComplete)
  }

  /// The instrument that a field names; nil where it is not known, which is an issue.
  func index(_ table: inout BookTable, _ column: TableColumn) -> InstrumentIndex? {
    if let rank = table.find(column, in: names.table) { return InstrumentIndex(Int(rank)) }
    if names.isComplete { table.refuse(column, expected: Self.expected) }
    return nil
  }

  static let expected = "an instrument of instruments.csv"
}

struct InstrumentReader {
  static let path = "instruments.csv"
  static let schema = TableSchema(
    required: ["instrument", "kind", "underlying", "quote", "settlement", "multiplier"],
    optional: ["expiry", "strike", "option_type", "settlement_price", "venue"])

  private let assets: AssetList
  private let valuationTime: UTCTime?

  /// Reads the instruments. A row with an issue still makes its name known, so that one fault is
  /// reported once.
  static func read(
    _ input: BookInput, _ assets: AssetList, valuationTime: UTCTime?
  ) -> InstrumentList {
    let reader = InstrumentReader(assets: assets, valuationTime: valuationTime)
    var instruments: [Instrument] = []
    var lines: [Int] = []
    var names = NameTable()
    let isWhole = input.readRows(path, schema) { table in
      let count = names.count
      let column = table.column("instrument")
      guard let position = table.intern(column, into: &names) else { return }
      guard position == count else {
        return table.refuse(
          column, expected: "every instrument once; it stands on line \(lines[Int(position)]) too")
      }
      let name = names.name(at: position)
      instruments.append(reader.readRow(&table, name: name) ?? reader.placeholder(name))
      lines.append(table.line)
    }
    let sorted = instruments.sorted { precedesByBytes($0.name, $1.name) }
    return InstrumentList(sorted, isComplete: isWhole)
  }

  /// Stands for an instrument whose row has an issue, in a book that will not be used.
  private func placeholder(_ name: String) -> Instrument {
    let pair = AssetPair(underlying: assets.usd, quote: assets.usd)
    return Instrument(
      name: name, kind: .perpetual, pair: pair, settlement: assets.usd, multiplier: 1,
      payout: .linear)
  }

  private func readRow(_ table: inout BookTable, name: String) -> Instrument? {
    let kind = readKind(&table)
    let underlying = assets.index(&table, table.column("underlying"))
    let quote = assets.index(&table, table.column("quote"))
    let settlement = assets.index(&table, table.column("settlement"))
    let multiplier = table.number(table.column("multiplier"), .positive)
    let settlementPrice = readSettlementPrice(&table, kind)
    let venue = table.optionalName(table.column("venue"))
    guard let kind, let underlying, let quote, let settlement, let multiplier else { return nil }
    let pair = AssetPair(underlying: underlying, quote: quote)
    guard let payout = readPayout(&table, pair, settlement, kind), table.isRowClean else {
      return nil
    }
    var instrument = Instrument(
      name: name, kind: kind, pair: pair, settlement: settlement, multiplier: multiplier,
      payout: payout)
    instrument.settlementPrice = settlementPrice
    instrument.venue = venue
    return instrument
  }

  private enum KindWord { case spot, perpetual, future, option }

  /// The kind with its terms: what it needs must be there, what it has no use for must not.
  private func readKind(_ table: inout BookTable) -> InstrumentKind? {
    let word = table.choice(
      table.column("kind"),
      [
        ("spot", KindWord.spot), ("perpetual", .perpetual), ("future", .future),
        ("option", .option)
      ])
    guard let word else { return nil }
    switch word {
    case .spot:
      refuseTerms(["expiry", "strike", "option_type"], of: "a spot instrument", &table)
      return .spot
    case .perpetual:
      refuseTerms(["expiry", "strike", "option_type"], of: "a perpetual", &table)
      return .perpetual
    case .future:
      refuseTerms(["strike", "option_type"], of: "a future", &table)
      return requireTerm("expiry", of: "a future", &table) { table, column in table.time(column) }
        .map { .future(expiry: $0) }
    case .option:
      let expiry = requireTerm("expiry", of: "an option", &table) { $0.time($1) }
      let strike = requireTerm("strike", of: "an option", &table) { $0.number($1, .positive) }
      let type = requireTerm("option_type", of: "an option", &table) { table, column in
        table.choice(column, [("call", OptionType.call), ("put", OptionType.put)])
      }
      guard let expiry, let strike, let type else { return nil }
      return .option(expiry: expiry, strike: strike, type: type)
    }
  }

  private func requireTerm<Value>(
    _ name: String, of kind: String, _ table: inout BookTable,
    _ read: (inout BookTable, TableColumn) -> Value?
  ) -> Value? {
    let column = table.column(name)
    guard table.isEmpty(column) else { return read(&table, column) }
    table.report(field: name, found: "nothing", expected: "the \(name) of \(kind)")
    return nil
  }

  private func refuseTerms(_ names: [String], of kind: String, _ table: inout BookTable) {
    for name in names where !table.isEmpty(table.column(name)) {
      table.refuse(table.column(name), expected: "nothing, since \(kind) has no \(name)")
    }
  }

  private func readSettlementPrice(_ table: inout BookTable, _ kind: InstrumentKind?) -> Double? {
    let column = table.column("settlement_price")
    guard let price = table.optionalNumber(column, .positive), let kind else { return nil }
    guard let expiry = kind.expiry else {
      table.refuse(column, expected: "nothing, since the instrument does not expire")
      return nil
    }
    if let valuationTime, expiry > valuationTime {
      table.refuse(column, expected: "nothing, since the instrument has not expired")
    }
    return price
  }

  /// Linear or inverse; spot is the asset itself, whichever of the pair it is settled in.
  private func readPayout(
    _ table: inout BookTable, _ pair: AssetPair, _ settlement: AssetIndex, _ kind: InstrumentKind
  ) -> Payout? {
    if pair.underlying == pair.quote {
      table.refuse(table.column("quote"), expected: "another asset than the underlying")
      return nil
    }
    let peg = assets.assets[settlement.position].peg
    let pegIndex = peg.flatMap { assets.names.table.find($0) }.map { AssetIndex(Int($0)) }
    guard let payout = Payout.of(pair: pair, settlement: settlement, settlementPeg: pegIndex) else {
      table.refuse(
        table.column("settlement"),
        expected: "the quote, an asset pegged to it (linear) or the underlying (inverse); "
          + "a third asset makes a quanto, which is not supported")
      return nil
    }
    return kind == .spot ? .linear : payout
  }
}
