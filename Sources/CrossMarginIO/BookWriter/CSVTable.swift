// Rows to text: a table is a list of columns, each of which knows its name and how to read a value
// from a row. The same rows always give the same bytes.

import PortfolioModel

/// What one field of a table holds.
enum CSVValue {
  case text(String)
  case number(Double)

  static func time(_ time: UTCTime) -> CSVValue { .text(time.description) }
}

/// A column of a table: its name, and the value of a row, nil where the field is empty.
struct CSVColumn<Row> {
  let name: String
  /// Whether the column is left out when no row has a value.
  let isOptional: Bool
  let value: (Row) -> CSVValue?

  /// A column that is always there.
  static func required(_ name: String, _ value: @escaping (Row) -> CSVValue?) -> CSVColumn {
    CSVColumn(name: name, isOptional: false, value: value)
  }

  /// A column that is there when at least one row has a value.
  static func optional(_ name: String, _ value: @escaping (Row) -> CSVValue?) -> CSVColumn {
    CSVColumn(name: name, isOptional: true, value: value)
  }

  /// A column of numbers that is there when at least one row has one.
  static func number(_ name: String, _ value: @escaping (Row) -> Double?) -> CSVColumn {
    optional(name) { value($0).map(CSVValue.number) }
  }

  /// A column of texts that is there when at least one row has one.
  static func text(_ name: String, _ value: @escaping (Row) -> String?) -> CSVColumn {
    optional(name) { value($0).map(CSVValue.text) }
  }
}

/// Where a number that is not finite was found.
struct NonFiniteField: Error, Equatable {
  let column: String
  /// Line of the file that was to be written, counted from 1.
  let line: Int
}

/// Comma-separated values (RFC 4180) with a header and lines that end in LF.
///
/// Rows are read where they are, once to see which columns have values and once for each writing.
struct CSVTable {
  /// Names of the columns that are written.
  let columnNames: [String]
  /// Whether a column holds numbers only.
  let isNumeric: [Bool]
  /// Number of rows.
  let rowCount: Int
  private let rows: () -> AnySequence<[CSVValue?]>

  /// The text of rows.
  ///
  /// Numbers are in the shortest form that reads back to the same bits, without a point where they
  /// are whole; texts are quoted only where they must be.
  /// - Throws: `NonFiniteField`, the first of them.
  init<Rows: Sequence>(
    _ columns: [CSVColumn<Rows.Element>], rows: Rows
  ) throws(NonFiniteField) {
    var hasValue = columns.map { !$0.isOptional }
    var isNumeric = [Bool](repeating: true, count: columns.count)
    var rowCount = 0
    for row in rows {
      for (index, column) in columns.enumerated() {
        guard let value = column.value(row) else { continue }
        hasValue[index] = true
        switch value {
        case .text: isNumeric[index] = false
        case .number(let number):
          guard number.isFinite else {
            throw NonFiniteField(column: column.name, line: rowCount + 2)
          }
        }
      }
      rowCount += 1
    }
    let places = columns.indices.filter { hasValue[$0] }
    let written = places.map { columns[$0] }
    columnNames = written.map(\.name)
    self.isNumeric = places.map { isNumeric[$0] }
    self.rowCount = rowCount
    self.rows = {
      AnySequence(rows.lazy.map { row in written.map { $0.value(row) } })
    }
  }

  /// Calls `body` with the fields of each row, in the order of the columns.
  func forEachRow<Failure: Error>(
    _ body: ([CSVValue?]) throws(Failure) -> Void
  ) throws(Failure) {
    for fields in rows() { try body(fields) }
  }

  /// Calls `body` with the text piece by piece.
  func forEachPiece<Failure: Error>(
    _ body: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var text: [UInt8] = []
    append(columnNames.map(CSVValue.text), to: &text)
    try forEachRow { fields throws(Failure) in
      append(fields, to: &text)
      if text.count >= Self.pieceBytes {
        try body(text)
        text.removeAll(keepingCapacity: true)
      }
    }
    try body(text)
  }

  private static let pieceBytes = 1 << 16

  /// The whole text.
  var bytes: [UInt8] {
    var text: [UInt8] = []
    forEachPiece { text += $0 }
    return text
  }

  private func append(_ fields: [CSVValue?], to text: inout [UInt8]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      switch field {
      case nil: break
      case .text(let field): Self.append(field, to: &text)
      case .number(let number): text.append(contentsOf: Self.shortest(number).utf8)
      }
    }
    text.append(UInt8(ascii: "\n"))
  }

  /// The shortest decimal that reads back to the same bits.
  static func shortest(_ number: Double) -> Substring {
    let digits = number.description
    return digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...]
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    let mustQuote = text.utf8.contains { byte in
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
      default: false
      }
    }
    guard mustQuote else {
      bytes.append(contentsOf: text.utf8)
      return
    }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
