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
struct CSVTable {
  private(set) var bytes: [UInt8] = []

  /// The text of rows.
  ///
  /// Numbers are in the shortest form that reads back to the same bits, without a point where they
  /// are whole; texts are quoted only where they must be.
  init<Rows: Collection>(
    _ columns: [CSVColumn<Rows.Element>], rows: Rows
  ) throws(NonFiniteField) {
    let written = columns.filter { column in
      !column.isOptional || rows.contains { column.value($0) != nil }
    }
    bytes.reserveCapacity((rows.count + 1) * written.count * 12)
    for (index, column) in written.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(column.name)
    }
    bytes.append(UInt8(ascii: "\n"))
    var line = 1
    for row in rows {
      line += 1
      for (index, column) in written.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        switch column.value(row) {
        case nil: break
        case .text(let text): append(text)
        case .number(let number):
          guard number.isFinite else { throw NonFiniteField(column: column.name, line: line) }
          bytes.append(contentsOf: Self.shortest(number).utf8)
        }
      }
      bytes.append(UInt8(ascii: "\n"))
    }
  }

  /// The shortest decimal that reads back to the same bits.
  static func shortest(_ number: Double) -> Substring {
    let digits = number.description
    return digits.hasSuffix(".0") ? digits.dropLast(2) : digits[...]
  }

  private mutating func append(_ text: String) {
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
