// What rule sets of venues with many underlyings apply to: which assets they know, and by which
// terms.

/// Terms of one asset.
public struct AssetTerms<Terms: Sendable & Equatable>: Sendable, Equatable {
  /// The asset.
  public var asset: String
  /// Its terms.
  public var terms: Terms

  /// Terms of an asset.
  public init(asset: String, terms: Terms) {
    self.asset = asset
    self.terms = terms
  }
}

/// Deribit's portfolio margin of an account that is margined across its currencies.
public struct DeribitRuleTerms: Sendable, Equatable {
  /// Terms of each underlying, sorted by asset.
  public var underlyings: [AssetTerms<DeribitPortfolioTerms>]
  /// What collateral loses at the initial level, sorted by asset; assets that are not listed are no
  /// collateral.
  public var haircuts: [AssetHaircut]

  /// All terms in order.
  public init(
    underlyings: [AssetTerms<DeribitPortfolioTerms>], haircuts: [AssetHaircut]
  ) {
    self.underlyings = underlyings
    self.haircuts = haircuts
  }
}

/// Paradex's portfolio margin.
public struct ParadexRuleTerms: Sendable, Equatable {
  /// Terms of every underlying.
  public var portfolio: ParadexPortfolioTerms
  /// The stablecoin that cash is held in and gains are paid in.
  public var cashAsset: String
  /// Underlyings, sorted by name.
  public var underlyings: [String]
  /// Fee of a perpetual, fraction of its mark.
  public var perpetualFeeFraction: Double
  /// Fee of an option, fraction of the spot price, at most a share of the mark.
  public var optionFeeFraction: Double

  /// All terms in order.
  public init(
    portfolio: ParadexPortfolioTerms, cashAsset: String, underlyings: [String],
    perpetualFeeFraction: Double, optionFeeFraction: Double
  ) {
    self.portfolio = portfolio
    self.cashAsset = cashAsset
    self.underlyings = underlyings
    self.perpetualFeeFraction = perpetualFeeFraction
    self.optionFeeFraction = optionFeeFraction
  }
}

/// Margin of an underlying without offsets between positions.
public struct OptionSellerTerms: Sendable, Equatable {
  /// Rates of short options.
  public var options: ShortOptionTerms
  /// Initial rate of futures and perpetuals; nil where the venue lists none.
  public var futureInitial: SizeScaledFraction?
  /// Maintenance rate of futures and perpetuals.
  public var futureMaintenance: SizeScaledFraction?

  /// All terms in order.
  public init(
    options: ShortOptionTerms, futureInitial: SizeScaledFraction?,
    futureMaintenance: SizeScaledFraction?
  ) {
    self.options = options
    self.futureInitial = futureInitial
    self.futureMaintenance = futureMaintenance
  }
}

/// The plain formula of venues that margin every short option on its own.
public struct OptionSellerRuleTerms: Sendable, Equatable {
  /// Terms of each underlying, sorted by asset.
  public var underlyings: [AssetTerms<OptionSellerTerms>]
  /// What collateral loses at the initial level, sorted by asset; assets that are not listed are no
  /// collateral.
  public var haircuts: [AssetHaircut]

  /// All terms in order.
  public init(underlyings: [AssetTerms<OptionSellerTerms>], haircuts: [AssetHaircut]) {
    self.underlyings = underlyings
    self.haircuts = haircuts
  }
}

/// Derive's Standard Manager.
public struct DeriveStandardRuleTerms: Sendable, Equatable {
  /// The stablecoin that cash is held in and gains are paid in.
  public var cashAsset: String
  /// Terms of each market, sorted by asset.
  public var markets: [AssetTerms<StandardMarginTerms>]
  /// Whether cash may be negative.
  public var isBorrowingAllowed: Bool

  /// All terms in order.
  public init(
    cashAsset: String, markets: [AssetTerms<StandardMarginTerms>], isBorrowingAllowed: Bool
  ) {
    self.cashAsset = cashAsset
    self.markets = markets
    self.isBorrowingAllowed = isBorrowingAllowed
  }
}
