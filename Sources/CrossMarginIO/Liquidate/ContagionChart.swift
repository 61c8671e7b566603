// Pictures of a contagion study: a cascade round by round, and what is exceeded how often.

import CrossMargin
import RiskNumerics

/// Prices and liquidated accounts of the worst scenario, by round.
struct CascadeChart {
  let contagion: ContagionResult

  func write(into card: inout Markup) {
    let rounds = contagion.worstRounds
    let alone = rounds[0].liquidatedCount
    let added = rounds.map { max($0.liquidatedCount - alone, 0) }
    card.element("figure") { figure in
      figure.element(
        "figcaption",
        text: "Accounts liquidated beyond the \(NumberText.count(alone)) of scenario "
          + contagion.labels[contagion.worstScenario.position] + " alone, by round")
      let yScale = AxisScale(covering: [0] + added.map(Double.init))
      let frame = PlotFrame(plotPixels: 110)
      figure.chart(
        frame, label: "Accounts liquidated by round",
        yTicks: yScale.ticks(about: 3).filter { $0 == $0.rounded() }.map {
          (yScale.fraction($0), NumberText.count(Int($0)))
        }
      ) { plot in
        let width = 1 / Double(rounds.count)
        for (number, round) in rounds.enumerated() {
          let left = Double(number) * width
          plot.bar(
            x: left + width / 8...left + width * 7 / 8,
            y: frame.y(yScale.fraction(Double(added[number])))...frame.bottomPixels,
            "ladder-notional",
            title: "round \(number): \(NumberText.count(round.liquidatedCount)) accounts, bad debt "
              + NumberText.fullUSD(round.badDebtUSD))
        }
        plot.xTicks(ticks, frame: frame)
      }
    }
    prices(into: &card)
  }

  private func prices(into card: inout Markup) {
    let rounds = contagion.worstRounds
    let shown = CurveStyle.shown(
      contagion.markets.indices.sorted { market, other in
        (abs(contagion.worstRounds[rounds.count - 1].logMoves[other]), market)
          < (abs(contagion.worstRounds[rounds.count - 1].logMoves[market]), other)
      })
    let moves = shown.map { entry in
      rounds.map { ContagionTables.relative($0.logMoves[entry.place]) }
    }
    card.element("figure") { figure in
      figure.element("figcaption", text: "What liquidations add to prices, by round")
      let yScale = AxisScale(covering: [0] + moves.flatMap(\.self))
      let frame = PlotFrame(plotPixels: 130)
      figure.chart(
        frame, label: "Moves of prices by round",
        yTicks: yScale.ticks(about: 4).map { (yScale.fraction($0), NumberText.move($0)) }
      ) { plot in
        for (entry, values) in zip(shown, moves) {
          plot.curve(
            values.enumerated().map { number, move in
              ((Double(number) + 0.5) / Double(rounds.count), yScale.fraction(move))
            }, frame: frame, entry.line)
        }
        plot.xTicks(ticks, frame: frame)
      }
      figure.legend(
        shown.map { (style: $0.fill, text: contagion.markets[$0.place].depth.name) })
    }
  }

  /// Numbers of rounds, at most about twelve of them.
  private var ticks: [(fraction: Double, text: String)] {
    let count = contagion.worstRounds.count
    return stride(from: 0, to: count, by: max(1, count / 12)).map {
      ((Double($0) + 0.5) / Double(count), "\($0)")
    }
  }
}

/// The colours of up to four curves.
enum CurveStyle {
  /// The first of some things, each with the style of its curve and of its swatch.
  static func shown(_ places: [Int]) -> [(place: Int, line: String, fill: String)] {
    places.prefix(4).enumerated().map { rank, place in
      (place, "curve-\(rank + 1)", "fill-\(rank + 1)")
    }
  }
}

/// How often values exceed an amount, one curve for each list of equally likely values.
struct ExceedanceCurves {
  let title: String
  let curves: [(name: String, values: [Double])]
  let amount: (Double) -> String

  func write(into card: inout Markup) {
    let all = curves.flatMap { $0.values.filter { $0 > 0 } }
    let xScale = AxisScale(covering: all)
    let shares = curves.map { curve in
      Double(curve.values.count { $0 > 0 }) / Double(max(curve.values.count, 1))
    }
    let yScale = AxisScale(covering: [0] + shares)
    let frame = PlotFrame(plotPixels: 170)
    let styles = CurveStyle.shown(Array(curves.indices))
    card.element("figure") { figure in
      figure.element("figcaption", text: title)
      figure.chart(
        frame, label: title,
        yTicks: yScale.ticks(about: 4).map {
          (yScale.fraction($0), NumberText.percent($0, decimals: 1))
        }
      ) { plot in
        for (curve, style) in zip(curves, styles) {
          let losses = curve.values.sorted(by: >)
          var points: [(x: Double, y: Double?)] = [
            (xScale.fraction(losses.first ?? 0), yScale.fraction(0))
          ]
          for (rank, loss) in losses.enumerated() where loss > 0 {
            points.append(
              (xScale.fraction(loss), yScale.fraction(Double(rank + 1) / Double(losses.count))))
          }
          plot.curve(points, frame: frame, style.line)
        }
        plot.xTicks(
          xScale.ticks(about: 5).map { (xScale.fraction($0), amount($0)) }, frame: frame)
      }
      figure.legend(zip(curves, styles).map { (style: $1.fill, text: $0.name) })
    }
  }
}
