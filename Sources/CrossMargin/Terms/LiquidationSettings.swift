// What a run assumes of liquidations and of who pays what they miss.

/// One tier of the waterfall that pays bad debt, in order.
public struct FundTier: Sendable, Equatable {
  /// Its name in reports.
  public var name: String
  /// What it holds, USD, at least 0.
  public var capacityUSD: Double
  /// Share of what is left that it bears, in (0, 1].
  public var shareFraction: Double
  /// What flows in per day while it holds less than its target, USD.
  public var refillUSDPerDay = 0.0
  /// Level up to which it is refilled, USD; nil = what it holds today.
  public var targetUSD: Double?

  /// A tier.
  public init(name: String, capacityUSD: Double, shareFraction: Double) {
    self.name = name
    self.capacityUSD = capacityUSD
    self.shareFraction = shareFraction
  }
}

/// How the size of a fund is found.
public struct FundSizingSettings: Sendable, Equatable {
  /// Fees that flow in per day, USD.
  public var inflowUSDPerDay = 0.0
  /// Days that the fund must outlast.
  public var horizonDays = 10.0
  /// Probability of ruin within those days that is accepted, in (0, 1).
  public var ruinProbability = 0.01
  /// Sequences of scenarios that are drawn.
  public var sequenceCount = 10_000

  /// The usual question.
  public init() {}
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
  /// Minutes between two looks at an account; 0 = it is always watched.
  public var monitoringMinutes = 0.0
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
  /// How large the fund must be.
  public var fund = FundSizingSettings()
  /// What mechanisms are compared, and how.
  public var mechanics = MechanicsSettings()
  /// The study.
  public var study = LiquidationStudySettings()
  /// How liquidations move prices.
  public var contagion = ContagionSettings()
  /// How the sources of a price become one price.
  public var oracle = OracleSettings()
  /// Whether the nightly run contains the study.
  public var isNightly = false

  /// No cost and no tier.
  public init() {}
}
