// Results as CSV files, one per table.

import GRDB

/// Tables of results as CSV [RFC 4180]: UTF-8, rows by key, numbers in the shortest form that reads
/// back to the same bits, nothing as an empty field.
///
/// A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
/// carriage return) gets an apostrophe before it. Numbers stay as they are.
public struct CSVExport: Sendable {
  private let reader: ResultReader

  /// The export of some results.
  public init(_ reader: ResultReader) { self.reader = reader }

  /// Names of the tables.
  public var tableNames: [String] { reader.schema.exportedTables.map(\.name) }

  /// Writes every table to `folder/<table>.csv`; the folder must exist. Each file is there whole or
  /// not at all.
  public func write(to folder: String) throws(OutputError) {
    for table in reader.schema.exportedTables {
      try OutputError.wrap(folder) {
        var file = try AtomicFile("\(folder)/\(table.name).csv")
        try rows(of: table) { piece throws(FileSystemError) in try file.append(piece.span) }
        try file.commit()
      }
    }
  }

  /// Hands on the text of one table in pieces.
  /// - Throws: `OutputError.notResults` for a table that results do not have.
  public func write(table name: String, to sink: TextSink) throws(OutputError) {
    guard let table = reader.schema.exportedTables.first(where: { $0.name == name }) else {
      throw .notResults(path: reader.path, detail: "no table \(name)")
    }
    try rows(of: table, to: sink)
  }

  private func rows(of table: StoredTable, to sink: TextSink) throws(OutputError) {
    try reader.database.read { connection in
      var text = PendingText()
      text.append(table.columns.map(\.name).joined(separator: ",") + "\r\n")
      try table.forEachRow(connection) { cells in
        text.append(cells.map(Self.field).joined(separator: ",") + "\r\n")
        try text.flush(to: sink)
      }
      try text.flush(isEnd: true, to: sink)
    }
  }

  private static func field(_ cell: StoredCell) -> String {
    guard case .text(var text) = cell else { return cell.text }
    if let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) { text = "'" + text }
    guard text.utf8.contains(where: { "\",\n\r".utf8.contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
