// The forecasts of one account: after each move, the loss of the next.

import PortfolioModel
import RiskNumerics

/// What a model says about the loss of the next move, USD, positive = loss.
public struct LossForecast: Sendable, Equatable {
  /// Value at risk at its confidence level.
  public var valueAtRiskUSD: Double
  /// Value at risk at the confidence level of the expected shortfall.
  public var shortfallQuantileUSD: Double
  /// Expected shortfall at its confidence level.
  public var expectedShortfallUSD: Double

  /// All fields in order.
  public init(
    valueAtRiskUSD: Double, shortfallQuantileUSD: Double, expectedShortfallUSD: Double
  ) {
    self.valueAtRiskUSD = valueAtRiskUSD
    self.shortfallQuantileUSD = shortfallQuantileUSD
    self.expectedShortfallUSD = expectedShortfallUSD
  }
}

/// One account's way through the past.
struct LossForecasts {
  private let exposures: FixedExposures
  private let confidence: ConfidenceLevels
  private let settings: BacktestSettings
  private let lambda: Double
  private let repairFloor: Double

  /// Moves so far. [dates][factors]
  private var moves: [[Double]] = []
  private var profitsUSD: [Double] = []
  /// Moves over the deviation forecast for them. [dates][factors]
  private var standardised: [[Double]] = []
  private var standardisedByGarch: [[Double]] = []
  /// Weighted sum of products of moves, and of weights.
  private var products: Matrix
  private var weight = 0.0
  private var tail: StudentDistribution?
  private var countAtFit = 0

  /// Moves after which the tail is fitted again.
  private static let refitCount = 21

  init(
    _ exposures: FixedExposures, confidence: ConfidenceLevels, settings: BacktestSettings,
    lambda: Double, eigenvalueFloor: Double
  ) {
    self.exposures = exposures
    self.confidence = confidence
    self.settings = settings
    self.lambda = lambda
    repairFloor = eigenvalueFloor
    products = Matrix(rowCount: exposures.factors.count, columnCount: exposures.factors.count)
  }

  /// Whether the past is long enough for a forecast by every model.
  var isReady: Bool { standardisedByGarch.count >= settings.firstForecast }

  /// What the past holds of one date: moves, the deviations that had been forecast for them, and the
  /// profit of the account.
  mutating func append(
    moves date: [Double], deviations: [Double]?, garchDeviations: [Double]?, profitUSD: Double
  ) {
    moves.append(date)
    profitsUSD.append(profitUSD)
    if let deviations, let garchDeviations {
      standardised.append(zip(date, deviations).map { $0 / $1 })
      standardisedByGarch.append(zip(date, garchDeviations).map { $0 / $1 })
    }
    for column in date.indices {
      for row in date.indices {
        products[row, column] = lambda * products[row, column] + date[row] * date[column]
      }
    }
    weight = lambda * weight + 1
  }

  /// The forecasts of all models, in the order of `ForecastModel.allCases`, for a date for which
  /// these deviations are forecast.
  mutating func forecasts(
    deviations: [Double], garchDeviations: [Double]
  ) throws -> [LossForecast] {
    if tail == nil || standardised.count - countAtFit >= Self.refitCount {
      tail = .fitted(
        toStandardised: standardised.suffix(settings.windowCount).flatMap(\.self))
      countAtFit = standardised.count
    }
    let degrees = tail?.degrees ?? StudentDistribution.fittedDegrees.upperBound
    let covariance = try Covariance.repaired(
      Matrix(
        rowCount: products.rowCount, columnCount: products.columnCount,
        elements: products.elements.map { $0 / weight }), floor: repairFloor
    ).matrix
    let factor = try Covariance.factor(covariance).matrix
    let loss = try DeltaGammaLoss(
      delta: exposures.gradientUSD, gamma: exposures.curvatureUSD, factor: factor
    ).quadratic
    // A t distribution of the same covariance has a smaller scale.
    let scale = (degrees - 2) / degrees
    let student = StudentQuadraticLoss(
      loss: QuadraticLoss(
        constant: loss.constant, linear: loss.linear.map { $0 * scale.squareRoot() },
        quadratic: loss.quadratic.map { $0 * scale }), degrees: degrees)
    return try ForecastModel.allCases.map { model in
      switch model {
      case .normal: try exact { try loss.exactMeasures(confidence: $0) }
      case .student: try exact { try student.exactMeasures(confidence: $0) }
      case .historical: sample(profitsUSD.suffix(settings.windowCount).map(-))
      case .filtered: sample(filtered(standardised, deviations))
      case .filteredGarch: sample(filtered(standardisedByGarch, garchDeviations))
      }
    }
  }

  private func exact(
    _ measures: (Double) throws -> (valueAtRisk: Double, expectedShortfall: Double)
  ) throws -> LossForecast {
    let shortfall = try measures(confidence.expectedShortfall)
    return LossForecast(
      valueAtRiskUSD: try measures(confidence.valueAtRisk).valueAtRisk,
      shortfallQuantileUSD: shortfall.valueAtRisk,
      expectedShortfallUSD: shortfall.expectedShortfall)
  }

  /// Losses in standardised moves of the past at the volatility of now [Barone-Adesi, Giannopoulos
  /// and Vosper 1999].
  private func filtered(_ standardised: [[Double]], _ deviations: [Double]) -> [Double] {
    standardised.suffix(settings.windowCount).map { date in
      -exposures.profitUSD(zip(date, deviations).map { $0 * $1 })
    }
  }

  private func sample(_ losses: [Double]) -> LossForecast {
    let levels = [confidence.valueAtRisk, confidence.expectedShortfall]
    let count = RiskMeasure.tailCount(confidences: levels, scenarioCount: losses.count)
    let tail = LossTail(of: losses, keeping: count)
    func measure(_ level: Double) -> SampleMeasure {
      RiskMeasure(confidence: level).ofSample(scenarioCount: losses.count)
    }
    let shortfall = measure(confidence.expectedShortfall)
    return LossForecast(
      valueAtRiskUSD: measure(confidence.valueAtRisk).valueAtRisk(tail).value,
      shortfallQuantileUSD: shortfall.valueAtRisk(tail).value,
      expectedShortfallUSD: shortfall.expectedShortfall(tail).value)
  }
}
