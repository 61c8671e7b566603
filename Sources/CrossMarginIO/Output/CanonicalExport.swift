// Results as one text that does not depend on when, where and in how many steps they were computed:
// what is hashed and compared between runs.

import GRDB

/// The canonical export of results, and its hash.
///
/// All tables by name, each a line `# name<TAB>columns…` and one line per row, ordered by key. Fields
/// stand between tabs: numbers in the shortest form that reads back to the same bits, nothing as
/// `\N`; in texts tab, line feed, carriage return and backslash as `\t`, `\n`, `\r`, `\\`. Rows of
/// the manifest that are times, durations or things of one machine are left out.
public struct CanonicalExport: Sendable {
  private let reader: ResultReader

  /// The export of some results.
  public init(_ reader: ResultReader) { self.reader = reader }

  /// Hands on the text in pieces.
  public func write(to sink: TextSink) throws(OutputError) {
    try reader.database.read { connection in
      var text = PendingText()
      for table in reader.schema.exportedTables {
        let header = ["# " + table.name] + table.columns.map(\.name)
        text.append(header.joined(separator: "\t") + "\n")
        let condition = table == ResultSchema.manifest ? "clock = 0" : nil
        try table.forEachRow(connection, where: condition) { cells in
          Self.append(cells, to: &text)
          try text.flush(to: sink)
        }
      }
      try text.flush(isEnd: true, to: sink)
    }
  }

  /// SHA-256 of the text, 64 hexadecimal digits.
  public func sha256() throws(OutputError) -> String {
    var hasher = SHA256Hasher()
    try write { piece in hasher.update(piece.span) }
    return hasher.finish()
  }

  private static func append(_ cells: [StoredCell], to text: inout PendingText) {
    for (position, cell) in cells.enumerated() {
      if position > 0 { text.append(UInt8(ascii: "\t")) }
      switch cell {
      case .empty: text.append("\\N")
      case .text(let field): append(escaping: field, to: &text)
      case .integer, .real: text.append(cell.text)
      }
    }
    text.append(UInt8(ascii: "\n"))
  }

  private static func append(escaping field: String, to text: inout PendingText) {
    for byte in field.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): text.append("\\\\")
      case UInt8(ascii: "\t"): text.append("\\t")
      case UInt8(ascii: "\n"): text.append("\\n")
      case UInt8(ascii: "\r"): text.append("\\r")
      default: text.append(byte)
      }
    }
  }
}
