// Tail probabilities from a cumulant generating function, by integrals along a hyperbola through
// the saddlepoint.

/// The distribution of a variable Q, by its cumulant generating function K(s) = ln E e^(s Q).
protocol ContourTransform {
  /// K is finite from 0 up to this s; infinity if everywhere.
  var upperPole: Double { get }
  /// K and its first two derivatives at a real s between 0 and the pole.
  func cumulant(_ s: Double) -> (value: Double, first: Double, second: Double)
  /// e^(K(s) - K(centre)).
  func ratio(at s: Complex, centre: Double) -> Complex
  /// Slopes of the hyperbola to try, in this order. A slope lies between -1 and 1, where Gaussian
  /// parts decay; a positive one bends to the right.
  var slopes: [Double] { get }
}

/// Why no tail probability could be computed.
public enum ContourError: Error, Equatable, CustomStringConvertible {
  /// No contour was found along which the integrand decays, or halving its step did not settle the
  /// integral.
  case notConverged

  /// What happened.
  public var description: String {
    "the distribution of a quadratic loss could not be inverted: no contour converged"
  }
}

/// Integrals (1 / 2 pi i) int e^K(s) g(s) ds along
///   s(t) = c + w (slope (cosh t - 1) + i sinh t),
/// where c > 0 minimises K(s) - ln s and w is the width of the integrand there. In t the integrand
/// is analytic in a strip and decays at least exponentially, so that the trapezoid rule converges
/// geometrically [Trefethen and Weideman 2014, section 5]; poles and branch points lie on the real
/// axis and are not crossed.
struct Contour {
  /// ln of what all samples are multiplied with: K(c).
  private var logScale = 0.0
  private var step = 0.0
  /// s(t) and e^(K(s) - K(c)) s'(t) for t >= 0; the first one, at t = 0, is halved. By symmetry the
  /// integral is 1 / pi times the imaginary part of the sum over these.
  private var samples: [(s: Complex, value: Complex)] = []

  /// How well two steps agree before the finer one is taken; its own error is about the square.
  private static let agreement = 1e-7
  private static let firstStep = 0.25
  private static let halvingCountMax = 6
  /// Samples this much smaller than the largest one end the contour.
  private static let negligible = 1e-18
  /// Samples this much smaller than the largest one may not grow again: where small curvatures stand
  /// beside large slopes the integrand falls, rises far out to a peak that its oscillation cancels,
  /// and falls for good. A contour with less of a bend misses that peak.
  private static let small = 1e-3
  private static let revivalMax = 2.0
  private static let lastParameter = 60.0
  /// An integrand that grows along the contour would cancel.
  private static let growthMax = 3.0

  /// The lowest n for which integrals of s^-n are wanted; those of heavy tails need not exist below.
  private let lowestOrder: Int
  /// Halvings of the step after the integrals have settled, for other integrands than these.
  private let spareHalvingCount: Int

  /// The contour of a transform, fine enough for integrals with g = 1, 1/s and 1/s^2, from the
  /// lowest of these orders on.
  init(
    _ transform: some ContourTransform, lowestOrder: Int = 0, spareHalvingCount: Int = 0
  ) throws(ContourError) {
    self.lowestOrder = lowestOrder
    self.spareHalvingCount = spareHalvingCount
    let centre = try Self.centre(transform)
    let cumulant = transform.cumulant(centre)
    let width = 1 / (cumulant.second + 1 / (centre * centre)).squareRoot()
    for slope in transform.slopes {
      if converges(transform, centre: centre, width: width, slope: slope) {
        logScale = cumulant.value
        return
      }
    }
    throw .notConverged
  }

