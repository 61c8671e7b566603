// A requirement that follows the market without jumping: floors, bounded steps, ramps.

/// Terms of a requirement that is set anew each period, fractions of the value.
public struct AdaptiveRequirement: Sendable, Equatable {
  /// Least requirement, whatever the market.
  public var fractionMin: Double
  /// Deviations that the requirement covers.
  public var deviationMultiple: Double
  /// Time to close a position, in periods of the volatility.
  public var closePeriods: Double
  /// Largest rise from one period to the next, a factor above 1.
  public var riseFactorMax: Double
  /// Largest fall, a factor above 1.
  public var fallFactorMax: Double

  /// Terms.
  public init(
    fractionMin: Double, deviationMultiple: Double, closePeriods: Double, riseFactorMax: Double,
    fallFactorMax: Double
  ) {
    precondition(riseFactorMax >= 1 && fallFactorMax >= 1, "bounds of a step are factors above 1")
    self.fractionMin = fractionMin
    self.deviationMultiple = deviationMultiple
    self.closePeriods = closePeriods
    self.riseFactorMax = riseFactorMax
    self.fallFactorMax = fallFactorMax
  }

  /// What the market of a period calls for: `max(floor, k sigma sqrt(tau) + impact + spread / 2)`.
  public func target(
    volatility: Double, impactFraction: Double, spreadFraction: Double
  ) -> Double {
    let risk = deviationMultiple * volatility * closePeriods.squareRoot()
    return max(fractionMin, risk + impactFraction + spreadFraction / 2)
  }

  /// The next requirement: the target within the bounds of a step from the last one.
  public func next(after last: Double, target: Double) -> Double {
    min(max(target, last / fallFactorMax), last * riseFactorMax)
  }
}

/// A change of a threshold that open positions meet gradually and new risk at once.
///
/// Source: Euler Vault Kit whitepaper, loan-to-value ramping.
public struct ThresholdRamp: Sendable, Equatable {
  /// Before the change.
  public var from: Double
  /// After it.
  public var to: Double
  /// Length of the change, seconds, positive.
  public var lengthSeconds: Double

  /// A ramp.
  public init(from: Double, to: Double, lengthSeconds: Double) {
    precondition(lengthSeconds > 0, "a ramp takes time")
    self.from = from
    self.to = to
    self.lengthSeconds = lengthSeconds
  }

  /// The threshold some seconds after the change was announced.
  public func value(elapsedSeconds: Double, isNewRisk: Bool) -> Double {
    if isNewRisk { return to }
    return from + (to - from) * min(max(elapsedSeconds / lengthSeconds, 0), 1)
  }
}

/// A requirement on top for positions that are large against their market.
public enum ConcentrationCharge {
  /// `max(0, |notional| - share x daily volume) x marginal impact`, USD.
  public static func chargeUSD(
    notionalUSD: Double, dailyVolumeUSD: Double, freeVolumeFraction: Double,
    marginalImpactFraction: Double
  ) -> Double {
    max(abs(notionalUSD) - freeVolumeFraction * dailyVolumeUSD, 0) * marginalImpactFraction
  }
}
