// `balances.csv`: what accounts hold and owe of assets.

import PortfolioModel

struct BalanceReader {
  static let path = "balances.csv"
  static let schema = TableSchema(required: ["account", "asset", "amount"], optional: ["accrued"])

  let assets: AssetList
  /// Whether an unknown asset stops the run.
  let isStrict: Bool

  /// Rows of balances as they stand in the file.
  struct Rows {
    /// Stands for an asset that the market does not define.
    static let unknown: Int32 = -1
    var accounts: [Int32] = []
    var assets: [Int32] = []
    var amounts: [Double] = []
    var lines: [Int32] = []
    var unknownNames: [Int32: String] = [:]
    var file = BalanceReader.path
  }

  /// Reads all rows; accrued funding is part of the amount.
  func read(_ input: BookInput, into names: inout AccountNames) -> Rows {
    var rows = Rows()
    input.readRows(Self.path, Self.schema) { table in
      let account = table.intern(table.column("account"), into: &names.table)
      let column = table.column("asset")
      let asset = asset(&table, column)
      let amount = table.number(table.column("amount"), .finite)
      let accrued = table.optionalNumber(table.column("accrued"), .finite) ?? 0
      guard let account, let asset, let amount, table.isRowClean else { return }
      guard (amount + accrued).isFinite else {
        return table.refuse(table.column("amount"), expected: NumberRule.finite.expected)
      }
      if asset == Rows.unknown {
        rows.unknownNames[Int32(rows.accounts.count)] = table.text(column) ?? ""
      }
      rows.file = table.file
      rows.accounts.append(account)
      rows.assets.append(asset)
      rows.amounts.append(amount + accrued)
      rows.lines.append(Int32(clamping: table.line))
    }
    return rows
  }

  /// The number of an asset; `unknown` where the market does not define it and may lack it.
  private func asset(_ table: inout BookTable, _ column: TableColumn) -> Int32? {
    if isStrict, assets.names.isComplete {
      return assets.index(&table, column).map { Int32($0.position) }
    }
    if let known = table.find(column, in: assets.names.table) { return known }
    return table.name(column).map { _ in Rows.unknown }
  }
}

extension BalanceReader.Rows {
  /// The table of balances with the coins of spot positions added, and unknown holdings.
  func result(
    rankOfNumber: [Int32], spotAmounts: [(account: Int32, asset: AssetIndex, amount: Double)],
    issues: inout FieldIssues
  ) -> (table: BalanceTable, unknownHoldings: [UnknownHolding]) {
    let keys = HoldingOrder.ranks(of: assets, unknownNames: unknownNames).map(Int64.init)
    let order = HoldingOrder(accounts: accounts, rankOfNumber: rankOfNumber, keys: keys)
    var table = BalanceTable(accountOffsets: [0], assets: [], amounts: [])
    var offsets = [0]
    var unknownHoldings: [UnknownHolding] = []
    var nextSpot = 0
    for account in rankOfNumber.indices {
      let first = table.assets.count
      var previous: Int32?
      for row in order.rows(ofAccountAt: account) {
        if let previous, keys[Int(previous)] == keys[Int(row)] {
          reportDuplicate(row, firstLine: lines[Int(previous)], &issues)
          continue
        }
        previous = row
        if assets[Int(row)] == Self.unknown {
          unknownHoldings.append(
            UnknownHolding(
              account: AccountIndex(account), name: unknownNames[row] ?? "", isAsset: true))
        } else {
          table.assets.append(AssetIndex(Int(assets[Int(row)])))
          table.amounts.append(amounts[Int(row)])
        }
      }
      while nextSpot < spotAmounts.count, Int(spotAmounts[nextSpot].account) == account {
        Self.add(spotAmounts[nextSpot].asset, spotAmounts[nextSpot].amount, from: first, to: &table)
        nextSpot += 1
      }
      offsets.append(table.assets.count)
    }
    table.accountOffsets = offsets
    return (table, unknownHoldings)
  }

  private static func add(
    _ asset: AssetIndex, _ amount: Double, from first: Int, to table: inout BalanceTable
  ) {
    let place = table.assets[first...].firstIndex { $0 >= asset } ?? table.assets.count
    if place < table.assets.count, table.assets[place] == asset {
      table.amounts[place] += amount
    } else {
      table.assets.insert(asset, at: place)
      table.amounts.insert(amount, at: place)
    }
  }

  private func reportDuplicate(_ row: Int32, firstLine: Int32, _ issues: inout FieldIssues) {
    issues.append(
      FieldIssue(
        file: file, line: Int(lines[Int(row)]), field: "account, asset",
        found: "the same as on line \(firstLine)", expected: "every key once"))
  }
}
