// Synthetic accounts straight to the rows of positions.csv and balances.csv, for books that are
// larger than memory wants to hold.

import PortfolioModel
import RiskNumerics

/// Rows of a range of accounts.
struct PortfolioRows: Sendable {
  var positions: [UInt8] = []
  var balances: [UInt8] = []
}

extension PortfolioGenerator {
  /// Header of `positions.csv`.
  static let positionHeader = "account,instrument,quantity,entry_price,unsettled\n"
  /// Header of `balances.csv`.
  static let balanceHeader = "account,asset,amount\n"
  /// Accounts whose rows are made together.
  private static let accountsPerChunk = 1_024

  /// Writes the rows of accounts `1...accountCount` to two sinks, headers first, in ascending
  /// order; the same rows, whatever the number of threads, as a book of `make` has.
  ///
  /// - Parameters:
  ///   - book: the market and instruments that the generator was made for.
  ///   - positions: takes pieces of `positions.csv`, UTF-8. `balances`: likewise of `balances.csv`.
  /// - Throws: `GeneratorError` for a count out of range, and what the sinks throw.
  public func writeRows(
    of accountCount: Int, names book: Book, threadCount: Int,
    positions: (Span<UInt8>) throws -> Void, balances: (Span<UInt8>) throws -> Void
  ) throws {
    try Self.checkCount(accountCount)
    let names = FieldNames(
      instruments: try book.instruments.map { try CSVTable.field($0.name) },
      assets: try book.market.assets.map { try CSVTable.field($0.name) })
    try positions(Array(Self.positionHeader.utf8).span)
    try balances(Array(Self.balanceHeader.utf8).span)
    let chunkCount = (accountCount + Self.accountsPerChunk - 1) / Self.accountsPerChunk
    try Parallel.ordered(
      count: chunkCount, threadCount: threadCount, windowCount: 2 * threadCount
    ) { chunk in
      let first = chunk * Self.accountsPerChunk + 1
      let last = min(accountCount, first + Self.accountsPerChunk - 1)
      var rows = PortfolioRows()
      for number in first...last {
        rows.append(account(number), names: names)
      }
      return rows
    } consume: { _, rows in
      try positions(rows.positions.span)
      try balances(rows.balances.span)
    }
  }
}

/// Names as fields of a file, quoted where they must be, with a comma behind.
private struct FieldNames: Sendable {
  var instruments: [[UInt8]]
  var assets: [[UInt8]]
}

extension PortfolioRows {
  fileprivate mutating func append(_ account: GeneratedAccount, names: FieldNames) {
    for position in account.positions {
      positions.append(contentsOf: account.name.utf8)
      positions.append(UInt8(ascii: ","))
      positions.append(contentsOf: names.instruments[position.instrument.position])
      positions.append(number: position.quantity)
      positions.append(UInt8(ascii: ","))
      positions.append(number: position.entryPrice)
      positions.append(UInt8(ascii: ","))
      positions.append(number: position.unsettledAmount)
      positions.append(UInt8(ascii: "\n"))
    }
    for balance in account.balances {
      balances.append(contentsOf: account.name.utf8)
      balances.append(UInt8(ascii: ","))
      balances.append(contentsOf: names.assets[balance.asset.position])
      balances.append(number: balance.amount)
      balances.append(UInt8(ascii: "\n"))
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(number: Double?) {
    guard let number else { return }
    append(contentsOf: CSVTable.shortest(number).utf8)
  }
}

extension CSVTable {
  /// One text as a field with a comma behind: the row of a table whose second column is empty.
  fileprivate static func field(_ text: String) throws -> [UInt8] {
    let columns: [CSVColumn<String>] = [
      .required("text") { .text($0) }, .required("empty") { _ in nil }
    ]
    let table = try CSVTable(columns, rows: CollectionOfOne(text))
    return Array(table.bytes.dropFirst("text,empty\n".utf8.count).dropLast())
  }
}
