// What holdings, underlyings and factors contribute to VaR and expected shortfall of a form.

import PortfolioModel
import RiskNumerics

/// Expected values of all terms of a form where its loss equals VaR, and where it exceeds the
/// quantile of expected shortfall: a part of the portfolio contributes the loss that its own terms
/// have there [Tasche 1999].
struct FormContributions: Sendable {
  private let form: AccountForm
  private let valueAtRisk: FactorMoments
  private let shortfall: FactorMoments
  /// Moments by term of the form. [terms]
  private let termsAtValueAtRisk: [Double]
  private let termsAtShortfall: [Double]

  /// The contributions of a form with risk, whose terms are those of `terms`.
  init(
    _ form: AccountForm, _ confidence: ConfidenceLevels, terms: DeltaGammaForm
  ) throws(ContourError) {
    self.form = form
    let quantiles = try FormMeasures.quantiles(form, confidence)
    let scaled = form.scaledLoss
    let moments:
      (Double) throws(ContourError) -> (
        onBorder: ComponentMoments, beyond: ComponentMoments
      ) = { (x: Double) throws(ContourError) in
        if let student = form.student { return try student.moments(at: x) }
        return try scaled.quadratic.moments(at: x)
      }
    valueAtRisk = FactorMoments(
      basis: scaled.basis, components: try moments(quantiles.valueAtRisk).onBorder)
    shortfall = FactorMoments(
      basis: scaled.basis, components: try moments(quantiles.shortfallQuantile).beyond)
    termsAtValueAtRisk = terms.moments(valueAtRisk, of: form.exposures.factors)
    termsAtShortfall = terms.moments(shortfall, of: form.exposures.factors)
  }

  /// What one unit of a column contributes, USD: the change of the measures for one more unit.
  func unit(_ column: Int, _ terms: DeltaGammaForm) -> AnalyticRow.Pair {
    AnalyticRow.Pair(
      valueAtRiskUSD: -terms.sum(ofColumn: column, times: termsAtValueAtRisk),
      expectedShortfallUSD: -terms.sum(ofColumn: column, times: termsAtShortfall))
  }

  /// What each factor of the account contributes, USD, by its position among the factors of the
  /// form.
  func byFactor() -> [(factor: Int, contribution: AnalyticRow.Pair)] {
    form.exposures.factors.enumerated().map { place, factor in
      (
        factor,
        AnalyticRow.Pair(
          valueAtRiskUSD: loss(of: place, under: valueAtRisk),
          expectedShortfallUSD: loss(of: place, under: shortfall))
      )
    }
  }

  /// -(delta_j E[x_j] + sum_k gamma_jk E[x_j x_k] / 2).
  private func loss(of place: Int, under moments: FactorMoments) -> Double {
    let exposures = form.exposures
    var sum = OrderedSum()
    sum.add(exposures.gradientUSD[place] * moments.mean[place])
    for other in exposures.factors.indices {
      sum.add(exposures.curvatureUSD[place, other] * moments.secondMoment[place, other] / 2)
    }
    return -sum.total
  }
}

extension DeltaGammaForm {
  /// Moments of some factors as values of the terms, zero for terms of others. [terms]
  func moments(_ moments: FactorMoments, of factors: [Int]) -> [Double] {
    var place = [Int?](repeating: nil, count: factorCount)
    for (position, factor) in factors.enumerated() { place[factor] = position }
    var values = [Double](repeating: 0, count: termCount)
    for (position, factor) in factors.enumerated() { values[factor] = moments.mean[position] }
    for (position, pair) in pairs.enumerated() {
      guard let low = place[pair.low], let high = place[pair.high] else { continue }
      values[factorCount + position] = moments.secondMoment[low, high]
    }
    return values
  }
}
