// The chi-square distribution with a whole number of degrees of freedom.

/// The sum of the squares of so many independent standard normals.
public struct ChiSquareDistribution: Sendable, Equatable {
  /// Degrees of freedom, at least 1.
  public let degrees: Int

  /// The distribution.
  public init(degrees: Int) {
    precondition(degrees >= 1, "degrees of freedom are positive")
    self.degrees = degrees
  }

  /// P(X > x): from one or two degrees on, each two more add (x/2)^(n/2) e^(-x/2) / Gamma(n/2 + 1)
  /// [Abramowitz and Stegun 1964, 26.4.4 and 26.4.5]. All terms are positive.
  public func tailProbability(_ x: Double) -> Double {
    if x <= 0 { return 1 }
    var (probability, present) =
      degrees % 2 == 1
      ? (2 * NormalDistribution.cdf(-x.squareRoot()), 1)
      : (ScalarMath.exp(-x / 2), 2)
    while present < degrees {
      let half = Double(present) / 2
      probability += ScalarMath.exp(half * ScalarMath.log(x / 2) - x / 2 - logGamma(half + 1))
      present += 2
    }
    return min(probability, 1)
  }
}
