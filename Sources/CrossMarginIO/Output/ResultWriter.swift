// The database of a run while it grows: whole blocks or nothing, then the tables of the book.

import CrossMargin
import Foundation
import GRDB
import PortfolioModel

/// Writes `results.sqlite` in a folder that is being built. A process that is killed leaves whole
/// blocks; opening the same folder again goes on behind them.
public final class ResultWriter {
  /// Name of the database in its folder.
  public static let fileName = "results.sqlite"

  /// Number of blocks that are stored.
  public private(set) var completedBlockCount = 0

  private let path: String
  private let plan: ResultPlan
  private let schema: ResultSchema
  private let names: Pseudonyms
  private let queue: DatabaseQueue
  private var accountAlertCount = 0

  /// Opens or begins the database of a run.
  /// - Throws: `OutputError` when it cannot be written or the names of rule sets cannot be tables.
  public init(folder: String, plan: ResultPlan) throws(OutputError) {
    path = folder + "/" + Self.fileName
    self.plan = plan
    schema = ResultSchema(models: plan.models.map(\.name))
    names = try Pseudonyms(names: plan.accountNames, key: plan.pseudonymKey)
    (queue, completedBlockCount, accountAlertCount) = try Self.open(path, schema)
  }

  // MARK: Opening

  private static func open(
    _ path: String, _ schema: ResultSchema
  ) throws(OutputError) -> (DatabaseQueue, blockCount: Int, alertCount: Int) {
    if FileManager.default.fileExists(atPath: path), let resumed = try? resume(path) {
      return resumed
    }
    // What is there cannot be continued: it ended before its first block, or it is damaged.
    return try OutputError.wrap(path) {
      for ending in ["", "-journal", "-wal", "-shm"] {
        if FileManager.default.fileExists(atPath: path + ending) {
          try FileManager.default.removeItem(atPath: path + ending)
        }
      }
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.write { database in
        try database.execute(sql: "PRAGMA user_version = \(ResultSchema.version)")
        for table in schema.tables { try database.execute(sql: table.creationSQL) }
        try database.execute(
          sql: """
            CREATE TABLE \(ResultSchema.checkpointName) (
              block INTEGER PRIMARY KEY, contribution BLOB NOT NULL, alert_count INTEGER NOT NULL)
            """)
      }
      return (queue, 0, 0)
    }
  }

