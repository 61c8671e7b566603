// The reading of finished results: what reports, explanations, exports and comparisons ask for.

import CrossMargin
import Foundation
import GRDB
import PortfolioModel

/// Finished results, opened to read. Rows are the types in which the engine made them.
public struct ResultReader: Sendable {
  /// The database.
  public let path: String

  let database: ResultDatabase
  let schema: ResultSchema

  /// Opens the results in a folder, or a database by its own path.
  /// - Throws: `OutputError.cannotOpen`, `inUse`, `damaged`, `otherVersion`, `notResults`, or
  ///   `unfinished` while the run that writes it has not ended.
  public init(_ place: String) throws(OutputError) {
    do throws(FileSystemError) {
      let isFolder = try Folders.isFolder(place)
      path = isFolder ? place + "/" + ResultWriter.fileName : place
    } catch {
      throw .fileSystem(error)
    }
    let path = path
    let database = try ResultDatabase.reading(path)
    self.database = database
    schema = try database.read { connection in
      if try ResultDatabase.version(connection) == ResultSchema.version,
        try connection.tableExists(ResultSchema.checkpointName)
      {
        throw OutputError.unfinished(path: path)
      }
      // The version is judged before the names of the rule sets can be read.
      try database.requireTables(ResultSchema(models: []), connection)
      let schema = ResultSchema(
        models: try database.models(connection), extras: try ResultExtras(of: connection),
        studies: try StoredStudy.tables(of: connection))
      try database.requireTables(schema, connection)
      return schema
    }
  }

  /// Sums and counts of the whole book; net quantities are not stored and empty.
  public func totals() throws(OutputError) -> BookContribution {
    var values: [String: Double] = [:]
    try forEachRow(of: ResultSchema.book) { values[$0[0]] = $0[1] as Double }
    return BookTotals.totals { values[$0] }
  }

  /// Sections of the report that were drawn when the run was; nil where there are none.
  func drawnReportPart() throws(OutputError) -> String? {
    guard schema.extras.contains(.liquidation) else { return nil }
    return try rows(of: ResultExtras.reportPart) { $0[1] as String }.first
  }

  /// Assets with their prices, in the order of `AssetIndex`.
  public func assets() throws(OutputError) -> [PlannedAsset] {
    try rows(of: ResultSchema.asset) { PlannedAsset(name: $0[1], priceUSD: $0[2], ageDays: $0[3]) }
  }

  /// Rule sets with their grids, in the order of `AccountRow.modelPosition`.
  public func models() throws(OutputError) -> [PlannedModel] {
    var models = try rows(of: ResultSchema.model) { row in
      PlannedModel(
        name: row[1], effectiveFrom: try time(row[2]), parameterFile: row[3],
        schema: schema.models[row[0] as Int].schema)
    }
    try forEachRow(of: ResultSchema.marginScenario) { row in
      let position: Int = row[0]
      guard models.indices.contains(position) else {
        throw damage("a scenario belongs to no rule set")
      }
      models[position].scenarios.append(
        PlannedScenario(
          label: row[2], priceMove: row[3], volatilityMove: row[4], lossFactor: row[5]))
    }
    return models
  }

  /// The book in each scenario set, in the order of `MeasureRow.setPosition`.
  public func sets() throws(OutputError) -> [BookSetResult] {
    var sets = try rows(of: ResultSchema.scenarioSet) { row in
      BookSetResult(
        name: row[1], kind: row[2], labels: [], profitUSD: [], worstLossUSD: row[4],
        worstScenario: ScenarioIndex(row[5]), tail: RowFields.tail(row, from: 6))
    }
    for position in sets.indices {
      let scenarios = try bookScenarios(ofSetAt: position)
      sets[position].labels = scenarios.map(\.label)
      sets[position].profitUSD = scenarios.map(\.profitUSD)
      sets[position].priceMoves = Self.allOrNone(scenarios.map(\.priceMove))
      sets[position].volatilityMoves = Self.allOrNone(scenarios.map(\.volatilityMove))
      sets[position].probabilities = Self.allOrNone(scenarios.map(\.probability))
    }
    guard schema.extras.contains(.intervals) else { return sets }
    try forEachRow(of: ResultExtras.setInterval) { row in
      let position: Int = row[0]
      guard sets.indices.contains(position) else {
        throw damage("an interval belongs to no scenario set")
      }
      sets[position].tail?.interval = RowFields.interval(row, from: 1)
    }
    return sets
  }

