// What can be wrong with a request for a synthetic book.

/// Why no portfolio can be generated.
public enum GeneratorError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No perpetual, future or option of the market has a price.
  case nothingToTrade(instrumentCount: Int)
  /// The number of accounts is not in `1...maximum`.
  case accountCountOutOfRange(count: Int, maximum: Int)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .nothingToTrade(let count):
      "none of the \(count) instruments is a perpetual with a mark, a future with a mark or forward, "
        + "or an option with forward and volatility, expiring after the valuation time"
    case .accountCountOutOfRange(let count, let maximum):
      "asked for \(count) accounts; the number must be from 1 to \(maximum)"
    }
  }
}
