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

  /// Columns of every dgemm on tiles. Bits of dgemm depend on the shape of the call, so tiles
  /// always have 64 rows and this many columns; missing columns are zeros.
  private static let tileColumnCount = 64

  /// tile x op(matrix), for a tile of 64 scenarios, added to or replacing `result`.
  ///
  /// Shapes: `tile` [64 x k], op(matrix) [k x n], `result` [64 x n]; leading dimensions of tiles
  /// are 64. A column of the result depends on no other column of op(matrix). With the transposed
  /// form and a factor A of a covariance [n x k] this turns independent normals into correlated
  /// ones.
  public static func tileProduct(
    _ tile: Span<Double>, _ matrix: Matrix, _ form: Form = .plain, adding: Bool = false,
    into result: inout MutableSpan<Double>
  ) {
    let rows = ScenarioMatrix.blockRowCount
    let (inner, columns) = shape(matrix, form)
    precondition(tile.count == rows * inner, "tile and matrix differ")
    precondition(result.count >= rows * columns, "the result is too small")
    if columns == 0 { return }
    if inner == 0 {
      if !adding { for index in 0..<(rows * columns) { result[index] = 0 } }
      return
    }
    BLASRuntime.use()
    let wholeTiles = columns / tileColumnCount
    unsafe tile.withUnsafeBufferPointer { tile in
      unsafe result.withUnsafeMutableBufferPointer { result in
        unsafe matrix.elements.withUnsafeBufferPointer { elements in
          for number in 0..<wholeTiles {
            let first = number * tileColumnCount
            let offset = form == .plain ? first * inner : first
            let operand = TileOperand(
              form: form, inner: inner, leadingDimension: matrix.rowCount, adding: adding)
            unsafe operand.multiply(
              tile, UnsafeBufferPointer(rebasing: elements[offset...]),
              UnsafeMutableBufferPointer(rebasing: result[(first * rows)...]))
          }
        }
        let first = wholeTiles * tileColumnCount
        if first < columns {
          unsafe multiplyRest(
            tile, matrix, form, adding: adding,
            into: UnsafeMutableBufferPointer(rebasing: result[(first * rows)...]))
        }
      }
    }
  }

  /// The last columns, padded with zeros to a whole tile.
  private static func multiplyRest(
    _ tile: UnsafeBufferPointer<Double>, _ matrix: Matrix, _ form: Form, adding: Bool,
    into result: UnsafeMutableBufferPointer<Double>
  ) {
    let rows = ScenarioMatrix.blockRowCount
    let (inner, columns) = shape(matrix, form)
    let first = columns / tileColumnCount * tileColumnCount
    var padded = Matrix(rowCount: inner, columnCount: tileColumnCount)
    for column in first..<columns {
      for row in 0..<inner {
        padded[row, column - first] = form == .plain ? matrix[row, column] : matrix[column, row]
      }
    }
    let count = (columns - first) * rows
    var scratch = [Double](repeating: 0, count: rows * tileColumnCount)
    if adding { for index in 0..<count { unsafe scratch[index] = result[index] } }
    let operand = TileOperand(form: .plain, inner: inner, leadingDimension: inner, adding: adding)
    unsafe padded.elements.withUnsafeBufferPointer { elements in
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        unsafe operand.multiply(tile, elements, scratch)
      }
    }
    for index in 0..<count { unsafe result[index] = scratch[index] }
  }

  /// The one shape of dgemm on tiles.
  private struct TileOperand {
    let form: Form
    let inner: Int
    let leadingDimension: Int
    let adding: Bool

    func multiply(
      _ tile: UnsafeBufferPointer<Double>, _ matrix: UnsafeBufferPointer<Double>,
      _ result: UnsafeMutableBufferPointer<Double>
    ) {
      let rows = Int32(ScenarioMatrix.blockRowCount)
      unsafe cblas_dgemm(
        CblasColMajor, CblasNoTrans, form.cblas, rows, Int32(tileColumnCount), Int32(inner), 1,
        tile.baseAddress, rows, matrix.baseAddress, Int32(leadingDimension), adding ? 1 : 0,
        result.baseAddress, rows)
    }
  }
}
