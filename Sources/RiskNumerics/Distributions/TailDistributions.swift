// Losses with a known distribution: value at risk, expected shortfall and the errors of their
// estimates.

import Glibc

/// ln Gamma(x) for x > 0, by the C library's reentrant function.
func logGamma(_ x: Double) -> Double {
  var sign: Int32 = 0
  return unsafe lgamma_r(x, &sign)
}

/// A loss distribution whose tail is known in closed form.
public protocol TailDistribution: Sendable {
  /// Density at x.
  func density(_ x: Double) -> Double
  /// P(L > x).
  func tailProbability(_ x: Double) -> Double
  /// The x with P(L <= x) = `probability`, strictly between 0 and 1.
  func quantile(_ probability: Double) -> Double
  /// E[L | L > x], the mean beyond x.
  func tailMean(_ x: Double) -> Double
  /// E[L^2 | L > x].
  func tailSecondMoment(_ x: Double) -> Double
}

extension TailDistribution {
  /// VaR at a confidence level, with the asymptotic error of its estimate from n draws:
  /// sqrt(alpha p / n) / f(VaR).
  public func valueAtRisk(confidence: Double, drawCount: Int) -> RiskEstimate {
    let value = quantile(confidence)
    let error = (confidence * (1 - confidence) / Double(drawCount)).squareRoot() / density(value)
    return RiskEstimate(value: value, standardError: error)
  }

  /// ES at a confidence level, with the asymptotic error of its estimate from n draws
  /// [Manistre and Hancock 2005].
  public func expectedShortfall(confidence: Double, drawCount: Int) -> RiskEstimate {
    let value = quantile(confidence)
    let mean = tailMean(value)
    let variance = tailSecondMoment(value) - square(mean)
    let expected = Double(drawCount) * (1 - confidence)
    let error = (variance + confidence * square(mean - value)) / expected
    return RiskEstimate(value: mean, standardError: error.squareRoot())
  }
}

/// The standard normal distribution as a loss distribution.
public struct NormalLoss: TailDistribution {
  /// The distribution.
  public init() {}

  /// phi(x).
  public func density(_ x: Double) -> Double { NormalDistribution.density(x) }

  /// 1 - N(x).
  public func tailProbability(_ x: Double) -> Double { NormalDistribution.cdf(-x) }

  /// Inverse of N.
  public func quantile(_ probability: Double) -> Double { NormalDistribution.quantile(probability) }

  /// phi(x) / (1 - N(x)).
  public func tailMean(_ x: Double) -> Double { density(x) / tailProbability(x) }

  /// 1 + x phi(x) / (1 - N(x)).
  public func tailSecondMoment(_ x: Double) -> Double { 1 + x * tailMean(x) }
}

/// Student's t distribution with `degrees` > 0 degrees of freedom, location 0, scale 1.
///
/// Its variance is degrees / (degrees - 2), not 1: multiply by sqrt((degrees - 2) / degrees) for
/// unit variance.
public struct StudentDistribution: TailDistribution {
  /// Degrees of freedom.
  public let degrees: Double

  /// The distribution; tail means need more than one degree of freedom, second moments more than
  /// two.
  public init(degrees: Double) {
    precondition(degrees > 0 && degrees.isFinite, "degrees of freedom are positive")
    self.degrees = degrees
  }

  /// Density at x.
  public func density(_ x: Double) -> Double {
    let logarithm =
      logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - log(degrees * Double.pi) / 2
      - (degrees + 1) / 2 * log1p(x * x / degrees)
    return exp(logarithm)
  }

  /// P(T > x): half the regularised incomplete beta function at degrees / (degrees + x^2).
  public func tailProbability(_ x: Double) -> Double {
    let square = x * x
    // The first form keeps small x, the second the far tail, where the first would cancel.
    let half =
      square < 1
      ? 0.5 - 0.5 * Self.incompleteBeta(0.5, degrees / 2, at: square / (degrees + square))
      : 0.5 * Self.incompleteBeta(degrees / 2, 0.5, at: degrees / (degrees + square))
    return x < 0 ? 1 - half : half
  }

  /// Inverse distribution function, to about 1e-13 relatively, for a probability strictly between 0
  /// and 1.
  ///
  /// Newton on ln P(T > e^y) = ln p: that function is concave and falls, so after the first step
  /// the iteration runs to the root from one side.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
    if probability == 0.5 { return 0 }
    if probability < 0.5 { return -upperQuantile(probability) }
    return upperQuantile(1 - probability)
  }

  private func upperQuantile(_ tail: Double) -> Double {
    // The normal quantile lies below that of t, on the side where the first step cannot overshoot
    // far.
    var x = -NormalDistribution.quantile(tail)
    for _ in 0..<Self.iterationCountMax {
      let present = tailProbability(x)
      let step = log(present / tail) * present / (density(x) * x)
      x *= exp(step)
      if abs(step) <= 4 * Double.ulpOfOne { break }
    }
    return x
  }

  /// Convergence is quadratic; six steps are usual. The bound ends the last-digit flicker.
  private static let iterationCountMax = 60

  /// f(x) / P(T > x) (degrees + x^2) / (degrees - 1).
  public func tailMean(_ x: Double) -> Double {
    precondition(degrees > 1, "the tail mean needs more than one degree of freedom")
    return density(x) / tailProbability(x) * (degrees + x * x) / (degrees - 1)
  }

  /// degrees [(degrees - 1) / (degrees - 2) P(T' > x') / P(T > x) - 1], where T' has two degrees of
  /// freedom less and x' = x sqrt((degrees - 2) / degrees): from x^2 = degrees ((1 + x^2 / degrees)
  /// - 1).
  public func tailSecondMoment(_ x: Double) -> Double {
    precondition(degrees > 2, "the second moment needs more than two degrees of freedom")
    let lower = StudentDistribution(degrees: degrees - 2)
    let scaled = x * ((degrees - 2) / degrees).squareRoot()
    let ratio = lower.tailProbability(scaled) / tailProbability(x)
    return degrees * ((degrees - 1) / (degrees - 2) * ratio - 1)
  }

  /// Regularised incomplete beta function I_x(a, b) for 0 <= x <= 1, by its continued fraction in
  /// the modified form of Lentz, on the side where that converges fast [Abramowitz and Stegun 1964,
  /// 26.5.8].
  static func incompleteBeta(_ a: Double, _ b: Double, at x: Double) -> Double {
    if x <= 0 { return 0 }
    if x >= 1 { return 1 }
    let logarithm = logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)
    let front = exp(logarithm)
    if x > (a + 1) / (a + b + 2) { return 1 - front * fraction(b, a, 1 - x) / b }
    return front * fraction(a, b, x) / a
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func kept(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / kept(1 - (a + b) * x / (a + 1))
    var result = d
    for step in 1...2_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / kept(1 + even * d)
      c = kept(1 + even / c)
      result *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / kept(1 + odd * d)
      c = kept(1 + odd / c)
      let factor = d * c
      result *= factor
      if abs(factor - 1) <= Double.ulpOfOne { break }
    }
    return result
  }
}
