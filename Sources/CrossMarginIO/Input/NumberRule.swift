// The ranges that numbers of a book must lie in, each with the words that a message says it by.

/// A condition on a finite number.
struct NumberRule: Sendable {
  /// What was expected, as the end of the sentence "expected …".
  let expected: String
  /// Whether a finite number is as expected.
  let accepts: @Sendable (Double) -> Bool

  static let finite = NumberRule(expected: DecimalText.doubleExpected) { _ in true }
  static let positive = NumberRule(expected: "a number above 0") { $0 > 0 }
  static let notNegative = NumberRule(expected: "a number that is at least 0") { $0 >= 0 }
  static let fraction = NumberRule(expected: "a fraction between 0 and 1") { $0 >= 0 && $0 <= 1 }
  /// A fraction with neither end: levels of confidence, ranges of price.
  static let innerFraction = NumberRule(expected: "a fraction above 0 and below 1") {
    $0 > 0 && $0 < 1
  }
  /// A relative fall that leaves something.
  static let properFraction = NumberRule(expected: "a fraction of at least 0 and below 1") {
    $0 >= 0 && $0 < 1
  }
  /// A span of time that a calendar can hold.
  static let days = NumberRule(expected: "a number of days above 0 and at most 36525") {
    $0 > 0 && $0 <= 36_525
  }
  /// A relative move that leaves a positive level.
  static let relativeMove = NumberRule(expected: "a relative move above -1 that is not 0") {
    $0 > -1 && $0 != 0
  }
  /// Skew of a raw SVI slice.
  static let correlation = NumberRule(expected: "a number above -1 and below 1") {
    $0 > -1 && $0 < 1
  }
}
