// Opening of results: how a database is made, continued and read, and how it is known to be ours.

import CrossMargin
import GRDB

/// An open database of results and its path, which errors name.
struct ResultDatabase: Sendable {
  let path: String
  private let queue: DatabaseQueue

  /// Bytes of a page: rows arrive in the order of their keys, so that large pages fill up and cost
  /// fewer steps down the tree.
  private static let pageBytes = 16_384
  private static let cacheKibibytes = 32_768

  /// Opens a database to write, making the file where there is none. Nobody else can open it
  /// meanwhile.
  ///
  /// Changes go to a log beside the file first. When the process dies, the next one that opens the
  /// file finds the transactions that had been committed and nothing of any other; after a loss of
  /// power the last ones may be missing, but none is there in part.
  ///
  /// - Parameter pageCountMax: bound on the pages of the file, beyond which the disk counts as
  ///   full; nil = none.
  static func writing(_ path: String, pageCountMax: Int? = nil) throws(OutputError) -> Self {
    try OutputError.wrap(path) {
      var configuration = Configuration()
      configuration.foreignKeysEnabled = false
      configuration.prepareDatabase { database in
        try database.execute(
          sql: """
            PRAGMA locking_mode = EXCLUSIVE;
            PRAGMA page_size = \(pageBytes);
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = NORMAL;
            PRAGMA cache_size = -\(cacheKibibytes);
            PRAGMA temp_store = MEMORY;
            """)
        try RowSource.register(database)
        if let pageCountMax {
          try database.execute(sql: "PRAGMA max_page_count = \(pageCountMax)")
        }
      }
      return Self(path: path, queue: try DatabaseQueue(path: path, configuration: configuration))
    }
  }

  /// Opens a database of an unfinished run; nil when there is none that can be continued: it was
  /// closed, ended before its tables were made, or is damaged.
  static func unfinished(
    _ path: String, _ schema: ResultSchema, pageCountMax: Int?
  ) throws(OutputError) -> Self? {
    do throws(FileSystemError) {
      guard try FileState.at(path) != nil else { return nil }
    } catch {
      throw .fileSystem(error)
    }
    do throws(OutputError) {
      let database = try writing(path, pageCountMax: pageCountMax)
      return try database.read { connection in
        try database.requireTables(schema, connection)
        return try connection.tableExists(ResultSchema.checkpointInputsName) ? database : nil
      }
    } catch {
      switch error {
      case .damaged, .notResults, .otherVersion: return nil
      default: throw error
      }
    }
  }

  /// Removes a database with what SQLite keeps beside it.
  static func remove(_ path: String) throws(OutputError) {
    do throws(FileSystemError) {
      for ending in ["", "-wal", "-shm", "-journal"] { try Folders.remove(path + ending) }
    } catch {
      throw .fileSystem(error)
    }
  }

  /// Opens a database that is there, without ever changing it.
  static func reading(_ path: String) throws(OutputError) -> Self {
    try OutputError.wrap(path) {
      var configuration = Configuration()
      configuration.readonly = true
      return Self(path: path, queue: try DatabaseQueue(path: path, configuration: configuration))
    }
  }

  /// Runs statements of which all or none take effect.
  func inTransaction<Result>(
    _ body: (Database) throws -> Result
  ) throws(OutputError) -> Result {
    try OutputError.wrap(path) { try queue.write(body) }
  }

  /// Runs statements that only read, in one view of the data.
  func read<Result>(_ body: (Database) throws -> Result) throws(OutputError) -> Result {
    try OutputError.wrap(path) { try queue.read(body) }
  }

  /// Folds the log into the file, which then stands alone, and closes it.
  func closeAsOneFile() throws(OutputError) {
    try OutputError.wrap(path) {
      let mode = try queue.writeWithoutTransaction { database in
        try String.fetchOne(database, sql: "PRAGMA journal_mode = DELETE")
      }
      guard mode == "delete" else { throw OutputError.inUse(path: path) }
      try queue.close()
    }
  }

  /// Version of the format; nil in a database without tables.
  static func version(_ database: Database) throws -> Int? {
    let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    let tableCount = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    return version == 0 && tableCount == 0 ? nil : version
  }

  /// Checks that a database holds what this version of the format asks for.
  func requireTables(_ schema: ResultSchema, _ database: Database) throws {
    let version = try Self.version(database)
    guard let version else { throw OutputError.notResults(path: path, detail: "it is empty") }
    guard version == ResultSchema.version else {
      throw OutputError.otherVersion(
        path: path, found: version, expected: ResultSchema.version)
    }
    for table in schema.tables {
      let found = try String.fetchAll(
        database, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid",
        arguments: [table.name])
      guard found == table.columns.map(\.name) else {
        let problem = found.isEmpty ? "is missing" : "has other columns"
        throw OutputError.notResults(path: path, detail: "table \(table.name) \(problem)")
      }
    }
  }

  /// The rule sets of a database, in their order. Its tables must have been required.
  func models(_ database: Database) throws -> [StoredModel] {
    let names = try String.fetchAll(database, sql: "SELECT name FROM model ORDER BY model")
    return try names.enumerated().map { position, name in
      let rows = try Row.fetchAll(
        database, sql: ResultSchema.marginComponent.selectionSQL(where: "model = \(position)"))
      var levels: [String] = []
      var components: [MarginComponent] = []
      for row in rows {
        let (level, levelName): (Int, String) = (row[1], row[3])
        if level == levels.count { levels.append(levelName) }
        guard level == 0 else { continue }
        guard let kind = MarginComponent.Kind(rawValue: row[5]) else {
          throw OutputError.notResults(path: path, detail: "a component is of no kind")
        }
        components.append(MarginComponent(row[4], kind))
      }
      guard !components.isEmpty else {
        throw OutputError.notResults(path: path, detail: "rule set \(name) has no components")
      }
      return StoredModel(name: name, schema: MarginSchema(levels: levels, components: components))
    }
  }
}
