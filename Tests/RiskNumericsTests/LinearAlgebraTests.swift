// BLAS and LAPACK faces by their defining equations, their failures, and independence from tiling.

import RiskNumerics
import Testing

@Suite struct LinearAlgebraTests {
  private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> Matrix {
    var generator = SeededGenerator(seed: seed)
    let elements = (0..<(rows * columns)).map { _ in generator.uniform(-1, 1) }
    return Matrix(rowCount: rows, columnCount: columns, elements: elements)
  }

  private func distance(_ left: Matrix, _ right: Matrix) -> Double {
    zip(left.elements, right.elements).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Rounding of sums of a few dozen products of numbers up to one, times the condition of these
  /// matrices.
  private let tolerance = 1e-12

  private func positiveDefinite(_ size: Int, seed: UInt64) -> Matrix {
    let base = random(size, size, seed: seed)
    var result = LinearAlgebra.product(base, .plain, base, .transposed)
    for index in 0..<size { result[index, index] += 1 }
    return result
  }

  @Test func productsInAllForms() {
    let (a, b) = (random(5, 7, seed: 1), random(7, 4, seed: 2))
    var expected = Matrix(rowCount: 5, columnCount: 4)
    for row in 0..<5 {
      for column in 0..<4 {
        for inner in 0..<7 { expected[row, column] += a[row, inner] * b[inner, column] }
      }
    }
    let (at, bt) = (a.transposed, b.transposed)
    #expect(distance(LinearAlgebra.product(a, .plain, b), expected) < tolerance)
    #expect(distance(LinearAlgebra.product(at, .transposed, b), expected) < tolerance)
    #expect(distance(LinearAlgebra.product(a, .plain, bt, .transposed), expected) < tolerance)
    #expect(
      distance(LinearAlgebra.product(at, .transposed, bt, .transposed), expected) < tolerance)
    let vector = b.withColumn(2) { span in span.indices.map { span[$0] } }
    let result = LinearAlgebra.product(at, .transposed, vector: vector)
    for row in 0..<5 { #expect(abs(result[row] - expected[row, 2]) < tolerance) }
    #expect(LinearAlgebra.product(a, vector: vector).count == 5)
  }

  @Test(arguments: [1, 7, 64, 65, 130]) func correlationIsAProductScenarioByScenario(_ size: Int) {
    let tile = random(64, size, seed: 3)
    var lower = random(size, size, seed: 4)
    func correlated(_ tile: Matrix) -> Matrix {
      var result = tile
      result.withMutableElements { LinearAlgebra.correlate(&$0, lower: lower, scale: 0.5) }
      return result
    }
    let moves = correlated(tile)
    var other = tile
    for column in 0..<size { other[17, column] += 1 }
    let others = correlated(other)
    for column in 0..<size {
      #expect(moves[17, column] != others[17, column])
      for row in 0..<64 where row != 17 {
        #expect(moves[row, column].bitPattern == others[row, column].bitPattern)
      }
    }
    // What stands above the diagonal is not read.
    for column in 1..<size { for row in 0..<column { lower[row, column] = 0 } }
    let expected = LinearAlgebra.product(tile, .plain, lower, .transposed, scale: 0.5)
    #expect(distance(moves, expected) < tolerance)
  }

  @Test func choleskyRebuildsOrNamesTheMinor() throws {
    let matrix = positiveDefinite(12, seed: 5)
    let factor = try LinearAlgebra.cholesky(matrix)
    #expect(
      distance(LinearAlgebra.product(factor, .plain, factor, .transposed), matrix) < tolerance)
    #expect(factor[0, 5] == 0)
    var bad = Matrix.identity(3)
    bad[1, 1] = -1
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 2)) {
      try LinearAlgebra.cholesky(bad)
    }
    bad[2, 1] = .nan
    #expect(throws: LinearAlgebraError.notFinite(row: 2, column: 1)) {
      try LinearAlgebra.cholesky(bad)
    }
  }

  @Test func pivotedCholeskyFindsTheRank() throws {
    let base = random(10, 4, seed: 6)
    let matrix = LinearAlgebra.product(base, .plain, base, .transposed)
    let result = try LinearAlgebra.pivotedCholesky(matrix)
    #expect(result.rank == 4)
    let rebuilt = LinearAlgebra.product(result.lower, .plain, result.lower, .transposed)
    for (row, position) in result.positions.enumerated() {
      for (column, other) in result.positions.enumerated() {
        #expect(abs(rebuilt[position, other] - matrix[row, column]) < tolerance)
      }
    }
    for column in 0..<10 {
      for row in 0..<10 where row < column || column >= 4 {
        #expect(result.lower[row, column] == 0)
      }
    }
    #expect(try LinearAlgebra.pivotedCholesky(Matrix(rowCount: 3, columnCount: 3)).rank == 0)
    var indefinite = Matrix.identity(3)
    indefinite[2, 2] = -0.5
    #expect(throws: LinearAlgebraError.indefinite(rank: 2, largestResidual: 0.5)) {
      try LinearAlgebra.pivotedCholesky(indefinite)
    }
  }

  @Test func eigenvectorsSatisfyTheirEquation() throws {
    let base = random(9, 9, seed: 7)
    var matrix = base
    for column in 0..<9 {
      for row in 0..<9 { matrix[row, column] = base[row, column] + base[column, row] }
    }
    let eigen = try LinearAlgebra.symmetricEigen(matrix)
    #expect(eigen.values == eigen.values.sorted())
    let left = LinearAlgebra.product(matrix, .plain, eigen.vectors)
    var right = eigen.vectors
    for column in 0..<9 {
      for row in 0..<9 { right[row, column] *= eigen.values[column] }
    }
    #expect(distance(left, right) < tolerance)
    let gram = LinearAlgebra.product(eigen.vectors, .transposed, eigen.vectors)
    #expect(distance(gram, .identity(9)) < tolerance)
  }

  @Test func systemsAreSolvedOrSingular() throws {
    let (matrix, solution) = (positiveDefinite(8, seed: 8), random(8, 3, seed: 9))
    let right = LinearAlgebra.product(matrix, .plain, solution)
    #expect(distance(try LinearAlgebra.solve(matrix, right), solution) < tolerance)
    #expect(distance(try LinearAlgebra.solvePositiveDefinite(matrix, right), solution) < tolerance)
    let tall = random(20, 8, seed: 10)
    let fit = try LinearAlgebra.leastSquares(tall, LinearAlgebra.product(tall, .plain, solution))
    #expect(fit.rank == 8)
    #expect(distance(fit.solution, solution) < tolerance)
    let wide = try LinearAlgebra.leastSquares(
      Matrix(rowCount: 1, columnCount: 2, elements: [1, 1]),
      Matrix(rowCount: 1, columnCount: 1, elements: [2]))
    #expect(distance(wide.solution, Matrix(rowCount: 2, columnCount: 1, repeating: 1)) < tolerance)
    let zero = Matrix(rowCount: 2, columnCount: 2)
    #expect(throws: LinearAlgebraError.singular(pivot: 1)) {
      try LinearAlgebra.solve(zero, Matrix(rowCount: 2, columnCount: 1, repeating: 1))
    }
    #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 1)) {
      try LinearAlgebra.solvePositiveDefinite(
        zero, Matrix(rowCount: 2, columnCount: 1, repeating: 1))
    }
  }

  @Test func theRuntimeReportsWhatItDid() {
    let report = BLASRuntime.prepare(repairingCore: false)
    #expect(!report.coreAfter.isEmpty)
    #expect(report.configuration.contains("OpenBLAS"))
    #expect(report.repair == .notRequested)
    #expect(report.libraries.count == 3)
    #expect(report.libraries.allSatisfy { $0.path.hasPrefix("/") })
    #expect(BLASRuntime.prepare(repairingCore: true).repair == .notRequested)
  }
}
