// Read-only access to finished results.

import CrossMargin
import Foundation
import GRDB
import PortfolioModel

/// Reads `results.sqlite`.
public final class ResultReader {
  /// The database.
  public let path: String
  /// Names of the rule sets, in their order.
  public let models: [String]
  let queue: DatabaseQueue
  let schema: ResultSchema

  /// Opens the results in a folder, or a database by its own path.
  /// - Throws: `OutputError` where there are no finished results of this format.
  public init(_ place: String) throws(OutputError) {
    let isFolder: Bool
    do throws(FileSystemError) { isFolder = try Folders.isFolder(place) } catch {
      throw .fileSystem(error)
    }
    path = isFolder ? place + "/" + ResultWriter.fileName : place
    guard FileManager.default.fileExists(atPath: path) else { throw .cannotOpen(path: path) }
    (queue, models) = try Self.open(path)
    schema = ResultSchema(models: models)
  }

  private static func open(_ path: String) throws(OutputError) -> (DatabaseQueue, [String]) {
    try OutputError.wrap(path) {
      var configuration = Configuration()
      configuration.readonly = true
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      return try queue.read { database in
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard version == ResultSchema.version else {
          throw OutputError.otherVersion(
            path: path, found: version, expected: ResultSchema.version)
        }
        guard try database.tableExists("model"), try database.tableExists("account") else {
          throw OutputError.notResults(path: path, detail: "tables are missing")
        }
        if try database.tableExists(ResultSchema.checkpointName) {
          throw OutputError.unfinished(path: path)
        }
        return (queue, try String.fetchAll(database, sql: "SELECT name FROM model ORDER BY model"))
      }
    }
  }

  /// Facts of the manifest by key, in the order of the keys.
  public func manifest() throws(OutputError) -> [ManifestEntry] {
    try read { database in
      try Row.fetchAll(database, sql: ResultSchema.manifest.selectionSQL()).map {
        ManifestEntry(key: $0[0], value: $0[1], isClock: ($0[2] as Int) != 0)
      }
    }
  }

  /// Runs a reading of the database.
  func read<Result>(_ body: (Database) throws -> Result) throws(OutputError) -> Result {
    try OutputError.wrap(path) { try queue.read(body) }
  }
}
