// VaR and expected shortfall of one delta-gamma form, and how they were found.

import RiskNumerics

/// Measures of one form, in USD.
struct FormMeasures: Sendable, Equatable {
  var method: AnalyticMethod
  var fallbackReason: String?
  /// Nil where neither the integral nor the saddlepoint gave them.
  var measures: AnalyticRow.Pair?
  var saddlepoint: AnalyticRow.Pair?
  var cornishFisherUSD: Double?

  init(_ form: AccountForm, _ confidence: ConfidenceLevels) {
    let loss = form.loss.quadratic
    let unit = form.unitUSD
    if loss.cumulants.second == 0 {
      method = .riskless
      measures = AnalyticRow.Pair(valueAtRiskUSD: 0, expectedShortfallUSD: 0)
      return
    }
    if form.degrees == nil {
      saddlepoint = Self.saddlepoint(loss, confidence, unitUSD: unit)
      if loss.isCornishFisherMonotone {
        cornishFisherUSD =
          unit * loss.cornishFisherQuantile(confidence: confidence.valueAtRisk)
      }
    }
    if loss.isLinear {
      method = .linear
      measures = Self.pair(confidence, unitUSD: unit) { confidence in
        form.student?.linearMeasures(confidence: confidence)
          ?? loss.linearMeasures(confidence: confidence)
      }
      return
    }
    do {
      method = .inversion
      measures = try Self.exact(form, confidence)
    } catch {
      fallbackReason = "\(error)"
      measures = form.degrees == nil ? Self.unjudged(loss, confidence, unitUSD: unit) : nil
      method = measures == nil ? .sampled : .saddlepoint
    }
  }

  private static func pair(
    _ confidence: ConfidenceLevels, unitUSD: Double,
    _ measures: (Double) -> (valueAtRisk: Double, expectedShortfall: Double)
  ) -> AnalyticRow.Pair {
    AnalyticRow.Pair(
      valueAtRiskUSD: unitUSD * measures(confidence.valueAtRisk).valueAtRisk,
      expectedShortfallUSD: unitUSD * measures(confidence.expectedShortfall).expectedShortfall)
  }

  /// The exact measures of a form with risk.
  static func exact(
    _ form: AccountForm, _ confidence: ConfidenceLevels
  ) throws(ContourError) -> AnalyticRow.Pair {
    let quantiles = try quantiles(form, confidence)
    return AnalyticRow.Pair(
      valueAtRiskUSD: form.unitUSD * quantiles.valueAtRisk,
      expectedShortfallUSD: form.unitUSD * quantiles.expectedShortfall)
  }

  /// VaR, expected shortfall and the quantile at the level of the latter, in units of the form.
  static func quantiles(
    _ form: AccountForm, _ confidence: ConfidenceLevels
  ) throws(ContourError) -> (
    valueAtRisk: Double, expectedShortfall: Double, shortfallQuantile: Double
  ) {
    func measures(
      _ level: Double
    ) throws(ContourError) -> (valueAtRisk: Double, expectedShortfall: Double) {
      let loss = form.loss.quadratic
      if loss.isLinear {
        return form.student?.linearMeasures(confidence: level)
          ?? loss.linearMeasures(confidence: level)
      }
      if let student = form.student { return try student.exactMeasures(confidence: level) }
      return try loss.exactMeasures(confidence: level)
    }
    let first = try measures(confidence.valueAtRisk)
    let second =
      confidence.valueAtRisk == confidence.expectedShortfall
      ? first : try measures(confidence.expectedShortfall)
    return (first.valueAtRisk, second.expectedShortfall, second.valueAtRisk)
  }

  /// The saddlepoint where both of its levels lie in its domain.
  private static func saddlepoint(
    _ loss: QuadraticLoss, _ confidence: ConfidenceLevels, unitUSD: Double
  ) -> AnalyticRow.Pair? {
    let first = loss.saddlepointMeasures(confidence: confidence.valueAtRisk)
    let second = loss.saddlepointMeasures(confidence: confidence.expectedShortfall)
    guard first.isInDomain, second.isInDomain else { return nil }
    return finite(first.valueAtRisk, second.expectedShortfall, unitUSD: unitUSD)
  }

  /// The saddlepoint wherever it is a number.
  private static func unjudged(
    _ loss: QuadraticLoss, _ confidence: ConfidenceLevels, unitUSD: Double
  ) -> AnalyticRow.Pair? {
    finite(
      loss.saddlepointMeasures(confidence: confidence.valueAtRisk).valueAtRisk,
      loss.saddlepointMeasures(confidence: confidence.expectedShortfall).expectedShortfall,
      unitUSD: unitUSD)
  }

  private static func finite(
    _ valueAtRisk: Double, _ shortfall: Double, unitUSD: Double
  ) -> AnalyticRow.Pair? {
    guard valueAtRisk.isFinite, shortfall.isFinite else { return nil }
    return AnalyticRow.Pair(
      valueAtRiskUSD: unitUSD * valueAtRisk, expectedShortfallUSD: unitUSD * shortfall)
  }
}

extension AccountForm {
  /// Probability that the form loses more than an amount, by inversion; nil where that fails.
  func tailProbability(beyondUSD amountUSD: Double) -> Double? {
    let x = amountUSD / unitUSD
    do throws(ContourError) {
      if let student { return try student.tailProbability(beyond: x) }
      return try loss.quadratic.tail(beyond: x).probability
    } catch {
      return nil
    }
  }

  /// Density of the loss at an amount, per USD, by inversion; nil where that fails.
  func density(atUSD amountUSD: Double) -> Double? {
    let x = amountUSD / unitUSD
    do throws(ContourError) {
      if let student { return try student.tail(beyond: x).density / unitUSD }
      return try loss.quadratic.tail(beyond: x).density / unitUSD
    } catch {
      return nil
    }
  }
}
