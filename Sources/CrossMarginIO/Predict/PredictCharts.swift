// Pictures of forecasts of liquidation.

import CrossMargin
import Foundation

/// Mean forecast against the share that was liquidated, both on logarithmic axes.
struct ReliabilityChart {
  let bins: [ReliabilityBin]

  static let style = """

    .l-structural { stroke: var(--series-2); } .f-structural { fill: var(--series-2); }
    .l-single { stroke: var(--series-3); } .f-single { fill: var(--series-3); }
    .l-simulated { stroke: var(--series-4); } .f-simulated { fill: var(--series-4); }
    .l-expiries { stroke: var(--tail); } .f-expiries { fill: var(--tail); }
    .l-hazard { stroke: var(--series-1); } .f-hazard { fill: var(--series-1); }
    .predicted { fill: none; stroke-width: 1.8; vector-effect: non-scaling-stroke; }
    .spread { stroke-width: 1.4; opacity: .55; }
    .right { fill: none; stroke: var(--axis); stroke-dasharray: 4 4;
      vector-effect: non-scaling-stroke; }
    .happened { fill: var(--weight); opacity: .7; }
    """

  /// Least share that is drawn.
  private static let least = 1e-5
  private static let scale = AxisScale(covering: [log10(least), 0])

  private static func place(_ share: Double) -> Double {
    scale.fraction(log10(max(share, least)))
  }

  func write(into card: inout Markup) {
    let frame = PlotFrame(plotPixels: 300)
    let ticks = [1e-5, 1e-4, 1e-3, 0.01, 0.1, 1].map {
      (fraction: Self.place($0), text: NumberText.short(100 * $0) + "\u{202F}%")
    }
    card.element("figure") { figure in
      figure.chart(
        frame, label: "Reliability of forecasts", yTicks: Array(ticks.dropFirst())
      ) { plot in
        plot.curve([(0, 0), (1, 1)], frame: frame, "right")
        for forecaster in Forecaster.allCases {
          let line = forecaster.style.replacing("f-", with: "l-")
          let own = bins.filter { $0.forecaster == forecaster }
          plot.curve(
            own.map { (Self.place($0.meanForecast), Self.place($0.observed.value)) },
            frame: frame, "predicted " + line)
          for bin in own {
            let x = Self.place(bin.meanForecast)
            plot.line(
              from: (x, frame.y(Self.place(bin.observed.low))),
              to: (x, frame.y(Self.place(bin.observed.high))), "spread " + line)
          }
        }
        plot.xTicks(ticks, frame: frame)
      }
      figure.legend(Forecaster.allCases.map { (style: $0.style, text: $0.words) })
    }
  }
}

/// Liquidations of each day with the numbers that were forecast.
struct DayCountChart {
  let days: [PredictedDay]

  func write(into card: inout Markup) {
    let shown: [Forecaster] = [.structural, .afterExpiries, .hazard]
    func place(_ forecaster: Forecaster) -> Int {
      Forecaster.allCases.firstIndex(of: forecaster) ?? 0
    }
    let expected = shown.flatMap { forecaster in
      days.compactMap { $0.expectedCounts.isEmpty ? nil : $0.expectedCounts[place(forecaster)] }
    }
    // Counts on a logarithmic axis from one on: calm days and falls are hundreds apart.
    func height(_ count: Double) -> Double { log10(max(count, 1)) }
    let scale = AxisScale(
      covering: [0] + days.map { height(Double($0.eventCount)) } + expected.map(height))
    let frame = PlotFrame(plotPixels: 200)
    let ticks = [1.0, 10, 100, 1_000, 10_000].filter { height($0) <= scale.upper }.map {
      (fraction: scale.fraction(height($0)), text: NumberText.compact($0))
    }
    card.element("figure") { figure in
      figure.chart(frame, label: "Liquidations of each day", yTicks: ticks) { plot in
        let width = 1 / Double(max(days.count, 1))
        for (position, day) in days.enumerated() where day.eventCount > 0 {
          let left = Double(position) * width
          plot.bar(
            x: left...left + 0.8 * width,
            y: frame.y(scale.fraction(height(Double(day.eventCount))))...frame.bottomPixels,
            "happened",
            title: day.time.description + ": " + NumberText.count(day.eventCount)
              + " liquidated")
        }
        for forecaster in shown {
          plot.curve(
            days.enumerated().map { position, day in
              (
                (Double(position) + 0.4) * width,
                day.expectedCounts.isEmpty
                  ? nil : scale.fraction(height(day.expectedCounts[place(forecaster)]))
              )
            }, frame: frame,
            "predicted " + forecaster.style.replacing("f-", with: "l-"))
        }
        plot.xTicks(
          days.indices.filter { $0 % max(days.count / 6, 1) == 0 }.map {
            ((Double($0) + 0.4) * width, String(days[$0].time.description.prefix(10)))
          }, frame: frame)
      }
      figure.legend(
        [(style: "happened", text: "liquidated")]
          + shown.map { (style: $0.style, text: "forecast: " + $0.words) })
    }
  }
}
