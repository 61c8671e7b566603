// One slice fitted to quotes, below a later slice, without butterfly arbitrage.

/// Fits of one expiry.
///
/// Both forms are fitted in coordinates in which every point is a slice with its parameters in
/// range; SSVI's are chosen so that every point is also free of butterfly arbitrage. The five
/// parameters of raw SVI have no such coordinates: there a violation is a residual like a distance
/// from a quote, and what is left of one after the fit is undone by walking towards the SSVI slice
/// until the exact test is passed. What either form exceeds the later slice by is a residual, too,
/// and what is left of that is undone by lowering the slice.
struct SmileFit {
  let quotes: SmileQuotes
  /// Slice of the next expiry, which bounds this one from above; nil for the last.
  let later: RawSVI?
  private let conditionPlaces: [Double]
  /// Least width of the vertex: a twentieth of a deviation of the forward. Without one a slice may
  /// end in a kink, at which all its density sits.
  private let sigmaMin: Double
  /// Largest width of the vertex and distance of its place from the money: beyond, a slice is a
  /// straight line to the eye, which more of both only draws with fewer digits.
  private let reach: Double

  /// Quotes from which on five parameters are fitted; fewer get the three of SSVI.
  static let quoteCountOfSVI = 8
  /// Quotes without which there is no fit.
  static let quoteCountMin = 3

  init(_ quotes: SmileQuotes, later: RawSVI?) {
    self.quotes = quotes
    self.later = later
    sigmaMin = 0.05 * quotes.totalVarianceAtTheMoney.squareRoot()
    let range = quotes.pricedRange
    reach = 4 * max(-range.lowerBound, range.upperBound)
    let places = 48
    conditionPlaces = (0...places).map {
      range.lowerBound + (range.upperBound - range.lowerBound) * Double($0) / Double(places)
    }
  }

  /// A search in stages, in which what violates a condition weighs more and more beside distances from
  /// quotes: at once it would hold the search where it starts.
  private func tightened(
    _ start: [Double], _ residuals: ([Double], _ weight: Double) -> [Double]
  ) -> LeastSquaresSearch {
    var search = LeastSquaresSearch(start: start) { residuals($0, 100) }
    for weight in [3_000.0, 100_000] {
      search = LeastSquaresSearch(start: search.parameters) { residuals($0, weight) }
    }
    return search
  }

  // MARK: SSVI

  /// The SSVI slice nearest to the quotes, free of butterfly arbitrage.
  func essvi() -> SSVI {
    let start = quotes.totalVarianceAtTheMoney
    var best: LeastSquaresSearch?
    for rho in [-0.3, 0.2] {
      let search = tightened(
        [ScalarMath.log(start), ScalarMath.inverseHyperbolicTangent(rho), -1]
      ) { point, weight in
        let slice = ssvi(point).raw
        return distances(slice) + calendarResiduals(slice, weight: weight)
      }
      if search.sumOfSquares < best?.sumOfSquares ?? .infinity { best = search }
    }
    return best.map { ssvi($0.parameters) }
      ?? SSVI(theta: start, rho: 0, phi: 0.25 * SSVI.phiMax(theta: start, rho: 0))
  }

  /// `ln theta, atanh rho`, and the logit of the place of `phi` between what the conditions and the
  /// width of the vertex allow.
  private func ssvi(_ point: [Double]) -> SSVI {
    let theta = ScalarMath.exp(point[0])
    let rho = Self.skew(point[1])
    // The vertex of an SSVI slice is sqrt(1 - rho^2) / phi wide and lies at -rho / phi.
    let complement = (1 - rho * rho).squareRoot()
    let phiMax = min(SSVI.phiMax(theta: theta, rho: rho), complement / sigmaMin) * (1 - 1e-9)
    let phiMin = 1.01 / reach
    guard phiMin < phiMax else { return SSVI(theta: theta, rho: rho, phi: phiMax) }
    return SSVI(
      theta: theta, rho: rho, phi: phiMin + (phiMax - phiMin) * ScalarMath.logistic(point[2]))
  }

  // MARK: Raw SVI

  /// The raw slice nearest to the quotes, free of butterfly arbitrage; starts at, and at worst is,
  /// the SSVI slice `inner`.
  func svi(from inner: SSVI) -> RawSVI {
    let innerPoint = coordinates(inner.raw)
    var best: LeastSquaresSearch?
    for start in [innerPoint] + hyperbolas {
      let search = tightened(start) { point, weight in
        let slice = raw(point)
        return distances(slice) + butterflyResiduals(slice, weight: weight)
          + calendarResiduals(slice, weight: weight)
      }
      if search.sumOfSquares < best?.sumOfSquares ?? .infinity { best = search }
    }
    return towards(innerPoint, from: best?.parameters ?? innerPoint)
  }

