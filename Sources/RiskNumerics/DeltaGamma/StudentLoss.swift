// The loss of a quadratic portfolio whose factors have a multivariate t distribution.

/// L = constant + sqrt(W) sum_j linear_j z_j + W sum_j quadratic_j z_j^2 with W = degrees / Y, Y
/// chi-square with `degrees` degrees of freedom, independent of the standard normals z.
///
/// The factors have the scale matrix A A'; their covariance is degrees / (degrees - 2) times that.
/// From a covariance, take A A' = (degrees - 2) / degrees x covariance.
public struct StudentQuadraticLoss: Sendable, Equatable {
  /// The loss at W = 1.
  public let loss: QuadraticLoss
  /// Degrees of freedom.
  public let degrees: Double

  /// A loss with more than 0 degrees of freedom.
  public init(loss: QuadraticLoss, degrees: Double) {
    precondition(degrees > 0 && degrees.isFinite, "degrees of freedom are positive")
    self.loss = loss
    self.degrees = degrees
  }

  /// P(L > x) [Glasserman, Heidelberger and Shahabuddin 2002]: the sign of L - x is that of
  /// Q = (Y / degrees) (L - x), whose generating function is known.
  public func tailProbability(beyond x: Double) throws(ContourError) -> Double {
    if let certain = certainProbability(x) { return certain }
    return try Contour(transform(x, degrees), lowestOrder: 1).tail.probability
  }

  /// Density, probability and expected excess beyond x. The excess is finite for more than two
  /// degrees of freedom.
  ///
  /// A factor Y under the expectation raises the degrees of freedom by two, its reciprocal lowers
  /// them: f(x) = int e^K with degrees + 2, E[max(L - x, 0)] = degrees / (degrees - 2) int e^K / s^2
  /// with degrees - 2.
  public func tail(beyond x: Double) throws(ContourError) -> QuadraticLoss.Tail {
    precondition(degrees > 2, "the expected excess needs more than two degrees of freedom")
    if let certain = certainProbability(x) {
      // Beyond the supremum nothing is left; below the infimum the mean is.
      let mean =
        loss.constant + degrees / (degrees - 2) * (loss.cumulants.first - loss.constant)
      return QuadraticLoss.Tail(
        density: 0, probability: certain, expectedExcess: certain * (mean - x))
    }
    let density = try Contour(transform(x, degrees + 2)).tail.density
    let probability = try Contour(transform(x, degrees), lowestOrder: 1).tail.probability
    let excess = try Contour(transform(x, degrees - 2), lowestOrder: 2).tail.excess
    return QuadraticLoss.Tail(
      density: density, probability: probability,
      expectedExcess: degrees / (degrees - 2) * excess)
  }

  /// VaR and ES at a confidence level, for more than two degrees of freedom.
  public func exactMeasures(
    confidence: Double
  ) throws(ContourError) -> (valueAtRisk: Double, expectedShortfall: Double) {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    let moments = loss.cumulants
    if moments.second == 0 { return (loss.constant, loss.constant) }
    let probability = 1 - confidence
    let deviation = moments.second.squareRoot()
    let (value, tail) = try QuadraticLoss.exceeded(
      withProbability: probability, start: loss.saddlepointQuantile(confidence: confidence),
      deviation: deviation, limits: (-loss.negated.supremum, loss.supremum)
    ) { (x: Double) throws(ContourError) -> QuadraticLoss.Tail in try self.tail(beyond: x) }
    return (value, value + tail.expectedExcess / probability)
  }

  private func certainProbability(_ x: Double) -> Double? {
    if loss.cumulants.second == 0 { return loss.constant > x ? 1 : 0 }
    if x >= loss.supremum { return 0 }
    return x <= -loss.negated.supremum ? 1 : nil
  }

  func transform(_ x: Double, _ exponentDegrees: Double) -> StudentTransform {
    StudentTransform(
      loss: loss, threshold: x, degrees: degrees, exponentDegrees: exponentDegrees)
  }
}

