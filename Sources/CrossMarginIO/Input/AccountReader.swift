// `accounts.csv`, and the names of accounts that all files of holdings share.

import PortfolioModel

/// Names of accounts in the order in which files mention them first.
struct AccountNames {
  var table = NameTable()
  /// What `accounts.csv` says, by number.
  var attributes: [Int32: Account] = [:]

  /// Joins what was read in parts: their accounts become numbers of this table, and what is wrong
  /// with them is reported in the order of the file.
  ///
  /// - Parameter accounts: where the rows of a part keep their accounts.
  /// - Returns: the rows of each part.
  mutating func join<Rows>(
    _ read: ReadParts<Rows>, _ input: BookInput,
    accounts: WritableKeyPath<Rows, PartAccounts>
  ) -> [Rows] {
    read.parts.map { part in
      var rows = part.rows
      rows[keyPath: accounts].merge(into: &table, file: read.file, issues: &input.issues)
      input.issues.append(contentsOf: part.issues)
      return rows
    }
  }

  /// The accounts in the order of their names, and the rank of each number.
  func sorted() -> (accounts: [Account], rankOfNumber: [Int32]) {
    let order = table.indicesByName()
    var rankOfNumber = [Int32](repeating: 0, count: order.count)
    var accounts: [Account] = []
    accounts.reserveCapacity(order.count)
    for (rank, number) in order.enumerated() {
      rankOfNumber[Int(number)] = Int32(rank)
      let known = attributes.isEmpty ? nil : attributes[number]
      accounts.append(known ?? Account(name: table.name(at: number)))
    }
    return (accounts, rankOfNumber)
  }
}

enum AccountReader {
  static let path = "accounts.csv"
  /// The column that names accounts in every file.
  static let keyColumn = "account"
  static let schema = TableSchema(
    required: [keyColumn], optional: ["model", "group", "leverage", "e_mode"])

  /// Reads what is known of accounts; `models` are the names of rule sets.
  static func read(_ input: BookInput, models: [String], into names: inout AccountNames) {
    input.readRows(path, schema, isRequired: false) { table in
      let column = table.column("account")
      let knownCount = names.table.count
      guard let number = table.intern(column, into: &names.table) else { return }
      if Int(number) < knownCount { return table.refuse(column, expected: "every account once") }
      var account = Account(name: names.table.name(at: number))
      let model = table.column("model")
      account.model = table.optionalName(model)
      if let name = account.model, !models.contains(name) {
        table.refuse(model, expected: "a rule set of run.yaml: \(models.joined(separator: ", "))")
      }
      account.group = table.optionalName(table.column("group"))
      account.leverage = table.optionalNumber(table.column("leverage"), .positive)
      account.efficiencyMode = table.optionalName(table.column("e_mode"))
      names.attributes[number] = account
    }
  }
}
