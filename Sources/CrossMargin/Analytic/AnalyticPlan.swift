// What the analytic measures of all accounts share: the delta-gamma form, the covariance of its
// factors, and draws in which full revaluation judges the form.

import PortfolioModel
import RiskNumerics

/// The analytic section of a run against one market.
struct AnalyticPlan: Sendable {
  let settings: AnalyticSettings
  let confidence: ConfidenceLevels
  /// Joint distribution of daily moves; its factors are those of the form.
  let model: FactorModel
  /// Draws of the same distribution and horizon, valued.
  let draws: ValuedScenarios
  /// The form of all columns of `U`.
  let form: DeltaGammaForm
  /// Degrees of freedom; nil = normal moves.
  let degrees: Double?
  let market: PricedMarket
  let base: UnitValue
  let term: VolatilityTermStructure?

  init(
    _ settings: AnalyticSettings, confidence: ConfidenceLevels, model: FactorModel,
    draws: ValuedScenarios, market: PricedMarket, base: UnitValue, term: VolatilityTermStructure?
  ) throws(RunError) {
    guard let form = draws.deltaGamma, draws.set.columns.map(\.name) == model.factors else {
      preconditionFailure("draws of a model are moves of its factors")
    }
    self.settings = settings
    self.confidence = confidence
    self.model = model
    self.draws = draws
    self.form = form
    switch settings.distribution {
    case .normal: degrees = nil
    case .student(let tail): degrees = try model.degrees(tail, set: AnalyticSettings.name)
    }
    self.market = market
    self.base = base
    self.term = term
  }

  var columns: UnitColumns { base.columns }

  /// Notes on the covariance that the measures rest on.
  var warnings: [RunWarning] { draws.set.warnings }
}

/// Factors A of the covariances of subsets of factors, each found once.
///
/// A depends on its subset alone, so that no account's numbers depend on another account.
struct SharedFactors {
  private let plan: AnalyticPlan
  private var known: [[Int]: Matrix] = [:]

  init(_ plan: AnalyticPlan) { self.plan = plan }

  /// A with A A' = covariance of moves over the horizon. [factors x factors]
  mutating func factor(of some: [Int]) throws(RunError) -> Matrix {
    if let factor = known[some] { return factor }
    let daily = try plan.model.dailyFactor(of: some)
    let scale = plan.settings.horizonDays.squareRoot()
    let factor = Matrix(
      rowCount: daily.rowCount, columnCount: daily.columnCount,
      elements: daily.elements.map { $0 * scale })
    known[some] = factor
    return factor
  }
}

/// The delta-gamma form of one account in independent normals.
struct AccountForm: Sendable {
  let exposures: FixedExposures
  /// The loss under normal moves with the covariance of the model, in units of `unitUSD`.
  let loss: DeltaGammaLoss
  /// A power of two near the size of the loss: amounts over it are exact, and powers of them do not
  /// overflow.
  let unitUSD: Double
  /// Degrees of freedom; nil = normal moves.
  let degrees: Double?
  /// Independent directions in which the factors move.
  let rank: Int

  /// The form of an account with exposures; nil where these do not fit into finite numbers.
  init?(_ exposures: FixedExposures, factor: Matrix, degrees: Double?) throws(RunError) {
    var size = 0.0
    let deviations = exposures.factors.indices.map { row in
      OrderedSum.total(
        of: (0..<factor.columnCount).map { factor[row, $0] * factor[row, $0] }
      ).squareRoot()
    }
    for row in deviations.indices {
      size = max(size, abs(exposures.gradientUSD[row]) * deviations[row])
      for column in deviations.indices {
        let curvature = abs(exposures.curvatureUSD[row, column])
        size = max(size, curvature * deviations[row] * deviations[column])
      }
    }
    guard size.isFinite, exposures.gradientUSD.allSatisfy(\.isFinite),
      exposures.curvatureUSD.isFinite
    else { return nil }
    unitUSD =
      size >= Double.leastNormalMagnitude
      ? Double(sign: .plus, exponent: size.exponent, significand: 1) : 1
    let unit = unitUSD
    do {
      loss = try DeltaGammaLoss(
        delta: exposures.gradientUSD.map { $0 / unit },
        gamma: Matrix(
          rowCount: exposures.curvatureUSD.rowCount,
          columnCount: exposures.curvatureUSD.columnCount,
          elements: exposures.curvatureUSD.elements.map { $0 / unit }),
        factor: factor)
    } catch {
      throw .covarianceNotUsable(reason: "the curvature of an account: \(error)")
    }
    self.exposures = exposures
    self.degrees = degrees
    rank = (0..<factor.columnCount).count { column in
      (0..<factor.rowCount).contains { factor[$0, column] != 0 }
    }
  }

  /// The loss whose moves have the scale of the t distribution; as it is under normal moves.
  var scaledLoss: DeltaGammaLoss {
    guard let degrees else { return loss }
    return loss.scaled(moves: ((degrees - 2) / degrees).squareRoot())
  }

  /// The loss under the t distribution; nil under normal moves.
  var student: StudentQuadraticLoss? {
    degrees.map { StudentQuadraticLoss(loss: scaledLoss.quadratic, degrees: $0) }
  }
}