  /// The book in each scenario of one set; empty for a set that is not there.
  public func bookScenarios(ofSetAt position: Int) throws(OutputError) -> [StoredScenario] {
    try rows(of: ResultSchema.bookScenario, where: "scenario_set = \(position)") { row in
      StoredScenario(
        label: row[2], priceMove: row[3], volatilityMove: row[4], probability: row[5],
        profitUSD: row[6])
    }
  }

  /// Exposure of the book by underlying and expiry, balances and perpetuals first.
  public func exposures() throws(OutputError) -> [BookExposure] {
    try rows(of: ResultSchema.bookUnderlyingExpiry) { row in
      let expiry: String = row[1]
      return BookExposure(
        underlying: AssetIndex(row[0]), expiry: expiry.isEmpty ? nil : try time(expiry),
        greeks: RowFields.greeks(row, from: 2))
    }
  }

  /// Breached limits in the order in which they were found, accounts before the book.
  public func alerts() throws(OutputError) -> [Alert] {
    try rows(of: ResultSchema.alert) { row in
      guard let figure = Limit.Figure(rawValue: row[1]) else { throw damage("an unknown limit") }
      return Alert(
        limit: Limit(figure: figure, threshold: row[4]), subject: row[2], value: row[3])
    }
  }

  /// What was noticed and did not stop the run, by kind.
  public func warnings() throws(OutputError) -> [RunWarning] {
    try rows(of: ResultSchema.warning) { row in
      let examples: String = row[2]
      guard let texts = try? JSONDecoder().decode([String].self, from: Data(examples.utf8)) else {
        throw damage("examples of a warning are no list")
      }
      return RunWarning(kind: row[0], count: row[1], examples: texts)
    }
  }

  /// Facts about the run, by key.
  public func manifest() throws(OutputError) -> [ManifestEntry] {
    try rows(of: ResultSchema.manifest) { row in
      ManifestEntry(key: row[0], value: row[1], isClock: row[2] as Int != 0)
    }
  }

  /// All rows of a table, by key.
  func rows<Value>(
    of table: StoredTable, where condition: String? = nil, _ value: (Row) throws -> Value
  ) throws(OutputError) -> [Value] {
    var values: [Value] = []
    try forEachRow(of: table, where: condition) { values.append(try value($0)) }
    return values
  }

  func forEachRow(
    of table: StoredTable, where condition: String? = nil, _ body: (Row) throws -> Void
  ) throws(OutputError) {
    try database.read { connection in
      let rows = try Row.fetchCursor(connection, sql: table.selectionSQL(where: condition))
      while let row = try rows.next() { try body(row) }
    }
  }

  func damage(_ detail: String) -> OutputError { .damaged(path: path, detail: detail) }

  private func time(_ text: String) throws(OutputError) -> UTCTime {
    guard let microseconds = TimeText.microseconds(text) else {
      throw damage("\(text) is no time")
    }
    return UTCTime(microseconds: microseconds)
  }

  private static func allOrNone(_ values: [Double?]) -> [Double]? {
    let present = values.compactMap(\.self)
    return present.count == values.count && !values.isEmpty ? present : nil
  }
}

/// The book in one scenario.
public struct StoredScenario: Sendable, Equatable {
  /// What a person calls it.
  public var label: String
  /// Relative move of prices; nil where the set is no grid.
  public var priceMove: Double?
  /// Relative move of 30-day volatility; nil where the set is no grid.
  public var volatilityMove: Double?
  /// Its probability; nil where the set has none.
  public var probability: Double?
  /// Profit of the book before loss factors, USD, negative = loss.
  public var profitUSD: Double
}
