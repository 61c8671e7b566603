// Products by BLAS. Matrices are column-major throughout; BLAS is told to transpose.

import COpenBLAS

/// Products and factorisations of dense matrices, by OpenBLAS and LAPACK on one thread.
public enum LinearAlgebra {
  /// Whether an operand enters as it is or transposed.
  public enum Form: Sendable {
    /// As stored.
    case plain
    /// Rows and columns exchanged.
    case transposed

    var cblas: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
  }

  /// scale x op(left) x op(right).
  public static func product(
    _ left: Matrix, _ leftForm: Form = .plain, _ right: Matrix, _ rightForm: Form = .plain,
    scale: Double = 1
  ) -> Matrix {
    let (rows, inner) = shape(left, leftForm)
    let (rightRows, columns) = shape(right, rightForm)
    precondition(inner == rightRows, "inner dimensions differ: \(inner) and \(rightRows)")
    var result = Matrix(rowCount: rows, columnCount: columns)
    if rows == 0 || columns == 0 || inner == 0 { return result }
    BLASRuntime.use()
    unsafe left.elements.withUnsafeBufferPointer { left in
      unsafe right.elements.withUnsafeBufferPointer { right in
        result.withMutableElements { span in
          unsafe span.withUnsafeMutableBufferPointer { result in
            unsafe cblas_dgemm(
              CblasColMajor, leftForm.cblas, rightForm.cblas, Int32(rows), Int32(columns),
              Int32(inner), scale, left.baseAddress, Int32(leftForm == .plain ? rows : inner),
              right.baseAddress, Int32(rightForm == .plain ? inner : columns), 0,
              result.baseAddress, Int32(rows))
          }
        }
      }
    }
    return result
  }

  /// op(matrix) x vector.
  public static func product(_ matrix: Matrix, _ form: Form = .plain, vector: [Double])
    -> [Double]
  {
    let (rows, inner) = shape(matrix, form)
    precondition(vector.count == inner, "matrix and vector differ: \(inner) and \(vector.count)")
    var result = [Double](repeating: 0, count: rows)
    if rows == 0 || inner == 0 { return result }
    BLASRuntime.use()
    unsafe matrix.elements.withUnsafeBufferPointer { elements in
      unsafe vector.withUnsafeBufferPointer { vector in
        unsafe result.withUnsafeMutableBufferPointer { result in
          unsafe cblas_dgemv(
            CblasColMajor, form.cblas, Int32(matrix.rowCount), Int32(matrix.columnCount), 1,
            elements.baseAddress, Int32(matrix.rowCount), vector.baseAddress, 1, 0,
            result.baseAddress, 1)
        }
      }
    }
    return result
  }

  private static func shape(_ matrix: Matrix, _ form: Form) -> (Int, Int) {
    form == .plain
      ? (matrix.rowCount, matrix.columnCount) : (matrix.columnCount, matrix.rowCount)
  }

  /// Turns a tile T of 64 scenarios into scale x T x lower'. [64 x n]
  ///
  /// With the Cholesky factor of a covariance [n x n], of which the lower triangle is read, this
  /// turns independent normals into correlated ones. Every call for one factor has the same shape,
  /// so the bits of a scenario depend on no other.
  public static func correlate(
    _ tile: inout MutableSpan<Double>, lower: Matrix, scale: Double = 1
  ) {
    let rows = Int32(ScenarioMatrix.blockRowCount)
    let size = Int32(lower.rowCount)
    precondition(lower.columnCount == lower.rowCount, "a factor is square")
    precondition(tile.count == Int(rows) * lower.rowCount, "tile and factor differ")
    if size == 0 { return }
    BLASRuntime.use()
    unsafe lower.elements.withUnsafeBufferPointer { lower in
      unsafe tile.withUnsafeMutableBufferPointer { tile in
        unsafe cblas_dtrmm(
          CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, rows, size, scale,
          lower.baseAddress, size, tile.baseAddress, rows)
      }
    }
  }
}
