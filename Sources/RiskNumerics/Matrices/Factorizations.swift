// Factorisations and solutions by LAPACK; each status is judged once, in `LAPACKStatus`.

import CLAPACKE
import COpenBLAS

/// Why a matrix could not be factored or a system not solved.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
  /// The matrix has NaN or an infinity; the place is the first one in storage order.
  case notFinite(row: Int, column: Int)
  /// The leading minor of this order (from 1) is not positive.
  case notPositiveDefinite(leadingMinor: Int)
  /// A symmetric matrix has a negative direction: the factor of rank `rank` leaves a residual this
  /// large.
  case indefinite(rank: Int, largestResidual: Double)
  /// The pivot of this order (from 1) is exactly zero.
  case singular(pivot: Int)
  /// The routine's iteration did not converge.
  case notConverged(routine: String, failureCount: Int)

  /// What is wrong with the matrix.
  public var description: String {
    switch self {
    case .notFinite(let row, let column):
      "the matrix holds NaN or an infinity at row \(row), column \(column)"
    case .notPositiveDefinite(let order):
      "the matrix is not positive definite: its leading minor of order \(order) is not positive"
    case .indefinite(let rank, let residual):
      "the matrix is not positive semidefinite: a factor of rank \(rank) leaves \(residual)"
    case .singular(let pivot): "the matrix is singular: pivot \(pivot) is zero"
    case .notConverged(let routine, let count):
      "\(routine) did not converge: \(count) values are missing"
    }
  }
}

/// A LAPACK status: negative is a wrong argument and our bug; positive is about the matrix.
private enum LAPACKStatus {
  static func requireArguments(_ info: Int32, _ routine: StaticString) {
    precondition(info >= 0, "\(routine): argument \(-info) is invalid")
  }
}

