// Terms of an approximation of Bybit's portfolio margin [Bybit help centre, "Margin Calculations
// under Portfolio Margin (Unified Trading Account)"].

/// Approximation of the portfolio margin of one underlying. It is not the venue's figure: the
/// pieces in `unconfirmed` are not published in full.
public struct BybitPortfolioTerms: Sendable, Equatable {
  /// The stress scenarios.
  public var scenarios: [MarginScenario]
  /// Spread and floor of volatility moves.
  public var volatilityShock: VolatilityShock
  /// Charge on net short options, fraction of the index price per coin.
  public var shortOptionFraction: Double
  /// Charge on vega hedged across expiries, fraction of the index price per unit of vega and day
  /// between the expiries; 0.0003 for BTC and ETH.
  public var vegaSpreadFractionPerDay: Double
  /// Charge on delta hedged across expiries, fraction of the index price per coin and year between
  /// the expiries; 0.45 to 0.60.
  public var deltaSpreadFractionAnnual: Double
  /// Charge on delta hedged across USDT and USDC, fraction of the index price per coin.
  public var stablecoinSpreadFraction: Double
  /// Charge on perpetuals and futures, fraction of the index price per coin.
  public var futureFraction: Double
  /// Initial over maintenance requirement, at least 1.
  public var initialFactor: Double
  /// Pieces whose exact form the venue does not publish.
  public var unconfirmed: [String]

  /// All terms in order.
  public init(
    scenarios: [MarginScenario], volatilityShock: VolatilityShock, shortOptionFraction: Double,
    vegaSpreadFractionPerDay: Double, deltaSpreadFractionAnnual: Double,
    stablecoinSpreadFraction: Double, futureFraction: Double, initialFactor: Double,
    unconfirmed: [String]
  ) {
    self.scenarios = scenarios
    self.volatilityShock = volatilityShock
    self.shortOptionFraction = shortOptionFraction
    self.vegaSpreadFractionPerDay = vegaSpreadFractionPerDay
    self.deltaSpreadFractionAnnual = deltaSpreadFractionAnnual
    self.stablecoinSpreadFraction = stablecoinSpreadFraction
    self.futureFraction = futureFraction
    self.initialFactor = initialFactor
    self.unconfirmed = unconfirmed
  }

  /// What is not published of the model, whatever its parameters.
  public static let unconfirmedOfModel = [
    "scenarios", "which short options are net", "how expiries are matched in vega and delta spread",
    "time between expiries in the delta spread", "USDT-USDC spread"
  ]
}
