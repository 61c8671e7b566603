// Stored accounts: single ones, the riskiest, and the distribution of margin ratios.

import CrossMargin
import GRDB
import PortfolioModel

/// Everything that is stored about one account.
public struct StoredAccount: Sendable, Equatable {
  /// Its name or pseudonym.
  public var name: String
  /// What it is worth and how it stands.
  public var row: AccountRow
  /// Its requirements; nil where unmargined.
  public var margin: MarginRow?
  /// Its losses, by scenario set.
  public var measures: [MeasureRow] = []
  /// Its sensitivities, by underlying.
  public var underlyings: [UnderlyingRow] = []
}

/// How one account is margined.
public struct StoredMarginRatio: Sendable, Equatable {
  /// Equity after haircuts over the maintenance requirement; nil where nothing is required.
  public var ratio: Double?
  /// Gross notional, USD.
  public var grossNotionalUSD: Double
}

/// Accounts without margin for one reason.
public struct StoredGap: Sendable, Equatable {
  /// The reason.
  public var reason: MissingData.Reason
  /// Number of accounts.
  public var accountCount: Int
  /// Their gross notional as far as it can be priced, USD.
  public var notionalUSD: Double

  /// A reason with its weight.
  public init(reason: MissingData.Reason, accountCount: Int, notionalUSD: Double) {
    self.reason = reason
    self.accountCount = accountCount
    self.notionalUSD = notionalUSD
  }
}

/// Accounts in an order.
enum AccountOrder {
  static func riskiest(_ connection: Database, limit: Int) throws -> [AccountIndex] {
    try Int.fetchAll(
      connection,
      sql: """
        SELECT account FROM account_summary WHERE status <> ?
        ORDER BY margin_ratio IS NULL AND maintenance_surplus_usd >= 0,
          margin_ratio IS NOT NULL, margin_ratio, account
        LIMIT ?
        """, arguments: [AccountStatus.unmargined.rawValue, limit]
    ).map(AccountIndex.init)
  }
}

extension ResultReader {
  /// The account of a name or pseudonym; nil when there is none.
  public func account(named name: String) throws(OutputError) -> StoredAccount? {
    let index = try database.read { connection in
      try Int.fetchOne(
        connection, sql: "SELECT account FROM account WHERE name = ? ORDER BY account LIMIT 1",
        arguments: [name])
    }
    guard let index else { return nil }
    return try account(AccountIndex(index))
  }

  /// One account; nil when there is none of this index.
  public func account(_ index: AccountIndex) throws(OutputError) -> StoredAccount? {
    try accounts([index]).first
  }

  /// Accounts in the order asked for; those that are not there are left out.
  public func accounts(_ indices: [AccountIndex]) throws(OutputError) -> [StoredAccount] {
    let condition = "account IN (" + indices.map { String($0.rank) }.joined(separator: ", ") + ")"
    // Rows come by account, so that each table is read once and needs one search a row.
    var found = try rows(of: ResultSchema.account, where: condition) { row in
      StoredAccount(name: row[1], row: try accountRow(row))
    }
    for account in found where !schema.models.indices.contains(account.row.modelPosition) {
      throw damage("account \(account.row.account.rank) belongs to no rule set")
    }
    for model in schema.models {
      for margin in try rows(
        of: model.table, where: condition, { marginRow($0, schema: model.schema) })
      {
        if let place = Self.position(of: margin.account, in: found) { found[place].margin = margin }
      }
    }
    for measure in try rows(of: ResultSchema.accountMeasure, where: condition, measureRow) {
      if let place = Self.position(of: measure.account, in: found) {
        found[place].measures.append(measure)
      }
    }
    if schema.extras.contains(.intervals) {
      try forEachRow(of: ResultExtras.measureInterval, where: condition) { row in
        guard let place = Self.position(of: AccountIndex(row[0]), in: found),
          let measure = found[place].measures.firstIndex(where: { $0.setPosition == row[1] })
        else { return }
        found[place].measures[measure].tail?.interval = RowFields.interval(row, from: 2)
      }
    }
    for row in try rows(of: ResultSchema.accountUnderlying, where: condition, underlyingRow) {
      if let place = Self.position(of: row.account, in: found) {
        found[place].underlyings.append(row)
      }
    }
    return indices.compactMap { index in
      Self.position(of: index, in: found).map { found[$0] }
    }
  }

