// All expiries of one underlying fitted together.

/// Forms of a surface.
public enum SmileModel: String, Sendable, CaseIterable {
  /// Raw SVI with five parameters an expiry; SSVI for expiries with few quotes.
  case svi
  /// SSVI with a skew and a steepness for each expiry [Hendriks, Martini 2017].
  case essvi
  /// SSVI with one skew and a power law of steepness for all expiries [Gatheral, Jacquier 2014]:
  /// free of arbitrage as a whole.
  case ssvi
}

/// A fitted slice with what is known of it.
public struct FittedSmile: Sendable, Equatable {
  /// The slice.
  public let slice: RawSVI
  /// Its form: `essvi` also where SVI was asked for but quotes are few.
  public let form: SmileModel
  /// Distances from the quotes.
  public let errors: SmileErrors
  /// Least value of Durrleman's function and its place.
  public let leastDensityFactor: SmileExtreme
  /// Whether the slice has a density.
  public let isButterflyFree: Bool
  /// Least ratio of the next expiry's total variance to its own where options of it have a price;
  /// nil for the last expiry.
  public let leastVarianceRatio: SmileExtreme?

  /// Whether there is no calendar arbitrage against the next expiry there.
  public var isCalendarFree: Bool {
    (leastVarianceRatio?.value ?? 1) >= 1 - SmileArbitrage.ratioTolerance
  }

  init(_ slice: RawSVI, form: SmileModel, quotes: SmileQuotes, later: RawSVI?) {
    self.slice = slice
    self.form = form
    errors = SmileErrors(slice, quotes: quotes)
    leastDensityFactor = SmileArbitrage.leastDensityFactor(slice)
    isButterflyFree = SmileArbitrage.isButterflyFree(slice)
    leastVarianceRatio = later.map {
      SmileArbitrage.leastVarianceRatio(earlier: slice, later: $0, over: quotes.pricedRange)
    }
  }
}

/// A surface of one underlying.
public struct SurfaceFit: Sendable, Equatable {
  /// Least number of quotes of an expiry.
  public static let quoteCountMin = SmileFit.quoteCountMin

  /// One slice for each expiry.
  public let smiles: [FittedSmile]

  /// Fits expiries, which ascend and have at least `quoteCountMin` quotes each.
  ///
  /// From the last to the first, so that each slice is bounded by the next from above: far strikes
  /// are quoted for late expiries, and the wings of the early ones are free to stay below them.
  public init(_ quotes: [SmileQuotes], model: SmileModel) {
    precondition(quotes.allSatisfy { $0.count >= Self.quoteCountMin }, "too few quotes to fit")
    precondition(zip(quotes, quotes.dropFirst()).allSatisfy { $0.expiryYears < $1.expiryYears })
    let joint = model == .ssvi ? Self.jointSlices(quotes) : []
    var smiles: [FittedSmile] = []
    var later: RawSVI?
    for (index, expiry) in quotes.enumerated().reversed() {
      let (slice, form) =
        model == .ssvi
        ? (joint[index].raw, .ssvi) : Self.slice(expiry, model: model, later: later)
      smiles.append(FittedSmile(slice, form: form, quotes: expiry, later: later))
      later = slice
    }
    self.smiles = smiles.reversed()
  }

  private static func slice(
    _ quotes: SmileQuotes, model: SmileModel, later: RawSVI?
  ) -> (RawSVI, SmileModel) {
    let fit = SmileFit(quotes, later: later)
    let inner = fit.essvi()
    guard model == .svi, quotes.count >= SmileFit.quoteCountOfSVI else {
      return (fit.below(inner.raw), .essvi)
    }
    return (fit.below(fit.svi(from: inner)), .svi)
  }

  /// Slices of one skew and a power law. Coordinates are `atanh rho`, `logit(eta (1 + |rho|) / 2)`,
  /// `logit(2 gamma)` and the logarithms of the first total variance and of its increments, in
  /// which every point satisfies the conditions of both kinds of arbitrage.
  private static func jointSlices(_ quotes: [SmileQuotes]) -> [SSVI] {
    guard !quotes.isEmpty else { return [] }
    var start = [-0.3, 0.0, 1.0]
    var before = 0.0
    for expiry in quotes {
      let variance = expiry.totalVarianceAtTheMoney
      start.append(ScalarMath.log(max(variance - before, 1e-3 * variance)))
      before = max(variance, before)
    }
    let search = LeastSquaresSearch(start: start) { point in
      zip(quotes, jointSlices(point)).flatMap { quotes, slice in
        let raw = slice.raw
        return quotes.distances {
          raw.volatilityAnnual(logMoneyness: $0, expiryYears: quotes.expiryYears)
        }
      }
    }
    return jointSlices(search.parameters)
  }

  private static func jointSlices(_ point: [Double]) -> [SSVI] {
    let rho = 0.999_9 * ScalarMath.hyperbolicTangent(point[0])
    let law = PowerLawSteepness(
      eta: 2 / (1 + abs(rho)) * ScalarMath.logistic(point[1]),
      gamma: 0.5 * ScalarMath.logistic(point[2]))
    var theta = 0.0
    return point.dropFirst(3).map { logarithm in
      theta += ScalarMath.exp(logarithm)
      return law.slice(theta: theta, rho: rho)
    }
  }
}
