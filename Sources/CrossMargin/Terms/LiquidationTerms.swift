// Terms of liquidating perpetuals: offers, limits per block, pace and fees.

/// How far below the oracle price a liquidation order is offered.
public struct FillablePriceTerms: Sendable, Equatable {
  /// BA: speed at which the offer worsens as the account loses, positive.
  public var bankruptcyAdjustment: Double
  /// SMMR: largest discount, as a fraction of the position's maintenance requirement.
  public var spreadToMaintenance: Double

  /// Terms.
  public init(bankruptcyAdjustment: Double, spreadToMaintenance: Double) {
    self.bankruptcyAdjustment = bankruptcyAdjustment
    self.spreadToMaintenance = spreadToMaintenance
  }
}

/// What may be liquidated of one account within one block.
///
/// Source: dydxprotocol/v4-chain @ 84d4664b, x/clob/keeper/liquidations.go.
public struct BlockLiquidationLimits: Sendable, Equatable {
  /// Smallest notional of a position that may be closed in part, USD.
  public var positionNotionalUSDMin: Double
  /// Largest share of a position.
  public var positionFractionMax: Double
  /// Largest notional of one account, USD.
  public var accountNotionalUSDMax: Double
  /// Largest loss of the insurance fund by one account, USD.
  public var fundLossUSDMax: Double

  /// Limits.
  public init(
    positionNotionalUSDMin: Double, positionFractionMax: Double, accountNotionalUSDMax: Double,
    fundLossUSDMax: Double
  ) {
    self.positionNotionalUSDMin = positionNotionalUSDMin
    self.positionFractionMax = positionFractionMax
    self.accountNotionalUSDMax = accountNotionalUSDMax
    self.fundLossUSDMax = fundLossUSDMax
  }
}

/// How fast an account may be liquidated.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/liquidation.rs.
public struct LiquidationPace: Sendable, Equatable {
  /// Slots after which all may be liquidated, positive.
  public var durationSlots: Double
  /// Share that may be liquidated at once.
  public var initialFraction: Double
  /// A shortage below this may be ended at once, USD.
  public var smallShortageUSD: Double

  /// A pace.
  public init(durationSlots: Double, initialFraction: Double, smallShortageUSD: Double) {
    self.durationSlots = durationSlots
    self.initialFraction = initialFraction
    self.smallShortageUSD = smallShortageUSD
  }
}

/// A liquidator's fee that rises while nobody liquidates: the base fee for a grace period, then
/// `base + rise x slots since the start`, capped.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/liquidation.rs.
public struct LiquidationFeeRamp: Sendable, Equatable {
  /// Fee at first, a fraction.
  public var baseFraction: Double
  /// Largest fee, a fraction.
  public var capFraction: Double
  /// Rise per slot, a fraction.
  public var risePerSlot: Double
  /// Slots during which the fee does not rise.
  public var graceSlots: Double

  /// A ramp.
  public init(
    baseFraction: Double, capFraction: Double, risePerSlot: Double, graceSlots: Double
  ) {
    self.baseFraction = baseFraction
    self.capFraction = capFraction
    self.risePerSlot = risePerSlot
    self.graceSlots = graceSlots
  }
}
