// Charges beside the worst scenario: forwards that move alone, oracles that are unsure, a peg, and
// the discount of what an expiry is worth.

import RiskNumerics

extension BasisContingencyTerms {
  /// Profit, at most 0, of one expiry: the worse of both moves, if it is a loss, times its share.
  public func profit(base: Double, up: Double, down: Double, expiryYears: Double) -> Double {
    min(0, up - base, down - base) * (shareAtExpiry + shareAnnual * expiryYears)
  }
}

extension ConfidenceTerms {
  /// The charge on a value, in its unit: `(1 - confidence) fraction value` below the threshold.
  public func charge(confidence: Double, value: Double) -> Double {
    confidence < threshold ? (1 - confidence) * fraction * value : 0
  }
}

extension PegLossTerms {
  /// Rise of the multiplier of losses at a price of the stablecoin.
  public func addedFactor(stablePriceUSD: Double) -> Double {
    max(thresholdUSD - stablePriceUSD, 0) * factorPerUSD
  }
}

extension StaticDiscountTerms {
  /// Multiplier of a value that counts as an asset, which time and rate make smaller.
  public func assetFactor(rateContinuous: Double, expiryYears: Double) -> Double {
    base * ScalarMath.exp(-expiryYears * (rateContinuous * rateMultiplier + rateAddedAnnual))
  }

  /// Multiplier of a value that counts as a debt, which time and rate make larger.
  public func debtFactor(rateContinuous: Double, expiryYears: Double) -> Double {
    base * ScalarMath.exp(expiryYears * (rateContinuous * rateMultiplier + rateAddedAnnual))
  }
}
