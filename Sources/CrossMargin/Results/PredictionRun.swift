// Forecasts of liquidation day after day, each from the days before it alone.

import PortfolioModel
import RiskNumerics

/// What gives probabilities.
public enum Forecaster: String, Sendable, CaseIterable {
  /// `2 Phi(-distance)`: normal moves of the covariance of the history, watched all the time. The
  /// baseline.
  case structural
  /// `Phi(-distance)`: the same, looked at once.
  case singleLook = "single_look"
  /// The share of drawn t moves that leave no surplus.
  case simulated
  /// The ridge logistic regression on all features.
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

  /// Probabilities of one forecaster. [accounts]
  public func probabilities(_ forecaster: Forecaster) -> [Double] {
    probabilities[forecaster.position]
  }

  /// The sum of probabilities by forecaster. [forecasters]
  public var expectedCounts: [Double] { probabilities.map { OrderedSum.total(of: $0) } }
}

/// A discrete-time hazard of liquidation, `logit P(liquidated by the next market) = a + b'f`, fitted
/// anew each day.
///
/// The fit of a day sees the days whose outcome is known when its features are: no outcome of the
/// training days reaches into the span that is forecast, which is the purging that horizons of one
/// day need. Features are scaled to mean 0 and variance 1 over the training days.
public struct PredictionRun: Sendable {
  private let settings: PredictionSettings

  /// A run.
  public init(_ settings: PredictionSettings) {
    precondition(settings.firstDayCount >= 1 && settings.firstEventCount >= 1, "a fit needs events")
    self.settings = settings
  }

  /// Forecasts of all days that have enough days and liquidations before them; `progress` is told
  /// of days done.
  ///
  /// Days are ascending by time.
  public func forecasts(
    _ days: [PredictionDay], progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(LinearAlgebraError) -> [ForecastDay] {
    precondition(
      zip(days, days.dropFirst()).allSatisfy { $0.time < $1.time }, "days ascend")
    var forecasts: [ForecastDay] = []
    for (place, day) in days.enumerated() {
      let known = days[..<place].filter { $0.nextTime <= day.time }
      let eventCount = known.reduce(0) { $0 + $1.observations.count { $0.isLiquidated } }
      if known.count >= settings.firstDayCount, eventCount >= settings.firstEventCount {
        let fit = try HazardFit(known, ridge: settings.ridge)
        forecasts.append(forecast(day, fit))
      }
      progress(place + 1, days.count)
    }
    return forecasts
  }

  private func forecast(_ day: PredictionDay, _ fit: HazardFit) -> ForecastDay {
    let limits = settings.probabilityFloor...(1 - settings.probabilityFloor)
    func bounded(_ probability: Double) -> Double {
      min(max(probability, limits.lowerBound), limits.upperBound)
    }
    let tails = day.observations.map { NormalDistribution.cdf(-$0[.distance]) }
    let probabilities = Forecaster.allCases.map { forecaster -> [Double] in
      switch forecaster {
      case .structural: tails.map { bounded(2 * $0) }
      case .singleLook: tails.map(bounded)
      case .simulated: day.observations.map { bounded($0.simulated) }
      case .hazard: day.observations.map { bounded(fit.probability($0.features)) }
      }
    }
    return ForecastDay(
      time: day.time, nextTime: day.nextTime, accounts: day.observations.map(\.account),
      probabilities: probabilities, isLiquidated: day.observations.map(\.isLiquidated),
      coefficients: fit.coefficients)
  }
}

/// A regression on scaled features.
private struct HazardFit {
  private let regression: LogisticRegression
  private let means: [Double]
  private let deviations: [Double]

  init(_ days: [PredictionDay], ridge: Double) throws(LinearAlgebraError) {
    let count = days.reduce(0) { $0 + $1.observations.count }
    let featureCount = PredictionFeature.allCases.count
    var features = Matrix(rowCount: count, columnCount: featureCount)
    var events: [Bool] = []
    events.reserveCapacity(count)
    var means: [Double] = []
    var deviations: [Double] = []
    for feature in 0..<featureCount {
      var (sum, squares) = (OrderedSum(), OrderedSum())
      for day in days { for seen in day.observations { sum.add(seen.features[feature]) } }
      let mean = sum.total / Double(count)
      for day in days {
        for seen in day.observations {
          squares.add((seen.features[feature] - mean) * (seen.features[feature] - mean))
        }
      }
      let deviation = (squares.total / Double(count)).squareRoot()
      means.append(mean)
      // A feature that never varied says nothing: its column is zero and its coefficient too.
      deviations.append(deviation > 1e-12 * max(abs(mean), 1) ? deviation : .infinity)
    }
    features.withMutableElements { elements in
      for feature in 0..<featureCount {
        var row = 0
        for day in days {
          for seen in day.observations {
            elements[feature * count + row] =
              (seen.features[feature] - means[feature]) / deviations[feature]
            row += 1
          }
        }
      }
    }
    for day in days { for seen in day.observations { events.append(seen.isLiquidated) } }
    regression = try LogisticRegression(features: features, events: events, ridge: ridge)
    (self.means, self.deviations) = (means, deviations)
  }

  var coefficients: [Double] { Array(regression.coefficients.dropFirst()) }

  func probability(_ features: [Double]) -> Double {
    regression.probability(features.indices.map { (features[$0] - means[$0]) / deviations[$0] })
  }
}
