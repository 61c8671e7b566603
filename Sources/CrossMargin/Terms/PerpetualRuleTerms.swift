// What rule sets of perpetual venues apply to.

/// Binance's unified portfolio margin.
public struct UnifiedRuleTerms: Sendable, Equatable {
  /// Brackets of one contract.
  public struct Brackets: Sendable, Equatable {
    /// Underlying of the contract.
    public var underlying: String
    /// Asset that it is settled in.
    public var settlement: String
    /// Maintenance by notional.
    public var schedule: TierSchedule

    /// Brackets of a contract.
    public init(underlying: String, settlement: String, schedule: TierSchedule) {
      self.underlying = underlying
      self.settlement = settlement
      self.schedule = schedule
    }
  }

  /// Maintenance of loans at a leverage.
  public struct LoanRate: Sendable, Equatable {
    /// Leverage of margin loans that an account has chosen.
    public var leverage: Double
    /// Maintenance, fraction of the loan.
    public var fraction: Double

    /// A rate.
    public init(leverage: Double, fraction: Double) {
      self.leverage = leverage
      self.fraction = fraction
    }
  }

  /// Brackets, sorted by underlying, then settlement.
  public var brackets: [Brackets]
  /// What assets count for, sorted by name.
  public var collateral: [AssetTerms<CollateralTerms>]
  /// Maintenance of loans, by rising leverage; the first holds for accounts that chose none.
  public var loanRates: [LoanRate]
  /// Ratio of adjusted equity to maintenance below which no risk may be added.
  public var initialRatio: Double
  /// Ratio below which the account is liquidated.
  public var maintenanceRatio: Double

  /// All terms in order.
  public init(
    brackets: [Brackets], collateral: [AssetTerms<CollateralTerms>], loanRates: [LoanRate],
    initialRatio: Double, maintenanceRatio: Double
  ) {
    self.brackets = brackets
    self.collateral = collateral
    self.loanRates = loanRates
    self.initialRatio = initialRatio
    self.maintenanceRatio = maintenanceRatio
  }
}

/// Largest leverage by notional, as Hyperliquid lists it.
public struct LeverageTiers: Sendable, Equatable {
  /// One tier.
  public struct Tier: Sendable, Equatable {
    /// Notional at which the tier begins, USD.
    public var lowerNotionalUSD: Double
    /// Largest leverage in it, at least 1.
    public var leverage: Double

    /// A tier.
    public init(lowerNotionalUSD: Double, leverage: Double) {
      self.lowerNotionalUSD = lowerNotionalUSD
      self.leverage = leverage
    }
  }

  /// Tiers by rising notional.
  public let tiers: [Tier]
  /// Maintenance: half of the initial rate at the largest leverage.
  public let maintenance: TierSchedule

  /// Tiers; refuses those that do not begin at 0 or do not ascend, and leverages that rise.
  public init(_ tiers: [Tier]) throws(TierScheduleError) {
    self.tiers = tiers
    maintenance = try TierSchedule.maintenance(
      maximumLeverages: tiers.map { ($0.lowerNotionalUSD, $0.leverage) })
  }

  /// Largest leverage at a notional.
  public func leverageMax(notionalUSD: Double) -> Double {
    (tiers.last { $0.lowerNotionalUSD <= notionalUSD } ?? tiers[0]).leverage
  }
}

/// A venue of perpetuals with one cash collateral.
public struct PerpetualRuleTerms<Market: Sendable & Equatable>: Sendable, Equatable {
  /// The stablecoin that cash is held in and gains are paid in.
  public var cashAsset: String
  /// Terms of each market, sorted by underlying.
  public var markets: [AssetTerms<Market>]

  /// All terms in order.
  public init(cashAsset: String, markets: [AssetTerms<Market>]) {
    self.cashAsset = cashAsset
    self.markets = markets
  }
}

/// Synthetix v3 perpetuals.
public struct SkewRuleTerms: Sendable, Equatable {
  /// Terms of each market, sorted by underlying, and the stablecoin.
  public var perpetuals: PerpetualRuleTerms<SkewScaledTerms>
  /// What collaterals beside the stablecoin lose, sorted by asset.
  public var discounts: [AssetHaircut]
  /// Largest reward that the liquidation of an account may cost, USD.
  public var liquidationRewardUSD: Double