  /// The s > 0 with K'(s) = 1/s. K' - 1/s rises from -infinity, so the root is unique.
  private static func centre(_ transform: some ContourTransform) throws(ContourError) -> Double {
    func slope(_ s: Double) -> Double { transform.cumulant(s).first - 1 / s }
    var low = 0.0
    var high = transform.upperPole
    if high == .infinity {
      high = 1
      var doublings = 0
      while !(slope(high) > 0) {
        (low, high) = (high, high * 4)
        doublings += 1
        if doublings > 500 { throw .notConverged }
      }
      while low == 0 && slope(high / 4) > 0 {
        high /= 4
        if high < Double.leastNormalMagnitude { throw .notConverged }
      }
    }
    var s = low + (high - low) / 2
    for _ in 0..<200 {
      let (_, first, second) = transform.cumulant(s)
      let value = first - 1 / s
      if value > 0 { high = s } else { low = s }
      let newton = s - value / (second + 1 / (s * s))
      let next = newton > low && newton < high ? newton : low + (high - low) / 2
      // The contour may pass anywhere near the saddlepoint.
      if abs(next - s) <= 1e-6 * s { return next }
      s = next
    }
    throw .notConverged
  }

  private mutating func converges(
    _ transform: some ContourTransform, centre: Double, width: Double, slope: Double
  ) -> Bool {
    func sample(_ t: Double) -> (s: Complex, value: Complex, growth: Double) {
      let (sine, cosine) = (ScalarMath.hyperbolicSine(t), ScalarMath.hyperbolicCosine(t))
      let s = Complex(centre + width * slope * (cosine - 1), width * sine)
      let ratio = transform.ratio(at: s, centre: centre)
      let value = ratio * Complex(width * slope * sine, width * cosine)
      return (s, value, ratio.squaredModulus)
    }
    step = Self.firstStep
    samples = []
    var (largest, smallest) = (0.0, Double.infinity)
    var index = 0
    while true {
      let t = Double(index) * step
      if t > Self.lastParameter { return false }
      let (s, value, growth) = sample(t)
      if !(growth <= Self.growthMax * Self.growthMax) { return false }
      // A power of s can only make a sample smaller beside the first ones.
      let size = value.squaredModulus * ScalarMath.power(s.squaredModulus, -Double(lowestOrder))
      largest = max(largest, size)
      smallest = min(smallest, size)
      if smallest <= largest * Self.small * Self.small,
        size > smallest * Self.revivalMax * Self.revivalMax
      {
        return false
      }
      samples.append((s, index == 0 ? 0.5 * value : value))
      if size <= largest * Self.negligible * Self.negligible && t > 1 { break }
      index += 1
    }
    let lastParameter = Double(index) * step
    var spare = spareHalvingCount
    for _ in 0..<Self.halvingCountMax + spare {
      let before = integrals
      var t = step / 2
      while t < lastParameter {
        let (s, value, growth) = sample(t)
        if !(growth <= Self.growthMax * Self.growthMax) { return false }
        samples.append((s, value))
        t += step
      }
      step /= 2
      let after = integrals
      let isSettled = (lowestOrder...2).allSatisfy {
        abs(before[$0] - after[$0]) <= Self.agreement * abs(after[$0])
      }
      if isSettled && spare == 0 { return true }
      if isSettled { spare -= 1 }
    }
    return false
  }

  /// The integrals of 1, 1/s and 1/s^2 without their common scale.
  private var integrals: [Double] {
    var (density, tail, excess) = (OrderedSum(), OrderedSum(), OrderedSum())
    for (s, value) in samples {
      let reciprocal = s.reciprocal
      let once = value * reciprocal
      density.add(value.imaginary)
      tail.add(once.imaginary)
      excess.add((once * reciprocal).imaginary)
    }
    return [density, tail, excess].map { $0.total * step / Double.pi }
  }

  /// The density of Q at 0, P(Q > 0) and E[max(Q, 0)].
  var tail: (density: Double, probability: Double, excess: Double) {
    let (scale, values) = (ScalarMath.exp(logScale), integrals)
    return (scale * values[0], scale * values[1], scale * values[2])
  }

  /// Calls `body` with each s and its weight for integrals of g: the sum of the imaginary parts of
  /// weight g(s) is (1 / 2 pi i) int e^K(s) g(s) ds.
  func forEachSample(_ body: (_ s: Complex, _ weight: Complex) -> Void) {
    let scale = ScalarMath.exp(logScale) * step / Double.pi
    for (s, value) in samples { body(s, scale * value) }
  }
}
