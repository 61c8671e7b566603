// What a run assumes of liquidations and of who pays what they miss.

/// One tier of the waterfall that pays bad debt, in order.
public struct FundTier: Sendable, Equatable {
  /// Its name in reports.
  public var name: String
  /// What it holds, USD, at least 0.
  public var capacityUSD: Double
  /// Share of what is left that it bears, in (0, 1].
  public var shareFraction: Double

  /// A tier.
  public init(name: String, capacityUSD: Double, shareFraction: Double) {
    self.name = name
    self.capacityUSD = capacityUSD
    self.shareFraction = shareFraction
  }
}

/// Settings of the liquidation stage.
public struct LiquidationSettings: Sendable, Equatable {
  /// What closing a portfolio costs, fraction of its gross notional.
  public var costFraction = 0.0
  /// Who pays bad debt, in order; what is left is socialised.
  public var tiers: [FundTier] = []

  /// No cost and no tier.
  public init() {}
}
