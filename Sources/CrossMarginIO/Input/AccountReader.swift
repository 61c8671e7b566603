// `accounts.csv`, and the names of accounts that all files of holdings share.

import PortfolioModel

/// Names of accounts in the order in which files mention them first.
struct AccountNames {
  var table = NameTable()
  /// What `accounts.csv` says, by number.
  var attributes: [Int32: Account] = [:]

  /// The accounts in the order of their names, and the rank of each number.
  func sorted() -> (accounts: [Account], rankOfNumber: [Int32]) {
    let order = table.indicesByName()
    var rankOfNumber = [Int32](repeating: 0, count: order.count)
    var accounts: [Account] = []
    accounts.reserveCapacity(order.count)
    for (rank, number) in order.enumerated() {
      rankOfNumber[Int(number)] = Int32(rank)
      accounts.append(attributes[number] ?? Account(name: table.name(at: number)))
    }
    return (accounts, rankOfNumber)
  }
}

enum AccountReader {
  static let path = "accounts.csv"
  static let schema = TableSchema(
    required: ["account"], optional: ["model", "group", "leverage", "e_mode"])

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
