// How forecasts of liquidation are fitted and scored.

import PortfolioModel

/// Settings of a rolling forecast over days.
public struct PredictionSettings: Sendable, Equatable {
  /// Days with known outcomes before the first forecast, at least 1.
  public var firstDayCount = 20
  /// Liquidations among them before the first forecast, at least 1.
  public var firstEventCount = 30
  /// Weights of squared coefficients of features of unit variance, positive. A day takes the one
  /// whose forecasts of the days before had the best log score, the first day the greatest.
  public var ridges = [3.0, 30, 300, 3_000]
  /// Least and, from 1, greatest probability that is scored: what is called impossible would
  /// otherwise cost infinitely much when it happens.
  public var probabilityFloor = 1e-6
  /// Resamples of days behind intervals.
  public var resampleCount = 1_000
  /// Probability of intervals.
  public var intervalLevel = 0.95
  /// Seed of the resamples.
  public var seed: UInt64 = 1
  /// Days in this span are scored apart, and the others without them: days whose outcome is known at
  /// or after the first time and before the second.
  public var apart: TimeSpan?

  /// A forecast after twenty days.
  public init() {}
}

/// A span of time.
public struct TimeSpan: Sendable, Equatable {
  /// First time inside.
  public var from: UTCTime
  /// First time after it.
  public var to: UTCTime

  /// A span that is not empty.
  public init(from: UTCTime, to: UTCTime) {
    precondition(from < to, "a span ends after it begins")
    self.from = from
    self.to = to
  }

  /// Whether a time lies in it.
  public func contains(_ time: UTCTime) -> Bool { from <= time && time < to }
}
