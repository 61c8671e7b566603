// How well forecasts stood the test, over all dates or one year.

import PortfolioModel
import RiskNumerics

/// What the losses of a period say about the forecasts of one model for one account.
public struct BacktestScore: Sendable, Equatable {
  /// Number of dates.
  public var dateCount: Int
  /// Dates with a loss larger than value at risk.
  public var exceedanceCount: Int
  /// Whether exceedances were as frequent as promised [Kupiec 1995].
  public var coverage: LikelihoodRatioTest
  /// Whether they came by themselves [Christoffersen 1998].
  public var independence: LikelihoodRatioTest
  /// Both together.
  public var conditionalCoverage: LikelihoodRatioTest
  /// Zone of the number of exceedances for that many dates [Basel Committee 1996].
  public var zone: BaselZone
  /// Acerbi and Szekely's Z1 for expected shortfall; nil without a loss beyond its quantile.
  public var firstShortfallStatistic: Double?
  /// Their Z2: negative = more or larger losses than forecast.
  public var secondShortfallStatistic: Double
  /// Largest over smallest margin.
  public var peakToTrough: Double?
  /// Largest rise of the margin within one date, as a share.
  public var largestRise: Double?
  /// Largest rise within five dates.
  public var largestRiseOfFive: Double?
  /// Mean margin, USD.
  public var meanMarginUSD: Double
  /// Losses larger than the margin.
  public var marginBreachCount: Int

  /// The score of losses, forecasts and margins of the same dates, at least one.
  init(
    losses: [Double], forecasts: ArraySlice<LossForecast>, margins: [Double],
    confidence: ConfidenceLevels
  ) {
    let test = ValueAtRiskBacktest(
      isExceeded: zip(losses, forecasts).map { $0 > $1.valueAtRiskUSD },
      probability: 1 - confidence.valueAtRisk)
    let shortfall = ExpectedShortfallBacktest(
      losses: losses, valueAtRisk: forecasts.map(\.shortfallQuantileUSD),
      expectedShortfall: forecasts.map(\.expectedShortfallUSD),
      probability: 1 - confidence.expectedShortfall)
    dateCount = test.dayCount
    exceedanceCount = test.exceedanceCount
    coverage = test.unconditionalCoverage
    independence = test.independence
    conditionalCoverage = test.conditionalCoverage
    zone = BaselZone(
      exceedanceCount: exceedanceCount, dayCount: dateCount, probability: test.probability)
    firstShortfallStatistic = shortfall.firstStatistic
    secondShortfallStatistic = shortfall.secondStatistic
    // A margin of zero or less, as of an account that cannot lose, has no ratios.
    let isPositive = margins.allSatisfy { $0 > 0 }
    let series = isPositive ? Procyclicality(margins: margins) : nil
    peakToTrough = series?.peakToTrough
    largestRise = series?.largestIncrease(dayCount: 1)
    largestRiseOfFive = series?.largestIncrease(dayCount: 5)
    meanMarginUSD = OrderedSum.total(of: margins) / Double(margins.count)
    marginBreachCount = zip(losses, margins).count { $0 > $1 }
  }
}

extension AccountBacktest {
  /// The score of a model over all dates.
  public func score(
    _ model: ForecastModel, confidence: ConfidenceLevels, marginsUSD: [Double]
  ) -> BacktestScore {
    score(model, dates: 0..<times.count, confidence: confidence, marginsUSD: marginsUSD)
  }

  /// The score of a model over some dates, at least one; `marginsUSD` are those of all dates.
  public func score(
    _ model: ForecastModel, dates: Range<Int>, confidence: ConfidenceLevels, marginsUSD: [Double]
  ) -> BacktestScore {
    BacktestScore(
      losses: profitUSD[dates].map(-), forecasts: forecasts[model.position][dates],
      margins: Array(marginsUSD[dates]), confidence: confidence)
  }

  /// Years of the dates and which dates fall into each, ascending.
  public var years: [(year: Int, dates: Range<Int>)] {
    var years: [(year: Int, dates: Range<Int>)] = []
    for (position, time) in times.enumerated() {
      let year = time.year
      if let last = years.last, last.year == year {
        years[years.count - 1].dates = last.dates.lowerBound..<(position + 1)
      } else {
        years.append((year, position..<(position + 1)))
      }
    }
    return years
  }
}
