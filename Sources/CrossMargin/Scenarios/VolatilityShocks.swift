// What a volatility becomes in a scenario: parallel moves spread over expiries, and skews.

import RiskNumerics

extension VolatilityTermStructure {
  /// Multiplier of a 30-day move at an expiry.
  func spread(expiryDays: Double) -> Double {
    let power = expiryDays < 30 ? shortPower : longPower
    return ScalarMath.power(30 / max(expiryDays, floorDays), power)
  }

  /// Shocked over base volatility at an expiry for a relative move at 30 days; not below 0.
  func volatilityRatio(move: Double, expiryDays: Double) -> Double {
    max(1 + move * spread(expiryDays: expiryDays), 0)
  }
}

extension VolatilityShock {
  /// Shocked volatility, annual, at an expiry for a relative move at 30 days.
  public func volatilityAnnual(_ base: Double, move: Double, expiryDays: Double) -> Double {
    let shocked = base * term.volatilityRatio(move: move, expiryDays: expiryDays)
    return move > 0 ? max(shocked, raisedVolatilityAnnualMin) : shocked
  }
}

extension SkewTerms {
  /// Shocked over base volatility of a strike; not below 0.
  public func volatilityRatio(
    _ kind: SkewKind, strike: Double, forward: Double, expiryYears: Double
  ) -> Double {
    let rootYears = expiryYears.squareRoot()
    let chosen = kind == .linear ? linear : absolute
    let cap = chosen.base + chosen.perRootYear * rootYears
    let width = max(
      widthMin, rootYears * widthScale * (volatilityStatic + volatilityPerRootYear * rootYears))
    let logMoneyness = ScalarMath.log(strike / forward)
    let moneyness = kind == .linear ? logMoneyness : abs(logMoneyness)
    let change = moneyness * cap / width
    // A cap below 0 turns the skew around; the bounds are those of the contract, in its order.
    return max(1 + (moneyness >= 0 ? min(cap, change) : max(-cap, change)), 0)
  }
}
