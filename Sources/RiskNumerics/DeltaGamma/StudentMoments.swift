// Moments of moves with a multivariate t distribution where a quadratic loss equals or exceeds a
// level: what positions contribute to its VaR and expected shortfall.

extension StudentQuadraticLoss {
  /// Moments of sqrt(W) z where L = x, and where L > x, for x between the infimum and the supremum
  /// and more than two degrees of freedom.
  ///
  /// With Q = (Y / degrees) (L - x), the density of L at x is E[(Y / degrees) delta(Q)] and L > x is
  /// Q > 0. Given Y, a tilted component is normal with the mean sqrt(Y / degrees) s b / (1 - 2 q s)
  /// and the variance 1 / (1 - 2 q s); a power of Y under the expectation shifts the degrees of
  /// freedom of the generating function [after Glasserman, Heidelberger and Shahabuddin 2002]:
  ///   E[sqrt(W) z; L = x]   = int m,              degrees + 2
  ///   E[W z z'; L = x]      = int m m',           degrees + 2,  and int v / s^0 with degrees
  ///   E[sqrt(W) z; L > x]   = int m / s,          degrees
  ///   E[W z z'; L > x]      = int m m' / s,       degrees,      and degrees / (degrees - 2) int v / s
  ///                                                             with degrees - 2
  /// where m = s b / (1 - 2 q s) and v = 1 / (1 - 2 q s) on the diagonal.
  public func moments(
    at x: Double
  ) throws(ContourError) -> (onBorder: ComponentMoments, beyond: ComponentMoments) {
    precondition(degrees > 2, "second moments need more than two degrees of freedom")
    let raised = try Contour(transform(x, degrees + 2), spareHalvingCount: 1)
    let own = try Contour(transform(x, degrees), spareHalvingCount: 1)
    let lowered = try Contour(
      transform(x, degrees - 2), lowestOrder: 1, spareHalvingCount: 1)
    var border = MomentSums(loss)
    var beyond = MomentSums(loss)
    raised.forEachSample { border.addMeans(s: $0, weight: $1) }
    own.forEachSample { s, weight in
      border.addVariances(s: s, weight: weight)
      beyond.addMeans(s: s, weight: weight * s.reciprocal)
    }
    let factor = degrees / (degrees - 2)
    lowered.forEachSample { s, weight in
      beyond.addVariances(s: s, weight: (factor * weight) * s.reciprocal)
    }
    return (
      border.moments(mass: raised.tail.density), beyond.moments(mass: own.tail.probability)
    )
  }
}

/// Sums along a contour of the moments of all components.
private struct MomentSums {
  private let loss: QuadraticLoss
  private var mean: [Double]
  private var second: Matrix
  private var shifts: [Complex]

  init(_ loss: QuadraticLoss) {
    self.loss = loss
    let count = loss.componentCount
    mean = [Double](repeating: 0, count: count)
    second = Matrix(rowCount: count, columnCount: count)
    shifts = [Complex](repeating: Complex(0), count: count)
  }

  /// m and the lower triangle of m m'.
  mutating func addMeans(s: Complex, weight: Complex) {
    for j in mean.indices {
      shifts[j] = loss.linear[j] * (s * (Complex(1) - (2 * loss.quadratic[j]) * s).reciprocal)
      let weighted = weight * shifts[j]
      mean[j] += weighted.imaginary
      for k in 0...j { second[j, k] += (weighted * shifts[k]).imaginary }
    }
  }

  /// v on the diagonal.
  mutating func addVariances(s: Complex, weight: Complex) {
    for j in mean.indices {
      let variance = (Complex(1) - (2 * loss.quadratic[j]) * s).reciprocal
      second[j, j] += (weight * variance).imaginary
    }
  }

  func moments(mass: Double) -> ComponentMoments {
    var symmetric = second
    for j in mean.indices {
      for k in 0...j {
        symmetric[j, k] = second[j, k] / mass
        symmetric[k, j] = symmetric[j, k]
      }
    }
    return ComponentMoments(mean: mean.map { $0 / mass }, secondMoment: symmetric)
  }
}
