// What a balance counts for.

extension CollateralTerms {
  /// Value of a balance that counts, USD: each slice of a positive value at its rate, a debt at its
  /// factor.
  public func countedUSD(valueUSD: Double) -> Double {
    valueUSD < 0 ? valueUSD * debtFactor : countedShares.charge(valueUSD)
  }

  /// What does not count of a positive value, USD.
  public func haircutUSD(valueUSD: Double) -> Double {
    valueUSD > 0 ? valueUSD - countedUSD(valueUSD: valueUSD) : 0
  }
}
