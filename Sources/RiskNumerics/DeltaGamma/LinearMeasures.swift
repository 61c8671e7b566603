// VaR and expected shortfall of losses without curvature, in closed form.

extension QuadraticLoss {
  /// Whether no component has a curvature.
  public var isLinear: Bool { quadratic.allSatisfy { $0 == 0 } }

  /// VaR and expected shortfall of a loss without curvature under normal moves: constant + z sigma,
  /// and constant + phi(z) sigma / (1 - confidence).
  public func linearMeasures(
    confidence: Double
  ) -> (valueAtRisk: Double, expectedShortfall: Double) {
    linearMeasures(NormalLoss(), confidence: confidence)
  }

  func linearMeasures(
    _ unit: some TailDistribution, confidence: Double
  ) -> (valueAtRisk: Double, expectedShortfall: Double) {
    precondition(isLinear, "the loss has a curvature")
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    let deviation = cumulants.second.squareRoot()
    let quantile = unit.quantile(confidence)
    return (constant + deviation * quantile, constant + deviation * unit.tailMean(quantile))
  }
}

extension StudentQuadraticLoss {
  /// The same under a multivariate t distribution, for more than one degree of freedom.
  public func linearMeasures(
    confidence: Double
  ) -> (valueAtRisk: Double, expectedShortfall: Double) {
    loss.linearMeasures(StudentDistribution(degrees: degrees), confidence: confidence)
  }
}
