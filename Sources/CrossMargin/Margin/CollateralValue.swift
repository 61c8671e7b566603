// What a balance counts for.

extension CollateralTerms {
  /// Value of a balance that counts, USD: each slice of a positive value at its rate, a debt at its
  /// factor.
  public func countedUSD(valueUSD: Double) -> Double {
    if valueUSD < 0 { return valueUSD * debtFactor }
    var counted = 0.0
    for (index, slice) in slices.enumerated() where valueUSD > slice.lowerUSD {
      let upperUSD = index + 1 < slices.count ? slices[index + 1].lowerUSD : .infinity
      counted += (min(valueUSD, upperUSD) - slice.lowerUSD) * slice.countedFraction
    }
    return counted
  }

  /// What does not count of a positive value, USD.
  public func haircutUSD(valueUSD: Double) -> Double {
    valueUSD > 0 ? valueUSD - countedUSD(valueUSD: valueUSD) : 0
  }
}
