// How good forecasts of liquidation were: scores with intervals over days, and what came of each level.

import PortfolioModel
import RiskNumerics

/// Days that are scored together.
public struct ScoredPeriod: Sendable, Equatable {
  /// `all`, a month such as `2026-02`, `apart`, `without_apart`.
  public var name: String
  /// Positions of its days.
  public var days: [Int]
}

/// A number and the interval of resampled days around it.
public struct ScoredValue: Sendable, Equatable {
  /// The number.
  public var value: Double
  /// Lower end.
  public var low: Double
  /// Upper end.
  public var high: Double
}

/// Scores of one forecaster over a period.
public struct PredictionScore: Sendable, Equatable {
  /// The forecaster.
  public var forecaster: Forecaster
  /// The period.
  public var period: String
  /// Days, accounts times days, liquidations.
  public var dayCount: Int
  /// Accounts times days.
  public var forecastCount: Int
  /// Liquidations that happened.
  public var eventCount: Int
  /// Liquidations that were forecast: the sum of probabilities.
  public var expectedCount: Double
  /// Mean of `-ln` of the probability of what happened.
  public var logScore: Double
  /// Mean squared error of probabilities.
  public var brier: Double
  /// Share of the baseline's log score that is saved.
  public var logSkill: ScoredValue
  /// Share of the baseline's Brier score that is saved.
  public var brierSkill: ScoredValue
  /// Chance that a liquidated account had a higher forecast than one that was not; nil without both.
  public var areaUnderCurve: Double?
  /// Share of the liquidations that were among the hundredth of each day's accounts with the highest
  /// forecasts; nil without liquidations.
  public var capturedByTopPercent: Double?
}

/// Forecasts of similar size and what came of them.
public struct ReliabilityBin: Sendable, Equatable {
  /// The forecaster.
  public var forecaster: Forecaster
  /// Least probability of the bin.
  public var from: Double
  /// First probability above it.
  public var to: Double
  /// Forecasts in it.
  public var count: Int
  /// Mean of the forecasts.
  public var meanForecast: Double
  /// Share of them that were liquidated, with its interval.
  public var observed: ScoredValue
}

/// Scores forecasts.
///
/// Accounts of one day share its market, so that days, not accounts, are independent: intervals are
/// percentiles over resamples of whole days with replacement.
public struct PredictionScoring: Sendable {
  private let settings: PredictionSettings
  private let days: [ForecastDay]
  private let periods: [ScoredPeriod]

  /// Borders of the reliability bins.
  public static let borders = [
    0, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9, 1
  ]
  private static let topFraction = 0.01

  /// Forecasts of some days, ascending.
  public init(_ days: [ForecastDay], settings: PredictionSettings) {
    self.days = days
    self.settings = settings
    var periods = [ScoredPeriod(name: "all", days: Array(days.indices))]
    if let apart = settings.apart {
      let inside = days.indices.filter { apart.contains(days[$0].nextTime) }
      periods.append(ScoredPeriod(name: "apart", days: inside))
      periods.append(
        ScoredPeriod(
          name: "without_apart", days: days.indices.filter { !inside.contains($0) }))
    }
    for (place, day) in days.enumerated() {
      let month = String(day.nextTime.description.prefix(7))
      if periods.last?.name == month {
        periods[periods.count - 1].days.append(place)
      } else {
        periods.append(ScoredPeriod(name: month, days: [place]))
      }
    }
    self.periods = periods.filter { !$0.days.isEmpty }
  }

  // MARK: Scores

  /// Sums of one forecaster over one day.
  private struct DaySums {
    var count = 0.0
    var events = 0.0
    var expected = 0.0
    var log = 0.0
    var squares = 0.0
    var captured = 0.0
  }

  private func sums(_ day: ForecastDay, _ forecaster: Forecaster) -> DaySums {
    let probabilities = day.probabilities(forecaster)
    var (log, squares) = (OrderedSum(), OrderedSum())
    for (probability, isLiquidated) in zip(probabilities, day.isLiquidated) {
      log.add(-ScalarMath.log(isLiquidated ? probability : 1 - probability))
      let error = probability - (isLiquidated ? 1 : 0)
      squares.add(error * error)
    }
    let top = Int((Self.topFraction * Double(probabilities.count)).rounded(.up))
    let order = probabilities.indices.sorted {
      (-probabilities[$0], $0) < (-probabilities[$1], $1)
    }
    return DaySums(
      count: Double(probabilities.count), events: Double(day.isLiquidated.count { $0 }),
      expected: OrderedSum.total(of: probabilities), log: log.total, squares: squares.total,
      captured: Double(order.prefix(top).count { day.isLiquidated[$0] }))
  }