  /// Position of an account in a list by account.
  private static func position(of index: AccountIndex, in found: [StoredAccount]) -> Int? {
    var low = 0
    var high = found.count
    while low < high {
      let middle = (low + high) / 2
      if found[middle].row.account < index { low = middle + 1 } else { high = middle }
    }
    return low < found.count && found[low].row.account == index ? low : nil
  }

  /// The margined accounts that are nearest to liquidation or beyond it, nearest first: by margin
  /// ratio; those that owe more than they have and are required nothing come first, others without
  /// requirement last; the lowest index first of equals.
  public func riskiestAccounts(limit: Int) throws(OutputError) -> [StoredAccount] {
    let indices = try database.read { try AccountOrder.riskiest($0, limit: limit) }
    return try accounts(indices)
  }

  /// Calls `body` for each margined account, by account.
  public func forEachMarginRatio(
    _ body: (StoredMarginRatio) -> Void
  ) throws(OutputError) {
    try database.read { connection in
      let rows = try Row.fetchCursor(
        connection,
        sql: """
          SELECT margin_ratio, gross_notional_usd FROM account_summary WHERE status <> ?
          ORDER BY account
          """, arguments: [AccountStatus.unmargined.rawValue])
      while let row = try rows.next() {
        body(StoredMarginRatio(ratio: row[0], grossNotionalUSD: row[1]))
      }
    }
  }

  /// Why accounts have no margin, the reason with the largest notional first.
  public func gaps() throws(OutputError) -> [StoredGap] {
    try database.read { connection in
      let rows = try Row.fetchAll(
        connection,
        sql: """
          SELECT missing_reason, count(*), sum(gross_notional_usd) FROM account
          WHERE missing_reason IS NOT NULL GROUP BY missing_reason ORDER BY 3 DESC, 1
          """)
      return try rows.map { row in
        guard let reason = MissingData.Reason(rawValue: row[0]) else {
          throw damage("an unknown reason")
        }
        return StoredGap(reason: reason, accountCount: row[1], notionalUSD: row[2])
      }
    }
  }

  /// Stored positions of one account, by instrument and leg; empty unless its detail was asked for.
  public func positions(of account: AccountIndex) throws(OutputError) -> [PositionDetailRow] {
    try rows(of: ResultSchema.positionDetail, where: "account = \(account.rank)") { row in
      var position = PositionDetailRow(
        account: account, instrument: row[1], leg: row[2], quantity: row[3],
        valueUSD: row[4])
      position.greeks.deltaUSD = row[5]
      position.greeks.gammaUSDPerPercent = row[6]
      position.greeks.vegaUSDPerPoint = row[7]
      position.greeks.thetaUSDPerDay = row[8]
      position.worstProfitUSD = row[9]
      return position
    }
  }

  private func marginRow(_ row: Row, schema: MarginSchema) -> MarginRow {
    let count = schema.components.count
    let levels = schema.levels.indices.map { level in
      LevelMargin(
        componentsUSD: (0..<count).map { row[1 + level * count + $0] }, schema: schema)
    }
    let worst: Int? = row[1 + schema.levels.count * count]
    return MarginRow(
      account: AccountIndex(row[0]), levels: levels, worstScenario: worst.map(ScenarioIndex.init))
  }

  private func measureRow(_ row: Row) -> MeasureRow {
    MeasureRow(
      account: AccountIndex(row[0]), setPosition: row[1], worstLossUSD: row[2],
      worstScenario: ScenarioIndex(row[3]), tail: RowFields.tail(row, from: 4),
      deltaGammaGapUSD: row[8])
  }

  private func underlyingRow(_ row: Row) -> UnderlyingRow {
    UnderlyingRow(
      account: AccountIndex(row[0]), underlying: AssetIndex(row[1]),
      greeks: RowFields.greeks(row, from: 2))
  }

  private func accountRow(_ row: Row) throws(OutputError) -> AccountRow {
    guard let status = AccountStatus(rawValue: row[3]) else { throw damage("an unknown status") }
    var missing: MissingData?
    if let subject: String = row[8], let reason: String = row[9] {
      guard let reason = MissingData.Reason(rawValue: reason) else {
        throw damage("an unknown reason")
      }
      missing = MissingData(subject: subject, reason: reason)
    }
    return AccountRow(
      account: AccountIndex(row[0]), modelPosition: row[2], status: status, missing: missing,
      equityUSD: row[4], optionValueUSD: row[5], unsettledUSD: row[6], grossNotionalUSD: row[7])
  }
}
