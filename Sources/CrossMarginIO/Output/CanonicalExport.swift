// Results as one text that does not depend on when, where and in how many steps they were computed:
// what is hashed and compared between runs.

import GRDB

/// The canonical text of results: all tables by name, each with a line of its name, a line of its
/// columns and its rows ordered by key. Fields are separated by tabs; numbers are in the shortest
/// form that reads back to the same bits; a missing field is `\N`; in texts a backslash, a tab and
/// ends of lines are written `\\`, `\t`, `\n`, `\r`. Manifest entries of the clock are left out.
public enum CanonicalExport {
  private static let pieceBytes = 1 << 18

  /// Hands the text to `body` in pieces.
  /// - Throws: `OutputError`, and whatever `body` throws.
  public static func write(
    _ results: ResultReader, to body: (Span<UInt8>) throws -> Void
  ) throws {
    var piece: [UInt8] = []
    piece.reserveCapacity(pieceBytes + pieceBytes / 8)
    var failure: (any Error)?
    do {
      try results.database.read { connection in
        for table in results.schema.tables {
          try write(table, connection, into: &piece) { bytes in
            do { try body(bytes) } catch {
              failure = error
              throw error
            }
          }
        }
      }
    } catch {
      throw failure ?? error
    }
    try body(piece.span)
  }

  /// SHA-256 of the text, as 64 hexadecimal digits.
  public static func sha256(_ results: ResultReader) throws(OutputError) -> String {
    var hasher = SHA256Hasher()
    try OutputError.wrap(results.path) {
      try write(results) { hasher.update($0) }
    }
    return hasher.finish()
  }

  private static func write(
    _ table: StoredTable, _ connection: Database, into piece: inout [UInt8],
    flush: (Span<UInt8>) throws -> Void
  ) throws {
    append(["# " + table.name], to: &piece)
    append(table.columns.map(\.name), to: &piece)
    let condition = table == ResultSchema.manifest ? "clock = 0" : nil
    try table.forEachRow(connection, where: condition) { cells in
      for (position, cell) in cells.enumerated() {
        if position > 0 { piece.append(UInt8(ascii: "\t")) }
        append(cell, to: &piece)
      }
      piece.append(UInt8(ascii: "\n"))
      if piece.count >= pieceBytes {
        try flush(piece.span)
        piece.removeAll(keepingCapacity: true)
      }
    }
  }

  private static func append(_ line: [String], to piece: inout [UInt8]) {
    piece.append(contentsOf: line.joined(separator: "\t").utf8)
    piece.append(UInt8(ascii: "\n"))
  }

  private static func append(_ cell: StoredCell, to piece: inout [UInt8]) {
    guard let text = cell.text else {
      piece.append(contentsOf: "\\N".utf8)
      return
    }
    guard case .text = cell else {
      piece.append(contentsOf: text.utf8)
      return
    }
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): piece.append(contentsOf: "\\\\".utf8)
      case UInt8(ascii: "\t"): piece.append(contentsOf: "\\t".utf8)
      case UInt8(ascii: "\n"): piece.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): piece.append(contentsOf: "\\r".utf8)
      default: piece.append(byte)
      }
    }
  }
}
