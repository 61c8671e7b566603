// The contents of a table, cell by cell, as exports see them.

import GRDB

/// One field of a stored row.
enum StoredCell: Sendable, Equatable {
  case empty
  case integer(Int64)
  case real(Double)
  case text(String)

  /// The field as text: numbers in the shortest form that reads back to the same bits.
  var text: String {
    switch self {
    case .empty: ""
    case .integer(let number): String(number)
    case .real(let number): Self.shortest(number)
    case .text(let text): text
    }
  }

  /// A number in the shortest form, a whole one without point.
  static func shortest(_ number: Double) -> String {
    let digits = number.description
    return digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits
  }
}

extension StoredTable {
  /// Calls `body` for each row in the order of keys; `cells` is in the order of columns.
  func forEachRow(
    _ connection: Database, where condition: String? = nil,
    _ body: (_ cells: [StoredCell]) throws -> Void
  ) throws {
    let rows = try Row.fetchCursor(connection, sql: selectionSQL(where: condition))
    while let row = try rows.next() {
      try body(columns.indices.map { cell(row, $0) })
    }
  }

  private func cell(_ row: Row, _ index: Int) -> StoredCell {
    if row.hasNull(atIndex: index) { return .empty }
    return switch columns[index].kind {
    case .integer: .integer(row[index])
    case .real: .real(row[index])
    case .text: .text(row[index])
    }
  }
}
