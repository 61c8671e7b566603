// `orders.csv` and `reported.csv`: what accounts have in the market, and what the venue says of them.

import PortfolioModel

struct OrderReader {
  static let orderPath = "orders.csv"
  static let orderSchema = TableSchema(
    required: ["account", "instrument", "side", "quantity", "price"], optional: ["reduce_only"])
  static let reportedPath = "reported.csv"
  static let reportedSchema = TableSchema(
    required: ["account"], optional: ["equity", "im", "mm", "liquidation_price", "instrument"])

  let instruments: InstrumentList

  /// An order or reported row whose account is still a number.
  struct Numbered<Content> {
    var account: Int32
    var line: Int
    var content: Content
  }

  /// Open orders in file order; their accounts are placeholders.
  func readOrders(
    _ input: BookInput, into names: inout AccountNames
  ) -> [Numbered<OpenOrder>] {
    var orders: [Numbered<OpenOrder>] = []
    input.readRows(Self.orderPath, Self.orderSchema, isRequired: false) { table in
      let account = table.intern(table.column("account"), into: &names.table)
      let instrument = instruments.index(&table, table.column("instrument"))
      let sign = table.choice(table.column("side"), [("buy", 1.0), ("sell", -1.0)])
      let quantity = table.number(table.column("quantity"), .positive)
      let price = table.number(table.column("price"), .positive)
      let reduceOnly = table.column("reduce_only")
      let isReduceOnly =
        table.isEmpty(reduceOnly)
        ? false : table.choice(reduceOnly, [("true", true), ("false", false)])
      guard let account, let instrument, let sign, let quantity, let price, let isReduceOnly else {
        return
      }
      let order = OpenOrder(
        account: AccountIndex(0), instrument: instrument, quantity: sign * quantity, price: price,
        isReduceOnly: isReduceOnly)
      orders.append(Numbered(account: account, line: table.line, content: order))
    }
    return orders
  }

  /// The venue's figures in file order; their accounts are placeholders.
  func readReported(
    _ input: BookInput, into names: inout AccountNames
  ) -> [Numbered<ReportedFigures>] {
    var rows: [Numbered<ReportedFigures>] = []
    var seenLines: [Int32: Int] = [:]
    input.readRows(Self.reportedPath, Self.reportedSchema, isRequired: false) { table in
      let column = table.column("account")
      let account = table.intern(column, into: &names.table)
      var figures = ReportedFigures(account: AccountIndex(0))
      figures.equityUSD = table.optionalNumber(table.column("equity"), .finite)
      figures.initialUSD = table.optionalNumber(table.column("im"), .notNegative)
      figures.maintenanceUSD = table.optionalNumber(table.column("mm"), .notNegative)
      let price = table.column("liquidation_price")
      figures.liquidationPrice = table.optionalNumber(price, .positive)
      let instrument = table.column("instrument")
      if !table.isEmpty(instrument) {
        figures.instrument = instruments.index(&table, instrument)
      } else if !table.isEmpty(price) {
        table.report(
          field: "instrument", found: "nothing",
          expected: "the instrument that the liquidation price is about")
      }
      guard let account, table.isRowClean else { return }
      if let line = seenLines[account] {
        return table.refuse(column, expected: "every account once; it stands on line \(line) too")
      }
      seenLines[account] = table.line
      rows.append(Numbered(account: account, line: table.line, content: figures))
    }
    return rows
  }
}
