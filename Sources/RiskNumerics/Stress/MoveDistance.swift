// How probable it is that moves lie farther away than a distance.

/// The Mahalanobis distance of moves that have a covariance of full rank: their length in standard
/// deviations that do not depend on each other.
public struct MoveDistance: Sendable, Equatable {
  /// Number of independent directions.
  public let factorCount: Int
  /// Degrees of freedom of a multivariate t distribution; nil = normal moves.
  public let degrees: Double?

  /// Distances of moves in `factorCount` > 0 directions; degrees above 2.
  public init(factorCount: Int, degrees: Double? = nil) {
    precondition(factorCount > 0, "a distance needs a direction")
    precondition(degrees.map { $0 > 2 } ?? true, "a covariance needs more than two degrees")
    self.factorCount = factorCount
    self.degrees = degrees
  }

  /// Probability of a larger distance: the tail of chi-square, or with t moves that of an F
  /// distribution of distance^2 degrees / ((degrees - 2) factorCount).
  public func tailProbability(_ distance: Double) -> Double {
    precondition(distance >= 0, "a distance is not negative")
    let squared = distance * distance
    let count = Double(factorCount)
    guard let degrees else {
      return ChiSquareDistribution(degrees: count).tailProbability(squared)
    }
    let share = (degrees - 2) / (degrees - 2 + squared)
    return StudentDistribution.incompleteBeta(degrees / 2, count / 2, at: share)
  }

  /// The distance that is not exceeded with a probability strictly between 0 and 1.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
    guard degrees != nil else {
      let squared = ChiSquareDistribution(degrees: Double(factorCount)).quantile(probability)
      return squared.squareRoot()
    }
    // The tail falls; a bracket is halved.
    var (low, high) = (0.0, 1.0)
    while tailProbability(high) > 1 - probability && high < 1e150 { (low, high) = (high, 2 * high) }
    for _ in 0..<100 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if tailProbability(middle) > 1 - probability { low = middle } else { high = middle }
    }
    return low + (high - low) / 2
  }
}
