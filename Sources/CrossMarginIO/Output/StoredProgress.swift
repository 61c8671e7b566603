// How far unfinished results have come, and whether they belong to a plan.

import CrossMargin
import Foundation
import GRDB

/// What an opened database holds already.
struct StoredProgress {
  let blockCount: Int
  let alertCount: Int
  let isFinished: Bool

  /// - Throws: `OutputError.otherInputs` when the results belong to another plan; `damaged` when
  ///   what is stored contradicts itself.
  static func read(
    _ connection: Database, of plan: ResultPlan, schema: ResultSchema, database: ResultDatabase
  ) throws -> StoredProgress {
    let path = database.path
    let foundModels = try database.models(connection)
    try database.requireTables(ResultSchema(models: foundModels), connection)
    guard foundModels == schema.models else { throw OutputError.otherInputs(path: path) }
    let alertCount = try Int.fetchOne(connection, sql: "SELECT count(*) FROM alert") ?? 0
    guard try connection.tableExists(ResultSchema.checkpointName) else {
      let found = try String.fetchOne(
        connection, sql: "SELECT value FROM manifest WHERE key = ?",
        arguments: [ResultSchema.fingerprintKey])
      guard found == plan.storedFingerprint else { throw OutputError.otherInputs(path: path) }
      return StoredProgress(blockCount: 0, alertCount: alertCount, isFinished: true)
    }
    let found = try String.fetchOne(
      connection, sql: "SELECT fingerprint FROM \(ResultSchema.checkpointInputsName)")
    guard found == plan.storedFingerprint else { throw OutputError.otherInputs(path: path) }
    return StoredProgress(
      blockCount: try contributions(connection, path: path).count, alertCount: alertCount,
      isFinished: false)
  }

  /// What the stored blocks add to the book, in their order.
  static func contributions(_ connection: Database, path: String) throws -> [BookContribution] {
    let rows = try Row.fetchCursor(
      connection,
      sql: "SELECT block, contribution FROM \(ResultSchema.checkpointName) ORDER BY block")
    var contributions: [BookContribution] = []
    while let row = try rows.next() {
      guard row[0] == contributions.count, let bytes: Data = row[1],
        let contribution = BookContribution(storedBytes: [UInt8](bytes))
      else {
        throw OutputError.damaged(path: path, detail: "block \(contributions.count) is incomplete")
      }
      contributions.append(contribution)
    }
    return contributions
  }
}
