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

/// How far and how finely a liquidation study looks.
public struct LiquidationStudySettings: Sendable, Equatable {
  /// Log move between neighbouring steps of the sweep, positive.
  public var step = 0.02
  /// Relative fall at which the sweep ends, in (0, 1).
  public var furthestFallFraction = 0.8
  /// Relative rise at which the sweep ends, positive.
  public var furthestRiseFraction = 2.0
  /// Accounts whose prices are found to the last digit: those nearest to liquidation.
  public var refinedCount = 20
  /// Days within which accounts may be liquidated, for probabilities.
  public var horizonDays = 10.0
  /// Steps of the paths over the horizon.
  public var pathStepCount = 10
  /// Paths of the market.
  public var pathCount = 1_024
  /// Cost of trades that cure an account, fraction of their notional, in [0, 1).
  public var tradeCostFraction = 0.0005
  /// Cost of capital of a deposit, fraction per year.
  public var capitalCostAnnual = 0.1
  /// Surplus that cures restore, fraction of the requirement.
  public var cureBufferFraction = 0.2

  /// The usual study.
  public init() {}
}

/// Settings of the liquidation stage.
public struct LiquidationSettings: Sendable, Equatable {
  /// What closing a portfolio costs, fraction of its gross notional.
  public var costFraction = 0.0
  /// Who pays bad debt, in order; what is left is socialised.
  public var tiers: [FundTier] = []
  /// The study.
  public var study = LiquidationStudySettings()
  /// Whether the nightly run contains the study.
  public var isNightly = false

  /// No cost and no tier.
  public init() {}
}
