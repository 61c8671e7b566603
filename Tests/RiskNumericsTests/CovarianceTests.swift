// Covariance estimates with gaps, repair and factor.

import Glibc
import RiskNumerics
import Testing

@Suite struct CovarianceTests {
  private func history(_ dates: Int, _ factors: Int, seed: UInt64, gaps: Bool) -> [[Double?]] {
    var random = SeededGenerator(seed: seed)
    return (0..<factors).map { _ in
      (0..<dates).map { _ in
        let move = random.uniform(-0.05, 0.05)
        return gaps && random.uniform(0, 1) < 0.3 ? nil : move
      }
    }
  }

  @Test(arguments: [false, true]) func weightsAreThoseOfTheDatesThatAPairShares(_ gaps: Bool) throws
  {
    let columns = history(60, 5, seed: 3, gaps: gaps)
    let lambda = 0.94
    let estimate = try Covariance.exponentiallyWeighted(
      MoveHistory(columns: columns), lambda: lambda)
    for left in 0..<5 {
      for right in 0..<5 {
        var (sum, weights) = (0.0, 0.0)
        for date in 0..<60 {
          guard let a = columns[left][date], let b = columns[right][date] else { continue }
          let weight = pow(lambda, Double(59 - date))
          sum += weight * a * b
          weights += weight
        }
        // Sixty terms of size 1e-3, each rounded a few times.
        #expect(abs(estimate.matrix[left, right] - sum / weights) < 1e-16)
        #expect(estimate.matrix[left, right] == estimate.matrix[right, left])
        if !gaps { #expect(abs(estimate.coverage[left, right] - 1) < 1e-13) }
      }
    }
    #expect(estimate.disjointPairCount == 0)
  }

  @Test func gapsThatLeaveNothing() throws {
    let disjoint = MoveHistory(columns: [[0.1, nil], [nil, 0.2]])
    let estimate = try Covariance.exponentiallyWeighted(disjoint, lambda: 0.9)
    #expect(estimate.disjointPairCount == 1)
    #expect(estimate.matrix[0, 1] == 0)
    #expect(throws: CovarianceError.noMoves(factor: 1)) {
      try Covariance.exponentiallyWeighted(
        MoveHistory(columns: [[0.1, 0.2], [nil, nil]]), lambda: 0.9)
    }
  }

  @Test func repairLiftsTheSpectrumAndKeepsTheDiagonal() throws {
    // Correlations 0.9, 0.9, -0.9 contradict each other; deviations 1, 2, 3.
    let input = Matrix(
      rowCount: 3, columnCount: 3, elements: [1, 1.8, 2.7, 1.8, 4, -5.4, 2.7, -5.4, 9])
    let repair = try Covariance.repaired(input)
    #expect(repair.clippedCount == 1)
    #expect(abs(repair.smallestEigenvalue + 0.8) < 1e-14)
    #expect(repair.matrix.diagonal == input.diagonal)
    #expect(repair.frobeniusDistance > repair.largestChange)
    let (before, _) = Covariance.correlation(input)
    let (after, _) = Covariance.correlation(repair.matrix)
    let place = repair.largestChangePlace
    let change = abs(after[place.row, place.column] - before[place.row, place.column])
    #expect(abs(change - repair.largestChange) < 1e-14)
    let eigen = try LinearAlgebra.symmetricEigen(after)
    #expect(eigen.values[0] > -1e-14)
    let factor = try Covariance.factor(repair.matrix)
    let rebuilt = LinearAlgebra.product(factor.matrix, .plain, factor.matrix, .transposed)
    for (left, right) in zip(rebuilt.elements, repair.matrix.elements) {
      #expect(abs(left - right) < 1e-12)
    }
  }

  @Test func aSoundMatrixIsLeftAlone() throws {
    let input = Matrix(rowCount: 2, columnCount: 2, elements: [0.04, 0.01, 0.01, 0.09])
    let repair = try Covariance.repaired(input)
    #expect(repair.matrix == input)
    #expect(repair.largestChange == 0)
    #expect(repair.clippedCount == 0)
    #expect(try Covariance.factor(input).method == .cholesky)
  }

  @Test func aFactorWithoutVarianceStaysWithout() throws {
    let input = Matrix(rowCount: 2, columnCount: 2, elements: [0.04, 0, 0, 0])
    let repair = try Covariance.repaired(input)
    #expect(repair.matrix == input)
    let factor = try Covariance.factor(repair.matrix)
    #expect(factor.method == .pivotedCholesky)
    #expect(factor.matrix == Matrix(rowCount: 2, columnCount: 2, elements: [0.2, 0, 0, 0]))
  }

  /// Normals of one factor at a time give the columns of the factor, in the order of factors.
  @Test func movesFollowTheOrderOfFactors() throws {
    let covariance = Matrix(
      rowCount: 3, columnCount: 3, elements: [0.01, 0.02, 0.03, 0.02, 0.04, 0.06, 0.03, 0.06, 0.09])
    let factor = try Covariance.factor(covariance)
    #expect(factor.method == .pivotedCholesky)
    var normals = ScenarioMatrix(scenarioCount: 3, columnCount: 3)
    for scenario in 0..<3 { normals[scenario: scenario, column: scenario] = 1 }
    let moves = factor.moves(normals: normals, scale: 2, threadCount: 1)
    for row in 0..<3 {
      for column in 0..<3 {
        #expect(abs(moves[row][column] - 2 * factor.matrix[row, column]) < 1e-15)
        let product = (0..<3).map { moves[row][$0] * moves[column][$0] }.reduce(0, +)
        #expect(abs(product - 4 * covariance[row, column]) < 1e-15)
      }
    }
  }
}
