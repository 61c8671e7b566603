// The rows of the book, which end the results.

import CrossMargin
import GRDB
import PortfolioModel

/// Stores the book, details and the manifest; alerts are numbered from `firstAlert` on.
struct BookRows {
  let book: BookResult
  let detail: [PositionDetailRow]
  let manifest: [ManifestEntry]
  let names: Pseudonyms
  let firstAlert: Int
  let study: StoredStudy?

  /// Removes what an earlier attempt stored.
  func clear(_ connection: Database, schema: ResultSchema) throws {
    for table in schema.bookTables {
      try connection.execute(sql: "DELETE FROM \(SQLText.identifier(table.name))")
    }
    try StoredStudy.clear(connection)
    try connection.execute(sql: "DELETE FROM alert WHERE alert >= ?", arguments: [firstAlert])
  }

  func insert(_ connection: Database, schema: ResultSchema) throws {
    try insertTotals(connection)
    try insertSets(connection)
    if schema.extras.contains(.intervals) { try insertIntervals(connection) }
    try insertScenarios(connection)
    try insertExposures(connection)
    try insertDetail(connection)
    try insertWarnings(connection)
    try study?.insert(connection)
    try AlertRows(alerts: book.alerts, names: names, firstAlert: firstAlert).insert(connection)
    try insertManifest(connection, rowCounts: try rowCounts(connection, schema))
  }

  private func insertTotals(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.book)
    for (key, value) in BookTotals.entries(of: book.totals) {
      rows.add(key)
      try rows.add(value)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func insertSets(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.scenarioSet)
    for (position, set) in book.sets.enumerated() {
      rows.add(position)
      rows.add(set.name)
      rows.add(set.kind)
      rows.add(set.profitUSD.count)
      try rows.add(set.worstLossUSD)
      rows.add(set.worstScenario.rank)
      try rows.add(set.tail)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func insertIntervals(_ connection: Database) throws {
    var rows = TableRows(ResultExtras.setInterval)
    for (position, set) in book.sets.enumerated() {
      guard let interval = set.tail?.interval else { continue }
      rows.add(position)
      try rows.add(interval)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func insertScenarios(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.bookScenario)
    for (position, set) in book.sets.enumerated() {
      for scenario in set.profitUSD.indices {
        rows.add(position)
        rows.add(scenario)
        rows.add(set.labels[scenario])
        try rows.add(set.priceMoves?[scenario])
        try rows.add(set.volatilityMoves?[scenario])
        try rows.add(set.probabilities?[scenario])
        try rows.add(set.profitUSD[scenario])
        rows.endRow()
      }
    }
    try rows.insert(connection)
  }

  private func insertExposures(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.bookUnderlyingExpiry)
    for exposure in book.exposures {
      rows.add(exposure.underlying.rank)
      rows.add(exposure.expiry?.description ?? "")
      try rows.add(exposure.greeks)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func insertDetail(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.positionDetail, expectedCount: detail.count)
    for position in detail {
      rows.add(position.account.rank)
      rows.add(position.instrument)
      rows.add(position.leg)
      try rows.add(position.quantity)
      try rows.add(position.valueUSD)
      try rows.add(position.greeks.deltaUSD)
      try rows.add(position.greeks.gammaUSDPerPercent)
      try rows.add(position.greeks.vegaUSDPerPoint)
      try rows.add(position.greeks.thetaUSDPerDay)
      try rows.add(position.worstProfitUSD)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func insertWarnings(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.warning)
    for warning in book.warnings {
      let examples = warning.examples.map { JSONValue.string(names.masked($0)) }
      rows.add(warning.kind)
      rows.add(warning.count)
      rows.add(JSONValue.list(examples).line)
      rows.endRow()
    }
    try rows.insert(connection)
  }

  private func rowCounts(
    _ connection: Database, _ schema: ResultSchema
  ) throws -> [ManifestEntry] {
    try schema.tables.filter { $0 != ResultSchema.manifest }.map { table in
      let count = try Int.fetchOne(
        connection, sql: "SELECT count(*) FROM \(SQLText.identifier(table.name))")
      return ManifestEntry(key: "rows:" + table.name, value: String(count ?? 0))
    }
  }

  private func insertManifest(_ connection: Database, rowCounts: [ManifestEntry]) throws {
    var rows = TableRows(ResultSchema.manifest)
    for entry in manifest + rowCounts {
      rows.add(entry.key)
      rows.add(entry.value)
      rows.add(entry.isClock ? 1 : 0)
      rows.endRow()
    }
    try rows.insert(connection)
  }
}

/// The totals of the book under the keys by which they are stored.
enum BookTotals {
  private typealias Sum = (key: String, field: WritableKeyPath<BookContribution, Double>)

  private static var sums: [Sum] {
    [
      ("margined_notional_usd", \.marginedNotionalUSD),
      ("unmargined_notional_usd", \.unmarginedNotionalUSD),
      ("equity_usd", \.equityUSD),
      ("negative_equity_usd", \.negativeEquityUSD),
      ("initial_usd", \.initialUSD),
      ("maintenance_usd", \.maintenanceUSD)
    ]
  }

  static func entries(of totals: BookContribution) -> [(key: String, value: Double)] {
    let counts = zip(AccountStatus.allCases, totals.statusCounts).map { status, count in
      (key: countKey(status), value: Double(count))
    }
    return [(key: "accounts", value: Double(totals.accountCount))]
      + sums.map { (key: $0.key, value: totals[keyPath: $0.field]) } + counts
  }

  /// Totals without net quantities, which are not stored; a key without value counts as 0.
  static func totals(_ value: (String) -> Double?) -> BookContribution {
    var totals = BookContribution(columnCount: 0)
    for (key, field) in sums { totals[keyPath: field] = value(key) ?? 0 }
    for (position, status) in AccountStatus.allCases.enumerated() {
      totals.statusCounts[position] = value(countKey(status)).flatMap { Int(exactly: $0) } ?? 0
    }
    return totals
  }

  private static func countKey(_ status: AccountStatus) -> String { "count_" + status.rawValue }
}
