// The rows of one block of accounts.

import CrossMargin
import Foundation
import GRDB
import PortfolioModel

/// Stores one block; alerts are numbered from `firstAlert` on.
struct BlockRows {
  let block: AccountBlockResult
  let schema: ResultSchema
  let names: Pseudonyms
  let firstAlert: Int

  func insert(_ connection: Database) throws {
    try insertAccounts(connection)
    try insertMargins(connection)
    try insertMeasures(connection)
    try insertUnderlyings(connection)
    try AlertRows(alerts: block.alerts, names: names, firstAlert: firstAlert).insert(connection)
    try connection.execute(
      sql: "INSERT INTO \(ResultSchema.checkpointName) VALUES (?, ?, ?)",
      arguments: [
        block.blockIndex, Data(block.contribution.storedBytes), block.alerts.count
      ])
  }

  private func insertAccounts(_ connection: Database) throws {
    var rows = try RowInserter(ResultSchema.account, connection)
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
      try rows.endRow()
    }
  }

  private func insertMargins(_ connection: Database) throws {
    var rowsByModel: [RowInserter] = []
    for model in schema.models {
      rowsByModel.append(try RowInserter(ResultSchema.margin(model), connection))
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
      try rowsByModel[model].add(margin.initial)
      try rowsByModel[model].add(margin.maintenance)
      rowsByModel[model].add(margin.worstScenario.rank)
      try rowsByModel[model].endRow()
    }
  }

  private func insertMeasures(_ connection: Database) throws {
    var rows = try RowInserter(ResultSchema.accountMeasure, connection)
    for measure in block.measures {
      rows.add(measure.account.rank)
      rows.add(measure.setPosition)
      try rows.add(measure.worstLossUSD)
      rows.add(measure.worstScenario.rank)
      try rows.add(measure.tail)
      try rows.add(measure.deltaGammaGapUSD)
      try rows.endRow()
    }
  }

  private func insertUnderlyings(_ connection: Database) throws {
    var rows = try RowInserter(ResultSchema.accountUnderlying, connection)
    for underlying in block.underlyings {
      rows.add(underlying.account.rank)
      rows.add(underlying.underlying.rank)
      try rows.add(underlying.greeks)
      try rows.endRow()
    }
  }
}

/// Stores breached limits, numbered from `firstAlert` on.
struct AlertRows {
  let alerts: [Alert]
  let names: Pseudonyms
  let firstAlert: Int

  func insert(_ connection: Database) throws {
    var rows = try RowInserter(ResultSchema.alert, connection)
    for (position, alert) in alerts.enumerated() {
      rows.add(firstAlert + position)
      rows.add(alert.limit.figure.rawValue)
      rows.add(names.masked(alert.subject))
      try rows.add(alert.value)
      try rows.add(alert.limit.threshold)
      try rows.endRow()
    }
  }
}
