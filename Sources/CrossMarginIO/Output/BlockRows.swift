// The rows of one block of accounts, made on the thread that computed it and stored on the one that
// writes.

import CrossMargin
import Foundation
import GRDB
import PortfolioModel

/// Rows of one block, ready to be stored.
public struct BlockRows: Sendable {
  let blockIndex: Int
  let alerts: [Alert]
  private let tables: [TableRows]
  private let contribution: [UInt8]

  fileprivate init(_ block: AccountBlockResult, tables: [TableRows]) {
    blockIndex = block.blockIndex
    alerts = block.alerts
    self.tables = tables
    contribution = block.contribution.storedBytes
  }

  /// Stores the rows; alerts are numbered from `firstAlert` on.
  func insert(_ connection: Database, names: Pseudonyms, firstAlert: Int) throws {
    for rows in tables { try rows.insert(connection) }
    try AlertRows(alerts: alerts, names: names, firstAlert: firstAlert).insert(connection)
    try connection.execute(
      sql: "INSERT INTO \(ResultSchema.checkpointName) VALUES (?, ?, ?)",
      arguments: [blockIndex, Data(contribution), alerts.count])
  }
}

/// Makes the rows of blocks; any thread may.
public struct BlockRowMaker: Sendable {
  let schema: ResultSchema
  let names: Pseudonyms

  /// The rows of a block.
  ///
  /// Precondition: they refer to accounts, rule sets, sets and assets of the plan, and are in the
  /// order of accounts.
  /// - Throws: `OutputError.notFinite`.
  public func rows(of block: AccountBlockResult) throws(OutputError) -> BlockRows {
    BlockRows(
      block,
      tables: [try accounts(block)] + (try margins(block)) + [
        try measures(block), try underlyings(block)
      ] + (try ExtraRows(extras: schema.extras).tables(of: block)))
  }

  private func accounts(_ block: AccountBlockResult) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultSchema.account, expectedCount: block.accounts.count)
    for account in block.accounts {
      rows.add(account.account.rank)
      rows.add(names.storedNames[account.account.position])
      rows.add(account.modelPosition)
      rows.add(account.status.rawValue)
      try rows.add(account.equityUSD)
      try rows.add(account.optionValueUSD)
      try rows.add(account.unsettledUSD)
      try rows.add(account.grossNotionalUSD)
      rows.add(account.missing?.subject)
      rows.add(account.missing?.reason.rawValue)
      rows.endRow()
    }
    return rows
  }

  /// Rows of the tables of all rule sets, in their order.
  private func margins(_ block: AccountBlockResult) throws(OutputError) -> [TableRows] {
    let expectedCount = schema.models.count == 1 ? block.margins.count : 0
    var rowsByModel = schema.models.map {
      TableRows($0.table, expectedCount: expectedCount)
    }
    // Accounts and margins are both in the order of accounts.
    var accounts = block.accounts.makeIterator()
    for margin in block.margins {
      var owner = accounts.next()
      while let other = owner, other.account != margin.account { owner = accounts.next() }
      guard let model = owner?.modelPosition else {
        preconditionFailure("a margin row belongs to an account of its block")
      }
      rowsByModel[model].add(margin.account.rank)
      for level in margin.levels {
        for amount in level.componentsUSD { try rowsByModel[model].add(amount) }
      }
      rowsByModel[model].add(margin.worstScenario?.rank)
      rowsByModel[model].endRow()
    }
    return rowsByModel
  }

  private func measures(_ block: AccountBlockResult) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultSchema.accountMeasure, expectedCount: block.measures.count)
    for measure in block.measures {
      rows.add(measure.account.rank)
      rows.add(measure.setPosition)
      try rows.add(measure.worstLossUSD)
      rows.add(measure.worstScenario.rank)
      try rows.add(measure.tail)
      try rows.add(measure.deltaGammaGapUSD)
      rows.endRow()
    }
    return rows
  }

  private func underlyings(_ block: AccountBlockResult) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultSchema.accountUnderlying, expectedCount: block.underlyings.count)
    for underlying in block.underlyings {
      rows.add(underlying.account.rank)
      rows.add(underlying.underlying.rank)
      try rows.add(underlying.greeks)
      rows.endRow()
    }
    return rows
  }
}

/// Stores breached limits, numbered from `firstAlert` on.
struct AlertRows {
  let alerts: [Alert]
  let names: Pseudonyms
  let firstAlert: Int

  func insert(_ connection: Database) throws {
    var rows = TableRows(ResultSchema.alert, expectedCount: alerts.count)
    for (position, alert) in alerts.enumerated() {
      rows.add(firstAlert + position)
      rows.add(alert.limit.figure.rawValue)
      rows.add(names.masked(alert.subject))
      try rows.add(alert.value)
      try rows.add(alert.limit.threshold)
      rows.endRow()
    }
    try rows.insert(connection)
  }
}
