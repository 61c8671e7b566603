// One row of a table as places in memory without owners: what is read of millions of rows costs no
// count of owners and no string.

/// The fields of a row, as long as the scanner that found them stands on it.
struct TableRow {
  let bytes: TableBytes
  let places: FieldPlaces
  let columnCount: Int

  /// The place of a field. Precondition: `column` is a column of the header.
  @inline(__always)
  func field(at column: Int) -> CSVScanner.Field {
    precondition(column >= 0 && column < columnCount, "no such column")
    return places[column]
  }

  /// Calls a closure with the bytes of a field: quotes around it are off, doubled quotes single.
  @inline(__always)
  func withField<Result, Failure>(
    at column: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let field = field(at: column)
    if !field.hasDoubledQuotes { return try bytes.withBytes(field.start..<field.end, body) }
    return try body(singleQuoted(field).span)
  }

  private func singleQuoted(_ field: CSVScanner.Field) -> [UInt8] {
    var single: [UInt8] = []
    single.reserveCapacity(field.end - field.start)
    var index = field.start
    while index < field.end {
      single.append(bytes[index])
      index += bytes[index] == UInt8(ascii: "\"") ? 2 : 1
    }
    return single
  }

  /// True when a field holds nothing; a quoted nothing is nothing too.
  @inline(__always)
  func isEmpty(at column: Int) -> Bool {
    let field = field(at: column)
    return field.start == field.end
  }

  /// The text of a field.
  func text(at column: Int) -> String {
    withField(at: column) { bytes in
      unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  /// The finite number that a field holds, or nil (`DecimalText.double`).
  func double(at column: Int) -> Double? { withField(at: column) { DecimalText.double($0) } }

  /// The number of the name in a field, which is added to the table if it is new.
  func intern(at column: Int, into table: inout NameTable) -> Int32 {
    let field = field(at: column)
    if field.hasDoubledQuotes { return table.intern(singleQuoted(field).span) }
    return table.intern(bytes, field.start..<field.end)
  }

  /// The number of the name in a field, or nil when the table does not hold it.
  @inline(__always)
  func find(at column: Int, in table: borrowing NameTable) -> Int32? {
    let field = field(at: column)
    if field.hasDoubledQuotes { return table.find(singleQuoted(field).span) }
    return table.find(bytes, field.start..<field.end)
  }

  /// Whether a field holds the same bytes as one of an earlier row did.
  @inline(__always)
  func repeats(_ earlier: CSVScanner.Field, at column: Int) -> Bool {
    let field = field(at: column)
    let count = field.end - field.start
    guard earlier.end - earlier.start == count else { return false }
    var place = 0
    while place + 8 <= count {
      if bytes.word(at: field.start + place) != bytes.word(at: earlier.start + place) {
        return false
      }
      place += 8
    }
    while place < count {
      if bytes[field.start + place] != bytes[earlier.start + place] { return false }
      place += 1
    }
    return true
  }
}

/// Memory for the places of the fields of one row, without its owner.
@safe struct FieldPlaces {
  private let memory: UnsafeMutableBufferPointer<CSVScanner.Field>
  /// The number of fields that there is room for.
  let count: Int

  @unsafe init(_ memory: UnsafeMutableBufferPointer<CSVScanner.Field>) {
    unsafe self.memory = memory
    count = memory.count
  }

  /// Precondition, which is not checked: `index` is below `count`.
  subscript(index: Int) -> CSVScanner.Field {
    @inline(__always) get { unsafe memory[index] }
    @inline(__always) nonmutating set { unsafe memory[index] = newValue }
  }
}

/// The owner of the places of the fields of one row, which are written for every row anew.
@safe final class FieldMemory {
  private let memory: UnsafeMutableBufferPointer<CSVScanner.Field>
  let places: FieldPlaces

  init(count: Int) {
    unsafe memory = .allocate(capacity: count)
    unsafe memory.initialize(repeating: CSVScanner.Field())
    places = unsafe FieldPlaces(memory)
  }

  deinit { unsafe memory.deallocate() }
}
