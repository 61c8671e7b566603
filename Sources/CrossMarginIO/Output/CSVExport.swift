// Results as CSV files, one per table.

import GRDB

/// Writes tables of results as CSV [RFC 4180], UTF-8, numbers in their shortest form that reads back
/// to the same bits.
///
/// A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
/// carriage return) gets an apostrophe before it.
public struct CSVExport {
  private let reader: ResultReader

  /// The export of some results.
  public init(_ reader: ResultReader) { self.reader = reader }

  /// Names of the tables.
  public var tableNames: [String] { reader.schema.tables.map(\.name) }

  /// Writes every table to `folder/<table>.csv`; the folder must exist.
  public func write(to folder: String) throws(OutputError) {
    for table in reader.schema.tables {
      try OutputError.wrap(folder) {
        var file = try AtomicFile("\(folder)/\(table.name).csv")
        try rows(of: table) { try file.append(Array($0.utf8).span) }
        try file.commit()
      }
    }
  }

  /// Gives one table line by line.
  /// - Throws: `OutputError.notResults` for a table that results do not have.
  public func write(table name: String, to sink: (String) throws -> Void) throws(OutputError) {
    guard let table = reader.schema.tables.first(where: { $0.name == name }) else {
      throw .notResults(path: reader.path, detail: "no table \(name)")
    }
    try rows(of: table, to: sink)
  }

  private func rows(
    of table: StoredTable, to sink: (String) throws -> Void
  ) throws(OutputError) {
    try reader.read { database in
      try sink(table.columns.map(\.name).joined(separator: ",") + "\r\n")
      let rows = try Row.fetchCursor(database, sql: table.selectionSQL())
      while let row = try rows.next() {
        let cells = table.columns.indices.map { Self.cell(row, $0, table.columns[$0].kind) }
        try sink(cells.joined(separator: ",") + "\r\n")
      }
    }
  }

  private static func cell(_ row: Row, _ position: Int, _ kind: StoredColumn.Kind) -> String {
    if (row[position] as DatabaseValue).isNull { return "" }
    switch kind {
    case .integer: return String(row[position] as Int64)
    case .real: return "\(row[position] as Double)"
    case .text: return field(row[position] as String)
    }
  }

  /// A text as a field.
  static func field(_ text: String) -> String {
    var text = text
    if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
      text = "'" + text
    }
    let special = text.unicodeScalars.contains { "\",\n\r".unicodeScalars.contains($0) }
    guard special else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
