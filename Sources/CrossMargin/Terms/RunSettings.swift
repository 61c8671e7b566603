// What a run is asked to do: pure data, parsed from `run.yaml` by whoever reads files.

import PortfolioModel

/// Settings of one run. Margin parameters are not here: they come from dated files.
public struct RunSettings: Sendable, Equatable {
  /// Seed of every random number.
  public var seed: UInt64 = 1
  /// Scenario sets, sorted by the bytes of their names, which are unique.
  public var scenarioSets: [ScenarioSetSettings] = []
  /// Rule sets, sorted by the bytes of their names, which are unique; at least one.
  public var models: [RuleSetTerms]
  /// Name of the rule set of accounts that name none.
  public var defaultModel: String
  /// Levels of VaR and expected shortfall.
  public var confidence = ConfidenceLevels()
  /// How volatility moves of one factor spread over expiries, in sets that move it as a whole.
  public var volatilityTerm: VolatilityTermStructure? = .fieldStandard
  /// Decay, floor and horizon of the covariance of factor moves.
  public var covariance = CovarianceSettings()
  /// Factors whose missing past moves are taken from another factor, sorted by factor name.
  public var historyProxies: [FactorProxy] = []
  /// Oldest age of an asset price or mark that is still used, in days; nil = any.
  public var marketAgeDaysMax: Double?
  /// Largest share of gross notional in accounts without margin before the run counts as not done.
  public var unmarginedFractionMax = 0.01
  /// Thresholds that raise alerts.
  public var limits: [Limit] = []
  /// What liquidations cost and who pays what they miss.
  public var liquidation = LiquidationSettings()
  /// Measures of the delta-gamma form without sampling; nil = none.
  public var analytic: AnalyticSettings?

  /// Settings with one or more rule sets; everything else at its default.
  public init(models: [RuleSetTerms], defaultModel: String) {
    self.models = models.sorted { precedesByBytes($0.name, $1.name) }
    self.defaultModel = defaultModel
  }
}

/// Levels at which tails are measured, each in (0, 1).
public struct ConfidenceLevels: Sendable, Equatable {
  /// Level of VaR.
  public var valueAtRisk = 0.99
  /// Level of expected shortfall.
  public var expectedShortfall = 0.975
  /// Probability with which intervals of sampled measures hold what they are about; nil = no
  /// intervals.
  public var interval: Double?

  /// 99 % VaR and 97.5 % expected shortfall.
  public init() {}
}

/// Spread of a volatility move over expiries: an expiry of `d` days moves by the move of the
/// factor times `(30 / max(d, floor))^p`, `p` by the side of 30 days it lies on.
public struct VolatilityTermStructure: Sendable, Hashable {
  /// Exponent below 30 days.
  public var shortPower: Double
  /// Exponent from 30 days on.
  public var longPower: Double
  /// Days to expiry below which the move no longer grows, positive.
  public var floorDays: Double

  /// A term structure.
  public init(shortPower: Double, longPower: Double, floorDays: Double) {
    self.shortPower = shortPower
    self.longPower = longPower
    self.floorDays = floorDays
  }

  /// Exponents 0.30 and 0.13 around 30 days with a floor of one day, which most venues share.
  public static let fieldStandard = VolatilityTermStructure(
    shortPower: 0.30, longPower: 0.13, floorDays: 1)
}

/// How the covariance of factor moves is estimated from the history.
public struct CovarianceSettings: Sendable, Equatable {
  /// Weight of a day relative to the next, in (0, 1).
  public var decayPerDay = 0.97
  /// Smallest eigenvalue of the correlation matrix after repair, at least 0.
  public var eigenvalueFloor = 1e-8
  /// The estimator.
  public var estimator = CovarianceEstimator.exponential
  /// How a matrix that is not positive semidefinite is mended.
  public var repair = CovarianceRepairMethod.spectral

  /// EWMA with a decay of 0.97 a day.
  public init() {}
}

/// Estimators of covariances.
public enum CovarianceEstimator: String, Sendable, CaseIterable {
  /// Exponential weights, each pair over the dates that both factors have.
  case exponential = "ewma"
  /// The same without the correlations that noise alone would give.
  case cleaned
  /// Equal weights over the dates that all factors have, shrunk to a multiple of the unit matrix.
  case shrunkToIdentity = "shrunk_identity"
  /// The same with the intensity that is best for normal moves.
  case oracleApproximating = "oracle_shrinkage"
  /// Equal weights over the dates that all factors have, shrunk to the mean correlation.
  case shrunkToConstantCorrelation = "constant_correlation"
}

/// Ways to make a correlation matrix positive semidefinite.
public enum CovarianceRepairMethod: String, Sendable, CaseIterable {
  /// Eigenvalues are raised to the floor and the diagonal is scaled back.
  case spectral
  /// The nearest correlation matrix in the Frobenius norm.
  case nearest
}

/// A declared stand-in: where a past move of `factor` is missing, that of `proxy` is used.
public struct FactorProxy: Sendable, Equatable {
  /// The factor with gaps.
  public var factor: FactorName
  /// The factor that stands in.
  public var proxy: FactorName

  /// A stand-in.
  public init(factor: FactorName, proxy: FactorName) {
    self.factor = factor
    self.proxy = proxy
  }
}

/// A threshold on a figure of an account or of the book.
public struct Limit: Sendable, Equatable {
  /// Figures that can be limited.
  public enum Figure: String, Sendable, CaseIterable {
    /// Equity over maintenance requirement of an account, alert below.
    case accountMarginRatioMin = "account_margin_ratio_min"
    /// Expected shortfall of an account over its equity, where that is positive, alert above.
    case accountShortfallFractionMax = "account_es_fraction_max"
    /// Relative difference of an account's equity or requirements from what its venue reports, alert
    /// above.
    case reconciliationFractionMax = "reconciliation_fraction_max"
    /// Number of liquidatable or insolvent accounts, alert above.
    case liquidatableCountMax = "liquidatable_count_max"
    /// Sum of negative equities, USD, alert above.
    case negativeEquityUSDMax = "negative_equity_usd_max"
    /// Worst loss of the book in any set, USD, alert above.
    case bookWorstLossUSDMax = "book_worst_loss_usd_max"
    /// Expected shortfall of the book in any set, USD, alert above.
    case bookShortfallUSDMax = "book_es_usd_max"
    /// Absolute delta of the book in any underlying, USD, alert above.
    case bookDeltaUSDMax = "book_delta_usd_max"
    /// Absolute vega of the book in any underlying, USD per vol point, alert above.
    case bookVegaUSDMax = "book_vega_usd_1pt_max"
  }

  /// What is limited.
  public var figure: Figure
  /// The threshold, in the unit of the figure.
  public var threshold: Double

  /// A limit.
  public init(figure: Figure, threshold: Double) {
    self.figure = figure
    self.threshold = threshold
  }
}