  /// The first slice on the way between two points that has no butterfly arbitrage.
  private func towards(_ inner: [Double], from outer: [Double]) -> RawSVI {
    func slice(_ share: Double) -> RawSVI {
      raw(zip(outer, inner).map { $0 + share * ($1 - $0) })
    }
    if SmileArbitrage.isButterflyFree(slice(0)) { return slice(0) }
    var (bad, good) = (0.0, 1.0)
    for _ in 0..<20 {
      let middle = (bad + good) / 2
      if SmileArbitrage.isButterflyFree(slice(middle)) { good = middle } else { bad = middle }
    }
    return slice(good)
  }

  /// Hyperbolas around the lowest quote whose wings end at the outer quotes, with a narrow, a middling
  /// and a wide vertex: the search is local, and smiles differ in nothing more.
  private var hyperbolas: [[Double]] {
    let variances = quotes.volatility.map { $0 * $0 * quotes.expiryYears }
    let places = quotes.logMoneyness
    let lowest = variances.indices.min { variances[$0] < variances[$1] } ?? 0
    let deviation = quotes.totalVarianceAtTheMoney.squareRoot()
    func slope(to end: Int) -> Double {
      let width = abs(places[end] - places[lowest])
      return width > 0 ? (variances[end] - variances[lowest]) / width : 0
    }
    let left = max(slope(to: 0), 0.02 * deviation)
    let right = max(slope(to: places.count - 1), 0.02 * deviation)
    let b = (left + right) / 2
    let rho = 0.9 * (right - left) / (right + left)
    return [0.3, 1, 3].map { widths in
      let sigma = widths * deviation
      let floor = 0.9 * variances[lowest]
      return coordinates(
        RawSVI(
          a: floor - b * sigma * (1 - rho * rho).squareRoot(), b: b, rho: rho,
          m: places[lowest] + rho * sigma / (1 - rho * rho).squareRoot(), sigma: sigma))
    }
  }

  /// `ln w_min`, `logit(b (1 + |rho|) / 2)`, `atanh rho`, `atanh(m / reach)`, and the logit of the
  /// place of `sigma` between its bounds: wings are never steeper than 2.
  private func raw(_ point: [Double]) -> RawSVI {
    let rho = Self.skew(point[2])
    let sigma = sigmaMin + (reach - sigmaMin) * ScalarMath.logistic(point[4])
    let b = 2 * ScalarMath.logistic(point[1]) / (1 + abs(rho))
    return RawSVI(
      a: ScalarMath.exp(point[0]) - b * sigma * (1 - rho * rho).squareRoot(), b: b, rho: rho,
      m: reach * ScalarMath.hyperbolicTangent(point[3]), sigma: sigma)
  }

  private func coordinates(_ slice: RawSVI) -> [Double] {
    func logit(_ share: Double) -> Double {
      let inside = min(max(share, 1e-12), 1 - 1e-12)
      return ScalarMath.log(inside / (1 - inside))
    }
    func tangent(_ share: Double) -> Double {
      ScalarMath.inverseHyperbolicTangent(min(max(share, 1e-12 - 1), 1 - 1e-12))
    }
    return [
      ScalarMath.log(slice.totalVarianceMin), logit(slice.b * (1 + abs(slice.rho)) / 2),
      tangent(slice.rho / Self.skewMax), tangent(slice.m / reach),
      logit((slice.sigma - sigmaMin) / (reach - sigmaMin))
    ]
  }

  // MARK: Residuals

  private func distances(_ slice: RawSVI) -> [Double] {
    quotes.distances { slice.volatilityAnnual(logMoneyness: $0, expiryYears: quotes.expiryYears) }
  }

  /// What is missing to a density, on the range of the quotes, a width to each side, and on the
  /// scale of the vertex. A little is asked beyond zero, so that places in between hold as well.
  private func butterflyResiduals(_ slice: RawSVI, weight: Double) -> [Double] {
    let steps = -12...12
    let around = steps.map { slice.m + slice.sigma * ScalarMath.hyperbolicSine(Double($0) / 3) }
    return (conditionPlaces + around).map { k in
      weight * min(slice.point(logMoneyness: k).densityFactor(logMoneyness: k) - 0.002, 0)
    }
  }

  /// What exceeds the later slice where options have a price, as shares of its total variance.
  private func calendarResiduals(_ slice: RawSVI, weight: Double) -> [Double] {
    guard let later else { return [] }
    return conditionPlaces.map { k in
      let limit = later.totalVariance(logMoneyness: k)
      return weight * max(slice.totalVariance(logMoneyness: k) / limit - 1, 0)
    }
  }

  /// A slice lowered until it nowhere exceeds the later one where options have a price.
  func below(_ slice: RawSVI) -> RawSVI {
    guard let later else { return slice }
    let ratio = SmileArbitrage.leastVarianceRatio(
      earlier: slice, later: later, over: quotes.pricedRange
    ).value
    guard ratio < 1 else { return slice }
    var lowered = slice
    lowered.a *= ratio
    lowered.b *= ratio
    return lowered
  }

  private static let skewMax = 0.999_9

  /// The hyperbolic tangent, kept off one by a little more than a rounding.
  private static func skew(_ value: Double) -> Double {
    skewMax * ScalarMath.hyperbolicTangent(value)
  }
}
