// Tests of slices for static arbitrage: butterflies within one, calendars between two.

/// The least value of a function of log-moneyness and its place.
public struct SmileExtreme: Sendable, Equatable {
  /// The value.
  public var value: Double
  /// Log-moneyness where it is reached.
  public var logMoneyness: Double

  /// A value at a place.
  public init(value: Double, logMoneyness: Double) {
    self.value = value
    self.logMoneyness = logMoneyness
  }

  fileprivate func clamped(to range: ClosedRange<Double>) -> SmileExtreme {
    SmileExtreme(
      value: value, logMoneyness: min(max(logMoneyness, range.lowerBound), range.upperBound))
  }
}

/// Tests for static arbitrage.
public enum SmileArbitrage {
  /// Rounding that a condition may miss by: `g` near zero is a difference of numbers near one.
  public static let tolerance = 1e-12
  /// Rounding of a ratio of total variances: near its minimum each is a difference of larger numbers.
  public static let ratioTolerance = 1e-9

  /// Least value of Durrleman's function of a slice, and where.
  ///
  /// The function varies on the scale of the vertex, `sigma`, and where total variance nearly
  /// vanishes on a finer one around its minimum. Grids on both scales are equal steps of
  /// `asinh` of the distance, so that they also reach far into the wings; every local minimum on
  /// them is refined.
  public static func leastDensityFactor(_ slice: RawSVI) -> SmileExtreme {
    leastDensityFactor(scales: scales(of: slice)) { slice.point(logMoneyness: $0) }
  }

  /// Whether a slice has a density: Durrleman's function is nowhere negative and both wings are
  /// flat enough that far calls and puts lose all value [Gatheral, Jacquier 2014, lemma 2.2].
  public static func isButterflyFree(_ slice: RawSVI) -> Bool {
    let wings = slice.wingSlopes
    guard slice.isDefined, slice.totalVarianceMin > 0, max(wings.left, wings.right) <= 2 else {
      return false
    }
    return leastDensityFactor(slice).value >= -tolerance
  }

  /// Least ratio of the total variance of a later slice to that of an earlier one, at equal
  /// log-moneyness, and where: below 1 = calendar arbitrage. Without a range everywhere, wings
  /// included, whose ratio is that of their slopes; with one only there.
  ///
  /// To lower the earlier slice by such a ratio undoes calendar arbitrage and makes no butterfly:
  /// of `c w`, Durrleman's function is concave in c, and not negative at c = 0 and at c = 1.
  public static func leastVarianceRatio(
    earlier: RawSVI, later: RawSVI, over range: ClosedRange<Double>? = nil
  ) -> SmileExtreme {
    func ratio(_ k: Double) -> Double {
      later.totalVariance(logMoneyness: k) / earlier.totalVariance(logMoneyness: k)
    }
    if let range {
      return minimum(scales: scales(of: earlier) + scales(of: later)) { k in
        ratio(min(max(k, range.lowerBound), range.upperBound))
      }.clamped(to: range)
    }
    var least = minimum(scales: scales(of: earlier) + scales(of: later), ratio)
    let (first, last) = (earlier.wingSlopes, later.wingSlopes)
    if first.left > 0, last.left / first.left < least.value {
      least = SmileExtreme(value: last.left / first.left, logMoneyness: -.infinity)
    }
    if first.right > 0, last.right / first.right < least.value {
      least = SmileExtreme(value: last.right / first.right, logMoneyness: .infinity)
    }
    return least
  }

  /// A place around which a function varies, and on what scale.
  struct Scale {
    var center: Double
    var width: Double
  }

  static func scales(of slice: RawSVI) -> [Scale] {
    var scales = [Scale(center: slice.m, width: slice.sigma)]
    // Near its minimum w = min + (w''/2) (k - k*)^2 doubles within sqrt(2 min / w'').
    let center = slice.lowestLogMoneyness
    let curvature = slice.point(logMoneyness: center).curvature
    let width = (2 * max(slice.totalVarianceMin, 0) / curvature).squareRoot()
    if width > 0, width < slice.sigma { scales.append(Scale(center: center, width: width)) }
    return scales
  }

  static func leastDensityFactor(
    scales: [Scale], of point: (Double) -> SmilePoint
  ) -> SmileExtreme {
    minimum(scales: scales) { k in
      let factor = point(k).densityFactor(logMoneyness: k)
      return factor.isNaN ? -.infinity : factor
    }
  }

  /// Steps to each side and how far they reach: sinh(12) is 81,000 widths.
  private static let stepCount = 240
  private static let reach = 12.0

  private static func minimum(
    scales: [Scale], _ function: (Double) -> Double
  ) -> SmileExtreme {
    var places = [0.0]
    for scale in scales {
      for step in -stepCount...stepCount {
        let distance = ScalarMath.hyperbolicSine(reach * Double(step) / Double(stepCount))
        places.append(scale.center + scale.width * distance)
      }
    }
    places.sort()
    let values = places.map(function)
    var least = SmileExtreme(value: .infinity, logMoneyness: 0)
    for index in places.indices {
      let (before, after) = (max(index - 1, 0), min(index + 1, places.count - 1))
      if values[index] < least.value {
        least = SmileExtreme(value: values[index], logMoneyness: places[index])
      }
      guard values[index] <= values[before], values[index] <= values[after] else { continue }
      let place = ScalarSearch.minimum(places[before], places[after], function)
      let value = function(place)
      if value < least.value { least = SmileExtreme(value: value, logMoneyness: place) }
    }
    return least
  }
}