/// Q = (Y / degrees) (L - threshold):
///   E e^(s Q) = (1 - 2 alpha(s))^(-exponentDegrees / 2) prod_j (1 - 2 q_j s)^(-1/2),
///   alpha(s) = [(constant - threshold) s + sum_j b_j^2 s^2 / (2 (1 - 2 q_j s))] / degrees,
/// where Y has `exponentDegrees` degrees of freedom.
struct StudentTransform: ContourTransform {
  let loss: QuadraticLoss
  let threshold: Double
  let degrees: Double
  let exponentDegrees: Double
  let upperPole: Double

  init(loss: QuadraticLoss, threshold: Double, degrees: Double, exponentDegrees: Double) {
    (self.loss, self.threshold) = (loss, threshold)
    (self.degrees, self.exponentDegrees) = (degrees, exponentDegrees)
    upperPole = Self.pole(loss, threshold, degrees)
  }

  /// alpha and two derivatives at a real s.
  static func alpha(
    _ loss: QuadraticLoss, _ threshold: Double, _ degrees: Double, _ s: Double
  ) -> (value: Double, first: Double, second: Double) {
    var (value, first, second) = ((loss.constant - threshold) * s, loss.constant - threshold, 0.0)
    for (b, q) in zip(loss.linear, loss.quadratic) {
      let gap = 1 - 2 * q * s
      value += b * b * s * s / (2 * gap)
      first += b * b * s * (1 - q * s) / (gap * gap)
      second += b * b / (gap * gap * gap)
    }
    return (value / degrees, first / degrees, second / degrees)
  }

  /// Where alpha, which is convex and starts at 0, reaches 1/2, or the pole of the loss before that.
  private static func pole(_ loss: QuadraticLoss, _ threshold: Double, _ degrees: Double) -> Double
  {
    var (low, high) = (0.0, loss.upperPole)
    func isBeyond(_ s: Double) -> Bool { !(alpha(loss, threshold, degrees, s).value < 0.5) }
    if high == .infinity {
      high = 1 / loss.cumulants.second.squareRoot()
      while !isBeyond(high) {
        (low, high) = (high, high * 2)
        if high > 1e300 { return .infinity }
      }
    }
    for _ in 0..<200 {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { break }
      if isBeyond(middle) { high = middle } else { low = middle }
    }
    return low
  }

  func cumulant(_ s: Double) -> (value: Double, first: Double, second: Double) {
    let alpha = Self.alpha(loss, threshold, degrees, s)
    let gap = 1 - 2 * alpha.value
    var value = -exponentDegrees / 2 * ScalarMath.log(gap)
    var first = exponentDegrees * alpha.first / gap
    var second =
      exponentDegrees * (alpha.second / gap + 2 * alpha.first * alpha.first / (gap * gap))
    for q in loss.quadratic where q != 0 {
      let gap = 1 - 2 * q * s
      value -= ScalarMath.logOfOnePlus(-2 * q * s) / 2
      first += q / gap
      second += 2 * q * q / (gap * gap)
    }
    return (value, first, second)
  }

  func ratio(at s: Complex, centre: Double) -> Complex {
    var alpha = (loss.constant - threshold) * s
    var factor = Complex(1)
    let squared = s * s
    for (b, q) in zip(loss.linear, loss.quadratic) {
      let gap = 1 - 2 * q * centre
      let inverse = Complex(
        1 - 2 * q * (s.real - centre) / gap, -2 * q * s.imaginary / gap
      ).reciprocal
      factor = factor * inverse.squareRoot
      alpha += (b * b / (2 * gap)) * (squared * inverse)
    }
    let gap = 1 - 2 * Self.alpha(loss, threshold, degrees, centre).value
    let relative = (1 / gap) * (Complex(1) - (2 / degrees) * alpha)
    return factor * ((-exponentDegrees / 2) * relative.logarithm).exponential
  }

  /// On a vertical line the real part of 1 - 2 alpha stays positive, so that its principal power is
  /// the right one; nothing oscillates, so that no bend is needed.
  var slopes: [Double] { [0] }
}
