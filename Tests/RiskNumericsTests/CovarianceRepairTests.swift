// Shrinkage, noise, and the nearest correlation matrix beside a plain twin.

import RiskNumerics
import Testing

@Suite struct CovarianceEstimatorTests {
  private func moves(_ dates: Int, _ factors: Int, seed: UInt64) -> Matrix {
    let normals = Philox.normals(
      seed: seed, stream: 0, scenarioCount: dates, factorCount: factors + 1, threadCount: 1)
    var moves = Matrix(rowCount: dates, columnCount: factors)
    for factor in 0..<factors {
      for date in 0..<dates {
        // One common factor.
        moves[date, factor] =
          0.02 * normals[scenario: date, column: factor]
          + 0.03 * normals[scenario: date, column: factors]
      }
    }
    return moves
  }

  @Test(arguments: Covariance.ShrinkageTarget.allCases)
  func shrinkageFadesWithTheSample(_ target: Covariance.ShrinkageTarget) throws {
    let short = Covariance.shrunk(moves(20, 10, seed: 1), towards: target)
    let long = Covariance.shrunk(moves(5_000, 10, seed: 1), towards: target)
    #expect(short.intensity > 0 && short.intensity <= 1)
    // The common factor makes the constant correlation right, so that it stays.
    if target != .constantCorrelation { #expect(long.intensity < short.intensity / 10) }
    // Fewer dates than factors: the sample is singular, the shrunk matrix is not.
    let thin = Covariance.shrunk(moves(6, 10, seed: 2), towards: target)
    #expect(try LinearAlgebra.symmetricEigen(thin.matrix).values[0] > 0)
    let sample = Covariance.sample(moves(6, 10, seed: 2))
    #expect(try LinearAlgebra.symmetricEigen(sample).values[0] < 1e-15)
  }

  @Test func sampleIsThePlainFormula() {
    let moves = moves(17, 3, seed: 3)
    let sample = Covariance.sample(moves)
    for i in 0..<3 {
      for j in 0..<3 {
        let (a, b) = (
          (0..<17).reduce(0) { $0 + moves[$1, i] } / 17,
          (0..<17).reduce(0) { $0 + moves[$1, j] } / 17
        )
        let plain = (0..<17).reduce(0) { $0 + (moves[$1, i] - a) * (moves[$1, j] - b) } / 17
        #expect(abs(sample[i, j] - plain) < 1e-17)
      }
    }
  }

  @Test func cleaningKeepsTheMarketAndTheTrace() throws {
    let moves = moves(120, 30, seed: 4)
    let (correlation, _) = Covariance.correlation(Covariance.sample(moves))
    let cleaned = try Covariance.cleaned(correlation, dateCount: 120)
    #expect(cleaned.keptCount == 1)
    #expect(cleaned.matrix.diagonal == [Double](repeating: 1, count: 30))
    let (before, after) = (
      try LinearAlgebra.symmetricEigen(correlation).values,
      try LinearAlgebra.symmetricEigen(cleaned.matrix).values
    )
    #expect(abs(after[29] - before[29]) < 0.02 * before[29])
    // Noise is one level, but for the scaling of the diagonal.
    #expect(after[28] / after[0] < 1.5)
    #expect(before[28] / before[0] > 5)
    #expect(Covariance.effectiveDateCount(weights: [1, 1, 1, 1]) == 4)
    #expect(abs(Covariance.effectiveDateCount(weights: [3, 1]) - 1.6) < 1e-15)
  }
}

@Suite struct NearestCorrelationTests {
  /// Alternating projections with Dykstra's correction [Higham 2002].
  private func alternating(_ matrix: Matrix, floor: Double) throws -> Matrix {
    let size = matrix.rowCount
    func sum(_ a: Matrix, _ b: Matrix, _ sign: Double) -> Matrix {
      Matrix(
        rowCount: size, columnCount: size,
        elements: zip(a.elements, b.elements).map { $0 + sign * $1 })
    }
    var (y, correction) = (matrix, Matrix(rowCount: size, columnCount: size))
    for _ in 0..<4_000 {
      let r = sum(y, correction, -1)
      let eigen = try LinearAlgebra.symmetricEigen(r)
      var scaled = eigen.vectors
      for column in 0..<size {
        for row in 0..<size { scaled[row, column] *= max(eigen.values[column], floor) }
      }
      let x = LinearAlgebra.product(scaled, .plain, eigen.vectors, .transposed)
      correction = sum(x, r, -1)
      y = x
      for index in 0..<size { y[index, index] = 1 }
    }
    return y
  }

  private func broken(_ size: Int, _ random: inout SeededGenerator) -> Matrix {
    var matrix = Matrix.identity(size)
    for column in 0..<size {
      for row in 0..<column {
        matrix[row, column] = random.uniform(-1, 1)
        matrix[column, row] = matrix[row, column]
      }
    }
    return matrix
  }

  @Test(arguments: [0, 1e-3]) func newtonAgreesWithAlternatingProjections(_ floor: Double) throws {
    var random = SeededGenerator(seed: 91)
    for size in [2, 3, 5, 8] {
      let matrix = broken(size, &random)
      let repair = try Covariance.nearestCorrelation(to: matrix, floor: floor)
      let twin = try alternating(matrix, floor: floor)
      for (a, b) in zip(repair.matrix.elements, twin.elements) { #expect(abs(a - b) < 1e-8) }
      #expect(try LinearAlgebra.symmetricEigen(repair.matrix).values[0] > floor - 1e-12)
      #expect(repair.matrix.diagonal.allSatisfy { $0 == 1 })
      #expect(repair.iterationCount < 15)
    }
  }

  @Test func aLargeMatrixConvergesFast() throws {
    var random = SeededGenerator(seed: 92)
    let repair = try Covariance.nearestCorrelation(to: broken(100, &random), floor: 1e-6)
    #expect(repair.iterationCount < 20)
    #expect(try LinearAlgebra.symmetricEigen(repair.matrix).values[0] > 1e-6 - 1e-10)
    // What was changed most is where the report says.
    #expect(repair.largestChange > 0.1 && repair.largestChangeRow > repair.largestChangeColumn)
  }

  @Test func aCorrelationMatrixComesBack() throws {
    let matrix = Matrix(rowCount: 2, columnCount: 2, elements: [1, 0.5, 0.5, 1])
    let repair = try Covariance.nearestCorrelation(to: matrix)
    #expect(repair.frobeniusDistance < 1e-14)
  }

  @Test func shrinkingKeepsTheBlockOfItsTarget() throws {
    // The first two factors are known; the third contradicts them.
    let asked = Matrix(
      rowCount: 3, columnCount: 3, elements: [1, 0.9, 0.9, 0.9, 1, -0.9, 0.9, -0.9, 1])
    let target = Matrix(rowCount: 3, columnCount: 3, elements: [1, 0.9, 0, 0.9, 1, 0, 0, 0, 1])
    let (repair, share) = try Covariance.shrunkToDefinite(asked, target: target)
    #expect(repair.matrix[0, 1] == 0.9)
    #expect(share > 0 && share < 1)
    let smallest = try LinearAlgebra.symmetricEigen(repair.matrix).values[0]
    #expect(smallest > -1e-12 && smallest < 1e-9)
    #expect(try Covariance.shrunkToDefinite(target, target: target).share == 0)
    #expect(throws: LinearAlgebraError.self) {
      try Covariance.shrunkToDefinite(asked, target: asked)
    }
  }
}
