// Covariances of factor moves: exponential weights over a history with gaps, repair, factor.

import Glibc

/// Factor moves by date, oldest first, where some may be missing.
public struct MoveHistory: Sendable, Equatable {
  /// Number of dates.
  public let dateCount: Int
  /// Number of factors.
  public let factorCount: Int
  /// Moves [dates x factors]; zero where missing.
  let moves: Matrix
  /// One where a move is known, zero where it is missing [dates x factors].
  let presence: Matrix

  /// A history from one column per factor, each of the same length; nil is a missing move.
  ///
  /// Every known move must be finite.
  public init(columns: [[Double?]]) {
    factorCount = columns.count
    dateCount = columns.first?.count ?? 0
    var moves = Matrix(rowCount: dateCount, columnCount: factorCount)
    var presence = Matrix(rowCount: dateCount, columnCount: factorCount)
    for (factor, column) in columns.enumerated() {
      precondition(column.count == dateCount, "factors differ in their number of dates")
      for (date, move) in column.enumerated() {
        guard let move else { continue }
        precondition(move.isFinite, "a move is finite")
        moves[date, factor] = move
        presence[date, factor] = 1
      }
    }
    self.moves = moves
    self.presence = presence
  }
}

/// Why no covariance can be estimated.
public enum CovarianceError: Error, Equatable {
  /// The factor, counted from 0, has no move at all.
  case noMoves(factor: Int)
}

/// Estimates of covariances.
public enum Covariance {
  /// A covariance estimated from a history with gaps.
  public struct Estimate: Sendable, Equatable {
    /// Covariance per date [factors x factors].
    public let matrix: Matrix
    /// Sum of weights over the dates that a pair shares, divided by the sum over all dates [factors
    /// x factors].
    public let coverage: Matrix
    /// Pairs that share no date; their covariance is set to zero.
    public let disjointPairCount: Int
  }

  /// Exponentially weighted covariance with zero mean: weight lambda^age, normalised to sum one
  /// over the dates that a pair shares.
  ///
  /// With gaps the result need not be positive semidefinite; `repaired` sees to that.
  /// [RiskMetrics Technical Document 1996, section 5.2]
  public static func exponentiallyWeighted(
    _ history: MoveHistory, lambda: Double
  ) throws(CovarianceError) -> Estimate {
    checkLambda(lambda)
    var moves = history.moves
    var presence = history.presence
    var weightSum = 0.0
    for date in 0..<history.dateCount {
      let age = history.dateCount - 1 - date
      let weight = pow(lambda, Double(age))
      weightSum += weight
      let root = weight.squareRoot()
      for factor in 0..<history.factorCount {
        moves[date, factor] *= root
        presence[date, factor] *= root
      }
    }
    let sums = LinearAlgebra.product(moves, .transposed, moves)
    var coverage = LinearAlgebra.product(presence, .transposed, presence)
    var matrix = sums
    var disjoint = 0
    for column in 0..<history.factorCount {
      guard coverage[column, column] > 0 else { throw .noMoves(factor: column) }
      for row in 0...column {
        // One triangle decides both, so that the matrix is symmetric to the last bit.
        let shared = coverage[row, column]
        let value = shared > 0 ? sums[row, column] / shared : 0
        if shared == 0 { disjoint += 1 }
        matrix[row, column] = value
        matrix[column, row] = value
        coverage[row, column] = shared / weightSum
        coverage[column, row] = shared / weightSum
      }
    }
    return Estimate(matrix: matrix, coverage: coverage, disjointPairCount: disjoint)
  }

  /// Zero-mean exponentially weighted volatility of returns, oldest first, per period.
  ///
  /// The weights (1 - lambda) lambda^age sum to 1 - lambda^n; `isNormalised` divides by that,
  /// without it a short window is biased down.
  public static func volatility(
    returns: [Double], lambda: Double, isNormalised: Bool
  ) -> Double {
    checkLambda(lambda)
    precondition(!returns.isEmpty, "a volatility needs a return")
    let terms = returns.enumerated().map { index, move in
      (1 - lambda) * pow(lambda, Double(returns.count - 1 - index)) * move * move
    }
    let sum = OrderedSum.total(of: terms)
    let weight = isNormalised ? 1 - pow(lambda, Double(returns.count)) : 1
    return (sum / weight).squareRoot()
  }

  /// Zero-mean volatility with equal weights: root mean square.
  public static func volatility(returns: [Double]) -> Double {
    precondition(!returns.isEmpty, "a volatility needs a return")
    let mean = OrderedSum.total(of: returns.map { $0 * $0 }) / Double(returns.count)
    return mean.squareRoot()
  }

  /// Number of periods after which the weights left out are `tolerance` of all: ln tolerance / ln
  /// lambda [RiskMetrics Technical Document 1996, section 5.3].
  public static func effectivePeriods(lambda: Double, tolerance: Double) -> Double {
    checkLambda(lambda)
    precondition(tolerance > 0 && tolerance < 1, "a tolerance lies between 0 and 1")
    return log(tolerance) / log(lambda)
  }

  private static func checkLambda(_ lambda: Double) {
    precondition(lambda > 0 && lambda < 1, "lambda lies between 0 and 1")
  }
}
