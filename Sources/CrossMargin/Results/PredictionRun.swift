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
/// day need. Features are scaled to mean 0 and variance 1 over the training days.
public struct PredictionRun: Sendable {
  private let settings: PredictionSettings

  /// A run.
  public init(_ settings: PredictionSettings) {
    precondition(settings.firstDayCount >= 1 && settings.firstEventCount >= 1, "a fit needs events")
    precondition(settings.ridges.contains { $0 > 0 }, "a fit needs a ridge")
    self.settings = settings
  }

  /// Forecasts of all days that have enough days and liquidations before them; `progress` is told
  /// of days done.
  ///
  /// Days are ascending by time.
  public func forecasts(
    _ days: [PredictionDay], threadCount: Int,
    progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> [ForecastDay] {
    precondition(
      zip(days, days.dropFirst()).allSatisfy { $0.time < $1.time }, "days ascend")
    var forecasts: [ForecastDay] = []
    var scored: [(nextTime: UTCTime, logScores: [Double])] = []
    for (place, day) in days.enumerated() {
      let known = days[..<place].filter { $0.nextTime <= day.time }
      let eventCount = known.reduce(0) { $0 + $1.observations.count { $0.isLiquidated } }
      if known.count >= settings.firstDayCount, eventCount >= settings.firstEventCount {
        let fits = try HazardFit.fits(known, ridges: settings.ridges, threadCount: threadCount)
        let ofFits = fits.map { fit in
          day.observations.map { bounded(fit.probability($0)) }
        }
        let chosen = best(
          settings.ridges.indices.map { ridge in
            OrderedSum.total(
              of: scored.filter { $0.nextTime <= day.time }.map { $0.logScores[ridge] })
          })
        forecasts.append(
          forecast(day, hazard: ofFits[chosen], fits[chosen], ridge: settings.ridges[chosen]))
        let events = day.observations.map(\.isLiquidated)
        if !events.isEmpty {
          scored.append(
            (
              day.nextTime,
              ofFits.map {
                ProbabilityScores.logarithmic(probabilities: $0, events: events)
                  * Double(events.count)
              }
            ))
        }
      }
      progress(place + 1, days.count)
    }
    return forecasts
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
    _ day: PredictionDay, hazard: [Double], _ fit: HazardFit, ridge: Double
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
      coefficients: fit.coefficients, ridge: ridge)
  }
}

/// A regression on scaled features.
private struct HazardFit: Sendable {
  private let regression: LogisticRegression
  private let scale: FeatureScale

  /// One fit for each ridge.
  static func fits(
    _ days: [PredictionDay], ridges: [Double], threadCount: Int
  ) throws -> [HazardFit] {
    let scale = FeatureScale(days)
    let features = scale.matrix(days)
    var events: [Bool] = []
    var offsets: [Double] = []
    for day in days {
      for seen in day.observations {
        events.append(seen.isLiquidated)
        offsets.append(logOdds(seen.tail))
      }
    }
    let (known, starts) = (events, offsets)
    var fits: [HazardFit] = []
    try Parallel.ordered(
      count: ridges.count, threadCount: threadCount, windowCount: ridges.count,
      produce: {
        HazardFit(
          regression: try LogisticRegression(
            features: features, events: known, ridge: ridges[$0], offsets: starts),
          scale: scale)
      },
      consume: { fits.append($1) })
    return fits
  }

  private static func logOdds(_ probability: Double) -> Double {
    // A start that is certain could not be moved by any feature.
    let kept = min(max(probability, 1e-12), 1 - 1e-12)
    return ScalarMath.log(kept / (1 - kept))
  }

  var coefficients: [Double] { Array(regression.coefficients.dropFirst()) }

  func probability(_ seen: PredictionObservation) -> Double {
    regression.probability(scale.scaled(seen.features), offset: Self.logOdds(seen.tail))
  }
}

/// Means and standard deviations of features over training days.
private struct FeatureScale: Sendable {
  private let means: [Double]
  private let deviations: [Double]
  private let count: Int

  init(_ days: [PredictionDay]) {
    let count = days.reduce(0) { $0 + $1.observations.count }
    var means: [Double] = []
    var deviations: [Double] = []
    for feature in PredictionFeature.allCases.indices {
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
    (self.means, self.deviations, self.count) = (means, deviations, count)
  }

  func scaled(_ features: [Double]) -> [Double] {
    features.indices.map { (features[$0] - means[$0]) / deviations[$0] }
  }

  /// All observations of the days. [observations x features]
  func matrix(_ days: [PredictionDay]) -> Matrix {
    var matrix = Matrix(rowCount: count, columnCount: means.count)
    matrix.withMutableElements { elements in
      for feature in means.indices {
        var row = feature * count
        for day in days {
          for seen in day.observations {
            elements[row] = (seen.features[feature] - means[feature]) / deviations[feature]
            row += 1
          }
        }
      }
    }
    return matrix
  }
}
