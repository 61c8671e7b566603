// Rows on their way into a table, as plain words in one piece of memory: made on any thread, row by
// row without a value of their own for each field, and taken in by SQLite in one statement.

/// Rows of fields; every row has the same number of them.
struct RowBatch: Sendable {
  /// What a field of one column can be; any may also be nothing.
  enum FieldKind: UInt8, Sendable { case integer, real, text }

  /// Kinds of the fields of a row.
  let kinds: [FieldKind]
  /// Fields row by row: a whole number, the bits of a real one, or the number of a text.
  private(set) var words: [UInt64] = []
  /// Bytes of all texts, and where each begins; the end of the last stands at the end.
  private(set) var textBytes: [UInt8] = []
  private(set) var textStarts: [Int] = [0]

  /// No rows yet.
  init(kinds: [FieldKind]) { self.kinds = kinds }

  /// Number of whole rows.
  var rowCount: Int { words.count / kinds.count }

  /// Whether all rows have all their fields.
  var isWhole: Bool { words.count.isMultiple(of: kinds.count) }

  /// The column of the next field.
  var column: Int { words.count % kinds.count }

  /// Stands for nothing in columns of real numbers and of texts; no finite number has these bits.
  static let nothing = UInt64.max
  /// Stands for nothing in columns of whole numbers, which are never so far below 0.
  static let noInteger = UInt64(bitPattern: Int64.min)

  /// Makes room for rows.
  mutating func reserve(rowCount: Int) {
    words.reserveCapacity(words.count + rowCount * kinds.count)
  }

  /// Adds a whole number.
  mutating func add(_ number: Int) {
    check(.integer)
    precondition(number != .min, "the lowest whole number stands for nothing")
    words.append(UInt64(bitPattern: Int64(number)))
  }

  /// Adds a finite number.
  mutating func add(_ number: Double) {
    check(.real)
    words.append(number.bitPattern)
  }

  /// Adds a text.
  mutating func add(_ text: String) {
    check(.text)
    words.append(UInt64(textStarts.count - 1))
    textBytes.append(contentsOf: text.utf8)
    textStarts.append(textBytes.count)
  }

  /// Adds nothing.
  mutating func addNothing() {
    words.append(kinds[column] == .integer ? Self.noInteger : Self.nothing)
  }

  private func check(_ kind: FieldKind) {
    precondition(kinds[column] == kind, "the field is of another kind")
  }
}
