// Which quotes of the sources of a price count, and how fast they age.

/// How the quotes of the sources of a price become one price.
public struct OracleSettings: Sendable, Equatable {
  /// Age above which a quote is stale, seconds, positive.
  public var ageSecondsMax = 300.0
  /// Quotes farther from the median than so many median absolute deviations are stray; positive.
  public var deviationMultipleMax = 5.0
  /// Distance from the median, as a share of it, within which no quote is stray, in [0, 1).
  public var toleranceFraction = 0.002
  /// Fewest quotes of a price that is not degraded, at least 1.
  public var sourceCountMin = 3
  /// Multiple of the move of one deviation by which age widens a range, at least 0.
  public var ageWidening = 1.0

  /// Sources that a venue of today asks for: three, no older than five minutes.
  public init() {}
}
