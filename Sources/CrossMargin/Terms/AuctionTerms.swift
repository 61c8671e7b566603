// The terms of Derive's auctions of accounts below maintenance.

/// Terms of both phases.
///
/// Source: derivexyz/v2-core @ 7736900d, src/liquidation/DutchAuction.sol.
public struct AuctionTerms: Sendable, Equatable {
  /// Price schedule of a solvent auction.
  public var schedule: TwoPhaseSchedule
  /// Seconds over which the payment to bidders of an insolvent auction grows, positive.
  public var insolventLengthSeconds: Double
  /// Fee to the security module at the start, a fraction of what may be sold.
  public var liquidationFeeFraction: Double
  /// b: how far beyond maintenance an auction goes, a fraction of `mark-to-market - maintenance`.
  public var bufferFraction: Double
  /// Mark-to-market below which all may be sold at once, USD; 0 = never.
  public var fullSaleBelowUSD: Double

  /// Terms.
  public init(
    schedule: TwoPhaseSchedule, insolventLengthSeconds: Double, liquidationFeeFraction: Double,
    bufferFraction: Double, fullSaleBelowUSD: Double
  ) {
    self.schedule = schedule
    self.insolventLengthSeconds = insolventLengthSeconds
    self.liquidationFeeFraction = liquidationFeeFraction
    self.bufferFraction = bufferFraction
    self.fullSaleBelowUSD = fullSaleBelowUSD
  }
}

/// A price of collateral that falls with time.
///
/// Source: makerdao/dss @ 0cd974e9, src/abaci.sol.
public enum PriceCurve: Sendable, Equatable {
  /// `top (1 - t / length)`, 0 afterwards.
  case linear(lengthSeconds: Double)
  /// `top x cut^floor(t / step)`.
  case stairstep(cutFactor: Double, stepSeconds: Double)
  /// `top x cut^t`, cut per second.
  case exponential(cutFactorPerSecond: Double)
}

/// When an auction must be started anew.
public struct AuctionReset: Sendable, Equatable {
  /// Seconds after the start.
  public var tailSeconds: Double
  /// Price as a fraction of the start, below which it is reset.
  public var cuspFraction: Double

  /// Terms.
  public init(tailSeconds: Double, cuspFraction: Double) {
    self.tailSeconds = tailSeconds
    self.cuspFraction = cuspFraction
  }
}

/// A price factor that falls linearly from a start to a cutoff, then linearly to 0.
public struct TwoPhaseSchedule: Sendable, Equatable {
  /// Factor at the start.
  public var startFactor: Double
  /// Factor at the end of the fast phase.
  public var cutoffFactor: Double
  /// Length of the fast phase, seconds, positive.
  public var fastSeconds: Double
  /// Length of the slow phase, seconds, positive.
  public var slowSeconds: Double

  /// A schedule.
  public init(
    startFactor: Double, cutoffFactor: Double, fastSeconds: Double, slowSeconds: Double
  ) {
    self.startFactor = startFactor
    self.cutoffFactor = cutoffFactor
    self.fastSeconds = fastSeconds
    self.slowSeconds = slowSeconds
  }
}
