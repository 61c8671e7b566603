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
