// How far unfinished results have come.

import CrossMargin
import Foundation
import GRDB

/// What an unfinished database holds.
struct StoredProgress {
  let fingerprint: String
  let blockCount: Int
  let accountAlertCount: Int

  init(_ connection: Database, path: String) throws {
    let inputs = try String.fetchOne(
      connection, sql: "SELECT fingerprint FROM \(ResultSchema.checkpointInputsName)")
    let sums = try Row.fetchOne(
      connection,
      sql: """
        SELECT count(*), coalesce(sum(alert_count), 0) FROM \(ResultSchema.checkpointName)
        """)
    guard let inputs, let sums else {
      throw OutputError.damaged(path: path, detail: "it does not say whose results it holds")
    }
    fingerprint = inputs
    blockCount = sums[0]
    accountAlertCount = sums[1]
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
