// Prices of oracles that publish whole numbers with an exponent.

/// A price with its confidence, both as whole numbers times a power of ten.
///
/// Source: Pyth documentation, best practices.
public struct FixedPointQuote: Sendable, Equatable {
  /// Price in units of `10^exponent`.
  public var price: Int64
  /// Half width of the confidence interval in the same unit, at least 0.
  public var confidence: Int64
  /// Power of ten, usually negative.
  public var exponent: Int

  /// A quote.
  public init(price: Int64, confidence: Int64, exponent: Int) {
    self.price = price
    self.confidence = confidence
    self.exponent = exponent
  }

  /// The price, USD.
  public var priceUSD: Double { scaled(price) }

  /// Half width of the confidence interval, USD.
  public var confidenceUSD: Double { scaled(confidence) }

  /// Confidence interval as a fraction of the price.
  public var confidenceFraction: Double { confidenceUSD / priceUSD }

  /// Divides by a whole power of ten where the exponent is negative: it is exact, 10^-5 is not.
  private func scaled(_ value: Int64) -> Double {
    let power = (0..<abs(exponent)).reduce(1.0) { power, _ in power * 10 }
    return exponent < 0 ? Double(value) / power : Double(value) * power
  }
}
