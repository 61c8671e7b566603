// A table of comma-separated values (RFC 4180) read row by row: one pass over the bytes finds the
// separators, a row is a list of byte ranges, and nothing becomes a string before somebody asks.

/// Reads a CSV file row after row.
///
///     var table = try CSVScanner(ByteSource(path: path, file: "positions.csv"))
///     let quantity = table.column(named: "quantity")
///     while try table.next(&issues) { … table.double(at: quantity) … }
///
/// What is read: UTF-8 with or without a byte order mark, which is skipped; lines that end in LF or
/// CR LF, the last one also at the end of the file; fields in quotes may hold commas, line ends and
/// doubled quotes. The first row is the header, with a different name for each column. What is
/// refused: bytes that are not UTF-8, control characters other than tab, quotes inside unquoted
/// fields. A row with more or fewer fields than the header is an issue, and is passed over; so is a
/// blank line, except at the end of the file.
///
/// `parts` cuts the rows into pieces that scanners of their own can read at the same time.
@safe package struct CSVScanner: ~Copyable {
  /// The range of a field's text in the file, without the quotes around it.
  struct Field {
    var start = 0
    var end = 0
    var isQuoted = false
    var hasDoubledQuotes = false
  }

  /// The name of the file for messages.
  package var file: String { source.file }
  /// The names of the columns, in the order of the file.
  package private(set) var header: [String] = []
  /// The line, counted from 1, on which the current row begins.
  package private(set) var line = 1

  /// The number of columns.
  private(set) var columnCount = 0
  /// All bytes of the table, which `source` keeps.
  let bytes: TableBytes
  private let source: ByteSource
  private var memory: FieldMemory
  private(set) var places: FieldPlaces
  private var fieldCount = 0
  private var position = 0
  private var nextLine = 1
  /// Where the rows of this scanner end.
  private let end: Int

  /// Reads the header.
  package init(_ source: ByteSource) throws(InputError) {
    self.source = source
    bytes = source.tableBytes
    end = bytes.count
    memory = FieldMemory(count: 64)
    places = memory.places
    let hasMark = end >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf
    let start = hasMark ? 3 : 0
    guard start < end else { throw malformed(.noHeader) }
    position = start
    try scanRow()
    if fieldCount > places.count {
      memory = FieldMemory(count: fieldCount)
      places = memory.places
      (position, nextLine) = (start, 1)
      try scanRow()
    }
    columnCount = fieldCount
    if rowIsBlank { throw malformed(.noHeader) }
    header = (0..<columnCount).map { text(at: $0) }
    try requireDistinctNames()
  }

  /// Reads a part of the rows of a table, as the `parts` of a scanner of the same source cut it;
  /// `header` is that scanner's.
  package init(_ source: ByteSource, header: [String], part: RowPart) {
    self.source = source
    bytes = source.tableBytes
    self.header = header
    columnCount = header.count
    memory = FieldMemory(count: columnCount)
    places = memory.places
    position = part.start
    end = part.end
    nextLine = part.firstLine
    line = part.firstLine
  }

  /// Cuts the rows that were not read yet into parts of about a size, of which each but the first
  /// begins with a row that is not blank.
  ///
  /// Up to the first row that is no row of a table, which is where reading ends, the parts hold
  /// together the same rows as the table, on the same lines.
  package func parts(byteCount: Int, threadCount: Int) -> [RowPart] {
    RowCutter(bytes: bytes, start: position, firstLine: nextLine)
      .parts(byteCount: byteCount, threadCount: threadCount)
  }

  /// Goes to the next row whose number of fields is that of the header.
  ///
  /// - Parameter issues: takes the rows that were passed over.
  /// - Returns: false at the end of the rows.
  package mutating func next(_ issues: inout FieldIssues) throws(InputError) -> Bool {
    while position < end {
      line = nextLine
      try scanRow()
      if rowIsBlank {
        let blankLine = line
        skipBlankLines()
        if position == bytes.count { return false }
        append("a blank line", at: blankLine, to: &issues)
      } else if fieldCount == columnCount {
        return true
      } else {
        append("\(fieldCount) field\(fieldCount == 1 ? "" : "s")", at: line, to: &issues)
      }
    }
    return false
  }

  private var rowIsBlank: Bool {
    guard fieldCount == 1 else { return false }
    let field = places[0]
    return !field.isQuoted && field.start == field.end
  }

  private func append(_ found: String, at line: Int, to issues: inout FieldIssues) {
    let count = columnCount
    issues.append(
      FieldIssue(
        file: file, line: line, field: nil, found: found,
        expected: "\(count) field\(count == 1 ? "" : "s") as in the header"))
  }

  private mutating func skipBlankLines() {
    while let next = RowCutter.endOfBlankLine(bytes, at: position) {
      position = next
      nextLine += 1
    }
  }

  private func requireDistinctNames() throws(InputError) {
    var seen = NameTable(expectedCount: header.count)
    for (index, name) in header.enumerated() {
      if name.isEmpty { throw malformed(.unnamedColumn(number: index + 1)) }
      if seen.intern(name) != Int32(index) { throw malformed(.duplicateColumn(name: name)) }
    }
  }

  private func malformed(_ problem: TableProblem, line: Int? = nil) -> InputError {
    .malformed(file: file, line: line ?? self.line, problem: problem)
  }

  // MARK: - Finding separators

  /// Reads the fields of the row at `position`, which is not the end, and steps behind it.
  private mutating func scanRow() throws(InputError) {
    let rowStart = position
    let row = places
    var count = 0
    var field = Field(start: position)
    var word = position
    var scanned = SeparatorWord(bytes, at: word)
    var highBits = scanned.highBits
    var isOpen = true
    while isOpen {
      while scanned.marks == 0 {
        word += 8
        if word >= bytes.count { break }
        scanned = SeparatorWord(bytes, at: word)
        highBits |= scanned.highBits
      }
      // Beyond the last separator the end of the file closes the row.
      let at = scanned.marks == 0 ? bytes.count : word + scanned.removeFirst()
      let byte = at < bytes.count ? bytes[at] : UInt8(ascii: "\n")
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if !field.isQuoted {
          let isCarriageReturn =
            byte == UInt8(ascii: "\n") && at > field.start && bytes[at - 1] == UInt8(ascii: "\r")
          field.end = isCarriageReturn ? at - 1 : at
        }
        if count < row.count { row[count] = field }
        count += 1
        field = Field(start: at + 1)
        isOpen = byte == UInt8(ascii: ",")
      case UInt8(ascii: "\""):
        guard at == field.start, !field.isQuoted else {
          throw malformed(.misplacedQuote, line: nextLine)
        }
        field = try scanQuoted(from: at + 1, &highBits)
        word = field.end + 1
        scanned = SeparatorWord(bytes, at: word)
        highBits |= scanned.highBits
      default:
        try requireAllowed(byte, at: at)
      }
    }
    fieldCount = count
    nextLine += 1
    position = min(field.start, bytes.count)
    if highBits != 0 { try requireText(rowStart..<position) }
  }

  /// Reads a quoted field from behind its opening quote to its closing one.
  private mutating func scanQuoted(
    from start: Int, _ highBits: inout UInt64
  ) throws(InputError) -> Field {
    var field = Field(start: start, isQuoted: true)
    let openingLine = nextLine
    var word = start
    while word < bytes.count {
      var scanned = SeparatorWord(bytes, at: word)
      highBits |= scanned.highBits
      let first = word
      word += 8
      while scanned.marks != 0 {
        let at = first + scanned.removeFirst()
        switch bytes[at] {
        case UInt8(ascii: "\n"): nextLine += 1
        case UInt8(ascii: ","): break
        case UInt8(ascii: "\""):
          if bytes.has(UInt8(ascii: "\""), at: at + 1) {
            field.hasDoubledQuotes = true
            word = at + 2
            scanned.removeAll()
          } else {
            field.end = at
            try requireFieldEnd(at: at + 1)
            return field
          }
        default: try requireAllowed(bytes[at], at: at)
        }
      }
    }
    throw malformed(.unclosedQuote, line: openingLine)
  }

  /// Behind a closing quote stands a comma, a line end or the end of the file.
  private func requireFieldEnd(at index: Int) throws(InputError) {
    guard index < bytes.count else { return }
    let byte = bytes[index]
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "\n"): return
    case UInt8(ascii: "\r"): try requireAllowed(byte, at: index)
    default: throw malformed(.misplacedQuote, line: nextLine)
    }
  }

  /// Of the control characters only tab stands in a table, and CR before LF.
  private func requireAllowed(_ byte: UInt8, at index: Int) throws(InputError) {
    if byte == UInt8(ascii: "\t") { return }
    let isLineEnd = byte == UInt8(ascii: "\r") && bytes.has(UInt8(ascii: "\n"), at: index + 1)
    guard isLineEnd else { throw malformed(.controlCharacter(code: byte), line: nextLine) }
  }

  /// Throws when the bytes of the row just read are not UTF-8.
  private func requireText(_ row: Range<Int>) throws(InputError) {
    let lineOfError = bytes.withBytes(row) { text -> Int? in
      do throws(UTF8.ValidationError) {
        _ = try UTF8Span(validating: text)
        return nil
      } catch {
        let before = (0..<error.byteOffsets.lowerBound).count {
          text[$0] == UInt8(ascii: "\n")
        }
        return line + before
      }
    }
    if let lineOfError { throw malformed(.invalidUTF8, line: lineOfError) }
  }
}

