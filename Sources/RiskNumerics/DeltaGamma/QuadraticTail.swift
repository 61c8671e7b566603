// The exact distribution of a quadratic loss of normals: tail probability, VaR, ES, and moments of
// the factors where the loss equals or exceeds VaR.

/// Q = L - threshold for a quadratic loss L.
struct QuadraticTransform: ContourTransform {
  let loss: QuadraticLoss
  let threshold: Double

  var upperPole: Double { loss.upperPole }

  func cumulant(_ s: Double) -> (value: Double, first: Double, second: Double) {
    let (value, first, second, _) = loss.cumulantGenerating(s)
    return (value - s * threshold, first - threshold, second)
  }

  func ratio(at s: Complex, centre: Double) -> Complex {
    var exponent = (loss.constant - threshold) * Complex(s.real - centre, s.imaginary)
    var factor = Complex(1)
    let squared = s * s
    for (b, q) in zip(loss.linear, loss.quadratic) {
      let half = b * b / 2
      if q == 0 {
        exponent += half * Complex(squared.real - centre * centre, squared.imaginary)
        continue
      }
      let gap = 1 - 2 * q * centre
      let inverse = Complex(
        1 - 2 * q * (s.real - centre) / gap, -2 * q * s.imaginary / gap
      ).reciprocal
      factor = factor * inverse.squareRoot
      if b != 0 {
        exponent += (half / gap) * (squared * inverse - Complex(centre * centre))
      }
    }
    return factor * exponent.exponential
  }

  /// Far out the exponent is linear in s where no component is Gaussian; the side on which it falls
  /// comes first.
  var slopes: [Double] {
    var coefficient = loss.constant - threshold
    for (b, q) in zip(loss.linear, loss.quadratic) where q != 0 {
      coefficient -= b * b / (4 * q)
    }
    let side = coefficient < 0 ? 1.0 : -1.0
    return [0.6, -0.6, 0.3, -0.3, 0.1, -0.1, 0].map { $0 * side }
  }
}

extension QuadraticLoss {
  /// What is known of the tail beyond one loss.
  public struct Tail: Sendable, Equatable {
    /// Density of the loss there.
    public let density: Double
    /// P(L > x).
    public let probability: Double
    /// E[max(L - x, 0)].
    public let expectedExcess: Double
  }

  /// The tail beyond x, by contour inversion, to about 1e-12 of each number.
  ///
  /// A loss without risk is a step: its density is 0 everywhere.
  public func tail(beyond x: Double) throws(ContourError) -> Tail {
    precondition(x.isFinite, "a loss is finite")
    let moments = cumulants
    if moments.second == 0 {
      return Tail(
        density: 0, probability: constant > x ? 1 : 0, expectedExcess: max(constant - x, 0))
    }
    if x >= supremum { return Tail(density: 0, probability: 0, expectedExcess: 0) }
    if x <= -negated.supremum {
      return Tail(density: 0, probability: 1, expectedExcess: moments.first - x)
    }
    if x >= moments.first {
      let tail = try Contour(QuadraticTransform(loss: self, threshold: x)).tail
      return Tail(
        density: tail.density, probability: tail.probability, expectedExcess: tail.excess)
    }
    // On the near side the complement is small and therefore exact.
    let tail = try Contour(QuadraticTransform(loss: negated, threshold: -x)).tail
    return Tail(
      density: tail.density, probability: 1 - tail.probability,
      expectedExcess: moments.first - x + tail.excess)
  }

  /// P(L <= x), exact also where it is small.
  public func distribution(_ x: Double) throws(ContourError) -> Double {
    if x < cumulants.first && x > -negated.supremum {
      return try negated.tail(beyond: -x).probability
    }
    return try 1 - tail(beyond: x).probability
  }

  /// VaR and ES at a confidence level, to about 1e-10 of the larger of themselves and a standard
  /// deviation; ES = VaR + E[max(L - VaR, 0)] / (1 - confidence).
  public func exactMeasures(
    confidence: Double
  ) throws(ContourError) -> (valueAtRisk: Double, expectedShortfall: Double) {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    let moments = cumulants
    if moments.second == 0 { return (constant, constant) }
    let probability = 1 - confidence
    let start = saddlepointQuantile(confidence: confidence)
    let (value, tail) = try Self.exceeded(
      withProbability: probability, start: start, deviation: moments.second.squareRoot(),
      limits: (-negated.supremum, supremum)
    ) { (x: Double) throws(ContourError) -> Tail in try self.tail(beyond: x) }
    return (value, value + tail.expectedExcess / probability)
  }

