// Weights and rates at a size, a sum of deposits, an open interest.

import RiskNumerics

extension SizeScaledWeight {
  /// Fraction of an asset's value that counts: `min(w, 1.1 / (1 + imf sqrt(size)))`.
  public func assetFraction(tokens: Double) -> Double {
    if premiumPerRootToken == 0 { return baseFraction }
    return min(baseFraction, 1.1 / (1 + premiumPerRootToken * root(tokens)))
  }

  /// Requirement per value of a debt or position: `max(w, 0.8 w + imf sqrt(size))`.
  public func liabilityFraction(tokens: Double) -> Double {
    if premiumPerRootToken == 0 { return baseFraction }
    return max(baseFraction, 0.8 * baseFraction + premiumPerRootToken * root(tokens))
  }

  private func root(_ tokens: Double) -> Double { abs(tokens).squareRoot() }
}

extension DepositScaledWeight {
  /// The weight while the venue holds `totalDepositsUSD`.
  public func fraction(totalDepositsUSD: Double) -> Double {
    guard startUSD > 0, totalDepositsUSD > startUSD else { return baseFraction }
    return DecimalStep.down(baseFraction * startUSD / totalDepositsUSD, partsPerUnit: 10_000)
  }
}

extension OpenInterestScaling {
  /// The initial rate, a fraction in parts per million.
  public func initialFraction(openInterestUSD: Double) -> Double {
    initialParts(openInterestUSD: openInterestUSD) / Self.partsPerUnit
  }

  /// The same in millionths, whole.
  func initialParts(openInterestUSD: Double) -> Double {
    let base = (baseFraction * Self.partsPerUnit).rounded()
    guard upperUSD > lowerUSD, openInterestUSD > lowerUSD else { return base }
    if openInterestUSD >= upperUSD { return Self.partsPerUnit }
    let rise = (Self.partsPerUnit - base) * (openInterestUSD - lowerUSD) / (upperUSD - lowerUSD)
    return DecimalStep.down(base + rise, partsPerUnit: 1)
  }

  static let partsPerUnit = 1_000_000.0
}
