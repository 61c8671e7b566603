// What a rule set of Derive's portfolio margin applies to.

/// Cash, underlyings and collaterals of a rule set of Derive's portfolio margin.
public struct DeriveMarketTerms: Sendable, Equatable {
  /// A collateral beside cash.
  public struct Collateral: Sendable, Equatable {
    /// The asset.
    public var asset: String
    /// Underlying with which it moves in scenarios; nil where it does not move.
    public var cancelsRiskOf: String?
    /// Charge at both levels, fraction of the value.
    public var haircutFraction: Double
    /// What the initial level adds to the charge, fraction of the value.
    public var initialExtraFraction: Double

    /// A collateral.
    public init(
      asset: String, cancelsRiskOf: String?, haircutFraction: Double, initialExtraFraction: Double
    ) {
      self.asset = asset
      self.cancelsRiskOf = cancelsRiskOf
      self.haircutFraction = haircutFraction
      self.initialExtraFraction = initialExtraFraction
    }
  }

  /// The stablecoin that cash is held in and gains are paid in.
  public var cashAsset: String
  /// Assets with a manager of their own, sorted by name.
  public var underlyings: [String]
  /// Collaterals, sorted by asset. The first version knows none but its underlyings.
  public var collaterals: [Collateral]

  /// All terms in order.
  public init(cashAsset: String, underlyings: [String], collaterals: [Collateral]) {
    self.cashAsset = cashAsset
    self.underlyings = underlyings
    self.collaterals = collaterals
  }
}
