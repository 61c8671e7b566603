// The picture of one account: losses, the value at risk of each model, and when it was exceeded.

import CrossMargin
import PortfolioModel

/// Losses of an account over time with what was forecast.
struct BacktestChart {
  let account: TestedAccount

  /// Rules of the style sheet for the lines of models.
  static let style = """

    .forecast { fill: none; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
    .losses { fill: none; stroke: var(--weight); stroke-width: 1; opacity: .7;
      vector-effect: non-scaling-stroke; }
    .hit { stroke-width: 1.5; }
    .m0 { stroke: var(--series-1); } .m1 { stroke: var(--series-4); }
    .m2 { stroke: var(--series-2); } .m3 { stroke: var(--series-3); } .m4 { stroke: var(--tail); }
    .f0 { fill: var(--series-1); } .f1 { fill: var(--series-4); } .f2 { fill: var(--series-2); }
    .f3 { fill: var(--series-3); } .f4 { fill: var(--tail); } .f5 { fill: var(--weight); }
    """

  /// Dates that are drawn as one point.
  private static let pointCountMax = 800
  private static let stripPixels = 12.0

  func write(into card: inout Markup) {
    let backtest = account.backtest
    let losses = backtest.profitUSD.map(-)
    let buckets = Self.buckets(count: losses.count)
    let lossPeaks = buckets.map { bucket in bucket.map { losses[$0] }.max() ?? 0 }
    let forecasts = backtest.forecasts.map { series in
      buckets.map { bucket in bucket.map { series[$0].valueAtRiskUSD }.max() ?? 0 }
    }
    let scale = AxisScale(
      covering: [0] + (lossPeaks + forecasts.flatMap(\.self)).map { max($0, 0) })
    let frame = PlotFrame(plotPixels: 220)
    let ticks = scale.ticks(about: 5).map {
      (fraction: scale.fraction($0), text: NumberText.compactUSD($0))
    }
    card.element("figure") { figure in
      figure.element("figcaption", text: "Loss, and value at risk forecast for it, USD")
      figure.chart(frame, label: "Losses and value at risk of \(account.name)", yTicks: ticks) {
        plot in
        func points(_ values: [Double]) -> [(x: Double, y: Double?)] {
          values.enumerated().map { position, value in
            (
              x: (Double(position) + 0.5) / Double(buckets.count),
              y: scale.fraction(max(value, 0))
            )
          }
        }
        plot.curve(points(lossPeaks), frame: frame, "losses")
        for (model, series) in forecasts.enumerated() {
          plot.curve(points(series), frame: frame, "forecast m\(model)")
        }
        plot.xTicks(yearTicks(backtest.times), frame: frame)
      }
      figure.legend(
        [(style: "f5", text: "loss")]
          + ForecastModel.allCases.map { (style: "f\($0.position)", text: $0.words) })
      figure.element("figcaption", text: "Dates with a loss beyond value at risk, by model")
      writeExceedances(losses, into: &figure)
    }
  }

  private func writeExceedances(_ losses: [Double], into figure: inout Markup) {
    let backtest = account.backtest
    var frame = PlotFrame(plotPixels: Self.stripPixels * Double(ForecastModel.allCases.count))
    frame.topPixels = 4
    figure.chart(frame, label: "Losses beyond value at risk of \(account.name)", yTicks: []) {
      plot in
      for model in ForecastModel.allCases {
        let top = frame.topPixels + Self.stripPixels * Double(model.position)
        for (date, loss) in losses.enumerated()
        where loss > backtest.forecasts[model.position][date].valueAtRiskUSD {
          let x = (Double(date) + 0.5) / Double(losses.count)
          plot.line(
            from: (x, top + 1), to: (x, top + Self.stripPixels - 1), "hit m\(model.position)")
        }
      }
    }
  }

  private static func buckets(count: Int) -> [Range<Int>] {
    let size = (count + pointCountMax - 1) / pointCountMax
    return stride(from: 0, to: count, by: max(size, 1)).map { $0..<min($0 + size, count) }
  }

  private func yearTicks(_ times: [UTCTime]) -> [(fraction: Double, text: String)] {
    account.backtest.years.filter { $0.dates.count >= times.count / 40 }.map {
      (Double($0.dates.lowerBound) / Double(times.count), "\($0.year)")
    }
  }
}
