// Which scenarios a run looks at and how they are made.

import PortfolioModel

/// One named scenario set of a run.
public struct ScenarioSetSettings: Sendable, Equatable {
  /// Name, unique in the run.
  public var name: String
  /// Where the scenarios come from.
  public var source: ScenarioSource
  /// What happens to time.
  public var roll: TimeRoll = .none
  /// What volatilities do when forwards move, before their own moves.
  public var volatilityRule: VolatilityRule = .stickyStrike

  /// A set.
  public init(name: String, source: ScenarioSource) {
    self.name = name
    self.source = source
  }
}

/// What the volatility of an option does when its forward moves.
public enum VolatilityRule: String, Sendable, Hashable, CaseIterable {
  /// It stays: the smile keeps its place over strikes.
  case stickyStrike = "sticky_strike"
  /// The smile moves along with the forward, keeping its place over `ln(K/F)`, so that options of one
  /// delta keep their volatility: that of an option changes by what the surface differs between its
  /// old and its new place.
  case stickyDelta = "sticky_delta"
}

/// Where scenarios come from.
public enum ScenarioSource: Sendable, Hashable {
  /// A grid of price and volatility moves.
  case grid(PriceVolatilityGrid)
  /// Moves of the history, each date one scenario.
  case history(HistorySettings)
  /// Draws from the covariance of the history.
  case monteCarlo(MonteCarloSettings)
  /// Sums of runs of consecutive past moves.
  case bootstrap(BootstrapSettings)
  /// Scenarios of a user's file; the name is that of the set in `Book.scenarios`.
  case user(fileName: String, completion: ScenarioCompletion)
  /// Forwards up (scenario 0) and down (scenario 1) at unchanged spot prices.
  case forwardShift(BasisTerms)

  /// Days that its scenarios cover; nil for sets without probabilities.
  public var horizonDays: Double? {
    switch self {
    case .history(let settings): settings.horizonDays
    case .monteCarlo(let settings): settings.horizonDays
    case .bootstrap(let settings): Double(settings.dayCount)
    case .grid, .user, .forwardShift: nil
    }
  }

  /// Whether its scenarios depend on the prices of the day: where not, they stay when prices move.
  var readsPrices: Bool {
    switch self {
    case .user: true
    case .grid, .history, .monteCarlo, .bootstrap, .forwardShift: false
    }
  }

  /// The word that results name the kind of set by.
  public var kind: String {
    switch self {
    case .grid: "grid"
    case .history: "history"
    case .monteCarlo: "monte_carlo"
    case .bootstrap: "bootstrap"
    case .user: "user"
    case .forwardShift: "forward_shift"
    }
  }
}

/// What happens to time in a scenario.
public enum TimeRoll: Sendable, Hashable {
  /// Time stands still.
  case none
  /// Days pass; what expires inside settles at the shocked price.
  case days(Double)
}

/// What happens to factors that a scenario does not name.
public enum ScenarioCompletion: Sendable, Hashable {
  /// They do not move.
  case none
  /// They move by their conditional mean given those that are named.
  case conditionalMean
}

/// The grid that most venues scan: prices at equal steps within a range, volatility up, unchanged
/// and down, and far price moves at higher volatility whose loss is dampened.
///
/// In the far scenario of move `m` the loss factor is `tailWeight x range / |m|`.
public struct PriceVolatilityGrid: Sendable, Hashable {
  /// Range of one asset.
  public struct AssetRange: Sendable, Hashable {
    /// The asset.
    public var asset: String
    /// Its price range, fraction in (0, 1).
    public var priceRangeFraction: Double

    /// A range of an asset.
    public init(asset: String, priceRangeFraction: Double) {
      self.asset = asset
      self.priceRangeFraction = priceRangeFraction
    }
  }

  /// Largest relative move of the inner grid, in (0, 1), for assets without a range of their own.
  public var priceRangeFraction: Double
  /// Ranges of single assets, sorted by name.
  public var assetRanges: [AssetRange] = []
  /// Steps on each side of the present price, at least 1.
  public var stepCount: Int
  /// Relative rise of 30-day volatility, at least 0.
  public var volatilityUpFraction: Double
  /// Relative fall of 30-day volatility, in [0, 1).
  public var volatilityDownFraction: Double
  /// Volatility levels on each side of the present one, at equal steps, at least 1.
  public var volatilityStepCount = 1
  /// How volatility moves spread over expiries.
  public var volatilityTerm: VolatilityTermStructure
  /// Volatility below which the raised volatility does not stay, annual fraction, at least 0.
  public var raisedVolatilityAnnualMin: Double = 0
  /// Relative price moves of the far scenarios, each > -1 and not 0.
  public var tailMoves: [Double] = []
  /// Weight of the far scenarios, positive.
  public var tailWeight: Double = 1

  /// A grid without far scenarios.
  public init(
    priceRangeFraction: Double, stepCount: Int, volatilityUpFraction: Double,
    volatilityDownFraction: Double, volatilityTerm: VolatilityTermStructure = .fieldStandard
  ) {
    self.priceRangeFraction = priceRangeFraction
    self.stepCount = stepCount
    self.volatilityUpFraction = volatilityUpFraction
    self.volatilityDownFraction = volatilityDownFraction
    self.volatilityTerm = volatilityTerm
  }

  /// The price range of an asset, fraction.
  public func range(of asset: String) -> Double {
    assetRanges.first { $0.asset == asset }?.priceRangeFraction ?? priceRangeFraction
  }
}
