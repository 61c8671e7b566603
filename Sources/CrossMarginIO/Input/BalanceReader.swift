// `balances.csv`: what accounts hold and owe of assets, read part by part like positions.

import PortfolioModel

/// Rows of one part of the file, as they stand there.
struct BalancePart: Sendable {
  var accounts: PartAccounts
  /// Assets, below zero those that the market does not define (`UnknownNames`).
  var assets: [Int32] = []
  var amounts: [Double] = []
  var unknownNames = NameTable()
}

struct BalanceReader: Sendable {
  static let path = "balances.csv"
  static let schema = TableSchema(
    required: [AccountReader.keyColumn, "asset", "amount"], optional: ["accrued"])

  let assets: AssetList
  /// Whether an unknown asset stops the run.
  let isStrict: Bool

  /// Reads all rows; accrued funding is part of the amount.
  func read(_ input: BookInput, into names: inout AccountNames) -> BalanceRows {
    let known = names.table
    let read = input.readParts(Self.path, Self.schema) { table in
      rows(of: &table, BalancePart(accounts: PartAccounts(known: known)))
    }
    return BalanceRows(names.join(read, input, accounts: \.accounts), file: read.file)
  }

  /// Adds all rows of a table to a part without any.
  private func rows(of table: inout BookTable, _ start: BalancePart) -> BalancePart {
    var part = start
    let account = table.column(AccountReader.keyColumn)
    let (asset, amount, accrued) = (
      table.column("asset"), table.column("amount"), table.column("accrued")
    )
    let finite = NumberRule.finite
    guard let accountColumn = account.position else { return part }
    while table.nextRow() {
      let number = part.accounts.number(table.row, at: accountColumn, line: table.line)
      let held = self.asset(&table, asset, &part.unknownNames)
      let settled = table.number(amount, finite)
      let pending = table.optionalNumber(accrued, finite) ?? 0
      guard let held, let settled, table.isRowClean else { continue }
      guard (settled + pending).isFinite else {
        table.refuse(amount, expected: finite.expected)
        continue
      }
      part.accounts.append(number, line: table.line)
      part.assets.append(held)
      part.amounts.append(settled + pending)
    }
    return part
  }

  /// The number of an asset, below zero where the market does not define it and may lack it.
  private func asset(
    _ table: inout BookTable, _ column: TableColumn, _ unknownNames: inout NameTable
  ) -> Int32? {
    if isStrict, assets.names.isComplete { return assets.index(&table, column)?.rank }
    if let known = table.find(column, in: assets.names.table) { return known }
    return table.name(column).map { -1 - unknownNames.intern($0) }
  }
}

/// Rows of balances of a whole file.
struct BalanceRows {
  private let parts: [BalancePart]
  private let unknown: UnknownNames
  private let file: String

  init(_ parts: [BalancePart], file: String) {
    self.parts = parts
    self.file = file
    unknown = UnknownNames(parts.map(\.unknownNames))
  }

  /// The table of balances with the coins of spot positions added, and unknown holdings.
  func result(
    rankOfNumber: [Int32], spotAmounts: [SpotAmount], issues: inout FieldIssues
  ) -> (table: BalanceTable, unknownHoldings: [UnknownHolding]) {
    let order = HoldingOrder(
      parts.map { ($0.accounts.runs, $0.accounts.rowCount) }, rankOfNumber: rankOfNumber,
      file: file, keyName: "account, asset")
    let rowCount = parts.reduce(spotAmounts.count) { $0 + $1.amounts.count }
    var (assets, amounts, offsets): ([AssetIndex], [Double], [Int]) = ([], [], [0])
    assets.reserveCapacity(rowCount)
    amounts.reserveCapacity(rowCount)
    offsets.reserveCapacity(rankOfNumber.count + 1)
    var unknownHoldings: [UnknownHolding] = []
    var nextSpot = 0
    var rows: [HeldRow] = []
    for account in rankOfNumber.indices {
      let first = assets.count
      order.collect(ofAccountAt: account, into: &rows, issues: &issues) { part, row in
        Int64(unknown.rank(of: parts[part].assets[row], part: part))
      }
      for row in rows {
        if row.key < 0 {
          unknownHoldings.append(
            UnknownHolding(
              account: AccountIndex(account), name: unknown.name(atRank: Int32(row.key)),
              isAsset: true))
        } else {
          assets.append(AssetIndex(Int(row.key)))
          amounts.append(parts[Int(row.part)].amounts[Int(row.row)])
        }
      }
      while nextSpot < spotAmounts.count, Int(spotAmounts[nextSpot].account) == account {
        Self.add(spotAmounts[nextSpot], from: first, to: &assets, &amounts)
        nextSpot += 1
      }
      offsets.append(assets.count)
    }
    return (
      BalanceTable(accountOffsets: offsets, assets: assets, amounts: amounts), unknownHoldings
    )
  }

  /// Adds an amount to those of its account, which begin at `first` and end the table so far.
  private static func add(
    _ spot: SpotAmount, from first: Int, to assets: inout [AssetIndex], _ amounts: inout [Double]
  ) {
    let place = assets[first...].firstIndex { $0 >= spot.asset } ?? assets.count
    if place < assets.count, assets[place] == spot.asset {
      amounts[place] += spot.amount
    } else {
      assets.insert(spot.asset, at: place)
      amounts.insert(spot.amount, at: place)
    }
  }
}
