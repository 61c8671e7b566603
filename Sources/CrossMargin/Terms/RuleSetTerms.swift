// A rule set: what it is called, when it holds, and the terms of its family.

import PortfolioModel

/// The families of rule sets, each with its terms.
public enum RuleFamily: Sendable, Equatable {
  /// The worst of a scenario grid with contingencies.
  case scan(ScanTerms)
  /// Derive's portfolio margin, first version.
  case derivePortfolio1(DerivePortfolioTerms1, on: DeriveMarketTerms)
  /// Derive's portfolio margin, second version.
  case derivePortfolio2(DerivePortfolioTerms2, on: DeriveMarketTerms)
  /// Derive's Standard Manager.
  case deriveStandard(DeriveStandardRuleTerms)
  /// Deribit's portfolio margin.
  case deribitPortfolio(DeribitRuleTerms)
  /// Paradex's portfolio margin.
  case paradexPortfolio(ParadexRuleTerms)
  /// Expected shortfall with charges for closing.
  case shortfall(ShortfallTerms)
  /// Binance's unified portfolio margin.
  case unified(UnifiedRuleTerms)
  /// Hyperliquid's cross margin.
  case leverage(PerpetualRuleTerms<LeverageTiers>)
  /// dYdX v4.
  case openInterest(PerpetualRuleTerms<LiquidityTier>)
  /// Paradex's cross margin.
  case paradexCross(ParadexCrossRuleTerms)
  /// Reya's covariance margin.
  case covariance(CovarianceRuleTerms)
  /// Synthetix v3 perpetuals.
  case skewScaled(SkewRuleTerms)
  /// Drift v2.
  case drift(DriftRuleTerms)
  /// Aave v3.
  case lending(LendingRuleTerms)
  /// An approximation of OKX's portfolio margin.
  case okxApproximation(UnderlyingRuleTerms<OKXPortfolioTerms>)
  /// An approximation of Bybit's portfolio margin.
  case bybitApproximation(UnderlyingRuleTerms<BybitPortfolioTerms>)
  /// Dederi's portfolio margin.
  case dederi(UnderlyingRuleTerms<DederiTerms>)
  /// A SPAN scan.
  case span(UnderlyingRuleTerms<SpanProductTerms>)
  /// The plain short-option formula.
  case optionSeller(OptionSellerRuleTerms)
}

/// One rule set, from one dated parameter file.
public struct RuleSetTerms: Sendable, Equatable {
  /// Name by which accounts choose it.
  public var name: String
  /// First instant at which the terms hold.
  public var effectiveFrom: UTCTime
  /// First instant at which they no longer hold; nil = still in force.
  public var supersededOn: UTCTime?
  /// Who approved them.
  public var approvedBy: String?
  /// What the venue does not publish and the terms assume, in words.
  public var unconfirmed: [String] = []
  /// The terms.
  public var family: RuleFamily

  /// A rule set in force.
  public init(name: String, effectiveFrom: UTCTime, family: RuleFamily) {
    self.name = name
    self.effectiveFrom = effectiveFrom
    self.family = family
  }
}
