// One prepared insertion and the row that is being put together for it.

import CrossMargin
import GRDB

/// Adds rows to one table; fields are given in the order of its columns.
struct RowInserter {
  private let table: StoredTable
  private let statement: RowStatement
  private var fieldCount = 0

  init(_ table: StoredTable, _ database: Database) throws {
    self.table = table
    statement = try RowStatement(table.insertionSQL, database)
  }

  mutating func add(_ number: Int) {
    fieldCount += 1
    statement.bind(Int64(number), at: fieldCount)
  }

  mutating func add(_ number: Int32) { add(Int(number)) }

  mutating func add(_ text: String?) {
    guard let text else { return addNothing() }
    fieldCount += 1
    statement.bind(text, at: fieldCount)
  }

  /// Only finite numbers are data.
  mutating func add(_ number: Double) throws(OutputError) {
    guard number.isFinite else {
      throw .notFinite(table: table.name, column: table.columns[fieldCount].name)
    }
    fieldCount += 1
    statement.bind(number, at: fieldCount)
  }

  mutating func add(_ number: Double?) throws(OutputError) {
    if let number { try add(number) } else { addNothing() }
  }

  private mutating func addNothing() {
    fieldCount += 1
    statement.bindNull(at: fieldCount)
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
    precondition(fieldCount == table.columns.count, "a row of \(table.name) has all fields")
    try statement.execute()
    fieldCount = 0
  }
}
