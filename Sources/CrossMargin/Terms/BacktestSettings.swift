// What a backtest replays and which forecasts it judges.

/// How losses are forecast from the moves before them.
public enum ForecastModel: String, Sendable, CaseIterable {
  /// Normal moves with exponentially weighted covariance; the delta-gamma loss inverted exactly.
  case normal = "ewma_normal"
  /// Multivariate t moves of the same covariance, with degrees of freedom fitted to the past.
  case student = "ewma_student"
  /// Past losses as they were.
  case historical
  /// Past moves, each over its volatility of then and times the one of now; exponential weights.
  case filtered = "filtered_ewma"
  /// The same with GARCH volatilities.
  case filteredGarch = "filtered_garch"
}

/// A tool that makes a margin rise less in a crisis [Delegated Regulation (EU) 153/2013, Article 28].
public enum MarginTool: String, Sendable, CaseIterable {
  /// The forecast as it is.
  case none
  /// A buffer of 25 % on top, drawn down while forecasts rise and filled as they fall.
  case buffer
  /// A quarter of the weight on the worst 250 days of the past.
  case stress
  /// Not less than the forecast of up to ten years.
  case floor
}

/// Settings of a backtest.
public struct BacktestSettings: Sendable, Equatable {
  /// Days over which a loss is forecast, positive. Moves do not overlap.
  public var horizonDays = 1.0
  /// Past moves that the historical forecasts replay and tails are fitted to.
  public var windowCount = 500
  /// Moves before the first forecast.
  public var firstForecast = 250
  /// The tool that margins are shown with.
  public var tool = MarginTool.none

  /// One day, 500 past moves, the first forecast after 250.
  public init() {}
}
