// Making a covariance positive semidefinite, and factoring it.

extension Covariance {
  /// A repaired covariance and how far the repair went.
  public struct Repair: Sendable, Equatable {
    /// Positive semidefinite covariance with the diagonal of the input.
    public let matrix: Matrix
    /// Smallest eigenvalue of the correlation matrix before the repair.
    public let smallestEigenvalue: Double
    /// Number of eigenvalues below the floor.
    public let clippedCount: Int
    /// Frobenius distance between the correlation matrices before and after.
    public let frobeniusDistance: Double
    /// Largest change of one correlation, and its place.
    public let largestChange: Double
    /// Row and column of the largest change, the first in column order.
    public let largestChangePlace: (row: Int, column: Int)

    /// Whether both have the same matrix and report.
    public static func == (left: Repair, right: Repair) -> Bool {
      left.matrix == right.matrix && left.clippedCount == right.clippedCount
        && left.smallestEigenvalue == right.smallestEigenvalue
        && left.frobeniusDistance == right.frobeniusDistance
        && left.largestChange == right.largestChange
        && left.largestChangePlace == right.largestChangePlace
    }
  }

  /// The covariance with eigenvalues of its correlation matrix lifted to `floor` and the diagonal
  /// rescaled to the input's: the spectral method of Rebonato and Jaeckel (1999), not the nearest
  /// matrix, but one decomposition.
  ///
  /// A matrix that needs no repair comes back unchanged. A factor without variance stays without.
  public static func repaired(
    _ covariance: Matrix, floor: Double = 1e-12
  ) throws(LinearAlgebraError) -> Repair {
    precondition(floor >= 0 && floor < 1, "an eigenvalue floor lies between 0 and 1")
    let size = covariance.rowCount
    let (before, deviations) = correlation(covariance)
    let eigen = try LinearAlgebra.symmetricEigen(before)
    let clipped = eigen.values.count { $0 < floor }
    var after = before
    if clipped > 0 {
      var scaled = eigen.vectors
      for column in 0..<size {
        let root = max(eigen.values[column], floor).squareRoot()
        for row in 0..<size { scaled[row, column] *= root }
      }
      for row in 0..<size {
        let length = (0..<size).reduce(0.0) { $0 + square(scaled[row, $1]) }.squareRoot()
        for column in 0..<size where length > 0 { scaled[row, column] /= length }
      }
      after = LinearAlgebra.product(scaled, .plain, scaled, .transposed)
      for column in 0..<size {
        after[column, column] = 1
        for row in 0..<column { after[column, row] = after[row, column] }
      }
    }
    return report(
      covariance, before, after, deviations, clippedCount: clipped,
      smallestEigenvalue: eigen.values.first ?? 0)
  }

  private static func report(
    _ covariance: Matrix, _ before: Matrix, _ after: Matrix, _ deviations: [Double],
    clippedCount: Int, smallestEigenvalue: Double
  ) -> Repair {
    let size = covariance.rowCount
    var matrix = covariance
    var difference = Matrix(rowCount: size, columnCount: size)
    var largest = 0.0
    var place = (row: 0, column: 0)
    for column in 0..<size {
      for row in 0..<size {
        let change = after[row, column] - before[row, column]
        difference[row, column] = change
        if abs(change) > largest {
          largest = abs(change)
          place = (row, column)
        }
        if clippedCount > 0 && row != column {
          matrix[row, column] = after[row, column] * deviations[row] * deviations[column]
        }
      }
    }
    return Repair(
      matrix: matrix, smallestEigenvalue: smallestEigenvalue, clippedCount: clippedCount,
      frobeniusDistance: difference.frobeniusNorm, largestChange: largest,
      largestChangePlace: place)
  }

  /// The correlation matrix and the standard deviations of a covariance; a factor without variance
  /// is uncorrelated.
  public static func correlation(_ covariance: Matrix) -> (matrix: Matrix, deviations: [Double]) {
    precondition(covariance.rowCount == covariance.columnCount, "a covariance is square")
    let size = covariance.rowCount
    let deviations = covariance.diagonal.map { variance in
      precondition(variance >= 0, "a variance is not negative")
      return variance.squareRoot()
    }
    var matrix = Matrix.identity(size)
    for column in 0..<size where deviations[column] > 0 {
      for row in 0..<size where row != column && deviations[row] > 0 {
        matrix[row, column] = covariance[row, column] / deviations[row] / deviations[column]
      }
    }
    return (matrix, deviations)
  }

  /// What turns independent normals into moves of a covariance, and how it was found; scenarios
  /// depend on the choice path by path.
  public struct Factor: Sendable, Equatable {
    /// How a factor was found.
    public enum Method: String, Sendable {
      /// Cholesky.
      case cholesky
      /// Cholesky with pivoting, for a covariance without full rank.
      case pivotedCholesky
    }

    /// L [factors x factors], lower triangular.
    public let lower: Matrix
    /// The row of L that belongs to each factor.
    public let positions: [Int]
    /// The routine that gave it.
    public let method: Method

    /// A with A A' = covariance: the rows of L in the order of factors. [factors x factors]
    public var matrix: Matrix {
      var matrix = Matrix(rowCount: lower.rowCount, columnCount: lower.columnCount)
      for column in 0..<lower.columnCount {
        for (factor, position) in positions.enumerated() {
          matrix[factor, column] = lower[position, column]
        }
      }
      return matrix
    }

    /// Moves of the factors from independent normals, factor after factor. [scenarios]
    ///
    /// Shapes: `normals` [scenarios x at least as many as factors]; columns beyond are not read. The moves have `scale` times the deviations of the
    /// covariance; those of a scenario depend on its own normals alone.
    public func moves(
      normals: ScenarioMatrix, scale: Double, threadCount: Int
    ) -> [[Double]] {
      precondition(normals.columnCount >= lower.rowCount, "a factor lacks its normals")
      let moves = ScenarioMatrix.filled(
        scenarioCount: normals.scenarioCount, columnCount: lower.rowCount,
        threadCount: threadCount
      ) { (block: Int, elements: inout MutableSpan<Double>) in
        normals.withBlock(block) { tile in
          for index in elements.indices { elements[index] = tile[index] }
        }
        LinearAlgebra.correlate(&elements, lower: lower, scale: scale)
      }
      return positions.map { moves.column($0) }
    }
  }

  /// A factor by Cholesky, or by pivoted Cholesky where that fails.
  public static func factor(_ covariance: Matrix) throws(LinearAlgebraError) -> Factor {
    do {
      return Factor(
        lower: try LinearAlgebra.cholesky(covariance), positions: Array(0..<covariance.rowCount),
        method: .cholesky)
    } catch .notPositiveDefinite {
      return try orderedFactor(covariance)
    }
  }

  /// A factor by pivoted Cholesky: each column takes as much of the variance that is left as a single
  /// factor can, so that the first normals matter most, which low-discrepancy points reward.
  public static func orderedFactor(_ covariance: Matrix) throws(LinearAlgebraError) -> Factor {
    let pivoted = try LinearAlgebra.pivotedCholesky(covariance)
    return Factor(lower: pivoted.lower, positions: pivoted.positions, method: .pivotedCholesky)
  }
}
