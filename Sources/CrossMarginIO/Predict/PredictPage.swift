// The page of forecasts of liquidation: which forecaster is how good, and whether its words hold.

import CrossMargin

/// `report.html` of forecasts.
struct PredictPage {
  let results: PredictResults
  let books: [String]

  /// The whole page.
  var text: String {
    PageSkeleton.study(
      "predict", ofBook: books.last ?? "", subtitle: "forecasts of liquidation", facts: facts,
      style: ReliabilityChart.style
    ) { main in
      writeScores(into: &main)
      writeReliability(into: &main)
      writeDays(into: &main)
      writeCoefficients(into: &main)
    }
  }

  private var facts: [(name: String, text: String)] {
    let all = results.scores.first
    return [
      ("books", NumberText.count(books.count)),
      ("days forecast", NumberText.count(results.forecasts.count)),
      ("forecasts", NumberText.count(all?.forecastCount ?? 0)),
      ("liquidations", NumberText.count(all?.eventCount ?? 0))
    ]
  }

  private func writeScores(into page: inout Markup) {
    page.section(
      id: "scores", title: "How good the forecasts were",
      lead: "Each day is forecast by a fit to the days before it alone. Skill is the share of the "
        + "score of the first row that is saved; in brackets its interval over resampled days, with "
        + NumberText.level(results.settings.intervalLevel)
        + ". Captured is the share of liquidations among the 1 % of accounts with the "
        + "highest forecasts of their day."
    ) { card in
      card.table(
        head: [
          "days", "forecaster", "liquidated", "forecast", "AUC", "captured by 1 %", "log skill",
          "Brier skill"
        ],
        rows: results.scores.map { score in
          [
            Self.words(score.period) + " (" + NumberText.count(score.dayCount) + ")",
            score.forecaster.words, NumberText.count(score.eventCount),
            NumberText.grouped(score.expectedCount, decimals: 0),
            score.areaUnderCurve.map { NumberText.grouped($0, decimals: 4) }
              ?? NumberText.absent,
            score.capturedByTopPercent.map { NumberText.percent($0, decimals: 0) }
              ?? NumberText.absent, Self.skill(score.logSkill), Self.skill(score.brierSkill)
          ]
        })
    }
  }

  private static func words(_ period: String) -> String {
    switch period {
    case "apart": "the span set apart"
    case "without_apart": "all without it"
    case "all": "all"
    default: "of " + period
    }
  }

  private static func skill(_ value: ScoredValue) -> String {
    NumberText.percent(value.value) + " (" + NumberText.percent(value.low) + " to "
      + NumberText.percent(value.high) + ")"
  }

  private func writeReliability(into page: inout Markup) {
    page.section(
      id: "reliability", title: "What came of forecasts of each size",
      lead: "Forecasts of similar size together: their mean across, the share that was liquidated "
        + "upwards, both on logarithmic axes. On the diagonal forecasts are right; bars are intervals "
        + "over resampled days."
    ) { card in
      ReliabilityChart(bins: results.reliability).write(into: &card)
      card.table(
        head: ["forecaster", "from", "to", "forecasts", "mean forecast", "liquidated", "interval"],
        rows: results.reliability.filter { Self.tabled.contains($0.forecaster) }.map { bin in
          [
            bin.forecaster.words, NumberText.percent(bin.from, decimals: 2),
            NumberText.percent(bin.to, decimals: 2), NumberText.count(bin.count),
            NumberText.percent(bin.meanForecast, decimals: 3),
            NumberText.percent(bin.observed.value, decimals: 3),
            NumberText.percent(bin.observed.low, decimals: 3) + " to "
              + NumberText.percent(bin.observed.high, decimals: 3)
          ]
        })
    }
  }

  /// Forecasters whose bins stand in the table; those of all are in `reliability.csv`.
  private static let tabled: [Forecaster] = [.structural, .afterExpiries, .hazard]

  private func writeDays(into page: inout Markup) {
    page.section(
      id: "days", title: "Day by day",
      lead: "Accounts without surplus on the next market, and how many were forecast."
    ) { card in
      DayCountChart(days: results.days).write(into: &card)
    }
  }

  private func writeCoefficients(into page: inout Markup) {
    let fits = results.forecasts.map(\.coefficients)
    page.section(
      id: "coefficients", title: "What the regression weighs",
      lead:
        "Change of the log odds for one standard deviation of each feature, in the last fit, and "
        + "the range over all fits."
    ) { card in
      card.table(
        head: ["feature", "last fit", "least", "greatest"],
        rows: PredictionFeature.allCases.enumerated().map { place, feature in
          let values = fits.map { $0[place] }
          return [
            feature.rawValue.replacing("_", with: " "),
            NumberText.grouped(values.last ?? 0, decimals: 3),
            NumberText.grouped(values.min() ?? 0, decimals: 3),
            NumberText.grouped(values.max() ?? 0, decimals: 3)
          ]
        })
    }
  }
}

extension Forecaster {
  /// The forecaster as people read it.
  var words: String {
    switch self {
    case .structural: "structural, watched all the time"
    case .singleLook: "structural, looked at once"
    case .simulated: "simulated, t moves"
    case .afterExpiries: "t tail after expiries"
    case .hazard: "hazard regression"
    }
  }

  /// Class of its colour.
  var style: String {
    switch self {
    case .structural: "f-structural"
    case .singleLook: "f-single"
    case .simulated: "f-simulated"
    case .afterExpiries: "f-expiries"
    case .hazard: "f-hazard"
    }
  }
}
