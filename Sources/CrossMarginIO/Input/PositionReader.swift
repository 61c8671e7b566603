// `positions.csv`: what accounts hold of instruments. Columns grow row by row without a string per
// row, since there may be many millions of rows.

import PortfolioModel

/// Rows of positions as they stand in the file.
struct PositionRows {
  /// Stands for an instrument that the book does not define.
  static let unknown: Int32 = -1

  private(set) var accounts: [Int32] = []
  private(set) var instruments: [Int32] = []
  private(set) var quantities: [Double] = []
  private var entryPrices: [Double?] = []
  private var unsettledAmounts: [Double?] = []
  private var legs: [Int32] = []
  private var marginPools: [Int32] = []
  private var lines: [Int32] = []
  private var legNames = NameTable()
  private var poolNames = NameTable()
  /// Names of unknown instruments, in the order of the rows that have one.
  private var unknownNames: [Int32: String] = [:]
  private var file = PositionReader.path

  /// One row of the file, read.
  fileprivate struct Row {
    var account: Int32
    var instrument: Int32
    var quantity: Double
    var entryPrice: Double?
    var unsettledAmount: Double?
  }

  fileprivate mutating func append(_ row: Row, _ table: inout BookTable) {
    file = table.file
    let index = Int32(accounts.count)
    accounts.append(row.account)
    instruments.append(row.instrument)
    quantities.append(row.quantity)
    lines.append(Int32(clamping: table.line))
    if row.instrument == Self.unknown {
      unknownNames[index] = table.text(table.column("instrument")) ?? ""
    }
    if table.column("entry_price").position != nil { entryPrices.append(row.entryPrice) }
    if table.column("unsettled").position != nil { unsettledAmounts.append(row.unsettledAmount) }
    let leg = table.column("leg")
    if let position = leg.position {
      legs.append(table.scanner.intern(at: position, into: &legNames))
    }
    let pool = table.column("margin_pool")
    if let position = pool.position {
      marginPools.append(table.scanner.intern(at: position, into: &poolNames))
    }
  }

  /// What the rows become: the table of positions, coins of spot positions, unknown holdings.
  struct Result {
    var table: PositionTable
    /// Spot positions as amounts of their underlying, by account rank.
    var spotAmounts: [(account: Int32, asset: AssetIndex, amount: Double)] = []
    var unknownHoldings: [UnknownHolding] = []
  }

  /// Sorts the rows by account, instrument and leg, and parts spot and unknown ones from the rest.
  func result(
    _ instruments: InstrumentList, rankOfNumber: [Int32], issues: inout FieldIssues
  ) -> Result {
    let keys = keys
    let order = HoldingOrder(accounts: accounts, rankOfNumber: rankOfNumber, keys: keys)
    var kept: [Int32] = []
    kept.reserveCapacity(accounts.count)
    var offsets = [0]
    offsets.reserveCapacity(rankOfNumber.count + 1)
    var result = Result(table: PositionTable(accountOffsets: [0], instruments: [], quantities: []))
    for account in rankOfNumber.indices {
      var previous: Int32?
      for row in order.rows(ofAccountAt: account) {
        if let previous, keys[Int(previous)] == keys[Int(row)] {
          reportDuplicate(row, firstLine: lines[Int(previous)], &issues)
          continue
        }
        previous = row
        part(row, account: account, instruments, kept: &kept, &result)
      }
      offsets.append(kept.count)
    }
    result.table = table(of: kept, offsets: offsets)
    return result
  }

  private func part(
    _ row: Int32, account: Int, _ list: InstrumentList, kept: inout [Int32], _ result: inout Result
  ) {
    let instrument = instruments[Int(row)]
    guard instrument != Self.unknown else {
      result.unknownHoldings.append(
        UnknownHolding(
          account: AccountIndex(account), name: unknownNames[row] ?? "", isAsset: false))
      return
    }
    guard list.kinds[Int(instrument)] == .spot else { return kept.append(row) }
    let spot = list.instruments[Int(instrument)]
    result.spotAmounts.append(
      (Int32(account), spot.underlying, quantities[Int(row)] * spot.multiplier))
  }

