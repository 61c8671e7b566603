// VaR and ES of linear positions in normal factors, and what each position has to do with them.

/// VaR = z sigma and ES = phi(z) / (1 - confidence) sigma for a loss of mean zero, with sigma^2 =
/// w'Sigma w and z the normal quantile.
public struct LinearRisk: Sendable, Equatable {
  /// w [positions].
  public let exposures: [Double]
  /// Sigma w [positions].
  private let covarianceWithPortfolio: [Double]
  /// Diagonal of Sigma.
  private let variances: [Double]
  /// sigma, in the unit of exposures times moves.
  public let deviation: Double
  /// VaR per unit of sigma.
  private let valueAtRiskFactor: Double
  /// ES per unit of sigma.
  private let shortfallFactor: Double

  /// Shapes: exposures [positions], covariance [positions x positions], positive semidefinite.
  public init(exposures: [Double], covariance: Matrix, confidence: Double) {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    self.exposures = exposures
    covarianceWithPortfolio = LinearAlgebra.product(covariance, vector: exposures)
    variances = covariance.diagonal
    let variance = OrderedSum.total(
      of: zip(exposures, covarianceWithPortfolio).map { $0 * $1 })
    deviation = max(variance, 0).squareRoot()
    valueAtRiskFactor = NormalDistribution.quantile(confidence)
    shortfallFactor = NormalDistribution.density(valueAtRiskFactor) / (1 - confidence)
  }

  /// VaR of the portfolio.
  public var valueAtRisk: Double { valueAtRiskFactor * deviation }

  /// ES of the portfolio.
  public var expectedShortfall: Double { shortfallFactor * deviation }

  /// Change of VaR per unit of each exposure: z (Sigma w)_i / sigma. Zero for a portfolio without
  /// risk.
  public var marginalValueAtRisk: [Double] { marginal(valueAtRiskFactor) }

  /// Change of ES per unit of each exposure.
  public var marginalExpectedShortfall: [Double] { marginal(shortfallFactor) }

  /// w_i times the marginal VaR: adds up to VaR [Tasche 1999].
  public var componentValueAtRisk: [Double] { component(marginalValueAtRisk) }

  /// w_i times the marginal ES: adds up to ES.
  public var componentExpectedShortfall: [Double] { component(marginalExpectedShortfall) }

  /// VaR less the VaR without position i. These do not add up.
  public var incrementalValueAtRisk: [Double] { incremental(valueAtRiskFactor) }

  /// ES less the ES without position i.
  public var incrementalExpectedShortfall: [Double] { incremental(shortfallFactor) }

  private func marginal(_ factor: Double) -> [Double] {
    covarianceWithPortfolio.map { deviation > 0 ? factor * $0 / deviation : 0 }
  }

  private func component(_ marginal: [Double]) -> [Double] {
    zip(exposures, marginal).map { $0 * $1 }
  }

  private func incremental(_ factor: Double) -> [Double] {
    exposures.indices.map { index in
      let own = exposures[index]
      let rest =
        deviation * deviation - 2 * own * covarianceWithPortfolio[index]
        + own * own * variances[index]
      return factor * (deviation - max(rest, 0).squareRoot())
    }
  }
}
