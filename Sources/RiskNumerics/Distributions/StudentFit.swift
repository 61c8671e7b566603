// How heavy the tails of standardised moves are: the degrees of freedom of a t distribution.

import Glibc

extension StudentDistribution {
  /// Degrees of freedom that are searched; below the least, expected shortfall and variance are
  /// hardly known, above the greatest the distribution is normal for all purposes.
  public static let fittedDegrees = 2.2...100.0

  /// The distribution, scaled to unit variance, that fits standardised moves best by maximum
  /// likelihood, searched along 1 / degrees, in which the likelihood has one maximum.
  ///
  /// Precondition: at least one move; all are finite.
  public static func fitted(toStandardised moves: [Double]) -> StudentDistribution {
    precondition(!moves.isEmpty && moves.allSatisfy(\.isFinite), "a fit needs finite moves")
    let inverse = ScalarSearch.minimum(
      1 / fittedDegrees.upperBound, 1 / fittedDegrees.lowerBound, stepCount: 16
    ) { inverse in -logLikelihood(degrees: 1 / inverse, moves) }
    return StudentDistribution(degrees: 1 / inverse)
  }

  /// Logarithm of the density of moves of unit variance, added up:
  /// f(z) = c (1 + z^2 / (degrees - 2))^(-(degrees + 1) / 2).
  private static func logLikelihood(degrees: Double, _ moves: [Double]) -> Double {
    let constant =
      logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - log((degrees - 2) * Double.pi) / 2
    var sum = OrderedSum()
    for move in moves { sum.add(log1p(move * move / (degrees - 2))) }
    return Double(moves.count) * constant - (degrees + 1) / 2 * sum.total
  }
}