extension LinearAlgebra {
  /// Lower triangular factor L with L L' = matrix; the upper triangle of the result is zero.
  ///
  /// Reads the lower triangle of a symmetric matrix.
  public static func cholesky(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    var factor = try squareAndFinite(matrix)
    let count = Int32(matrix.rowCount)
    if count == 0 { return factor }
    let info = unsafe overwrite(&factor) { elements in
      unsafe LAPACKE_dpotrf(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), count, elements.baseAddress, count)
    }
    LAPACKStatus.requireArguments(info, "dpotrf")
    if info > 0 { throw .notPositiveDefinite(leadingMinor: Int(info)) }
    clearUpperTriangle(&factor)
    return factor
  }

  /// A factor of a positive semidefinite matrix.
  public struct PivotedCholesky: Sendable, Equatable {
    /// L [n x n], lower triangular, with zeros from column `rank` on.
    public let lower: Matrix
    /// The row of L that belongs to each row of the matrix: with A = L, its rows in this order,
    /// A A' = matrix.
    public let positions: [Int]
    /// Number of columns other than zero.
    public let rank: Int
    /// Largest absolute entry of matrix - A A'.
    public let largestResidual: Double
  }

  /// Cholesky factor with complete pivoting, for matrices that may be rank deficient.
  ///
  /// Pivots at or below n x epsilon x largest diagonal count as zero [Higham 2002, section 10.3].
  /// Reads the lower triangle of a symmetric matrix; one with a clearly negative direction is
  /// refused.
  public static func pivotedCholesky(
    _ matrix: Matrix
  ) throws(LinearAlgebraError) -> PivotedCholesky {
    var work = try squareAndFinite(matrix)
    let size = matrix.rowCount
    let largest = matrix.diagonal.reduce(0) { max($0, abs($1)) }
    let tolerance = Double(size) * Double.ulpOfOne * largest
    var pivots = [Int32](repeating: 0, count: size)
    var rank: Int32 = 0
    if size > 0 && largest > 0 {
      let info = unsafe overwrite(&work) { elements in
        unsafe LAPACKE_dpstrf(
          LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(size), elements.baseAddress,
          Int32(size), &pivots, &rank, tolerance)
      }
      LAPACKStatus.requireArguments(info, "dpstrf")
    }
    var lower = Matrix(rowCount: size, columnCount: size)
    for column in 0..<Int(rank) {
      for row in column..<size { lower[row, column] = work[row, column] }
    }
    var positions = [Int](0..<size)
    if rank > 0 {
      for (position, pivot) in pivots.enumerated() { positions[Int(pivot) - 1] = position }
    }
    let rebuilt = product(lower, .plain, lower, .transposed)
    var residual = 0.0
    for column in 0..<size {
      for row in column..<size {
        let value = rebuilt[positions[row], positions[column]]
        residual = max(residual, abs(matrix[row, column] - value))
      }
    }
    // A semidefinite matrix leaves at most the tolerance and the rounding of the factor.
    if residual > 1_000 * tolerance {
      throw .indefinite(rank: Int(rank), largestResidual: residual)
    }
    return PivotedCholesky(
      lower: lower, positions: positions, rank: Int(rank), largestResidual: residual)
  }

  /// Eigenvalues and eigenvectors of a symmetric matrix.
  public struct SymmetricEigen: Sendable, Equatable {
    /// Eigenvalues, ascending.
    public let values: [Double]
    /// Eigenvector i is column i; in each the entry largest in size (the first of several) is
    /// positive.
    public let vectors: Matrix
  }

  /// Eigen decomposition of a symmetric matrix, of which the lower triangle is read.
  public static func symmetricEigen(_ matrix: Matrix) throws(LinearAlgebraError) -> SymmetricEigen {
    var work = try squareAndFinite(matrix)
    let size = matrix.rowCount
    let count = Int32(size)
    var values = [Double](repeating: 0, count: size)
    var vectors = Matrix(rowCount: size, columnCount: size)
    if size == 0 { return SymmetricEigen(values: values, vectors: vectors) }
    var support = [Int32](repeating: 0, count: 2 * size)
    var found: Int32 = 0
    let info = unsafe overwrite(&work) { elements in
      unsafe overwrite(&vectors) { vectors in
        unsafe LAPACKE_dsyevr(
          LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "A")),
          CChar(UInt8(ascii: "L")), count, elements.baseAddress, count, 0, 0, 0, 0, 0, &found,
          &values, vectors.baseAddress, count, &support)
      }
    }
    LAPACKStatus.requireArguments(info, "dsyevr")
    if info > 0 || Int(found) < size {
      throw .notConverged(routine: "dsyevr", failureCount: size - Int(found))
    }
    for column in 0..<size { vectors.withMutableColumn(column) { fixSign(&$0) } }
    return SymmetricEigen(values: values, vectors: vectors)
  }

  /// X with matrix X = right, for a general square matrix.
  public static func solve(_ matrix: Matrix, _ right: Matrix) throws(LinearAlgebraError) -> Matrix {
    var work = try squareAndFinite(matrix)
    var solution = try finite(right)
    precondition(right.rowCount == matrix.rowCount, "matrix and right side differ in rows")
    let count = Int32(matrix.rowCount)
    if count == 0 || right.columnCount == 0 { return solution }
    var pivots = [Int32](repeating: 0, count: matrix.rowCount)
    let info = unsafe overwrite(&work) { elements in
      unsafe overwrite(&solution) { solution in
        unsafe LAPACKE_dgesv(
          LAPACK_COL_MAJOR, count, Int32(right.columnCount), elements.baseAddress, count, &pivots,
          solution.baseAddress, count)
      }
    }
    LAPACKStatus.requireArguments(info, "dgesv")
    if info > 0 { throw .singular(pivot: Int(info)) }
    return solution
  }

  /// X with matrix X = right, for a symmetric positive definite matrix, of which the lower triangle
  /// is read.
  public static func solvePositiveDefinite(
    _ matrix: Matrix, _ right: Matrix
  ) throws(LinearAlgebraError) -> Matrix {
    var work = try squareAndFinite(matrix)
    var solution = try finite(right)
    precondition(right.rowCount == matrix.rowCount, "matrix and right side differ in rows")
    let count = Int32(matrix.rowCount)
    if count == 0 || right.columnCount == 0 { return solution }
    let info = unsafe overwrite(&work) { elements in
      unsafe overwrite(&solution) { solution in
        unsafe LAPACKE_dposv(
          LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), count, Int32(right.columnCount),
          elements.baseAddress, count, solution.baseAddress, count)
      }
    }
    LAPACKStatus.requireArguments(info, "dposv")
    if info > 0 { throw .notPositiveDefinite(leadingMinor: Int(info)) }
    return solution
  }

  /// A solution in the least-squares sense.
  public struct LeastSquares: Sendable, Equatable {
    /// The shortest X among those with the smallest |matrix X - right|.
    public let solution: Matrix
    /// Number of singular values above the cut.
    public let rank: Int
    /// Singular values, descending.
    public let singularValues: [Double]
  }

  /// Least squares of any shape and rank, by the singular values; those at or below
  /// max(rows, columns) x epsilon x the largest count as zero.
  public static func leastSquares(
    _ matrix: Matrix, _ right: Matrix
  ) throws(LinearAlgebraError) -> LeastSquares {
    var work = try finite(matrix)
    precondition(right.rowCount == matrix.rowCount, "matrix and right side differ in rows")
    let checked = try finite(right)
    let (rows, columns) = (matrix.rowCount, matrix.columnCount)
    let tall = max(rows, columns)
    var padded = Matrix(rowCount: tall, columnCount: right.columnCount)
    for column in 0..<right.columnCount {
      for row in 0..<rows { padded[row, column] = checked[row, column] }
    }
    var singular = [Double](repeating: 0, count: min(rows, columns))
    var rank: Int32 = 0
    if rows > 0 && columns > 0 && right.columnCount > 0 {
      let info = unsafe overwrite(&work) { elements in
        unsafe overwrite(&padded) { solution in
          unsafe LAPACKE_dgelsd(
            LAPACK_COL_MAJOR, Int32(rows), Int32(columns), Int32(right.columnCount),
            elements.baseAddress, Int32(rows), solution.baseAddress, Int32(tall), &singular,
            Double(tall) * Double.ulpOfOne, &rank)
        }
      }
      LAPACKStatus.requireArguments(info, "dgelsd")
      if info > 0 { throw .notConverged(routine: "dgelsd", failureCount: Int(info)) }
    }
    var solution = Matrix(rowCount: columns, columnCount: right.columnCount)
    for column in 0..<right.columnCount {
      for row in 0..<columns { solution[row, column] = padded[row, column] }
    }
    return LeastSquares(solution: solution, rank: Int(rank), singularValues: singular)
  }

  /// Calls a routine that overwrites the matrix, and returns its status.
  private static func overwrite(
    _ matrix: inout Matrix, _ body: (UnsafeMutableBufferPointer<Double>) -> Int32
  ) -> Int32 {
    BLASRuntime.use()
    return matrix.withMutableElements { span in
      unsafe span.withUnsafeMutableBufferPointer { buffer in unsafe body(buffer) }
    }
  }

  private static func squareAndFinite(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    precondition(matrix.rowCount == matrix.columnCount, "the matrix is not square")
    return try finite(matrix)
  }

  private static func finite(_ matrix: Matrix) throws(LinearAlgebraError) -> Matrix {
    if let place = matrix.elements.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(row: place % matrix.rowCount, column: place / matrix.rowCount)
    }
    return matrix
  }

  private static func clearUpperTriangle(_ matrix: inout Matrix) {
    for column in 1..<max(matrix.columnCount, 1) {
      for row in 0..<column { matrix[row, column] = 0 }
    }
  }

  /// LAPACK leaves the sign of an eigenvector open; a fixed one keeps results comparable.
  private static func fixSign(_ vector: inout MutableSpan<Double>) {
    var largest = 0
    for index in vector.indices where abs(vector[index]) > abs(vector[largest]) { largest = index }
    if vector[largest] < 0 {
      for index in vector.indices { vector[index] = -vector[index] }
    }
  }
}
