// One CSV file of a book, row by row: columns by name, fields by type and range. A field that is not
// as it should be is an issue and reads as missing; `isRowClean` tells whether the row had one.

import PortfolioModel

/// The columns of one kind of file.
struct TableSchema: Sendable {
  /// Columns that the file must have and every row must fill.
  let required: [String]
  /// Columns that the file may have and a row may leave empty.
  let optional: [String]
  /// Whether further columns are named by factors.
  var hasFactorColumns = false

  /// Columns of other names that belong to the user and are passed over.
  static let userPrefix = "x_"
}

/// A column of the file at hand.
struct TableColumn: Sendable {
  /// Position in the row; nil where the file has no such column.
  let position: Int?
}

/// A table with its current row.
struct BookTable: ~Copyable {
  private(set) var scanner: CSVScanner
  let source: ByteSource
  /// What is wrong so far.
  var issues = FieldIssues()
  /// Whether the file has been readable as a table so far.
  private(set) var isWhole = true
  private var issueCountBeforeRow = 0

  init(_ scanner: consuming CSVScanner, source: ByteSource) {
    self.scanner = scanner
    self.source = source
  }

  /// The table of a part of the rows; `header` is that of the whole.
  init(_ source: ByteSource, header: [String], part: RowPart) {
    self.init(CSVScanner(source, header: header, part: part), source: source)
  }

  /// The file's name for messages.
  var file: String { source.file }
  /// The line on which the current row begins, from 1.
  var line: Int { scanner.line }
  /// The names of all columns in the order of the file.
  var header: [String] { scanner.header }

  /// Checks the header; false where a required column is missing.
  mutating func bind(_ schema: TableSchema) -> Bool {
    if schema.hasFactorColumns {
      let missing = schema.required.filter { !header.contains($0) }
      for name in missing {
        report(field: name, found: "no such column", expected: "a required column")
      }
      return missing.isEmpty
    }
    let columns = scanner.columns(
      required: schema.required, optional: schema.optional,
      ignoredPrefix: TableSchema.userPrefix, issues: &issues)
    return !columns.prefix(schema.required.count).contains(nil)
  }

  /// The column of a name.
  func column(_ name: String) -> TableColumn { TableColumn(position: scanner.column(named: name)) }

  /// Goes to the next row; false at the end of the table, or where it can be read no further.
  mutating func nextRow() -> Bool {
    issueCountBeforeRow = issues.totalCount
    guard isWhole else { return false }
    do throws(InputError) {
      let hasRow = try scanner.next(&issues)
      issueCountBeforeRow = issues.totalCount
      return hasRow
    } catch {
      issues.append(error.issue)
      isWhole = false
      return false
    }
  }

  /// Whether nothing was wrong with the current row so far.
  var isRowClean: Bool { issues.totalCount == issueCountBeforeRow }

  /// Reports a field of the current row.
  mutating func refuse(_ column: TableColumn, expected: String) {
    guard let position = column.position else { return }
    issues.append(scanner.issue(at: position, expected: expected))
  }

  /// Reports the current row, or one of its columns, in words.
  mutating func report(field: String? = nil, found: String, expected: String) {
    issues.append(
      FieldIssue(file: file, line: line, field: field, found: found, expected: expected))
  }

  // MARK: - Fields

  /// The current row, until the next one.
  var row: TableRow { scanner.row }

  /// Whether the file has no such column or the row leaves it empty.
  func isEmpty(_ column: TableColumn) -> Bool {
    guard let position = column.position else { return true }
    return row.isEmpty(at: position)
  }

  /// The text of a field; nil where there is none.
  func text(_ column: TableColumn) -> String? {
    guard let position = column.position, !row.isEmpty(at: position) else { return nil }
    return row.text(at: position)
  }

  /// A number that must be there.
  mutating func number(_ column: TableColumn, _ rule: NumberRule) -> Double? {
    guard let position = column.position else { return nil }
    if let value = row.double(at: position), rule.accepts(value) { return value }
    refuse(column, expected: rule.expected)
    return nil
  }

  /// A number that may be left out.
  mutating func optionalNumber(_ column: TableColumn, _ rule: NumberRule) -> Double? {
    isEmpty(column) ? nil : number(column, rule)
  }

  /// A time with zone that must be there.
  mutating func time(_ column: TableColumn) -> UTCTime? {
    guard let position = column.position else { return nil }
    if let value = scanner.time(at: position) { return UTCTime(microseconds: value) }
    refuse(column, expected: TimeText.expected)
    return nil
  }

  /// A time with zone that may be left out.
  mutating func optionalTime(_ column: TableColumn) -> UTCTime? {
    isEmpty(column) ? nil : time(column)
  }

  /// A name that must be there.
  mutating func name(_ column: TableColumn) -> String? {
    let name = text(column) ?? ""
    if NameText.isName(name) { return name }
    refuse(column, expected: NameText.expected)
    return nil
  }

  /// A name that may be left out.
  mutating func optionalName(_ column: TableColumn) -> String? {
    isEmpty(column) ? nil : name(column)
  }

  /// One of a few words.
  mutating func choice<Choice>(
    _ column: TableColumn, _ choices: [(word: String, meaning: Choice)]
  ) -> Choice? {
    let word = text(column) ?? ""
    if let choice = choices.first(where: { $0.word == word }) { return choice.meaning }
    refuse(column, expected: choices.map(\.word).joined(separator: " or "))
    return nil
  }

  /// The number of a name that must be there; the name is added to the table if it is new.
  mutating func intern(_ column: TableColumn, into table: inout NameTable) -> Int32? {
    guard let position = column.position else { return nil }
    let knownCount = table.count
    let index = row.intern(at: position, into: &table)
    // Only a name that is new needs a look.
    if index < knownCount || NameText.isName(table.name(at: index)) { return index }
    refuse(column, expected: NameText.expected)
    return nil
  }

  /// The number of a name among those known.
  func find(_ column: TableColumn, in table: borrowing NameTable) -> Int32? {
    guard let position = column.position else { return nil }
    return row.find(at: position, in: table)
  }
}

/// Rows with the lines they came from, sorted by a key that no two of them may share.
struct KeyedRows<Row> {
  private var rows: [(line: Int, row: Row)] = []

  /// Takes in a row in the order of the file.
  mutating func append(_ row: Row, line: Int) { rows.append((line, row)) }

  /// The rows in order; of rows with one key the first. The others are reported.
  ///
  /// - Parameters:
  ///   - key: the columns of the key, in words.
  ///   - precedes: strict order of the keys.
  func sorted(
    file: String, key: String, issues: inout FieldIssues, by precedes: (Row, Row) -> Bool
  ) -> [Row] {
    let ordered = rows.sorted { left, right in
      if precedes(left.row, right.row) { return true }
      return !precedes(right.row, left.row) && left.line < right.line
    }
    var result: [Row] = []
    var firstLine = 0
    for (line, row) in ordered {
      if let last = result.last, !precedes(last, row) {
        issues.append(
          FieldIssue(
            file: file, line: line, field: key, found: "the same as on line \(firstLine)",
            expected: "every key once"))
      } else {
        result.append(row)
        firstLine = line
      }
    }
    return result
  }
}
