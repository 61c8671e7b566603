// A call that dies when the price falls to a barrier, watched without pause or at intervals.

/// Down-and-out call on a spot without yield.
///
/// Sources: Merton 1973; Haug 2007, section 4.17; Broadie, Glasserman, Kou 1997 for intervals.
public struct DownAndOutCall: Sendable, Equatable {
  /// Spot price, above the barrier to be alive.
  public var spot: Double
  /// Strike.
  public var strike: Double
  /// Barrier, positive.
  public var barrier: Double
  /// Continuous rate per year.
  public var rateContinuous: Double
  /// Volatility per 1.00 and year, positive.
  public var volatilityAnnual: Double
  /// Time to expiry, years, positive.
  public var expiryYears: Double

  /// A call.
  public init(
    spot: Double, strike: Double, barrier: Double, rateContinuous: Double,
    volatilityAnnual: Double, expiryYears: Double
  ) {
    precondition(barrier > 0 && volatilityAnnual > 0 && expiryYears > 0, "a barrier and time")
    self.spot = spot
    self.strike = strike
    self.barrier = barrier
    self.rateContinuous = rateContinuous
    self.volatilityAnnual = volatilityAnnual
    self.expiryYears = expiryYears
  }

  /// Value under continuous watching; 0 at or below the barrier.
  public var value: Double { value(barrier: barrier) }

  /// Value when the price is compared with the barrier every `interval` years: the barrier moves
  /// away by `e^(-0.5826 sigma sqrt(interval))`. Wrong where spot and barrier are nearer than that.
  public func value(seenEveryYears interval: Double) -> Double {
    let shift = FirstPassage.monitoringShift * volatilityAnnual * interval.squareRoot()
    return value(barrier: barrier * ScalarMath.exp(-shift))
  }

  private func value(barrier: Double) -> Double {
    if spot <= barrier { return 0 }
    let variance = volatilityAnnual * volatilityAnnual
    let power = 2 * rateContinuous / variance - 1
    let ratio = ScalarMath.power(barrier / spot, power)
    // The calls above the barrier, less their mirror image in it.
    let start = max(strike, barrier)
    return callFrom(start, spot: spot) - ratio * callFrom(start, spot: barrier * barrier / spot)
  }

  /// Value of `S - K` paid where S ends above `start`, from a spot.
  private func callFrom(_ start: Double, spot: Double) -> Double {
    let deviation = volatilityAnnual * expiryYears.squareRoot()
    let discount = ScalarMath.exp(-rateContinuous * expiryYears)
    let first = ScalarMath.log(spot / discount / start) / deviation + deviation / 2
    return spot * NormalDistribution.cdf(first) - strike * discount
      * NormalDistribution.cdf(first - deviation)
  }
}
