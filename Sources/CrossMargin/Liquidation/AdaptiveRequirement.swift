// A requirement that follows the market without jumping: floors, bounded steps, ramps.

extension AdaptiveRequirement {
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

extension ThresholdRamp {
  /// The threshold some seconds after the change was announced.
  public func value(elapsedSeconds: Double, isNewRisk: Bool) -> Double {
    if isNewRisk { return to }
    return from + (to - from) * min(max(elapsedSeconds / lengthSeconds, 0), 1)
  }
}
