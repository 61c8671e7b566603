// Means over paths that were drawn elsewhere than they are distributed.

import RiskNumerics

/// The mean of a quantity over weighted paths with its standard error.
///
/// The mean weight is 1 by construction, so that it serves as control variate [Owen 2013, Monte Carlo
/// theory, section 8.9]: a quantity that is 1 on all paths has mean 1 without error. The coefficient is
/// fitted on the paths themselves, which costs a bias of the order of one over their number.
struct WeightedMean: Sendable {
  private var weightSum = OrderedSum()
  private var weightSquares = OrderedSum()
  private var sum = OrderedSum()
  private var squares = OrderedSum()
  private var products = OrderedSum()
  private var count = 0.0

  /// Adds a path.
  mutating func add(_ value: Double, weight: Double) {
    let weighted = weight * value
    weightSum.add(weight)
    weightSquares.add(weight * weight)
    sum.add(weighted)
    squares.add(weighted * weighted)
    products.add(weighted * weight)
    count += 1
  }

  /// The mean and its standard error.
  var estimate: (mean: Double, error: Double) {
    let (mean, meanWeight) = (sum.total / count, weightSum.total / count)
    let weightVariance = max(weightSquares.total / count - meanWeight * meanWeight, 0)
    let covariance = products.total / count - mean * meanWeight
    let variance = max(squares.total / count - mean * mean, 0)
    // Equal weights say nothing beyond the mean; their variance is rounding.
    guard weightVariance > 1e-12 else { return (mean, (variance / count).squareRoot()) }
    let coefficient = covariance / weightVariance
    let left = max(variance - coefficient * covariance, 0)
    return (mean - coefficient * (meanWeight - 1), (left / count).squareRoot())
  }
}
