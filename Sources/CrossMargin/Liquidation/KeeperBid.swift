// When somebody takes part in a liquidation: the discount must pay for impact, risk and work.

import RiskNumerics

/// What a bidder asks for.
public struct KeeperBid: Sendable, Equatable {
  /// Impact of selling on.
  public var impact: PowerLawImpact
  /// Volatility per day of what is taken, a fraction.
  public var volatilityDaily: Double
  /// Units of daily volume: notional that the market trades per day, USD.
  public var dailyVolumeUSD: Double
  /// Deviations of risk that the discount must pay for.
  public var riskMultiple: Double
  /// Time until what was taken is sold, days.
  public var exitDays: Double
  /// Cost of taking part at all, USD.
  public var fixedUSD: Double

  /// A bidder.
  public init(
    impact: PowerLawImpact, volatilityDaily: Double, dailyVolumeUSD: Double, riskMultiple: Double,
    exitDays: Double, fixedUSD: Double
  ) {
    self.impact = impact
    self.volatilityDaily = volatilityDaily
    self.dailyVolumeUSD = dailyVolumeUSD
    self.riskMultiple = riskMultiple
    self.exitDays = exitDays
    self.fixedUSD = fixedUSD
  }

  /// Least discount at which a notional is taken, a fraction: `impact + z sigma sqrt(t) + fixed
  /// / notional`.
  public func discountFractionMin(notionalUSD: Double) -> Double {
    impact.costFraction(
      orderFraction: notionalUSD / dailyVolumeUSD, volatilityDaily: volatilityDaily)
      + riskMultiple * volatilityDaily * exitDays.squareRoot() + fixedUSD / notionalUSD
  }

  /// First time at which a discount that does not shrink is enough, seconds; nil where it is not by
  /// the end.
  public func firstSeconds(
    notionalUSD: Double, endSeconds: Double, discountFraction: (Double) -> Double
  ) -> Double? {
    let asked = discountFractionMin(notionalUSD: notionalUSD)
    if discountFraction(0) >= asked { return 0 }
    guard discountFraction(endSeconds) >= asked else { return nil }
    return ScalarSearch.zero(0, endSeconds, isRising: true) { discountFraction($0) - asked }
  }
}
