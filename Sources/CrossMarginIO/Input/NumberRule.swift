// The ranges that numbers of a book must lie in, each with the words that a message says it by.

/// A condition on a finite number.
struct NumberRule: Sendable {
  /// What was expected, as the end of the sentence "expected …".
  let expected: String
  private let range: ClosedRange<Double>
  private let allowsZero: Bool

  private init(expected: String, _ range: ClosedRange<Double>, allowsZero: Bool = true) {
    self.expected = expected
    self.range = range
    self.allowsZero = allowsZero
  }

  /// Whether a finite number is as expected.
  func accepts(_ number: Double) -> Bool { range.contains(number) && (allowsZero || number != 0) }

  private static let largest = Double.greatestFiniteMagnitude
  private static let aboveZero = Double.leastNonzeroMagnitude
  private static let belowOne = 1.0.nextDown

  static let finite = NumberRule(expected: DecimalText.doubleExpected, -largest...largest)
  static let positive = NumberRule(expected: "a number above 0", aboveZero...largest)
  static let notNegative = NumberRule(expected: "a number that is at least 0", 0...largest)
  static let fraction = NumberRule(expected: "a fraction between 0 and 1", 0...1)
  /// A fraction with neither end: levels of confidence, ranges of price.
  static let innerFraction = NumberRule(
    expected: "a fraction above 0 and below 1", aboveZero...belowOne)
  /// A share of something of which something is left.
  static let positiveFraction = NumberRule(
    expected: "a fraction above 0 and at most 1", aboveZero...1)
  /// A probability that a quantile can be taken at.
  static let tailProbability = NumberRule(
    expected: "a probability from 0.000001 to 0.999999", 1e-6...(1 - 1e-6))
  /// A relative fall that leaves something.
  static let properFraction = NumberRule(
    expected: "a fraction of at least 0 and below 1", 0...belowOne)
  /// A span of time that a calendar can hold.
  static let days = NumberRule(
    expected: "a number of days above 0 and at most 36525", aboveZero...36_525)
  /// Degrees of freedom of a t distribution that has a variance.
  static let tailDegrees = NumberRule(
    expected: "degrees of freedom above 2 and at most 1000", 2.0.nextUp...1_000)
  /// A relative move that leaves a positive level.
  static let relativeMove = NumberRule(
    expected: "a relative move above -1 that is not 0", (-1.0).nextUp...largest, allowsZero: false)
  /// Step of a sweep of the market, fine enough to see something and coarse enough to end.
  static let sweepStep = NumberRule(expected: "a log move from 0.001 to 0.5", 0.001...0.5)
  /// A log move that may count as none, larger than what rounding makes.
  static let settledMove = NumberRule(
    expected: "a log move from 1e-12 to 0.01", 1e-12...0.01)
  /// Where a sweep of the market ends.
  static let furthestRise = NumberRule(
    expected: "a relative rise above 0 and at most 100", aboveZero...100)
  /// Deviations from a median beyond which a quote does not count.
  static let deviationMultiple = NumberRule(
    expected: "a number of deviations above 0 and at most 1000", aboveZero...1_000)
  /// Deviations by which the age of a quote widens its range.
  static let ageWidening = NumberRule(
    expected: "a number of deviations from 0 to 1000", 0...1_000)
  /// Skew of a raw SVI slice.
  static let correlation = NumberRule(
    expected: "a number above -1 and below 1", (-1.0).nextUp...belowOne)
}
