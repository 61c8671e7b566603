// Correlations without the part of their spectrum that noise alone would give.

/// The spectrum of the correlation matrix of independent noise [Marchenko and Pastur 1967].
public struct NoiseSpectrum: Sendable, Equatable {
  /// Smallest eigenvalue for many factors and dates: variance (1 - sqrt(factors / dates))^2.
  public let lowerEdge: Double
  /// Largest one: variance (1 + sqrt(factors / dates))^2.
  public let upperEdge: Double

  /// The spectrum of `factorCount` factors over `dateCount` dates, which may be an effective number;
  /// `variance` is the share of variance that is noise.
  public init(factorCount: Int, dateCount: Double, variance: Double = 1) {
    precondition(factorCount >= 1 && dateCount > 0, "a spectrum needs factors and dates")
    let ratio = (Double(factorCount) / dateCount).squareRoot()
    lowerEdge = variance * square(1 - ratio)
    upperEdge = variance * square(1 + ratio)
  }
}

extension Covariance {
  /// Number of equally weighted dates that know as much as weighted ones: (sum w)^2 / sum w^2.
  public static func effectiveDateCount(weights: [Double]) -> Double {
    let squares = OrderedSum.total(of: weights.map { $0 * $0 })
    precondition(squares > 0, "weights need a sum")
    return square(OrderedSum.total(of: weights)) / squares
  }

  /// A correlation matrix without noise.
  public struct Cleaned: Sendable, Equatable {
    /// Correlations [factors x factors].
    public let matrix: Matrix
    /// Number of eigenvalues above the noise, which were kept.
    public let keptCount: Int
    /// Their share of the trace.
    public let keptShare: Double
    /// The edge of the noise that decided.
    public let upperEdge: Double
  }

  /// Eigenvalues above the edge of noise stay; the others are replaced by their mean, and the
  /// diagonal is scaled back to 1 [Laloux, Cizeau, Bouchaud and Potters 1999].
  ///
  /// The variance that is noise is 1 less the share of the largest eigenvalue, the market.
  public static func cleaned(
    _ correlation: Matrix, dateCount: Double
  ) throws(LinearAlgebraError) -> Cleaned {
    let size = correlation.rowCount
    precondition(size >= 1, "a correlation matrix has a factor")
    let eigen = try LinearAlgebra.symmetricEigen(correlation)
    let market = (eigen.values.last ?? 0) / Double(size)
    let edge = NoiseSpectrum(
      factorCount: size, dateCount: dateCount, variance: max(1 - market, 0)
    ).upperEdge
    let noise = eigen.values.filter { $0 <= edge }
    let kept = OrderedSum.total(of: eigen.values.filter { $0 > edge })
    let mean = noise.isEmpty ? 0 : max(OrderedSum.total(of: noise), 0) / Double(noise.count)
    let values = eigen.values.map { $0 > edge ? $0 : mean }
    return Cleaned(
      matrix: unitDiagonal(rebuilt(eigen.vectors, values)), keptCount: size - noise.count,
      keptShare: kept / Double(size), upperEdge: edge)
  }

  /// sum_i value_i v_i v_i' for non-negative values, symmetric to the last bit.
  static func rebuilt(_ vectors: Matrix, _ values: [Double]) -> Matrix {
    var scaled = vectors
    for (column, value) in values.enumerated() {
      let root = value.squareRoot()
      scaled.withMutableColumn(column) { vector in
        for row in vector.indices { vector[row] *= root }
      }
    }
    var matrix = LinearAlgebra.product(scaled, .plain, scaled, .transposed)
    for column in 0..<matrix.columnCount {
      for row in 0..<column { matrix[column, row] = matrix[row, column] }
    }
    return matrix
  }

  /// The matrix with rows and columns scaled so that its diagonal is 1.
  static func unitDiagonal(_ matrix: Matrix) -> Matrix {
    let deviations = matrix.diagonal.map { $0.squareRoot() }
    var result = matrix
    for column in 0..<matrix.columnCount {
      for row in 0..<matrix.rowCount {
        result[row, column] =
          row == column ? 1 : matrix[row, column] / deviations[row] / deviations[column]
      }
    }
    return result
  }
}
