// Dense matrices: the one law of storage outside scenario blocks.
// Column-major; a column is a thing (instrument, factor, account), a row is a scenario or a date.

/// Dense matrix of `Double`, column-major: element (row, column) is at `row + column * rowCount`.
///
/// LAPACK and BLAS see it as it is, with leading dimension `rowCount`. Indices out of range are a
/// precondition failure.
public struct Matrix: Sendable, Equatable {
  /// Number of rows.
  public let rowCount: Int
  /// Number of columns.
  public let columnCount: Int
  /// All elements, column after column.
  public private(set) var elements: [Double]

  /// A matrix whose elements are all `value`.
  public init(rowCount: Int, columnCount: Int, repeating value: Double = 0) {
    precondition(rowCount >= 0 && columnCount >= 0, "a matrix has no negative dimension")
    self.rowCount = rowCount
    self.columnCount = columnCount
    elements = Array(repeating: value, count: rowCount * columnCount)
  }

  /// A matrix from its elements, column after column; their count must be `rowCount * columnCount`.
  public init(rowCount: Int, columnCount: Int, elements: [Double]) {
    precondition(rowCount >= 0 && columnCount >= 0, "a matrix has no negative dimension")
    precondition(elements.count == rowCount * columnCount, "shape and element count differ")
    self.rowCount = rowCount
    self.columnCount = columnCount
    self.elements = elements
  }

  /// The unit matrix.
  public static func identity(_ count: Int) -> Matrix {
    var result = Matrix(rowCount: count, columnCount: count)
    for index in 0..<count { result[index, index] = 1 }
    return result
  }

  /// The element at (row, column).
  public subscript(row: Int, column: Int) -> Double {
    get {
      precondition(isInside(row, column), "element outside the matrix")
      return elements[row + column * rowCount]
    }
    set {
      precondition(isInside(row, column), "element outside the matrix")
      elements[row + column * rowCount] = newValue
    }
  }

  private func isInside(_ row: Int, _ column: Int) -> Bool {
    row >= 0 && row < rowCount && column >= 0 && column < columnCount
  }

  /// Calls `body` with the column's elements.
  public func withColumn<Result, Failure: Error>(
    _ column: Int, _ body: (Span<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(column >= 0 && column < columnCount, "column outside the matrix")
    let start = column * rowCount
    return try body(elements.span.extracting(start..<(start + rowCount)))
  }

  /// Calls `body` with the column's elements for changing them.
  public mutating func withMutableColumn<Result, Failure: Error>(
    _ column: Int, _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(column >= 0 && column < columnCount, "column outside the matrix")
    let (start, length) = (column * rowCount, rowCount)
    var all = elements.mutableSpan
    return try all.withPart(start, count: length, body)
  }

  /// Calls `body` with all elements for changing them, column after column.
  public mutating func withMutableElements<Result, Failure: Error>(
    _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var all = elements.mutableSpan
    return try body(&all)
  }

  /// The transposed copy, for small matrices and reports; products transpose through BLAS instead.
  public var transposed: Matrix {
    var result = Matrix(rowCount: columnCount, columnCount: rowCount)
    for column in 0..<columnCount {
      for row in 0..<rowCount { result[column, row] = self[row, column] }
    }
    return result
  }

  /// The elements of the main diagonal.
  public var diagonal: [Double] {
    (0..<min(rowCount, columnCount)).map { self[$0, $0] }
  }

  /// Square root of the sum of squares of all elements.
  public var frobeniusNorm: Double {
    OrderedSum.total(of: elements.map { $0 * $0 }).squareRoot()
  }

  /// Whether no element is NaN or infinite.
  public var isFinite: Bool { elements.allSatisfy { $0.isFinite } }
}

extension MutableSpan where Element == Double {
  /// Calls `body` with `count` elements from `start` on, for changing them.
  public mutating func withPart<Result, Failure: Error>(
    _ start: Int, count partCount: Int,
    _ body: (inout MutableSpan<Double>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      start >= 0 && partCount >= 0 && start + partCount <= count, "part outside the span")
    return try unsafe withUnsafeMutableBufferPointer {
      (buffer: UnsafeMutableBufferPointer<Double>) throws(Failure) -> Result in
      let part = unsafe UnsafeMutableBufferPointer(rebasing: buffer[start..<(start + partCount)])
      var span = unsafe part.mutableSpan
      return try body(&span)
    }
  }
}
