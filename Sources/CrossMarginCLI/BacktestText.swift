// The scores of a backtest in the terminal and as JSON.

import CrossMargin
import CrossMarginIO
import RiskNumerics

/// A table of scores.
struct BacktestText {
  let results: BacktestResults

  func write() {
    print(
      "account          kind           model           dates  beyond  promised  Kupiec p  Christ. p  zone        Z2  peak/trough"
    )
    for account in results.accounts {
      for model in ForecastModel.allCases {
        let score = account.scores[model.position]
        let promised = Double(score.dateCount) * (1 - results.confidence.valueAtRisk)
        print(
          [
            account.name.padded(to: 16), account.backtest.kind.rawValue.padded(to: 14),
            model.rawValue.padded(to: 14), "\(score.dateCount)".padded(to: 6, isNumber: true),
            "\(score.exceedanceCount)".padded(to: 7, isNumber: true),
            promised.rounded(to: 1).padded(to: 9, isNumber: true),
            score.coverage.pValue.rounded(to: 4).padded(to: 9, isNumber: true),
            score.independence.pValue.rounded(to: 4).padded(to: 10, isNumber: true),
            score.zone.rawValue.padded(to: 7),
            score.secondShortfallStatistic.rounded(to: 2).padded(to: 6, isNumber: true),
            (score.peakToTrough.map { $0.rounded(to: 2) } ?? "–").padded(to: 12, isNumber: true)
          ].joined(separator: " "))
      }
    }
    for gap in results.gaps.prefix(10) { print("not tested: \(gap.name): \(gap.reason)") }
    if results.gaps.count > 10 { print("and \(results.gaps.count - 10) more not tested") }
  }
}

extension String {
  fileprivate func padded(to width: Int, isNumber: Bool = false) -> String {
    let padding = String(repeating: " ", count: max(0, width - count))
    return isNumber ? padding + self : self + padding
  }
}

extension Double {
  /// Fixed decimals.
  fileprivate func rounded(to decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let whole = (self * scale).rounded()
    let digits = "\(Int(whole.magnitude))"
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return (whole < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}

/// Scores as JSON.
struct BacktestJSON: Encodable {
  struct Score: Encodable {
    var account: String
    var kind: String
    var model: String
    var period: String
    var dates: Int
    var exceedances: Int
    var coverageP: Double
    var independenceP: Double
    var conditionalCoverageP: Double
    var zone: String
    var esZ1: Double?
    var esZ2: Double
    var meanMarginUsd: Double
    var marginBreaches: Int
    var peakToTrough: Double?
    var largestRise: Double?
    var largestRiseOfFive: Double?
  }

  var valuationTime: String
  var tool: String
  var scores: [Score] = []

  init(_ results: BacktestResults) {
    valuationTime = results.valuationTime.description
    tool = results.settings.tool.rawValue
    for account in results.accounts {
      for model in ForecastModel.allCases {
        scores.append(
          Self.score(account, model, "all", account.scores[model.position]))
        for (year, scores) in account.yearScores {
          self.scores.append(Self.score(account, model, "\(year)", scores[model.position]))
        }
      }
    }
  }

  private static func score(
    _ account: TestedAccount, _ model: ForecastModel, _ period: String, _ score: BacktestScore
  ) -> Score {
    Score(
      account: account.name, kind: account.backtest.kind.rawValue, model: model.rawValue,
      period: period, dates: score.dateCount, exceedances: score.exceedanceCount,
      coverageP: score.coverage.pValue, independenceP: score.independence.pValue,
      conditionalCoverageP: score.conditionalCoverage.pValue, zone: score.zone.rawValue,
      esZ1: score.firstShortfallStatistic, esZ2: score.secondShortfallStatistic,
      meanMarginUsd: score.meanMarginUSD, marginBreaches: score.marginBreachCount,
      peakToTrough: score.peakToTrough, largestRise: score.largestRise,
      largestRiseOfFive: score.largestRiseOfFive)
  }
}
