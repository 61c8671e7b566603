// The nearest joint move of all factors that leaves an account without surplus.

import RiskNumerics

/// The likeliest factor move at which `health = buffer + delta'x + x'Gamma x / 2` is zero: the least
/// Mahalanobis distance.
///
/// Sources: first-order reliability; Breuer et al. 2009; Moré and Sorensen 1983 for the search.
public struct MostLikelyLiquidation: Sendable, Equatable {
  /// Moves of the factors there [factors].
  public let point: [Double]
  /// A second point that is as near, where the account fears both directions alike [factors].
  public let twin: [Double]?
  /// beta: distance in standard deviations.
  public let distance: Double
  /// Share of each whitened component in the squared distance; sums to 1 [components].
  public let shares: [Double]

  /// Curvatures kappa of the border at the point, in units of 1 / standard deviation: eigenvalues of
  /// the whitened Gamma on the tangent plane over the slope there; positive bends away. Empty for a
  /// linear account.
  public let curvatures: [Double]

  /// Probability of the half space beyond the point, `Phi(-beta)`, for normal moves.
  public var oneSidedProbability: Double { NormalDistribution.cdf(-distance) }

  /// The same with the curvature of the border, `Phi(-beta) prod (1 + beta kappa)^(-1/2)`
  /// [Breitung 1984]; nil where a curvature is so negative that the product has no sense. Good far
  /// out, for one point; a twin has as much again.
  public var curvedProbability: Double? {
    let factors = curvatures.map { 1 + distance * $0 }
    guard factors.allSatisfy({ $0 > 0 }) else { return nil }
    return oneSidedProbability / factors.reduce(1, *).squareRoot()
  }

  /// The point of a linear account in closed form: `x = -b Sigma delta / (delta' Sigma delta)`; nil
  /// where no move reaches zero.
  ///
  /// Shapes: delta [factors], covariance [factors x factors]. The buffer is positive.
  public init?(
    bufferUSD: Double, delta: [Double], covariance: Matrix
  ) throws(LinearAlgebraError) {
    precondition(bufferUSD > 0, "a healthy account has a buffer")
    let pull = LinearAlgebra.product(covariance, vector: delta)
    let variance = OrderedSum.total(of: zip(delta, pull).map { $0 * $1 })
    guard variance > 0 else { return nil }
    point = pull.map { -bufferUSD * $0 / variance }
    twin = nil
    distance = bufferUSD / variance.squareRoot()
    let factor = try Covariance.factor(covariance).matrix
    let slopes = LinearAlgebra.product(factor, .transposed, vector: delta)
    shares = slopes.map { $0 * $0 / variance }
    curvatures = []
  }

  /// The point of an account with curvature; nil where no move reaches zero.
  ///
  /// Shapes: delta [factors], gamma [factors x factors], symmetric, covariance [factors x factors].
  public init?(
    bufferUSD: Double, delta: [Double], gamma: Matrix, covariance: Matrix
  ) throws(LinearAlgebraError) {
    precondition(bufferUSD > 0, "a healthy account has a buffer")
    let factor = try Covariance.factor(covariance).matrix
    let curvature = LinearAlgebra.product(
      factor, .transposed, LinearAlgebra.product(gamma, .plain, factor))
    let slopes = LinearAlgebra.product(factor, .transposed, vector: delta)
    let stress = try EllipsoidStress(gradient: slopes, curvature: curvature)
    guard let nearest = stress.nearest(losing: bufferUSD) else { return nil }
    point = LinearAlgebra.product(factor, vector: nearest.scenario)
    twin = nearest.twin.map { LinearAlgebra.product(factor, vector: $0) }
    distance = nearest.distance
    shares = nearest.scenario.map { $0 * $0 / (nearest.distance * nearest.distance) }
    curvatures = try Self.tangentCurvatures(
      slopes: slopes, curvature: curvature, at: nearest.scenario)
  }

  /// Eigenvalues of P A P / |grad H|, P the projection across the gradient, without the zero that
  /// belongs to the gradient itself.
  private static func tangentCurvatures(
    slopes: [Double], curvature: Matrix, at point: [Double]
  ) throws(LinearAlgebraError) -> [Double] {
    let bend = LinearAlgebra.product(curvature, vector: point)
    let gradient = zip(slopes, bend).map { $0 + $1 }
    let square = OrderedSum.total(of: gradient.map { $0 * $0 })
    let count = gradient.count
    var projection = Matrix.identity(count)
    for column in 0..<count {
      for row in 0..<count {
        projection[row, column] -= gradient[row] * gradient[column] / square
      }
    }
    let inside = LinearAlgebra.product(
      projection, .plain, LinearAlgebra.product(curvature, .plain, projection),
      scale: 1 / square.squareRoot())
    var values = try LinearAlgebra.symmetricEigen(inside).values
    if let zero = values.indices.min(by: { abs(values[$0]) < abs(values[$1]) }) {
      values.remove(at: zero)
    }
    return values
  }

  /// The direction in which all factors move most likely when one of them does:
  /// `Sigma e_k / Sigma_kk` [factors]; its own entry is 1.
  ///
  /// Scaled by a move of factor k it gives the joint move for a liquidation price of a hedged book.
  public static func ray(ofFactor factor: Int, covariance: Matrix) -> [Double] {
    let variance = covariance[factor, factor]
    precondition(variance > 0, "a ray needs a factor that moves")
    return (0..<covariance.rowCount).map { covariance[$0, factor] / variance }
  }
}