  /// The loss that is exceeded with a probability: Newton on the logarithm of the tail, which is
  /// nearly straight, kept inside a bracket.
  static func exceeded(
    withProbability probability: Double, start: Double, deviation: Double,
    limits: (low: Double, high: Double),
    tailBeyond: (Double) throws(ContourError) -> Tail
  ) throws(ContourError) -> (Double, Tail) {
    var (low, high) = limits
    var x = min(max(start, low), high)
    if x <= low || x >= high { x = low.isFinite && high.isFinite ? low + (high - low) / 2 : start }
    if !(x > low) { x = low + deviation }
    if !(x < high) { x = high - deviation }
    for _ in 0..<100 {
      let found = try tailBeyond(x)
      if found.probability > probability { low = x } else { high = x }
      let step =
        found.probability > 0 && found.density > 0
        ? ScalarMath.log(found.probability / probability) * found.probability / found.density
        : .infinity
      if abs(step) <= 1e-13 * max(abs(x), deviation) { return (x, found) }
      let newton = x + step
      if newton > low && newton < high {
        x = newton
      } else if low.isFinite && high.isFinite {
        let middle = low + (high - low) / 2
        if middle <= low || middle >= high { return (x, found) }
        x = middle
      } else {
        x += found.probability > probability ? 2 * deviation : -2 * deviation
      }
    }
    throw .notConverged
  }
}

/// Moments of the independent normals of a quadratic loss under a condition on the loss.
public struct ComponentMoments: Sendable, Equatable {
  /// E[z] [components].
  public let mean: [Double]
  /// E[z z'] [components x components].
  public let secondMoment: Matrix
}

extension QuadraticLoss {
  /// Moments of z where L = x, and where L > x: with the integrand e^K of the contour, component j
  /// has the mean s b / (1 - 2 q s) and the variance 1 / (1 - 2 q s) [from the derivative of K in a
  /// position's size; Tasche 1999 for what they contribute].
  ///
  /// For x between the infimum and the supremum.
  public func moments(
    at x: Double
  ) throws(ContourError) -> (onBorder: ComponentMoments, beyond: ComponentMoments) {
    let count = componentCount
    let contour = try Contour(
      QuadraticTransform(loss: self, threshold: x), spareHalvingCount: 1)
    let tail = contour.tail
    var (borderMean, tailMean) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var border = Matrix(rowCount: count, columnCount: count)
    var beyond = Matrix(rowCount: count, columnCount: count)
    var means = [Complex](repeating: Complex(0), count: count)
    contour.forEachSample { s, weight in
      let tailWeight = weight * s.reciprocal
      for j in 0..<count {
        let variance = (Complex(1) - (2 * quadratic[j]) * s).reciprocal
        means[j] = linear[j] * (s * variance)
        borderMean[j] += (weight * means[j]).imaginary
        tailMean[j] += (tailWeight * means[j]).imaginary
        border[j, j] += (weight * variance).imaginary
        beyond[j, j] += (tailWeight * variance).imaginary
        for k in 0...j {
          let product = means[j] * means[k]
          border[j, k] += (weight * product).imaginary
          beyond[j, k] += (tailWeight * product).imaginary
        }
      }
    }
    func moments(_ mean: [Double], _ second: Matrix, _ mass: Double) -> ComponentMoments {
      var symmetric = second
      for j in 0..<count {
        for k in 0...j {
          symmetric[j, k] = second[j, k] / mass
          symmetric[k, j] = symmetric[j, k]
        }
      }
      return ComponentMoments(mean: mean.map { $0 / mass }, secondMoment: symmetric)
    }
    return (
      moments(borderMean, border, tail.density), moments(tailMean, beyond, tail.probability)
    )
  }
}

extension DeltaGammaLoss {
  /// Moments of the factors where the loss equals VaR, which give what each position contributes to
  /// VaR, and where it exceeds VaR, which give what each contributes to ES. Contributions of
  /// positions that make up the portfolio add up to VaR and ES.
  public func momentsAtRisk(
    valueAtRisk: Double
  ) throws(ContourError) -> (valueAtRisk: FactorMoments, expectedShortfall: FactorMoments) {
    let (border, beyond) = try quadratic.moments(at: valueAtRisk)
    return (
      FactorMoments(basis: basis, mean: border.mean, secondMoment: border.secondMoment),
      FactorMoments(basis: basis, mean: beyond.mean, secondMoment: beyond.secondMoment)
    )
  }
}
