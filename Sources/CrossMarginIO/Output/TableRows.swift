// Rows of one table of results, put together field by field and stored together.

import CrossMargin
import GRDB
import RiskNumerics

/// Rows for one table; fields are given in the order of its columns.
struct TableRows: Sendable {
  private let table: StoredTable
  private var batch: RowBatch

  /// No rows yet, with room for some.
  init(_ table: StoredTable, expectedCount: Int = 0) {
    self.table = table
    batch = RowBatch(
      kinds: table.columns.map { column in
        switch column.kind {
        case .integer: .integer
        case .real: .real
        case .text: .text
        }
      })
    batch.reserve(rowCount: expectedCount)
  }

  mutating func add(_ number: Int) { batch.add(number) }

  mutating func add(_ number: Int32) { batch.add(Int(number)) }

  mutating func add(_ number: Int32?) {
    if let number { batch.add(Int(number)) } else { batch.addNothing() }
  }

  mutating func add(_ text: String) { batch.add(text) }

  mutating func add(_ text: String?) {
    if let text { batch.add(text) } else { batch.addNothing() }
  }

  /// Only finite numbers are data.
  mutating func add(_ number: Double) throws(OutputError) {
    guard number.isFinite else {
      throw .notFinite(table: table.name, column: table.columns[batch.column].name)
    }
    batch.add(number)
  }

  mutating func add(_ number: Double?) throws(OutputError) {
    if let number { try add(number) } else { batch.addNothing() }
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

  mutating func add(_ interval: TailInterval) throws(OutputError) {
    try add(interval.valueAtRiskLow)
    try add(interval.valueAtRiskHigh)
    try add(interval.expectedShortfallLow)
    try add(interval.expectedShortfallHigh)
  }

  mutating func add(_ pair: AnalyticRow.Pair?) throws(OutputError) {
    try add(pair?.valueAtRiskUSD)
    try add(pair?.expectedShortfallUSD)
  }

  /// Checks that a row was just completed.
  func endRow() {
    precondition(batch.column == 0, "a row of \(table.name) has all fields")
  }

  /// Stores all rows.
  func insert(_ connection: Database) throws {
    if batch.rowCount == 0 { return }
    try RowSource.insert(batch, by: table.insertionSQL, connection)
  }
}
