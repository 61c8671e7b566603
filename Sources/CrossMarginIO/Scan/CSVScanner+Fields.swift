// What a row says: the fields of the current row as text, numbers, times and interned names, and
// the issues to report when a field does not say what it should.

extension CSVScanner {
  /// The index of a column, or nil when the file has none of this name.
  package func column(named name: String) -> Int? { header.firstIndex(of: name) }

  /// The indices of the columns that a schema names.
  ///
  /// - Parameters:
  ///   - required: columns that the file must have.
  ///   - optional: columns that it may have.
  ///   - ignoredPrefix: other columns whose names begin so are left alone; any further one is an
  ///     issue.
  ///   - issues: takes missing and unknown columns.
  /// - Returns: an index for each required, then each optional name; nil where the file has no such
  ///   column.
  package func columns(
    required: [String], optional: [String], ignoredPrefix: String, issues: inout FieldIssues
  ) -> [Int?] {
    let known = required + optional
    for name in header where !known.contains(name) && !name.hasPrefix(ignoredPrefix) {
      issues.append(
        FieldIssue(
          file: file, line: 1, field: name, found: "an unknown column",
          expected: "one of " + known.joined(separator: ", ")))
    }
    for name in required where !header.contains(name) {
      issues.append(
        FieldIssue(
          file: file, line: 1, field: name, found: "no such column", expected: "a required column"))
    }
    return known.map { column(named: $0) }
  }

  /// The current row, until the scanner goes on.
  var row: TableRow { TableRow(bytes: bytes, places: places, columnCount: columnCount) }

  /// Calls a closure with the bytes of a field: quotes around it are off, doubled quotes single.
  package func withField<Result, Failure>(
    at column: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try row.withField(at: column, body)
  }

  /// True when a field holds nothing; a quoted nothing is nothing too.
  package func isEmpty(at column: Int) -> Bool { row.isEmpty(at: column) }

  /// The text of a field.
  package func text(at column: Int) -> String { row.text(at: column) }

  /// The finite number that a field holds, or nil (`DecimalText.double`).
  package func double(at column: Int) -> Double? { row.double(at: column) }

  /// The whole number that a field holds, or nil (`DecimalText.integer`).
  package func integer(at column: Int) -> Int64? {
    withField(at: column) { DecimalText.integer($0) }
  }

  /// The time that a field holds, in microseconds since 1970 UTC, or nil (`TimeText.microseconds`).
  package func time(at column: Int) -> Int64? {
    withField(at: column) { TimeText.microseconds($0) }
  }

  /// The number of the name in a field, which is added to the table if it is new.
  package func intern(at column: Int, into table: inout NameTable) -> Int32 {
    row.intern(at: column, into: &table)
  }

  /// The number of the name in a field, or nil when the table does not hold it.
  package func find(at column: Int, in table: borrowing NameTable) -> Int32? {
    row.find(at: column, in: table)
  }

  /// An issue about a field of the current row.
  ///
  /// - Parameter expected: what should have stood there, as the end of the sentence "expected …".
  package func issue(at column: Int, expected: String) -> FieldIssue {
    // Four bytes for each scalar that is shown, and for one more, which tells that the text goes
    // on.
    let byteCountMax = 4 * (FieldIssue.scalarCountMax + 1)
    let start = withField(at: column) { bytes in
      let count = min(bytes.count, byteCountMax)
      return unsafe bytes.extracting(0..<count).withUnsafeBufferPointer {
        unsafe String(decoding: $0, as: UTF8.self)
      }
    }
    return FieldIssue(
      file: file, line: line, field: header[column], text: start, expected: expected)
  }
}
