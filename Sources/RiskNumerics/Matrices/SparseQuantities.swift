// What risk units hold of the columns of a matrix.

/// Quantities [columns x units], sparse, unit after unit.
///
/// Entries of a unit stay in the order given: it is the order of its sum.
public struct SparseQuantities: Sendable, Equatable {
  /// Number of columns of the matrix that the quantities multiply.
  public let columnCount: Int
  /// Entries of unit u are those from `offsets[u]` up to `offsets[u + 1]`.
  public private(set) var offsets: [Int64] = [0]
  /// Column of each entry.
  public private(set) var columns: [Int32] = []
  /// Quantity of each entry.
  public private(set) var quantities: [Double] = []

  /// No units.
  public init(columnCount: Int) {
    precondition(columnCount >= 0 && columnCount <= Int(Int32.max), "column count out of range")
    self.columnCount = columnCount
  }

  /// Number of units.
  public var unitCount: Int { offsets.count - 1 }

  /// Number of entries of all units.
  public var entryCount: Int { columns.count }

  /// Adds an entry to the unit that is being built.
  public mutating func append(column: Int, quantity: Double) {
    precondition(column >= 0 && column < columnCount, "column outside the matrix")
    columns.append(Int32(column))
    quantities.append(quantity)
  }

  /// Ends the unit that is being built; one without entries is a column of zeros.
  public mutating func endUnit() { offsets.append(Int64(columns.count)) }

  /// Removes all units and keeps the memory.
  public mutating func removeAll() {
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
    columns.removeAll(keepingCapacity: true)
    quantities.removeAll(keepingCapacity: true)
  }
}