  private func table(of rows: [Int32], offsets: [Int]) -> PositionTable {
    var table = PositionTable(
      accountOffsets: offsets, instruments: rows.map { InstrumentIndex(Int(instruments[Int($0)])) },
      quantities: rows.map { quantities[Int($0)] })
    if !entryPrices.isEmpty {
      table.entryPrices = OptionalColumn(rows.map { entryPrices[Int($0)] })
    }
    if !unsettledAmounts.isEmpty {
      table.unsettledAmounts = OptionalColumn(rows.map { unsettledAmounts[Int($0)] })
    }
    if legNames.count > 1 || legNames.count == 1 && !legNames.name(at: 0).isEmpty {
      table.legs = rows.map { legNames.name(at: legs[Int($0)]) }
    }
    if poolNames.count > 1 || poolNames.count == 1 && !poolNames.name(at: 0).isEmpty {
      table.marginPools = rows.map { poolNames.name(at: marginPools[Int($0)]) }
    }
    return table
  }

  /// Keys of the rows of one account: the instrument, then the leg, by the bytes of their names.
  private var keys: [Int64] {
    let ranks = HoldingOrder.ranks(of: instruments, unknownNames: unknownNames)
    if legs.isEmpty { return ranks.map { Int64($0) << 32 } }
    var legRanks = [Int64](repeating: 0, count: legNames.count)
    for (rank, leg) in legNames.indicesByName().enumerated() { legRanks[Int(leg)] = Int64(rank) }
    return zip(ranks, legs).map { Int64($0) << 32 | legRanks[Int($1)] }
  }

  private func reportDuplicate(_ row: Int32, firstLine: Int32, _ issues: inout FieldIssues) {
    issues.append(
      FieldIssue(
        file: file, line: Int(lines[Int(row)]), field: "account, instrument, leg",
        found: "the same as on line \(firstLine)", expected: "every key once"))
  }
}

struct PositionReader {
  static let path = "positions.csv"
  static let schema = TableSchema(
    required: ["account", "instrument", "quantity"],
    optional: ["entry_price", "unsettled", "leg", "margin_pool"])

  let instruments: InstrumentList
  /// Whether an unknown instrument stops the run.
  let isStrict: Bool

  /// Reads all rows.
  func read(_ input: BookInput, into names: inout AccountNames) -> PositionRows {
    var rows = PositionRows()
    input.readRows(Self.path, Self.schema) { table in
      let account = table.intern(table.column("account"), into: &names.table)
      let instrument = instrument(&table)
      let quantity = table.number(table.column("quantity"), .finite)
      let entry = table.column("entry_price")
      let unsettled = table.column("unsettled")
      let entryPrice = table.optionalNumber(entry, .positive)
      let unsettledAmount = table.optionalNumber(unsettled, .finite)
      requireOneGain(&table, instrument, entry, unsettled)
      guard let account, let instrument, let quantity, table.isRowClean else { return }
      if quantity == 0 {
        input.warnings.count(
          "zero_position",
          example:
            "\(names.table.name(at: account)) \(table.text(table.column("instrument")) ?? "")")
      }
      rows.append(
        PositionRows.Row(
          account: account, instrument: instrument, quantity: quantity, entryPrice: entryPrice,
          unsettledAmount: unsettledAmount), &table)
    }
    return rows
  }

  /// The number of an instrument; `unknown` where the book does not define it and may lack it.
  private func instrument(_ table: inout BookTable) -> Int32? {
    let column = table.column("instrument")
    if !isStrict || !instruments.names.isComplete {
      if let known = table.find(column, in: instruments.names.table) { return known }
      return table.name(column).map { _ in PositionRows.unknown }
    }
    return instruments.index(&table, column).map { Int32($0.position) }
  }

  /// A position's unsettled gain is given at most once, and only where there can be one.
  private func requireOneGain(
    _ table: inout BookTable, _ instrument: Int32?, _ entry: TableColumn, _ unsettled: TableColumn
  ) {
    guard !table.isEmpty(unsettled) else { return }
    if !table.isEmpty(entry) {
      table.refuse(unsettled, expected: "either entry_price or unsettled, not both")
    }
    guard let instrument, instrument != PositionRows.unknown else { return }
    switch instruments.kinds[Int(instrument)] {
    case .option:
      table.refuse(unsettled, expected: "nothing, since the premium of an option is in the balance")
    case .spot:
      table.refuse(unsettled, expected: "nothing, since a spot position is a balance")
    case .contract: break
    }
  }
}
