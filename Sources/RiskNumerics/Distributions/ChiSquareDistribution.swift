// The chi-square distribution.

/// The distribution of the sum of the squares of so many independent standard normals, and its
/// continuation to numbers of degrees that are not whole.
public struct ChiSquareDistribution: Sendable, Equatable {
  /// Degrees of freedom, positive.
  public let degrees: Double

  /// The distribution.
  public init(degrees: Double) {
    precondition(degrees > 0 && degrees.isFinite, "degrees of freedom are positive")
    self.degrees = degrees
  }

  /// P(X > x) = Q(degrees / 2, x / 2), the incomplete gamma function.
  public func tailProbability(_ x: Double) -> Double {
    if x <= 0 { return 1 }
    let (a, half) = (degrees / 2, x / 2)
    return half < a + 1 ? 1 - lowerSeries(a, half) : upperFraction(a, half)
  }

  /// P(X <= x), exact also where it is small.
  public func cumulative(_ x: Double) -> Double {
    if x <= 0 { return 0 }
    let (a, half) = (degrees / 2, x / 2)
    return half < a + 1 ? lowerSeries(a, half) : 1 - upperFraction(a, half)
  }

  /// Density at x.
  public func density(_ x: Double) -> Double {
    let a = degrees / 2
    return x > 0
      ? ScalarMath.exp((a - 1) * ScalarMath.log(x / 2) - x / 2 - logGamma(a)) / 2 : 0
  }

  /// The x that is not exceeded with a probability strictly between 0 and 1.
  ///
  /// From the cube of a normal [Wilson and Hilferty 1931], or where that is not positive from the
  /// first term of the series, Newton on the logarithms of x and of the smaller of the two
  /// probabilities.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
    let ratio = 2 / (9 * degrees)
    let root = 1 - ratio + NormalDistribution.quantile(probability) * ratio.squareRoot()
    let a = degrees / 2
    var x = degrees * root * root * root
    if root <= 0.1 {
      x = 2 * ScalarMath.exp((ScalarMath.log(probability) + logGamma(a + 1)) / a)
    }
    for _ in 0..<Self.stepCountMax {
      // d ln F / d ln x = x f / F, and the same with the other sign beyond the middle.
      let isLower = probability <= 0.5
      let (present, wanted) =
        isLower ? (cumulative(x), probability) : (tailProbability(x), 1 - probability)
      guard present > 0 else { break }
      let slope = x * density(x) / present
      let step = ScalarMath.log(wanted / present) / slope * (isLower ? 1 : -1)
      x *= ScalarMath.exp(min(max(step, -2), 2))
      if abs(step) <= 4 * Double.ulpOfOne { break }
    }
    return x
  }

  private static let stepCountMax = 100

  /// P(a, x) = x^a e^-x / Gamma(a + 1) (1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + …) [Abramowitz and
  /// Stegun 1964, 6.5.29].
  private func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var (term, sum, count) = (1.0, 1.0, a)
    repeat {
      count += 1
      term *= x / count
      sum += term
    } while term > sum * Double.ulpOfOne / 4
    return min(sum * ScalarMath.exp(a * ScalarMath.log(x) - x - logGamma(a + 1)), 1)
  }

  /// Q(a, x) by its continued fraction in the modified form of Lentz [Abramowitz and Stegun 1964,
  /// 6.5.31].
  private func upperFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var result = d
    for step in 1...10_000 {
      let m = Double(step)
      let numerator = m * (a - m)
      b += 2
      d = 1 / (numerator * d + b)
      c = b + numerator / c
      let factor = c * d
      result *= factor
      if abs(factor - 1) <= Double.ulpOfOne { break }
    }
    return result * ScalarMath.exp(a * ScalarMath.log(x) - x - logGamma(a))
  }
}
