// Rows of all accounts that wait on disk until their table is written, so that memory holds a piece of
// them only.

/// Rows on disk, read in the order in which they were appended, as often as wanted.
///
/// The file has no name: it is gone with the last copy of this value, however the program ends.
public struct SpilledRows<Row: BitwiseCopyable & Sendable>: Sequence, Sendable {
  /// Number of rows.
  public let count: Int
  private let file: RowFile

  fileprivate init(count: Int, file: RowFile) {
    self.count = count
    self.file = file
  }

  /// Rows of one reading.
  static var pieceRowCount: Int { Swift.max((1 << 16) / MemoryLayout<Row>.stride, 1) }

  /// Reads rows piece by piece.
  public struct Iterator: IteratorProtocol {
    fileprivate let rows: SpilledRows
    private var piece: [Row] = []
    private var place = 0
    private var nextRow = 0

    fileprivate init(rows: SpilledRows) { self.rows = rows }

    /// The next row. A disk that does not give back what it took ends the process.
    public mutating func next() -> Row? {
      if place == piece.count {
        let rowCount = Swift.min(SpilledRows.pieceRowCount, rows.count - nextRow)
        if rowCount == 0 { return nil }
        piece = rows.file.rows(from: nextRow, count: rowCount)
        nextRow += rowCount
        place = 0
      }
      defer { place += 1 }
      return piece[place]
    }
  }

  /// Begins at the first row.
  public func makeIterator() -> Iterator { Iterator(rows: self) }

  /// Number of rows.
  public var underestimatedCount: Int { count }
}

/// Takes rows and puts them on disk, piece by piece.
package final class RowSpill<Row: BitwiseCopyable & Sendable> {
  private let file: RowFile
  private var pending: [Row] = []
  private var writtenCount = 0

  /// Begins in a folder that is there.
  package init(folder: String) throws(FileSystemError) {
    file = try RowFile(folder: folder)
    pending.reserveCapacity(SpilledRows<Row>.pieceRowCount)
  }

  /// Appends a row.
  package func append(_ row: Row) throws(FileSystemError) {
    pending.append(row)
    if pending.count == SpilledRows<Row>.pieceRowCount { try flush() }
  }

  /// Appends rows.
  package func append(contentsOf rows: some Sequence<Row>) throws(FileSystemError) {
    for row in rows { try append(row) }
  }

  /// All rows so far.
  package func finish() throws(FileSystemError) -> SpilledRows<Row> {
    try flush()
    return SpilledRows(count: writtenCount, file: file)
  }

  private func flush() throws(FileSystemError) {
    try file.append(pending)
    writtenCount += pending.count
    pending.removeAll(keepingCapacity: true)
  }
}

/// The file behind rows.
private final class RowFile: Sendable {
  private let descriptor: Descriptor

  init(folder: String) throws(FileSystemError) { descriptor = try Descriptor.unnamed(in: folder) }

  func append<Row: BitwiseCopyable>(_ rows: [Row]) throws(FileSystemError) {
    try descriptor.write(rows.span)
  }

  func rows<Row: BitwiseCopyable>(from first: Int, count: Int) -> [Row] {
    let stride = MemoryLayout<Row>.stride
    return unsafe [Row](unsafeUninitializedCapacity: count) { memory, filled in
      let found = unsafe try? descriptor.readFully(
        into: UnsafeMutableRawBufferPointer(memory), at: first * stride)
      guard found == count * stride else {
        preconditionFailure("cannot read back rows from \(descriptor.path)")
      }
      filled = count
    }
  }
}
