// `positions.csv`: what accounts hold of instruments. Columns grow row by row without a string per
// row, part by part on several threads, since there may be many millions of rows.

import PortfolioModel

/// Rows of one part of the file, as they stand there.
struct PositionPart: Sendable {
  var accounts: PartAccounts
  /// Instruments, below zero those that the book does not define (`UnknownNames`).
  var instruments: [Int32] = []
  var quantities: [Double] = []
  var entryPrices = OptionalColumn()
  var unsettledAmounts = OptionalColumn()
  /// Numbers of names; empty where the file has no such column.
  var legs: [Int32] = []
  var marginPools: [Int32] = []
  var legNames = NameTable()
  var poolNames = NameTable()
  var unknownNames = NameTable()
  var warnings = WarningLog()
}

struct PositionReader: Sendable {
  static let path = "positions.csv"
  static let schema = TableSchema(
    required: [AccountReader.keyColumn, "instrument", "quantity"],
    optional: ["entry_price", "unsettled", "leg", "margin_pool"])

  let instruments: InstrumentList
  /// Whether an unknown instrument stops the run.
  let isStrict: Bool

  /// Reads all rows of the file at a path of the book.
  func read(
    _ input: BookInput, path: String = Self.path, into names: inout AccountNames
  ) -> PositionRows {
    let known = names.table
    let read = input.readParts(path, Self.schema) { table in
      rows(of: &table, PositionPart(accounts: PartAccounts(known: known)))
    }
    let parts = names.join(read, input, accounts: \.accounts)
    for part in parts { input.warnings.append(contentsOf: part.warnings) }
    return PositionRows(parts, file: read.file)
  }

  private struct Columns {
    let account, instrument, quantity, entryPrice, unsettled, leg, marginPool: TableColumn

    init(_ table: borrowing BookTable) {
      account = table.column(AccountReader.keyColumn)
      instrument = table.column("instrument")
      quantity = table.column("quantity")
      entryPrice = table.column("entry_price")
      unsettled = table.column("unsettled")
      leg = table.column("leg")
      marginPool = table.column("margin_pool")
    }
  }

  /// Adds all rows of a table to a part without any.
  private func rows(of table: inout BookTable, _ start: PositionPart) -> PositionPart {
    var part = start
    let columns = Columns(table)
    let (finite, positive) = (NumberRule.finite, NumberRule.positive)
    let known = instruments.names.table
    guard let accountColumn = columns.account.position else { return part }
    while table.nextRow() {
      let account = part.accounts.number(table.row, at: accountColumn, line: table.line)
      let instrument =
        table.find(columns.instrument, in: known)
        ?? unknownInstrument(&table, columns.instrument, &part.unknownNames)
      let quantity = table.number(columns.quantity, finite)
      let entryPrice = table.optionalNumber(columns.entryPrice, positive)
      let unsettledAmount = table.optionalNumber(columns.unsettled, finite)
      requireOneGain(&table, instrument, columns)
      guard let instrument, let quantity, table.isRowClean else { continue }
      if quantity == 0 {
        part.warnings.count(
          "zero_position",
          example:
            "\(part.accounts.name(at: account)) \(table.text(columns.instrument) ?? "")")
      }
      let row = part.instruments.count
      part.accounts.append(account, line: table.line)
      part.instruments.append(instrument)
      part.quantities.append(quantity)
      if let entryPrice { part.entryPrices.append(entryPrice, row: row) }
      if let unsettledAmount { part.unsettledAmounts.append(unsettledAmount, row: row) }
      if let leg = columns.leg.position {
        part.legs.append(table.row.intern(at: leg, into: &part.legNames))
      }
      if let pool = columns.marginPool.position {
        part.marginPools.append(table.row.intern(at: pool, into: &part.poolNames))
      }
    }
    return part
  }

  /// The number below zero of an instrument that the book does not define, where it may be lacking.
  private func unknownInstrument(
    _ table: inout BookTable, _ column: TableColumn, _ unknownNames: inout NameTable
  ) -> Int32? {
    if isStrict && instruments.names.isComplete {
      table.refuse(column, expected: InstrumentList.expected)
      return nil
    }
    return table.name(column).map { -1 - unknownNames.intern($0) }
  }

  /// A position's unsettled gain is given at most once, and only where there can be one.
  private func requireOneGain(
    _ table: inout BookTable, _ instrument: Int32?, _ columns: Columns
  ) {
    let unsettled = columns.unsettled
    guard !table.isEmpty(unsettled) else { return }
    if !table.isEmpty(columns.entryPrice) {
      table.refuse(unsettled, expected: "either entry_price or unsettled, not both")
    }
    guard let instrument, instrument >= 0 else { return }
    switch instruments.kinds[Int(instrument)] {
    case .option:
      table.refuse(unsettled, expected: "nothing, since the premium of an option is in the balance")
    case .spot:
      table.refuse(unsettled, expected: "nothing, since a spot position is a balance")
    case .contract: break
    }
  }
}
