// One prepared insertion and the row that is being put together for it.

import CrossMargin
import GRDB

/// Adds rows to one table; fields are given in the order of its columns.
struct RowInserter {
  private let table: StoredTable
  private let statement: Statement
  private var fields: [DatabaseValue] = []

  init(_ table: StoredTable, _ database: Database) throws {
    self.table = table
    statement = try database.cachedStatement(sql: table.insertionSQL)
    fields.reserveCapacity(table.columns.count)
  }

  mutating func add(_ number: Int) { fields.append(Int64(number).databaseValue) }

  mutating func add(_ number: Int32) { fields.append(Int64(number).databaseValue) }

  mutating func add(_ text: String?) { fields.append(text?.databaseValue ?? .null) }

  /// Only finite numbers are data.
  mutating func add(_ number: Double) throws(OutputError) {
    guard number.isFinite else {
      throw .notFinite(table: table.name, column: table.columns[fields.count].name)
    }
    fields.append(number.databaseValue)
  }

  mutating func add(_ number: Double?) throws(OutputError) {
    if let number { try add(number) } else { fields.append(.null) }
  }

  mutating func add(_ greeks: Greeks) throws(OutputError) {
    try add(greeks.deltaUSD)
    try add(greeks.deltaTotalUSD)
    try add(greeks.gammaUSDPerPercent)
    try add(greeks.vegaUSDPerPoint)
    try add(greeks.thetaUSDPerDay)
    try add(greeks.rhoUSDPerPoint)
    try add(greeks.vannaUSDPerPoint)
    try add(greeks.volgaUSDPerPoint)
  }

  /// Columns of `ResultSchema.losses` from VaR on.
  mutating func add(_ tail: TailMeasures?) throws(OutputError) {
    try add(tail?.valueAtRiskUSD)
    try add(tail?.valueAtRiskErrorUSD)
    try add(tail?.expectedShortfallUSD)
    try add(tail?.expectedShortfallErrorUSD)
  }

  mutating func add(_ level: ScanRequirement) throws(OutputError) {
    try add(level.scanUSD)
    try add(level.basisUSD)
    try add(level.nakedShortUSD)
    try add(level.borrowUSD)
    try add(level.totalUSD)
    try add(level.haircutUSD)
  }

  /// Writes the row and begins the next.
  mutating func endRow() throws {
    precondition(fields.count == table.columns.count, "a row of \(table.name) has all fields")
    // The count was checked above, which is all that a checked assignment would look at.
    statement.setUncheckedArguments(StatementArguments(fields))
    try statement.execute()
    fields.removeAll(keepingCapacity: true)
  }
}
