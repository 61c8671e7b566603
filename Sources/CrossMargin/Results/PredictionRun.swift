// Forecasts of liquidation day after day, each from the days before it alone.

import PortfolioModel
import RiskNumerics

/// What gives probabilities.
public enum Forecaster: String, Sendable, CaseIterable {
  /// `2 Phi(-distance)` of all that is held today: normal moves of the covariance of the history,
  /// watched all the time. The baseline.
  case structural
  /// `Phi(-distance)`: the same, looked at once.
  case singleLook = "single_look"
  /// The share of drawn t moves that leave no surplus, of all that is held today.
  case simulated
  /// The t tail beyond the distance after expiries, looked at once.
  case afterExpiries = "after_expiries"
  /// The ridge logistic regression on all features, whose log odds start from those of
  /// `afterExpiries`.
  case hazard

  var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// Forecasts for the accounts of one day.
public struct ForecastDay: Sendable, Equatable {
  /// When they were made.
  public var time: UTCTime
  /// When outcomes were known.
  public var nextTime: UTCTime
  /// Names of the accounts.
  public var accounts: [String]
  /// Probability of liquidation on the next market. [forecasters][accounts]
  public var probabilities: [[Double]]
  /// What happened. [accounts]
  public var isLiquidated: [Bool]
  /// Coefficients of features of unit variance, in their order.
  public var coefficients: [Double]
  /// Ridge of the fit.
  public var ridge: Double

  /// All fields in order.
  public init(
    time: UTCTime, nextTime: UTCTime, accounts: [String], probabilities: [[Double]],
    isLiquidated: [Bool], coefficients: [Double], ridge: Double
  ) {
    precondition(
      probabilities.count == Forecaster.allCases.count
        && probabilities.allSatisfy { $0.count == accounts.count },
      "one probability per forecaster and account")
    precondition(isLiquidated.count == accounts.count, "one outcome per account")
    self.time = time
    self.nextTime = nextTime
    self.accounts = accounts
    self.probabilities = probabilities
    self.isLiquidated = isLiquidated
    self.coefficients = coefficients
    self.ridge = ridge
  }

  /// Probabilities of one forecaster. [accounts]
  public func probabilities(_ forecaster: Forecaster) -> [Double] {
    probabilities[forecaster.position]
  }

  /// The sum of probabilities by forecaster. [forecasters]
  public var expectedCounts: [Double] { probabilities.map { OrderedSum.total(of: $0) } }
}

/// A discrete-time hazard of liquidation, `logit P(liquidated by the next market) = logit t + a +
/// b'f` with t the tail beyond the distance after expiries, fitted anew each day.
///
/// The fit of a day sees the days whose outcome is known when its features are: no outcome of the
/// training days reaches into the span that is forecast, which is the purging that horizons of one
/// day need. Features are scaled to mean 0 and variance 1 over the training days. Of each day a run
/// keeps the features and outcomes of its accounts, once.
public struct PredictionRun: Sendable {
  private let settings: PredictionSettings
  private var days: [TrainingDay] = []

  /// A day for the fits of later ones.
  private struct TrainingDay: Sendable {
    var time: UTCTime
    var nextTime: UTCTime
    var block: RegressionBlock
    var eventCount: Int
    /// Sum of the log scores of each ridge; nil where nothing was forecast. [ridges]
    var logScores: [Double]?
  }

  /// A run.
  public init(_ settings: PredictionSettings) {
    precondition(settings.firstDayCount >= 1 && settings.firstEventCount >= 1, "a fit needs events")
    precondition(settings.ridges.contains { $0 > 0 }, "a fit needs a ridge")
    self.settings = settings
  }

  /// Forecasts a day, which is later than those before it, and keeps it for the fits of later ones;
  /// nil where too few days and liquidations are known by then.
  public mutating func forecast(_ day: PredictionDay, threadCount: Int) throws -> ForecastDay? {
    precondition(days.allSatisfy { $0.time < day.time }, "days ascend")
    var training = TrainingDay(
      time: day.time, nextTime: day.nextTime, block: Self.block(day),
      eventCount: day.observations.count { $0.isLiquidated })
    defer { days.append(training) }
    let known = days.filter { $0.nextTime <= day.time }
    guard known.count >= settings.firstDayCount,
      known.reduce(0, { $0 + $1.eventCount }) >= settings.firstEventCount
    else { return nil }
    let fits = try fits(known.map(\.block), threadCount: threadCount)
    let ofFits = fits.map { fit in
      day.observations.map {
        bounded(fit.probability($0.features, offset: Self.logOdds($0.tail)))
      }
    }
    if !day.observations.isEmpty {
      training.logScores = ofFits.map {
        ProbabilityScores.logarithmic(probabilities: $0, events: training.block.events)
          * Double($0.count)
      }
    }
    let scores = known.compactMap(\.logScores)
    let chosen = best(
      settings.ridges.indices.map { ridge in OrderedSum.total(of: scores.map { $0[ridge] }) })
    return forecast(day, hazard: ofFits[chosen], fits[chosen], ridge: settings.ridges[chosen])
  }

  /// One fit for each ridge.
  private func fits(
    _ blocks: [RegressionBlock], threadCount: Int
  ) throws -> [LogisticRegression] {
    let scale = FeatureScale(blocks)
    var fits: [LogisticRegression] = []
    try Parallel.ordered(
      count: settings.ridges.count, threadCount: threadCount,
      windowCount: settings.ridges.count,
      produce: { try LogisticRegression(blocks, scale: scale, ridge: settings.ridges[$0]) },
      consume: { fits.append($1) })
    return fits
  }

  private static func block(_ day: PredictionDay) -> RegressionBlock {
    RegressionBlock(
      features: Matrix(
        rowCount: day.observations.count, columnCount: PredictionFeature.allCases.count,
        elements: PredictionFeature.allCases.flatMap { feature in
          day.observations.map { $0[feature] }
        }),
      events: day.observations.map(\.isLiquidated),
      offsets: day.observations.map { logOdds($0.tail) })
  }

  private static func logOdds(_ probability: Double) -> Double {
    // A start that is certain could not be moved by any feature.
    let kept = min(max(probability, 1e-12), 1 - 1e-12)
    return ScalarMath.log(kept / (1 - kept))
  }

  /// The ridge of the best log score so far; of equal ones the greatest.
  private func best(_ logScores: [Double]) -> Int {
    logScores.indices.min {
      (logScores[$0], -settings.ridges[$0]) < (logScores[$1], -settings.ridges[$1])
    } ?? 0
  }

  private func bounded(_ probability: Double) -> Double {
    min(max(probability, settings.probabilityFloor), 1 - settings.probabilityFloor)
  }

  private func forecast(
    _ day: PredictionDay, hazard: [Double], _ fit: LogisticRegression, ridge: Double
  ) -> ForecastDay {
    let tails = day.observations.map { NormalDistribution.cdf(-$0.distanceToday) }
    let probabilities = Forecaster.allCases.map { forecaster -> [Double] in
      switch forecaster {
      case .structural: tails.map { bounded(2 * $0) }
      case .singleLook: tails.map(bounded)
      case .simulated: day.observations.map { bounded($0.simulated) }
      case .afterExpiries: day.observations.map { bounded($0.tail) }
      case .hazard: hazard
      }
    }
    return ForecastDay(
      time: day.time, nextTime: day.nextTime, accounts: day.observations.map(\.account),
      probabilities: probabilities, isLiquidated: day.observations.map(\.isLiquidated),
      coefficients: Array(fit.coefficients.dropFirst()), ridge: ridge)
  }
}