  /// Scores by period, then forecaster.
  public func scores() -> [PredictionScore] {
    let table = Forecaster.allCases.map { forecaster in days.map { sums($0, forecaster) } }
    return periods.enumerated().flatMap { place, period in
      let resamples = resamples(period.days, stream: UInt32(place))
      return Forecaster.allCases.map { forecaster in
        score(
          forecaster, period, table[forecaster.position],
          baseline: table[Forecaster.structural.position], resamples)
      }
    }
  }

  private func score(
    _ forecaster: Forecaster, _ period: ScoredPeriod, _ own: [DaySums], baseline: [DaySums],
    _ resamples: [[Int]]
  ) -> PredictionScore {
    func total(_ sums: [DaySums], _ days: [Int], _ field: KeyPath<DaySums, Double>) -> Double {
      OrderedSum.total(of: days.map { sums[$0][keyPath: field] })
    }
    func skill(_ field: KeyPath<DaySums, Double>) -> ScoredValue {
      func of(_ days: [Int]) -> Double {
        ProbabilityScores.skill(
          score: total(own, days, field), reference: total(baseline, days, field))
      }
      return interval(of(period.days), resamples.map(of))
    }
    let count = total(own, period.days, \.count)
    let events = total(own, period.days, \.events)
    return PredictionScore(
      forecaster: forecaster, period: period.name, dayCount: period.days.count,
      forecastCount: Int(count), eventCount: Int(events),
      expectedCount: total(own, period.days, \.expected),
      logScore: total(own, period.days, \.log) / count,
      brier: total(own, period.days, \.squares) / count, logSkill: skill(\.log),
      brierSkill: skill(\.squares),
      areaUnderCurve: ProbabilityScores.areaUnderCurve(
        scores: period.days.flatMap { days[$0].probabilities(forecaster) },
        events: period.days.flatMap { days[$0].isLiquidated }),
      capturedByTopPercent: events > 0
        ? total(own, period.days, \.captured) / events : nil)
  }

  // MARK: Reliability

  /// Bins over all days, by forecaster; empty ones left out.
  public func reliability() -> [ReliabilityBin] {
    let resamples = resamples(Array(days.indices), stream: UInt32(periods.count))
    let binCount = Self.borders.count - 1
    var bins: [ReliabilityBin] = []
    for forecaster in Forecaster.allCases {
      // [bins][days]
      var counts = [[Double]](
        repeating: [Double](repeating: 0, count: days.count), count: binCount)
      var (events, sums) = (counts, counts)
      for (place, day) in days.enumerated() {
        for (probability, isLiquidated) in zip(
          day.probabilities(forecaster), day.isLiquidated)
        {
          let bin = (Self.borders.lastIndex { $0 <= probability } ?? 0)
          counts[bin][place] += 1
          sums[bin][place] += probability
          if isLiquidated { events[bin][place] += 1 }
        }
      }
      for bin in 0..<binCount {
        let count = OrderedSum.total(of: counts[bin])
        if count == 0 { continue }
        let rates = resamples.compactMap { sample -> Double? in
          let size = OrderedSum.total(of: sample.map { counts[bin][$0] })
          return size > 0 ? OrderedSum.total(of: sample.map { events[bin][$0] }) / size : nil
        }
        bins.append(
          ReliabilityBin(
            forecaster: forecaster, from: Self.borders[bin], to: Self.borders[bin + 1],
            count: Int(count), meanForecast: OrderedSum.total(of: sums[bin]) / count,
            observed: interval(OrderedSum.total(of: events[bin]) / count, rates)))
      }
    }
    return bins
  }

  // MARK: Resamples

  private func resamples(_ days: [Int], stream: UInt32) -> [[Int]] {
    (0..<settings.resampleCount).map { sample in
      days.indices.map { draw in
        let uniform = Philox.uniform(
          seed: settings.seed, stream: stream, scenario: UInt64(sample),
          coordinate: UInt32(draw))
        return days[min(Int(uniform * Double(days.count)), days.count - 1)]
      }
    }
  }

  /// Percentiles of resampled values around a value; resamples without a finite one are left out.
  private func interval(_ value: Double, _ resampled: [Double]) -> ScoredValue {
    let sorted = resampled.filter(\.isFinite).sorted()
    guard !sorted.isEmpty else { return ScoredValue(value: value, low: value, high: value) }
    let tail = (1 - settings.intervalLevel) / 2
    func quantile(_ level: Double) -> Double {
      sorted[min(Int(level * Double(sorted.count)), sorted.count - 1)]
    }
    return ScoredValue(value: value, low: quantile(tail), high: quantile(1 - tail))
  }
}
