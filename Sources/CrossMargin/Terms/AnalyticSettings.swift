// Measures that follow from the delta-gamma form of an account and the covariance of factor moves,
// without sampling.

/// What is computed from the delta-gamma form of each account, under which distribution of moves.
public struct AnalyticSettings: Sendable, Equatable {
  /// Joint distribution of factor moves. Both have the covariance of the factor model.
  public enum Distribution: Sendable, Equatable {
    /// Multivariate normal.
    case normal
    /// Multivariate t: all factors share one mixing variable.
    case student(degrees: TailDegrees)
  }

  /// The distribution.
  public var distribution = Distribution.normal
  /// Days over which moves are taken, positive. No time passes.
  public var horizonDays = 1.0
  /// Whether VaR and expected shortfall of each account are computed.
  public var isMeasured = true
  /// Whether results hold what each underlying and factor contributes to them; needs `isMeasured`.
  public var isAttributed = false
  /// Worst cases and nearest breaches of each account; nil = none.
  public var reverseStress: ReverseStressSettings?
  /// Draws in which full revaluation judges the form, at least 2.
  public var drawCount = 4_096

  /// VaR and expected shortfall under normal moves of one day.
  public init() {}

  /// The draws, of the same distribution and horizon.
  var draws: ScenarioSetSettings {
    var draws = MonteCarloSettings(scenarioCount: drawCount, horizonDays: horizonDays)
    if case .student(let degrees) = distribution { draws.distribution = .student(degrees: degrees) }
    return ScenarioSetSettings(name: Self.name, source: .monteCarlo(draws))
  }

  /// Name of what this section asks for, in messages.
  static let name = "analytic"
}

/// Which stresses are searched for.
public struct ReverseStressSettings: Sendable, Equatable {
  /// Probability of the ellipsoid of moves in which the worst case is taken, in (0, 1).
  public var plausibility = 0.99

  /// An ellipsoid that holds 99 % of all moves.
  public init() {}
}