  private static func resume(
    _ path: String
  ) throws -> (DatabaseQueue, blockCount: Int, alertCount: Int) {
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    return try queue.read { database in
      let verdict = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
      guard verdict == "ok" else { throw OutputError.damaged(path: path, detail: verdict ?? "") }
      let sums = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*), coalesce(sum(alert_count), 0) FROM \(ResultSchema.checkpointName)
          """)
      return (queue, sums?[0] ?? 0, sums?[1] ?? 0)
    }
  }

  /// A killed process is survived by the rollback journal; a power cut may damage the file, which
  /// opening notices and begins again. `OutputFolder.finish` makes the finished file last.
  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA page_size = 16384")
      try database.execute(sql: "PRAGMA journal_mode = TRUNCATE")
      try database.execute(sql: "PRAGMA synchronous = OFF")
      try database.execute(sql: "PRAGMA cache_size = -65536")
    }
    return configuration
  }

  // MARK: Blocks

  /// Stores the next block: all of its rows and its contribution to the book, or nothing.
  public func append(_ block: AccountBlockResult) throws(OutputError) {
    precondition(block.blockIndex == completedBlockCount, "blocks are stored in order")
    try OutputError.wrap(path) {
      try queue.write { database in
        try insertAccounts(block, database)
        try insertMeasures(block, database)
        let alerts = try RowInserter(ResultSchema.alert, database)
        for (position, alert) in block.alerts.enumerated() {
          try insert(alert, number: accountAlertCount + position, alerts)
        }
        try database.execute(
          sql: "INSERT INTO \(ResultSchema.checkpointName) VALUES (?, ?, ?)",
          arguments: [
            block.blockIndex, Data(block.contribution.storedBytes), block.alerts.count,
          ])
      }
    }
    completedBlockCount += 1
    accountAlertCount += block.alerts.count
  }

  private func insertAccounts(_ block: AccountBlockResult, _ database: Database) throws {
    let accounts = try RowInserter(ResultSchema.account, database)
    var models: [Int] = []
    for row in block.accounts {
      if row.missing == nil { models.append(row.modelPosition) }
      try accounts.insert([
        Int64(row.account.rank), names.storedNames[row.account.position], row.modelPosition,
        row.status.rawValue, row.equityUSD, row.optionValueUSD, row.unsettledUSD,
        row.grossNotionalUSD, row.missing?.subject, row.missing?.reason.rawValue,
      ])
    }
    let margins = try schema.models.map { try RowInserter(ResultSchema.margin($0), database) }
    for (row, model) in zip(block.margins, models) {
      var cells: [(any DatabaseValueConvertible)?] = [Int64(row.account.rank)]
      for level in [row.initial, row.maintenance] {
        cells += [
          level.scanUSD, level.basisUSD, level.nakedShortUSD, level.borrowUSD, level.totalUSD,
          level.haircutUSD,
        ]
      }
      cells.append(Int64(row.worstScenario.rank))
      try margins[model].insert(cells)
    }
  }

  private func insertMeasures(_ block: AccountBlockResult, _ database: Database) throws {
    let measures = try RowInserter(ResultSchema.accountMeasure, database)
    for row in block.measures {
      try measures.insert(
        [Int64(row.account.rank), row.setPosition]
          + Self.losses(row.worstLossUSD, row.worstScenario, row.tail) + [row.deltaGammaGapUSD])
    }
    let underlyings = try RowInserter(ResultSchema.accountUnderlying, database)
    for row in block.underlyings {
      try underlyings.insert(
        [Int64(row.account.rank), Int64(row.underlying.rank)] + Self.cells(row.greeks))
    }
  }

  private func insert(_ alert: Alert, number: Int, _ alerts: RowInserter) throws {
    try alerts.insert([
      number, alert.limit.figure.rawValue, names.masked(alert.subject), alert.value,
      alert.limit.threshold,
    ])
  }

  private static func losses(
    _ worstLossUSD: Double, _ scenario: ScenarioIndex, _ tail: TailMeasures?
  ) -> [(any DatabaseValueConvertible)?] {
    [
      worstLossUSD, Int64(scenario.rank), tail?.valueAtRiskUSD, tail?.valueAtRiskErrorUSD,
      tail?.expectedShortfallUSD, tail?.expectedShortfallErrorUSD,
    ]
  }

  private static func cells(_ greeks: Greeks) -> [(any DatabaseValueConvertible)?] {
    [
      greeks.deltaUSD, greeks.deltaTotalUSD, greeks.gammaUSDPerPercent, greeks.vegaUSDPerPoint,
      greeks.thetaUSDPerDay, greeks.rhoUSDPerPoint, greeks.vannaUSDPerPoint,
      greeks.volgaUSDPerPoint,
    ]
  }

  // MARK: Reading back

  /// What all stored blocks add to the book, in block order.
  public func contributions() throws(OutputError) -> [BookContribution] {
    try OutputError.wrap(path) {
      try queue.read { database in
        let blobs = try Data.fetchAll(
          database,
          sql: "SELECT contribution FROM \(ResultSchema.checkpointName) ORDER BY block")
        return try blobs.map { blob in
          guard let contribution = BookContribution(storedBytes: [UInt8](blob)) else {
            throw OutputError.damaged(path: path, detail: "a block has no sums")
          }
          return contribution
        }
      }
    }
  }

  /// Margined accounts with the smallest margin ratios, the smallest first.
  public func riskiestAccounts(limit: Int) throws(OutputError) -> [AccountIndex] {
    try OutputError.wrap(path) {
      try queue.read { database in
        let union = ResultSQL.marginRatios(schema.models)
        let ranks = try Int.fetchAll(
          database,
          sql: "SELECT account FROM (\(union)) ORDER BY ratio, account LIMIT ?",
          arguments: [limit])
        return ranks.map(AccountIndex.init)
      }
    }
  }

  /// Number of alerts of accounts and of the book.
  public func alertCount() throws(OutputError) -> Int {
    try OutputError.wrap(path) {
      try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alert") ?? 0 }
    }
  }

  // MARK: The book

  /// Stores the tables of the book, over those of an earlier attempt.
  public func finish(
    book: BookResult, detail: [PositionDetailRow], manifest: [ManifestEntry]
  ) throws(OutputError) {
    try OutputError.wrap(path) {
      try queue.write { database in
        for table in ResultSchema.bookTables {
          try database.execute(sql: "DELETE FROM \(SQLText.identifier(table.name))")
        }
        try database.execute(
          sql: "DELETE FROM alert WHERE alert >= ?", arguments: [accountAlertCount])
        try BookTables(plan: plan, names: names, database: database).insert(book)
        let alerts = try RowInserter(ResultSchema.alert, database)
        for (position, alert) in book.alerts.enumerated() {
          try insert(alert, number: accountAlertCount + position, alerts)
        }
        let details = try RowInserter(ResultSchema.positionDetail, database)
        for row in detail {
          try details.insert([
            Int64(row.account.rank), row.instrument, row.leg, row.quantity, row.valueUSD,
            row.greeks.deltaUSD, row.greeks.gammaUSDPerPercent, row.greeks.vegaUSDPerPoint,
            row.greeks.thetaUSDPerDay, row.worstProfitUSD,
          ])
        }
        try insert(manifest, database)
        try database.execute(sql: "DROP VIEW IF EXISTS account_summary")
        try database.execute(sql: ResultSQL.accountSummaryView(schema.models))
      }
    }
  }

  private func insert(_ manifest: [ManifestEntry], _ database: Database) throws {
    var entries = manifest
    for table in schema.tables where table != ResultSchema.manifest {
      let sql = "SELECT count(*) FROM \(SQLText.identifier(table.name))"
      let count = try Int.fetchOne(database, sql: sql) ?? 0
      entries.append(ManifestEntry(key: "rows:" + table.name, value: String(count)))
    }
    let rows = try RowInserter(ResultSchema.manifest, database)
    for entry in entries {
      try rows.insert([entry.key, entry.value, entry.isClock ? 1 : 0])
    }
  }

  /// Ends the run: removes what only an unfinished run needs and leaves one file.
  public func close() throws(OutputError) {
    try OutputError.wrap(path) {
      try queue.write { database in
        try database.execute(sql: "DROP TABLE \(ResultSchema.checkpointName)")
      }
      try queue.writeWithoutTransaction { database in
        try database.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
    }
  }
}

/// Inserts rows of one table by one prepared statement.
struct RowInserter {
  private let table: StoredTable
  private let statement: Statement

  init(_ table: StoredTable, _ database: Database) throws {
    self.table = table
    statement = try database.cachedStatement(sql: table.insertionSQL)
  }

  /// Inserts one row, its cells in the order of the columns. Numbers must be finite.
  func insert(_ cells: [(any DatabaseValueConvertible)?]) throws {
    for (position, cell) in cells.enumerated() {
      if let number = cell as? Double, !number.isFinite {
        throw OutputError.notFinite(table: table.name, column: table.columns[position].name)
      }
    }
    statement.setUncheckedArguments(StatementArguments(cells))
    try statement.execute()
  }
}
