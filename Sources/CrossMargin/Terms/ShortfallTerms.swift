// Terms of a house rule set by expected shortfall.

import PortfolioModel

/// Margin by the expected shortfall of the whole account, with charges for what it takes to close.
///
/// With `ES` of the scenarios and `ES_long` of the long-run scenarios, both at `confidence`:
/// `risk = max(ES, 0) + max(floorShare x ES_long - max(ES, 0), 0) + liquidity + concentration`,
/// `requirement = factor x risk`.
public struct ShortfallTerms: Sendable, Equatable {
  /// Scenarios of the shortfall: history or draws, as volatile as the present.
  public var scenarios: ScenarioSetSettings
  /// Scenarios as volatile as the long run: past moves as they were.
  public var longRunScenarios: ScenarioSetSettings
  /// Level of the shortfall, in (0, 1).
  public var confidence: Double
  /// Share of the long-run shortfall that is asked at least, so that a calm market does not lower
  /// requirements at will; in [0, 1].
  public var floorShare: Double
  /// Cost of closing.
  public var liquidity: LiquidityTerms
  /// Multiplier of the risk at the initial level.
  public var initialFactor: Double
  /// Multiplier of the risk at the maintenance level, at most the initial one.
  public var maintenanceFactor: Double
  /// What positive balances lose at both levels, sorted by asset.
  public var haircuts: [AssetHaircut]
  /// What positive balances of other assets lose.
  public var otherHaircutFraction: Double

  /// All terms in order.
  public init(
    scenarios: ScenarioSetSettings, longRunScenarios: ScenarioSetSettings, confidence: Double,
    floorShare: Double, liquidity: LiquidityTerms, initialFactor: Double,
    maintenanceFactor: Double, haircuts: [AssetHaircut], otherHaircutFraction: Double
  ) {
    self.scenarios = scenarios
    self.longRunScenarios = longRunScenarios
    self.confidence = confidence
    self.floorShare = floorShare
    self.liquidity = liquidity
    self.initialFactor = initialFactor
    self.maintenanceFactor = maintenanceFactor
    self.haircuts = haircuts
    self.otherHaircutFraction = otherHaircutFraction
  }

  /// What a positive balance of an asset loses, fraction; USD loses nothing.
  public func haircutFraction(of asset: String) -> Double {
    if asset == "USD" { return 0 }
    return firstIndex(in: haircuts, named: asset, name: \.asset).map { haircuts[$0].fraction }
      ?? otherHaircutFraction
  }
}

/// What it costs to close an exposure `N` to one underlying, given its daily volume `ADV`.
///
/// Liquidity: `N x impact x sqrt(N / (volumeShare ADV))`, the square-root law of market impact with
/// `impact` the relative move that trading `volumeShare` of a day's volume makes [Almgren, Thum,
/// Hauptmann and Li 2005; Tóth et al. 2011]. Concentration: `charge x max(N - share ADV, 0)`.
public struct LiquidityTerms: Sendable, Equatable {
  /// Share of a day's volume at which `impactFraction` holds, positive.
  public var volumeShare: Double
  /// Relative move that trading that share makes, at least 0.
  public var impactFraction: Double
  /// Share of a day's volume above which an exposure is concentrated, at least 0.
  public var concentrationShare: Double
  /// Charge on what exceeds it, a fraction.
  public var concentrationFraction: Double

  /// All terms in order.
  public init(
    volumeShare: Double, impactFraction: Double, concentrationShare: Double,
    concentrationFraction: Double
  ) {
    self.volumeShare = volumeShare
    self.impactFraction = impactFraction
    self.concentrationShare = concentrationShare
    self.concentrationFraction = concentrationFraction
  }
}
