// A loss that is quadratic in independent normals: cumulants, and its generating function on the
// real line and beyond.

/// L = constant + sum_j (linear_j z_j + quadratic_j z_j^2) with independent standard normal z.
///
/// Its cumulant generating function is
///   K(s) = constant s + sum_j [linear_j^2 s^2 / (2 (1 - 2 quadratic_j s)) - ln(1 - 2 quadratic_j s) / 2]
/// for real s between the poles 1 / (2 min quadratic) and 1 / (2 max quadratic)
/// [Rouvinez 1997; Feuerverger and Wong 2000].
public struct QuadraticLoss: Sendable, Equatable {
  /// The part without risk, in the unit of losses.
  public let constant: Double
  /// Coefficients of z.
  public let linear: [Double]
  /// Coefficients of z squared, of the same count.
  public let quadratic: [Double]

  /// Curvatures smaller than this share of the loss's size are none: as poles far beyond all others
  /// they would only mislead a contour.
  static let curvatureShare = 1e-11

  /// A loss of finite coefficients; curvatures of no weight beside the others become zero.
  public init(constant: Double, linear: [Double], quadratic: [Double]) {
    precondition(linear.count == quadratic.count, "coefficients differ in count")
    precondition(
      constant.isFinite && linear.allSatisfy(\.isFinite) && quadratic.allSatisfy(\.isFinite),
      "coefficients are finite")
    let size = max(
      quadratic.reduce(0) { max($0, abs($1)) }, linear.reduce(0) { max($0, abs($1)) })
    self.constant = constant
    self.linear = linear
    self.quadratic = quadratic.map { abs($0) < Self.curvatureShare * size ? 0 : $0 }
  }

  /// Number of normals.
  public var componentCount: Int { linear.count }

  /// The loss with every sign turned, for questions about the other tail.
  public var negated: QuadraticLoss {
    QuadraticLoss(constant: -constant, linear: linear.map(-), quadratic: quadratic.map(-))
  }

  /// The loss at given normals.
  public func value(at normals: [Double]) -> Double {
    precondition(normals.count == componentCount, "one normal for each component")
    var sum = OrderedSum()
    for index in normals.indices {
      sum.add((linear[index] + quadratic[index] * normals[index]) * normals[index])
    }
    return constant + sum.total
  }

  // MARK: Moments

  /// The first four cumulants: mean, variance, third and fourth.
  public struct Cumulants: Sendable, Equatable {
    /// Mean.
    public let first: Double
    /// Variance.
    public let second: Double
    /// Third central moment.
    public let third: Double
    /// Fourth central moment less three times the squared variance.
    public let fourth: Double

    /// Third cumulant over the standard deviation cubed; 0 without risk.
    public var skewness: Double {
      second > 0 ? third / (second * second.squareRoot()) : 0
    }

    /// Fourth cumulant over the variance squared; 0 without risk.
    public var excessKurtosis: Double { second > 0 ? fourth / second / second : 0 }
  }

  /// k1 = constant + sum q, k2 = sum (b^2 + 2 q^2), k3 = sum (6 q b^2 + 8 q^3),
  /// k4 = sum 48 q^2 (b^2 + q^2).
  public var cumulants: Cumulants {
    var sums = (OrderedSum(), OrderedSum(), OrderedSum(), OrderedSum())
    for (b, q) in zip(linear, quadratic) {
      sums.0.add(q)
      sums.1.add(b * b + 2 * q * q)
      sums.2.add(q * (6 * b * b + 8 * q * q))
      sums.3.add(48 * q * q * (b * b + q * q))
    }
    return Cumulants(
      first: constant + sums.0.total, second: sums.1.total, third: sums.2.total,
      fourth: sums.3.total)
  }

  /// The largest possible loss; infinity where there is none.
  public var supremum: Double {
    if zip(linear, quadratic).contains(where: { $1 > 0 || ($1 == 0 && $0 != 0) }) {
      return .infinity
    }
    return zip(linear, quadratic).reduce(constant) {
      $1.1 < 0 ? $0 - square($1.0) / (4 * $1.1) : $0
    }
  }

  // MARK: Generating function

  /// The s below which K is finite, on the positive side.
  public var upperPole: Double {
    let largest = quadratic.max() ?? 0
    return largest > 0 ? 1 / (2 * largest) : .infinity
  }

  /// The s above which K is finite, on the negative side.
  public var lowerPole: Double {
    let smallest = quadratic.min() ?? 0
    return smallest < 0 ? 1 / (2 * smallest) : -.infinity
  }

  /// K and its first three derivatives at a real s between the poles.
  public func cumulantGenerating(
    _ s: Double
  ) -> (value: Double, first: Double, second: Double, third: Double) {
    var (value, first, second, third) = (constant * s, constant, 0.0, 0.0)
    for (b, q) in zip(linear, quadratic) {
      let gap = 1 - 2 * q * s
      value += b * b * s * s / (2 * gap) - ScalarMath.logOfOnePlus(-2 * q * s) / 2
      first += b * b * s * (1 - q * s) / (gap * gap) + q / gap
      second += b * b / (gap * gap * gap) + 2 * q * q / (gap * gap)
      third += 6 * b * b * q / (gap * gap * gap * gap) + 8 * q * q * q / (gap * gap * gap)
    }
    return (value, first, second, third)
  }

  /// The loss under the measure that is changed by e^(s L - K(s)): component j becomes normal with
  /// mean s b / (1 - 2 q s) and variance 1 / (1 - 2 q s). For s between the poles.
  public func twisted(_ s: Double) -> QuadraticLoss {
    precondition(s > lowerPole && s < upperPole, "the twist lies between the poles")
    var constant = constant
    var (linear, quadratic) = (linear, quadratic)
    for index in linear.indices {
      let (b, q) = (linear[index], quadratic[index])
      let gap = 1 - 2 * q * s
      let mean = s * b / gap
      constant += (b + q * mean) * mean
      linear[index] = (b + 2 * q * mean) / gap.squareRoot()
      quadratic[index] = q / gap
    }
    return QuadraticLoss(constant: constant, linear: linear, quadratic: quadratic)
  }
}
