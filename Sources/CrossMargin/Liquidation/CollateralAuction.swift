// Falling prices of seized collateral: MakerDAO's curves.

import RiskNumerics

/// An auction of collateral that starts at a price.
///
/// Source: makerdao/dss @ 0cd974e9, src/abaci.sol and src/clip.sol.
public struct CollateralAuction: Sendable, Equatable {
  /// Price at the start, USD, positive.
  public var topUSD: Double
  /// How it falls.
  public var curve: PriceCurve

  /// An auction.
  public init(topUSD: Double, curve: PriceCurve) {
    precondition(topUSD > 0, "an auction starts at a positive price")
    self.topUSD = topUSD
    self.curve = curve
  }

  /// An auction that starts at a multiple of the oracle price.
  public init(oracleUSD: Double, startMultiple: Double, curve: PriceCurve) {
    self.init(topUSD: oracleUSD * startMultiple, curve: curve)
  }

  /// The price after some seconds, USD.
  public func priceUSD(elapsedSeconds: Double) -> Double { topUSD * factor(elapsedSeconds) }

  private func factor(_ seconds: Double) -> Double {
    switch curve {
    case .linear(let length): max(1 - seconds / length, 0)
    case .stairstep(let cut, let step):
      ScalarMath.power(cut, (seconds / step).rounded(.down))
    case .exponential(let cut): ScalarMath.power(cut, seconds)
    }
  }

  /// First time at which the price is below a fraction of the start, seconds; for the smooth curves
  /// the time at which it passes that fraction.
  public func secondsUntil(belowFraction fraction: Double) -> Double {
    precondition(fraction > 0 && fraction < 1, "a fraction lies between 0 and 1")
    let logarithm = ScalarMath.log(fraction)
    switch curve {
    case .linear(let length): return length * (1 - fraction)
    case .exponential(let cut): return logarithm / ScalarMath.log(cut)
    case .stairstep(let cut, let step):
      var count = (logarithm / ScalarMath.log(cut)).rounded(.down)
      while ScalarMath.power(cut, count) >= fraction { count += 1 }
      return count * step
    }
  }
}
