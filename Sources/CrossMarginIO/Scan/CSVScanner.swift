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
package struct CSVScanner: ~Copyable {
  /// The range of a field's text in the file, without the quotes around it.
  struct Field {
    var start = 0
    var end = 0
    var isQuoted = false
    var hasDoubledQuotes = false
  }

  /// How many bytes are checked for UTF-8 ahead of the rows, so that both passes meet them in
  /// cache.
  private static let checkedAheadBytes = 1 << 16

  /// The name of the file for messages.
  package var file: String { source.file }
  /// The names of the columns, in the order of the file.
  package private(set) var header: [String] = []
  /// The line, counted from 1, on which the current row begins.
  package private(set) var line = 1

  let source: ByteSource
  var fields: [Field]
  private var fieldCount = 0
  private var position = 0
  private var nextLine = 1
  private var checkedEnd = 0
  private var invalidOffset = Int.max

  /// Reads the header.
  package init(_ source: ByteSource) throws(InputError) {
    self.source = source
    fields = Array(repeating: Field(), count: 64)
    let bytes = unsafe source.buffer.span
    let hasMark = bytes.count >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf
    let start = hasMark ? 3 : 0
    guard start < bytes.count else { throw malformed(.noHeader) }
    position = start
    try scanRow(bytes)
    if fieldCount > fields.count {
      fields = Array(repeating: Field(), count: fieldCount)
      (position, nextLine) = (start, 1)
      try scanRow(bytes)
    }
    fields.removeLast(fields.count - fieldCount)
    if rowIsBlank { throw malformed(.noHeader) }
    header = fields.indices.map { text(at: $0) }
    try requireDistinctNames()
  }

  /// Goes to the next row whose number of fields is that of the header.
  ///
  /// - Parameter issues: takes the rows that were passed over.
  /// - Returns: false at the end of the file.
  package mutating func next(_ issues: inout FieldIssues) throws(InputError) -> Bool {
    let bytes = unsafe source.buffer.span
    while position < bytes.count {
      line = nextLine
      try scanRow(bytes)
      if rowIsBlank {
        let blankLine = line
        skipBlankLines(bytes)
        if position == bytes.count { return false }
        append("a blank line", at: blankLine, to: &issues)
      } else if fieldCount == header.count {
        return true
      } else {
        append("\(fieldCount) field\(fieldCount == 1 ? "" : "s")", at: line, to: &issues)
      }
    }
    return false
  }

  private var rowIsBlank: Bool {
    fieldCount == 1 && !fields[0].isQuoted && fields[0].start == fields[0].end
  }

  private func append(_ found: String, at line: Int, to issues: inout FieldIssues) {
    let count = header.count
    issues.append(
      FieldIssue(
        file: file, line: line, field: nil, found: found,
        expected: "\(count) field\(count == 1 ? "" : "s") as in the header"))
  }

  private mutating func skipBlankLines(_ bytes: Span<UInt8>) {
    while position < bytes.count {
      let isPair = bytes[position] == UInt8(ascii: "\r") && position + 1 < bytes.count
      let end = isPair ? position + 1 : position
      guard bytes[end] == UInt8(ascii: "\n") else { return }
      position = end + 1
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
  private mutating func scanRow(_ bytes: Span<UInt8>) throws(InputError) {
    let rowStart = position
    var row: [Field] = []
    swap(&row, &fields)
    defer { swap(&row, &fields) }
    let capacity = row.count
    var count = 0
    var field = Field(start: position)
    var word = position
    var matches = CSVScanner.separators(bytes, at: word)
    var isOpen = true
    while isOpen {
      while matches == 0 {
        word += 8
        if word >= bytes.count { break }
        matches = CSVScanner.separators(bytes, at: word)
      }
      // Beyond the last separator the end of the file closes the row.
      let at = matches == 0 ? bytes.count : word + matches.trailingZeroBitCount >> 3
      matches &= matches &- 1
      let byte = at < bytes.count ? bytes[at] : UInt8(ascii: "\n")
      switch byte {
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        if !field.isQuoted {
          let isCarriageReturn =
            byte == UInt8(ascii: "\n") && at > field.start && bytes[at - 1] == UInt8(ascii: "\r")
          field.end = isCarriageReturn ? at - 1 : at
        }
        if count < capacity { row[count] = field }
        count += 1
        field = Field(start: at + 1)
        isOpen = byte == UInt8(ascii: ",")
      case UInt8(ascii: "\""):
        guard at == field.start, !field.isQuoted else {
          throw malformed(.misplacedQuote, line: nextLine)
        }
        field = try scanQuoted(bytes, from: at + 1)
        word = field.end + 1
        matches = CSVScanner.separators(bytes, at: word)
      default:
        try requireAllowed(byte, bytes, at: at)
      }
    }
    fieldCount = count
    nextLine += 1
    position = min(field.start, bytes.count)
    try requireText(bytes, rowStart: rowStart)
  }

  /// Reads a quoted field from behind its opening quote to its closing one.
  private mutating func scanQuoted(
    _ bytes: Span<UInt8>, from start: Int
  ) throws(InputError) -> Field {
    var field = Field(start: start, isQuoted: true)
    let openingLine = nextLine
    var word = start
    while word < bytes.count {
      var matches = CSVScanner.separators(bytes, at: word)
      word += 8
      while matches != 0 {
        let at = word - 8 + matches.trailingZeroBitCount >> 3
        matches &= matches &- 1
        switch bytes[at] {
        case UInt8(ascii: "\n"): nextLine += 1
        case UInt8(ascii: ","): break
        case UInt8(ascii: "\""):
          if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") {
            field.hasDoubledQuotes = true
            word = at + 2
            matches = 0
          } else {
            field.end = at
            try requireFieldEnd(bytes, at: at + 1)
            return field
          }
        default: try requireAllowed(bytes[at], bytes, at: at)
        }
      }
    }
    throw malformed(.unclosedQuote, line: openingLine)
  }

  /// Behind a closing quote stands a comma, a line end or the end of the file.
  private func requireFieldEnd(_ bytes: Span<UInt8>, at index: Int) throws(InputError) {
    guard index < bytes.count else { return }
    switch bytes[index] {
    case UInt8(ascii: ","), UInt8(ascii: "\n"): return
    case UInt8(ascii: "\r"): try requireAllowed(bytes[index], bytes, at: index)
    default: throw malformed(.misplacedQuote, line: nextLine)
    }
  }

  /// Of the control characters only tab stands in a table, and CR before LF.
  private func requireAllowed(
    _ byte: UInt8, _ bytes: Span<UInt8>, at index: Int
  ) throws(InputError) {
    if byte == UInt8(ascii: "\t") { return }
    let isLineEnd =
      byte == UInt8(ascii: "\r") && index + 1 < bytes.count
      && bytes[index + 1] == UInt8(ascii: "\n")
    guard isLineEnd else { throw malformed(.controlCharacter(code: byte), line: nextLine) }
  }

  /// Marks, by its top bit, each of eight bytes that is a comma, a quote or a control character.
  ///
  /// Every byte is judged exactly: adding to its lower seven bits cannot carry into the next. Bytes
  /// behind the end are not marked.
  @inline(__always)
  private static func separators(_ bytes: Span<UInt8>, at position: Int) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let lowBits = ones &* 0x7f
    var word: UInt64 = 0
    if position + 8 <= bytes.count {
      word = unsafe UInt64(
        littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
    } else {
      word = ones &* UInt64(UInt8(ascii: "a"))
      for index in position..<max(position, bytes.count) {
        let shift = UInt64(index - position) * 8
        word = word & ~(0xff << shift) | UInt64(bytes[index]) << shift
      }
    }
    let comma = word ^ ones &* UInt64(UInt8(ascii: ","))
    let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
    // Each of the three has its top bit clear exactly where the byte is looked for.
    let notComma = (comma & lowBits) &+ lowBits | comma
    let notQuote = (quote & lowBits) &+ lowBits | quote
    let notControl = (word & lowBits) &+ ones &* (0x80 - 0x20) | word
    return ~(notComma & notQuote & notControl) & ~lowBits
  }

  // MARK: - Checking the encoding

  /// Throws when the bytes of the row just read, which begins at `rowStart`, are not UTF-8.
  private mutating func requireText(_ bytes: Span<UInt8>, rowStart: Int) throws(InputError) {
    while checkedEnd < position {
      var end = min(checkedEnd + CSVScanner.checkedAheadBytes, bytes.count)
      // The piece ends before a byte that begins a character, if it is UTF-8 at all.
      let endMin = end - 3
      while end < bytes.count, end > endMin, bytes[end] & 0xc0 == 0x80 { end -= 1 }
      do {
        _ = try UTF8Span(validating: bytes.extracting(checkedEnd..<end))
        checkedEnd = end
      } catch {
        invalidOffset = checkedEnd + error.byteOffsets.lowerBound
        checkedEnd = bytes.count
      }
    }
    guard invalidOffset < position else { return }
    var lineOfByte = line
    for index in min(rowStart, invalidOffset)..<invalidOffset
    where bytes[index] == UInt8(ascii: "\n") {
      lineOfByte += 1
    }
    throw malformed(.invalidUTF8, line: lineOfByte)
  }
}
