// How prices of auctions fall with time.

extension TwoPhaseSchedule {
  /// The factor after some seconds, at least 0.
  public func factor(elapsedSeconds: Double) -> Double {
    if elapsedSeconds < fastSeconds {
      return startFactor - (startFactor - cutoffFactor) * max(elapsedSeconds, 0) / fastSeconds
    }
    let slow = (elapsedSeconds - fastSeconds) / slowSeconds
    return max(cutoffFactor * (1 - slow), 0)
  }

  /// Whether the factor has reached 0: the auction is then to be restarted as insolvent.
  public func isOver(elapsedSeconds: Double) -> Bool {
    elapsedSeconds >= fastSeconds + slowSeconds
  }
}
