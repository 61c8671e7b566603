// How much of a position or a debt must go to end a margin shortage: Drift v2's sizes, and the
// general form of the single leg.

import RiskNumerics

/// Closing a part of a perpetual position: what one unit of value releases.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/liquidation.rs.
public struct PositionReduction: Sendable, Equatable {
  /// Requirement per value of the position.
  public var marginFraction: Double
  /// Paid to the liquidator per value closed.
  public var liquidatorFeeFraction: Double
  /// Paid to the insurance fund per value closed.
  public var fundFeeFraction: Double
  /// Price of the coin, USD, positive.
  public var priceUSD: Double
  /// Price of the quote asset, USD, positive.
  public var quotePriceUSD: Double

  /// Terms of a reduction.
  public init(
    marginFraction: Double, liquidatorFeeFraction: Double, fundFeeFraction: Double,
    priceUSD: Double, quotePriceUSD: Double
  ) {
    self.marginFraction = marginFraction
    self.liquidatorFeeFraction = liquidatorFeeFraction
    self.fundFeeFraction = fundFeeFraction
    self.priceUSD = priceUSD
    self.quotePriceUSD = quotePriceUSD
  }

  /// Shortage that closing one coin ends, USD: `P quote (margin - fee) - P fund fee`; at or below 0
  /// closing does not help.
  public var reliefPerCoinUSD: Double {
    priceUSD * quotePriceUSD * (marginFraction - liquidatorFeeFraction)
      - priceUSD * fundFeeFraction
  }

  /// Coins to close, positive; nil where no amount ends a shortage because the fees take as much as
  /// closing releases. The caller bounds the answer by the position.
  public func coins(toEndShortageUSD shortageUSD: Double) -> Double? {
    reliefPerCoinUSD > 0 ? shortageUSD / reliefPerCoinUSD : nil
  }

  /// The largest fund fee at which closing `coins`, the whole position, still ends the shortage, not
  /// above `fundFeeFraction` and not below 0: the fee gives way before the account is bankrupt.
  public func affordableFundFeeFraction(shortageUSD: Double, coins: Double) -> Double {
    let room =
      quotePriceUSD * (marginFraction - liquidatorFeeFraction) - shortageUSD / (coins * priceUSD)
    return min(max(room, 0), fundFeeFraction)
  }
}

/// Moving a debt and collateral of an account to a liquidator.
///
/// Source: drift-labs/protocol-v2 @ 0ae3e3b1, math/liquidation.rs.
public struct DebtTransfer: Sendable, Equatable {
  /// Share of the collateral's value that counts.
  public var assetWeight: Double
  /// Multiple at which the debt's value is required.
  public var liabilityWeight: Double
  /// Value of collateral given per value, above 1 in the liquidator's favour.
  public var assetMultiplier: Double
  /// Value of debt taken per value, below 1 in the liquidator's favour.
  public var liabilityMultiplier: Double
  /// Paid to the insurance fund per value of debt.
  public var fundFeeFraction: Double
  /// Price of the debt's asset, USD, positive.
  public var liabilityPriceUSD: Double

  /// Terms of a transfer.
  public init(
    assetWeight: Double, liabilityWeight: Double, assetMultiplier: Double,
    liabilityMultiplier: Double, fundFeeFraction: Double, liabilityPriceUSD: Double
  ) {
    self.assetWeight = assetWeight
    self.liabilityWeight = liabilityWeight
    self.assetMultiplier = assetMultiplier
    self.liabilityMultiplier = liabilityMultiplier
    self.fundFeeFraction = fundFeeFraction
    self.liabilityPriceUSD = liabilityPriceUSD
  }

  /// Shortage that moving one token of debt ends, USD: `P (wL - wA mA / mL) - P fee wL`. The venue
  /// carries the term of the asset in units of 10^-5, cut off, which this keeps.
  public var reliefPerTokenUSD: Double {
    let asset = DecimalStep.down(
      assetWeight * assetMultiplier / liabilityMultiplier, partsPerUnit: 100_000)
    return liabilityPriceUSD * (liabilityWeight - asset)
      - liabilityPriceUSD * fundFeeFraction * liabilityWeight
  }

  /// Tokens of debt to move, positive; nil where moving does not help.
  public func tokens(toEndShortageUSD shortageUSD: Double) -> Double? {
    reliefPerTokenUSD > 0 ? shortageUSD / reliefPerTokenUSD : nil
  }
}

extension LiquidationPace {
  /// Share of the shortage that may be ended by now.
  public func fraction(shortageUSD: Double, elapsedSlots: Double) -> Double {
    if shortageUSD < smallShortageUSD { return 1 }
    return min(1, elapsedSlots / durationSlots + initialFraction)
  }
}

extension LiquidationFeeRamp {
  /// The fee after some slots, a fraction.
  public func fraction(elapsedSlots: Double) -> Double {
    if elapsedSlots < graceSlots { return baseFraction }
    return min(capFraction, baseFraction + risePerSlot * elapsedSlots)
  }
}
