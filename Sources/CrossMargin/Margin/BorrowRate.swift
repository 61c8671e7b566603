// Interest on borrowed cash, and what depositors earn of it.

extension BorrowRateTerms {
  /// Rate that borrowers pay at a utilisation in [0, 1], per year.
  public func borrowAnnual(utilisation: Double) -> Double {
    precondition(utilisation >= 0 && utilisation <= 1, "a utilisation is a share")
    return baseAnnual + slopeAnnual * min(utilisation, optimalUtilisation)
      + steepSlopeAnnual * max(utilisation - optimalUtilisation, 0)
  }

  /// Rate that depositors earn, per year: what borrowers pay on the share that is lent, less what
  /// the security module keeps.
  public func depositAnnual(utilisation: Double) -> Double {
    borrowAnnual(utilisation: utilisation) * utilisation * (1 - moduleFraction)
  }
}
