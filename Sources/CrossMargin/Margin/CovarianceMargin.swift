// Margin of linear exposures by their covariance: Reya.

import RiskNumerics

/// A margin from the covariance of exposures, `sqrt(E' A E)`, times a factor per level.
///
/// Source: Reya documentation, the liquidation margin requirement.
public struct CovarianceMargin: Sendable, Equatable {
  /// A [exposures x exposures], symmetric, positive semidefinite; square of a relative move.
  public let riskMatrix: Matrix
  /// Multiple of the liquidation requirement for maintenance.
  public let maintenanceFactor: Double
  /// Multiple of the liquidation requirement for initial margin.
  public let initialFactor: Double

  /// A rule.
  public init(riskMatrix: Matrix, maintenanceFactor: Double, initialFactor: Double) {
    precondition(riskMatrix.rowCount == riskMatrix.columnCount, "a risk matrix is square")
    self.riskMatrix = riskMatrix
    self.maintenanceFactor = maintenanceFactor
    self.initialFactor = initialFactor
  }

  /// The liquidation requirement, USD; exposures are signed values, USD [exposures].
  public func liquidationUSD(exposuresUSD: [Double]) -> Double {
    let moved = LinearAlgebra.product(riskMatrix, vector: exposuresUSD)
    let square = OrderedSum.total(of: zip(exposuresUSD, moved).map { $0 * $1 })
    return max(square, 0).squareRoot()
  }

  /// Both levels, USD.
  public func requirementUSD(exposuresUSD: [Double]) -> LevelPair {
    let base = liquidationUSD(exposuresUSD: exposuresUSD)
    return LevelPair(initial: base * initialFactor, maintenance: base * maintenanceFactor)
  }
}