/// Eight bytes of a table, and which of them are commas, quotes or control characters.
struct SeparatorWord {
  /// The top bit of each such byte that was not removed.
  private(set) var marks: UInt64
  /// The top bits of the bytes themselves: those of ASCII have none.
  let highBits: UInt64

  /// Looks at the eight bytes from a place on; those behind the end are neither.
  ///
  /// Every byte is judged exactly: adding to its lower seven bits cannot carry into the next.
  @inline(__always)
  init(_ bytes: TableBytes, at position: Int) {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let lowBits = ones &* 0x7f
    let word = bytes.word(at: position)
    let comma = word ^ ones &* UInt64(UInt8(ascii: ","))
    let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
    // Each of the three has its top bit clear exactly where the byte is looked for.
    let notComma = (comma & lowBits) &+ lowBits | comma
    let notQuote = (quote & lowBits) &+ lowBits | quote
    let notControl = (word & lowBits) &+ ones &* (0x80 - 0x20) | word
    marks = ~(notComma & notQuote & notControl) & ~lowBits
    highBits = word & ~lowBits
  }

  /// The place of the first marked byte, which is marked no longer.
  @inline(__always)
  mutating func removeFirst() -> Int {
    let place = marks.trailingZeroBitCount >> 3
    marks &= marks &- 1
    return place
  }

  mutating func removeAll() { marks = 0 }
}
