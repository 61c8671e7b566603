// One account through the whole past: what happened, and what each model had said.

import PortfolioModel
import RiskNumerics

/// Losses and forecasts of one account, date by date.
public struct AccountBacktest: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Which way it looks.
  public var kind: PortfolioKind
  /// Factors that it is exposed to.
  public var factors: [FactorName]
  /// End of each move for which there is a forecast, ascending.
  public var times: [UTCTime]
  /// What the holdings of today would have gained in each move, by full revaluation, USD. [dates]
  public var profitUSD: [Double]
  /// Forecasts by model, in the order of `ForecastModel.allCases`. [models][dates]
  public var forecasts: [[LossForecast]]
  /// Largest distance between full revaluation and the delta-gamma form on these dates, USD.
  public var formGapUSD: Double

  /// All fields in order.
  public init(
    account: AccountIndex, kind: PortfolioKind, factors: [FactorName], times: [UTCTime],
    profitUSD: [Double], forecasts: [[LossForecast]], formGapUSD: Double
  ) {
    self.account = account
    self.kind = kind
    self.factors = factors
    self.times = times
    self.profitUSD = profitUSD
    self.forecasts = forecasts
    self.formGapUSD = formGapUSD
  }

  /// Margins of all models: value at risk after a tool, USD, in the order of
  /// `ForecastModel.allCases`. [models][dates]
  public func marginsUSD(tool: MarginTool) -> [[Double]] {
    let references = tool.references(lossesUSD: profitUSD.map(-), times: times)
    return forecasts.map { tool.margins(forecasts: $0.map(\.valueAtRiskUSD), references) }
  }
}

extension ForecastModel {
  /// Position among `allCases`.
  public var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension MarginTool {
  /// Days of the worst past that the tool of stressed observations looks at, and the fewest of which
  /// a value at risk is taken.
  private static let pastCount = 250
  /// Ten years, in days.
  private static let floorDays = 3_652.0
  private static let confidence = 0.99

  /// What the tool looks at before each date, of the portfolio's own past losses; nil before there
  /// are 250.
  ///
  /// - `stress`: the largest value at risk of 250 consecutive losses.
  /// - `floor`: the value at risk of the losses of up to ten years.
  func references(lossesUSD: [Double], times: [UTCTime]) -> [Double?] {
    var stressed: Double?
    var first = 0
    return times.indices.map { date in
      switch self {
      case .none, .buffer: return nil
      case .stress:
        guard date >= Self.pastCount else { return nil }
        let last = Self.valueAtRisk(lossesUSD[(date - Self.pastCount)..<date])
        stressed = max(stressed ?? last, last)
        return stressed
      case .floor:
        while times[first].days(to: times[date]) > Self.floorDays { first += 1 }
        return date - first < Self.pastCount ? nil : Self.valueAtRisk(lossesUSD[first..<date])
      }
    }
  }

  /// Margins from the forecasts f of one model.
  ///
  /// - `buffer`: m_t = min(1.25 f_t, max(f_t, m_(t-1))): a forecast that rises eats the buffer
  ///   before the margin rises; one that falls fills it again.
  /// - `stress`: 0.75 f_t + 0.25 reference_t.
  /// - `floor`: max(f_t, reference_t).
  func margins(forecasts: [Double], _ references: [Double?]) -> [Double] {
    let buffer = AntiProcyclicalityTool.buffer(share: 0.25, isExhausted: false)
    var margin = Double.infinity
    return zip(forecasts, references).map { forecast, reference in
      switch self {
      case .none: return forecast
      case .buffer:
        margin = min(buffer.applied(to: forecast), max(forecast, margin))
        return margin
      case .stress:
        return reference.map {
          AntiProcyclicalityTool.stressWeight(share: 0.25, stressedMargin: $0)
            .applied(to: forecast)
        } ?? forecast
      case .floor:
        return reference.map {
          AntiProcyclicalityTool.floor(longHistoryMargin: $0).applied(to: forecast)
        } ?? forecast
      }
    }
  }

  private static func valueAtRisk(_ losses: ArraySlice<Double>) -> Double {
    let count = RiskMeasure.tailCount(confidences: [confidence], scenarioCount: losses.count)
    return RiskMeasure(confidence: confidence).ofSample(scenarioCount: losses.count)
      .valueAtRisk(LossTail(of: Array(losses), keeping: count)).value
  }
}
