// The raw SVI slice [Gatheral 2004; Gatheral, Jacquier 2014, section 3].

/// Total variance `w(k) = a + b (rho (k - m) + sqrt((k - m)^2 + sigma^2))`, `k = ln(K/F)`.
public struct RawSVI: Sendable, Equatable {
  /// Level.
  public var a: Double
  /// Half the sum of the slopes of both wings, at least 0.
  public var b: Double
  /// Skew, in (-1, 1).
  public var rho: Double
  /// Log-moneyness of the vertex of the unskewed hyperbola.
  public var m: Double
  /// Width of the vertex, positive.
  public var sigma: Double

  /// A slice.
  public init(a: Double, b: Double, rho: Double, m: Double, sigma: Double) {
    self.a = a
    self.b = b
    self.rho = rho
    self.m = m
    self.sigma = sigma
  }

  /// Total variance.
  public func totalVariance(logMoneyness k: Double) -> Double {
    let distance = k - m
    return a + b * (rho * distance + (distance * distance + sigma * sigma).squareRoot())
  }

  /// Annual volatility at a positive time to expiry; 0 where total variance is negative.
  public func volatilityAnnual(logMoneyness: Double, expiryYears: Double) -> Double {
    (max(totalVariance(logMoneyness: logMoneyness), 0) / expiryYears).squareRoot()
  }

  /// Total variance and its derivatives.
  public func point(logMoneyness k: Double) -> SmilePoint {
    let distance = k - m
    let root = (distance * distance + sigma * sigma).squareRoot()
    return SmilePoint(
      totalVariance: a + b * (rho * distance + root), slope: b * (rho + distance / root),
      curvature: b * sigma * sigma / (root * root * root))
  }

  /// Least total variance, reached at `lowestLogMoneyness`.
  public var totalVarianceMin: Double { a + b * sigma * (1 - rho * rho).squareRoot() }

  /// Log-moneyness of the least total variance.
  public var lowestLogMoneyness: Double { m - rho * sigma / (1 - rho * rho).squareRoot() }

  /// Slopes of total variance far left and far right, both at least 0. Above 2 no density exists
  /// [Lee 2004].
  public var wingSlopes: (left: Double, right: Double) { (b * (1 - rho), b * (1 + rho)) }

  /// Whether the parameters are in their ranges and total variance is nowhere negative.
  public var isDefined: Bool {
    b >= 0 && abs(rho) < 1 && sigma > 0 && totalVarianceMin >= 0 && a.isFinite && m.isFinite
  }
}

/// The five quantities that a trader reads off a slice, which do not depend on the time to expiry
/// [Gatheral, Jacquier 2014, eq. 3.5].
public struct JumpWings: Sendable, Equatable {
  /// Variance per year at the money.
  public var variance: Double
  /// Slope of volatility at the money, times the square root of total variance.
  public var skew: Double
  /// Slope of the put wing over the square root of total variance.
  public var putSlope: Double
  /// Slope of the call wing over the square root of total variance.
  public var callSlope: Double
  /// Least variance per year.
  public var varianceMin: Double

  /// All fields in order.
  public init(
    variance: Double, skew: Double, putSlope: Double, callSlope: Double, varianceMin: Double
  ) {
    self.variance = variance
    self.skew = skew
    self.putSlope = putSlope
    self.callSlope = callSlope
    self.varianceMin = varianceMin
  }

  /// Those of a slice.
  public init(_ slice: RawSVI, expiryYears: Double) {
    let center = slice.totalVariance(logMoneyness: 0)
    let root = center.squareRoot()
    let radius = (slice.m * slice.m + slice.sigma * slice.sigma).squareRoot()
    variance = center / expiryYears
    skew = slice.b / (2 * root) * (slice.rho - slice.m / radius)
    putSlope = slice.b * (1 - slice.rho) / root
    callSlope = slice.b * (1 + slice.rho) / root
    varianceMin = slice.totalVarianceMin / expiryYears
  }

  /// The slice that has them; nil where none has [Gatheral, Jacquier 2014, lemma 3.2].
  public func slice(expiryYears: Double) -> RawSVI? {
    let center = variance * expiryYears
    let root = center.squareRoot()
    let b = root / 2 * (callSlope + putSlope)
    guard b > 0 else { return nil }
    let rho = 1 - putSlope * root / b
    let beta = rho - 2 * skew * root / b
    guard abs(rho) < 1, abs(beta) <= 1 else { return nil }
    let excess = (variance - varianceMin) * expiryYears
    let complement = (1 - rho * rho).squareRoot()
    guard beta != 0 else {
      // The vertex is at the money: w(0) - min w = b sigma (1 - sqrt(1 - rho^2)).
      guard complement < 1 else { return nil }
      let sigma = excess / (b * (1 - complement))
      return RawSVI(a: center - b * sigma, b: b, rho: rho, m: 0, sigma: sigma)
    }
    let alpha = (beta < 0 ? -1.0 : 1.0) * (1 / (beta * beta) - 1).squareRoot()
    let sign = alpha < 0 ? -1.0 : 1.0
    let denominator =
      b * (-rho + sign * (1 + alpha * alpha).squareRoot() - alpha * complement)
    guard denominator != 0 else { return nil }
    let m = excess / denominator
    let sigma = alpha * m
    guard sigma > 0 else { return nil }
    return RawSVI(
      a: varianceMin * expiryYears - b * sigma * complement, b: b, rho: rho, m: m, sigma: sigma)
  }

  /// The nearest in form that has no butterfly arbitrage: the call wing and the least variance are
  /// replaced so that the slice is an SSVI one [Gatheral, Jacquier 2014, section 5.1]. The wings it
  /// gets must still be flat enough for an expiry (`SSVI.isButterflyFree`).
  public var withoutButterflies: JumpWings {
    let call = putSlope + 2 * skew
    let sum = putSlope + call
    return JumpWings(
      variance: variance, skew: skew, putSlope: putSlope, callSlope: call,
      varianceMin: 4 * variance * putSlope * call / (sum * sum))
  }
}