  /// All terms in order.
  public init(
    perpetuals: PerpetualRuleTerms<SkewScaledTerms>, discounts: [AssetHaircut],
    liquidationRewardUSD: Double
  ) {
    self.perpetuals = perpetuals
    self.discounts = discounts
    self.liquidationRewardUSD = liquidationRewardUSD
  }
}

/// Reya: one covariance over all exposures.
public struct CovarianceRuleTerms: Sendable, Equatable {
  /// The stablecoin that cash is held in and gains are paid in.
  public var cashAsset: String
  /// Underlyings in the order of the matrix.
  public var underlyings: [String]
  /// Squares of relative moves, row by row; symmetric.
  public var riskMatrix: [[Double]]
  /// Multiple of the liquidation requirement at the maintenance level.
  public var maintenanceFactor: Double
  /// Multiple of the liquidation requirement at the initial level.
  public var initialFactor: Double

  /// All terms in order.
  public init(
    cashAsset: String, underlyings: [String], riskMatrix: [[Double]], maintenanceFactor: Double,
    initialFactor: Double
  ) {
    precondition(
      riskMatrix.count == underlyings.count
        && riskMatrix.allSatisfy { $0.count == underlyings.count }, "a row and a column for each")
    self.cashAsset = cashAsset
    self.underlyings = underlyings
    self.riskMatrix = riskMatrix
    self.maintenanceFactor = maintenanceFactor
    self.initialFactor = initialFactor
  }
}

/// Drift v2.
public struct DriftRuleTerms: Sendable, Equatable {
  /// The quote asset, which gains are paid in.
  public var quoteAsset: String
  /// Spot markets, sorted by asset.
  public var spot: [AssetTerms<DriftSpotTerms>]
  /// Perpetual markets, sorted by underlying.
  public var perpetuals: [AssetTerms<DriftPerpetualTerms>]

  /// All terms in order.
  public init(
    quoteAsset: String, spot: [AssetTerms<DriftSpotTerms>],
    perpetuals: [AssetTerms<DriftPerpetualTerms>]
  ) {
    self.quoteAsset = quoteAsset
    self.spot = spot
    self.perpetuals = perpetuals
  }
}

/// Aave v3.
public struct LendingRuleTerms: Sendable, Equatable {
  /// A mode for correlated assets.
  public struct Mode: Sendable, Equatable {
    /// Name by which accounts choose it.
    public var name: String
    /// Its assets, sorted by name.
    public var assets: [String]
    /// Terms within the mode.
    public var terms: LendingTerms

    /// A mode.
    public init(name: String, assets: [String], terms: LendingTerms) {
      self.name = name
      self.assets = assets
      self.terms = terms
    }
  }

  /// Terms of each reserve, sorted by asset.
  public var reserves: [AssetTerms<LendingTerms>]
  /// Modes, sorted by name.
  public var modes: [Mode]

  /// All terms in order.
  public init(reserves: [AssetTerms<LendingTerms>], modes: [Mode]) {
    self.reserves = reserves
    self.modes = modes
  }
}

/// Paradex's cross margin.
public struct ParadexCrossRuleTerms: Sendable, Equatable {
  /// Terms of one underlying.
  public struct Market: Sendable, Equatable {
    /// Perpetuals.
    public var future: ParadexFutureTerms
    /// Options at the initial level.
    public var optionInitial: ParadexOptionTerms
    /// Options at the maintenance level.
    public var optionMaintenance: ParadexOptionTerms

    /// Terms of an underlying.
    public init(
      future: ParadexFutureTerms, optionInitial: ParadexOptionTerms,
      optionMaintenance: ParadexOptionTerms
    ) {
      self.future = future
      self.optionInitial = optionInitial
      self.optionMaintenance = optionMaintenance
    }
  }

  /// Terms of each underlying, sorted by name, and the stablecoin.
  public var perpetuals: PerpetualRuleTerms<Market>
  /// Fee of a perpetual, fraction of its mark.
  public var perpetualFeeFraction: Double
  /// Fee of an option, fraction of the spot price.
  public var optionFeeFraction: Double
  /// Largest fee of an option, fraction of its mark.
  public var optionFeeMaxFraction: Double

  /// All terms in order.
  public init(
    perpetuals: PerpetualRuleTerms<Market>, perpetualFeeFraction: Double,
    optionFeeFraction: Double, optionFeeMaxFraction: Double
  ) {
    self.perpetuals = perpetuals
    self.perpetualFeeFraction = perpetualFeeFraction
    self.optionFeeFraction = optionFeeFraction
    self.optionFeeMaxFraction = optionFeeMaxFraction
  }
}
