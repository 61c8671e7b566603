// Scenario sets that are samples: how past moves are replayed and how moves are drawn.

/// Historical moves.
public struct HistorySettings: Sendable, Hashable {
  /// Days over which a move is taken, positive.
  public var horizonDays: Double
  /// Only dates within so many days before the valuation time; nil = all.
  public var windowDays: Double?
  /// Whether moves are brought to the volatility of now.
  public var filter = VolatilityFilter.none

  /// Overlapping moves over a horizon.
  public init(horizonDays: Double = 1, windowDays: Double? = nil) {
    self.horizonDays = horizonDays
    self.windowDays = windowDays
  }
}

/// What filtered historical simulation divides past moves by, and multiplies them with as it is now,
/// factor by factor [Barone-Adesi, Giannopoulos and Vosper 1999].
public enum VolatilityFilter: String, Sendable, Hashable, CaseIterable {
  /// Nothing: moves as they were.
  case none
  /// Volatility by exponential weights, with the decay of the covariance.
  case exponential = "ewma"
  /// GARCH(1,1) fitted to the moves.
  case garch
}

/// Draws of correlated moves.
public struct MonteCarloSettings: Sendable, Hashable {
  /// Number of scenarios, positive.
  public var scenarioCount: Int
  /// Days over which a move is taken, positive.
  public var horizonDays: Double
  /// The joint distribution.
  public var distribution = MoveDistribution.normal
  /// Where its random numbers come from.
  public var sampling = Sampling.random
  /// What is done to correlations first; nil = nothing.
  public var correlationStress: CorrelationStress?

  /// Normal draws over a horizon.
  public init(scenarioCount: Int = 1_024, horizonDays: Double = 1) {
    self.scenarioCount = scenarioCount
    self.horizonDays = horizonDays
  }
}

/// Joint distributions of moves. All have the covariance of the factor model, so far as that is the
/// covariance of the distribution; they differ in their tails.
public enum MoveDistribution: Sendable, Hashable {
  /// Multivariate normal.
  case normal
  /// Multivariate t: all factors share one mixing variable.
  case student(degrees: TailDegrees)
  /// A t copula, with a t distribution of its own fitted to the moves of each factor.
  case studentCopula(degrees: TailDegrees)
}

/// Degrees of freedom of a t distribution, more than 2.
public enum TailDegrees: Sendable, Hashable {
  /// A number.
  case fixed(Double)
  /// The number that fits the past moves of all factors best, each over the volatility of its time.
  case fitted
}

/// Where random numbers come from.
public enum Sampling: String, Sendable, Hashable, CaseIterable {
  /// Counter-based pseudo-random numbers.
  case random
  /// The Sobol sequence with Owen's scrambling. Errors fall faster than those of random numbers; the
  /// standard errors in results are those of random numbers, an upper bound in practice.
  case sobol
}

/// Correlations moved towards an extreme.
public struct CorrelationStress: Sendable, Hashable {
  /// The extremes.
  public enum Target: String, Sendable, Hashable, CaseIterable {
    /// Factors part: correlations fall to zero. With assets, those between their factors and all
    /// others.
    case zero
    /// Prices move as one: correlations of spot prices rise to one. With assets, those among them.
    case one
  }

  /// The extreme.
  public var target: Target
  /// How far correlations move, from 0 to 1.
  public var weight: Double
  /// Assets of the block, sorted; empty = all.
  public var assets: [String]

  /// A stress.
  public init(target: Target, weight: Double, assets: [String] = []) {
    self.target = target
    self.weight = weight
    self.assets = assets
  }
}

/// Block bootstrap: each scenario is the sum of moves of one day, taken in runs of consecutive past
/// dates [Künsch 1989].
public struct BootstrapSettings: Sendable, Hashable {
  /// Number of scenarios, positive.
  public var scenarioCount = 1_024
  /// Days that are added up, a whole number of steps.
  public var dayCount = 10
  /// Consecutive days of a run.
  public var blockDayCount = 5
  /// Only dates within so many days before the valuation time; nil = all.
  public var windowDays: Double?

  /// Ten days in runs of five.
  public init() {}
}
