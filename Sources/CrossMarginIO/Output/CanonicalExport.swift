// Results as text that is equal when the results are: tables by name, rows by key, clocks left out.

import GRDB

/// The canonical export of results, and its hash.
///
/// Each table is a line `# name<TAB>columns…` and one line per row, cells between tabs: doubles in
/// their shortest form that reads back to the same bits, nothing as `\N`, tab, line feed, carriage
/// return and backslash in texts as `\t`, `\n`, `\r`, `\\`. Rows of the manifest that are times,
/// durations or things of one machine are left out.
public struct CanonicalExport {
  private let reader: ResultReader

  /// The export of some results.
  public init(_ reader: ResultReader) { self.reader = reader }

  /// Gives the text piece by piece.
  public func write(to sink: (String) throws -> Void) throws(OutputError) {
    try reader.read { database in
      for table in reader.schema.tables {
        let header = table.columns.map(\.name).joined(separator: "\t")
        try sink("# \(table.name)\t\(header)\n")
        let condition = table == ResultSchema.manifest ? "clock = 0" : nil
        let rows = try Row.fetchCursor(database, sql: table.selectionSQL(where: condition))
        while let row = try rows.next() {
          try sink(Self.line(row, table) + "\n")
        }
      }
    }
  }

  /// SHA-256 of the text, 64 hexadecimal digits.
  public func sha256() throws(OutputError) -> String {
    var hasher = SHA256Hasher()
    try write { hasher.update(Array($0.utf8).span) }
    return hasher.finish()
  }

  private static func line(_ row: Row, _ table: StoredTable) -> String {
    table.columns.indices.map { cell(row, $0, table.columns[$0].kind) }.joined(separator: "\t")
  }

  private static func cell(_ row: Row, _ position: Int, _ kind: StoredColumn.Kind) -> String {
    if (row[position] as DatabaseValue).isNull { return "\\N" }
    switch kind {
    case .integer: return String(row[position] as Int64)
    case .real: return "\(row[position] as Double)"
    case .text: return escaped(row[position] as String)
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
