// What a fit starts from: quoted volatilities of one expiry, and how well a slice agrees with them.

/// Volatilities of one expiry by strike.
public struct SmileQuotes: Sendable, Equatable {
  /// Years to expiry, positive.
  public let expiryYears: Double
  /// `ln(K/F)`, ascending.
  public let logMoneyness: [Double]
  /// Annual volatility in the middle of bid and ask.
  public let volatility: [Double]
  /// Volatility of the ask less that of the bid, positive.
  public let spread: [Double]

  /// Quotes as parallel arrays, by ascending strike.
  public init(
    expiryYears: Double, logMoneyness: [Double], volatility: [Double], spread: [Double]
  ) {
    precondition(expiryYears > 0, "quotes need time to expiry")
    precondition(
      volatility.count == logMoneyness.count && spread.count == logMoneyness.count,
      "quotes differ in count")
    precondition(zip(logMoneyness, logMoneyness.dropFirst()).allSatisfy { $0 < $1 })
    precondition(volatility.allSatisfy { $0 > 0 } && spread.allSatisfy { $0 > 0 })
    self.expiryYears = expiryYears
    self.logMoneyness = logMoneyness
    self.volatility = volatility
    self.spread = spread
  }

  /// Number of quotes.
  public var count: Int { logMoneyness.count }

  /// A quote narrower than a tenth of a volatility point is trusted no more than that.
  static let halfSpreadMin = 0.000_5

  /// Distances of a slice from the quotes in half spreads. In prices that is a fit weighted by
  /// vega, since a spread of volatilities is one of prices over vega.
  func distances(_ volatility: (Double) -> Double) -> [Double] {
    (0..<count).map { index in
      (volatility(logMoneyness[index]) - self.volatility[index])
        / max(spread[index] / 2, Self.halfSpreadMin)
    }
  }

  /// Where options of this expiry have a price: the quoted strikes, and five deviations of the
  /// forward to each side, beyond which one is worth less than 1e-7 of it. What slices do to each
  /// other further out has no price.
  public var pricedRange: ClosedRange<Double> {
    let reach = 5 * totalVarianceAtTheMoney.squareRoot()
    return min(logMoneyness[0], -reach)...max(logMoneyness[count - 1], reach)
  }

  /// Total variance at the money, linear between the quotes around it; the nearest quote's where
  /// they lie on one side.
  var totalVarianceAtTheMoney: Double {
    let variances = volatility.map { $0 * $0 * expiryYears }
    guard let next = logMoneyness.firstIndex(where: { $0 >= 0 }) else {
      return variances[count - 1]
    }
    guard next > 0 else { return variances[0] }
    let share = -logMoneyness[next - 1] / (logMoneyness[next] - logMoneyness[next - 1])
    return variances[next - 1] + share * (variances[next] - variances[next - 1])
  }
}

/// How far a slice lies from quotes.
public struct SmileErrors: Sendable, Equatable {
  /// Root of the mean square of the differences of volatilities, annual fraction.
  public let rootMeanSquare: Double
  /// Largest difference of volatilities, annual fraction.
  public let largest: Double
  /// Median of the differences, each in units of the quote's own spread.
  public let medianInSpreads: Double
  /// Share of quotes whose bid and ask enclose the slice.
  public let insideFraction: Double

  /// The errors of a slice. There must be a quote.
  public init(_ slice: RawSVI, quotes: SmileQuotes) {
    let errors = (0..<quotes.count).map { index in
      abs(
        slice.volatilityAnnual(
          logMoneyness: quotes.logMoneyness[index], expiryYears: quotes.expiryYears)
          - quotes.volatility[index])
    }
    let inSpreads = zip(errors, quotes.spread).map { $0 / $1 }
    rootMeanSquare =
      (OrderedSum.total(of: errors.map { $0 * $0 }) / Double(errors.count)).squareRoot()
    largest = errors.max() ?? 0
    let sorted = inSpreads.sorted()
    let middle = sorted.count / 2
    medianInSpreads =
      sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    insideFraction = Double(inSpreads.count { $0 <= 0.5 }) / Double(inSpreads.count)
  }
}
