// What borrowed cash costs.

/// A rate that rises with the share of deposits that is lent, steeply beyond an optimum.
///
/// Source: derivexyz/v2-core @ 7736900d, src/assets/InterestRateModel.sol.
public struct BorrowRateTerms: Sendable, Equatable {
  /// Rate when nothing is lent, per year.
  public var baseAnnual: Double
  /// Rise of the rate per unit of utilisation below the optimum.
  public var slopeAnnual: Double
  /// Rise per unit of utilisation above it.
  public var steepSlopeAnnual: Double
  /// Optimal utilisation, in (0, 1).
  public var optimalUtilisation: Double
  /// Share of the interest that the security module keeps, in [0, 1].
  public var moduleFraction: Double

  /// Terms.
  public init(
    baseAnnual: Double, slopeAnnual: Double, steepSlopeAnnual: Double, optimalUtilisation: Double,
    moduleFraction: Double
  ) {
    self.baseAnnual = baseAnnual
    self.slopeAnnual = slopeAnnual
    self.steepSlopeAnnual = steepSlopeAnnual
    self.optimalUtilisation = optimalUtilisation
    self.moduleFraction = moduleFraction
  }
}
