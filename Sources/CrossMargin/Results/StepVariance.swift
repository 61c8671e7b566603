// How far a surplus moves in one step of its path, given where it starts.

import RiskNumerics

/// Variance of the change in a step as a quadratic of the profit before it: the regression of squared
/// changes on profits, over weighted paths.
///
/// A linear contract has this form exactly, since its moves in USD grow with its price. The quadratic
/// is kept within a tenth and ten times the mean variance, where few paths support it.
struct StepVariance: Sendable {
  private let mean: Double
  private let center: Double
  private let scale: Double
  private let slope: Double
  private let bend: Double
  private let skewness: Double

  private static let range = 0.1...10.0

  /// A regression. Shapes: after, before and weights [paths]; before is nil in the first step.
  init(after: [Double], before: [Double]?, weights: [Double]) {
    let total = OrderedSum.total(of: weights)
    func average(_ value: (_ path: Int) -> Double) -> Double {
      var sum = OrderedSum()
      for (path, weight) in weights.enumerated() { sum.add(weight * value(path)) }
      return sum.total / total
    }
    guard let before else {
      let drift = average { after[$0] }
      mean = average { square(after[$0] - drift) }
      (center, scale, slope, bend, skewness) = (0, 0, 0, 0, 0)
      return
    }
    let drift = average { after[$0] - before[$0] }
    let squares = after.indices.map { square(after[$0] - before[$0] - drift) }
    let center = average { before[$0] }
    let scale = average { square(before[$0] - center) }.squareRoot()
    mean = average { squares[$0] }
    self.center = center
    self.scale = scale
    guard scale > 0 else {
      (slope, bend, skewness) = (0, 0, 0)
      return
    }
    // Polynomials 1, x and x^2 - skewness x - 1 of the standardised profit are orthogonal.
    let places = before.map { ($0 - center) / scale }
    let skewness = average { places[$0] * places[$0] * places[$0] }
    let norm = average { square(square(places[$0])) } - skewness * skewness - 1
    slope = average { squares[$0] * places[$0] }
    bend =
      norm > 1e-9
      ? average { squares[$0] * (places[$0] * (places[$0] - skewness) - 1) } / norm : 0
    self.skewness = skewness
  }

  /// Variance of the change of a path whose profit before it is given, USD^2.
  func value(before profitUSD: Double) -> Double {
    guard scale > 0 else { return mean }
    let place = (profitUSD - center) / scale
    let fitted = mean + slope * place + bend * (place * (place - skewness) - 1)
    return min(max(fitted, Self.range.lowerBound * mean), Self.range.upperBound * mean)
  }
}

private func square(_ x: Double) -> Double { x * x }
