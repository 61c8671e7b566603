// Pictures of a liquidation study.

import CrossMargin
import RiskNumerics

/// Notional that a move of one direction liquidates, and negative equity there.
struct LadderChart {
  let results: LiquidateResults
  let direction: Int

  func write(into card: inout Markup) {
    let steps = results.ladders[direction]
    let chosen = results.directions[direction]
    let moves = steps.map(\.move)
    // Bars meet half-way between steps, of which the outermost may be shorter.
    let middles = zip(moves, moves.dropFirst()).map { ($0 + $1) / 2 }
    let edges = [moves.first ?? 0] + middles + [moves.last ?? 0]
    let xScale = AxisScale(covering: edges)
    let yScale = AxisScale(
      covering: [0] + steps.flatMap { [$0.liquidatableNotionalUSD, $0.negativeEquityUSD] })
    let frame = PlotFrame(plotPixels: 170)
    let lead = results.market[chosen.lead].name
    let title = chosen.name == lead ? "\(lead) alone" : "\(chosen.name), by the price of \(lead)"
    card.element("figure") { figure in
      figure.element("figcaption", text: title)
      figure.chart(
        frame, label: "Liquidation ladder, " + title,
        yTicks: yScale.ticks(about: 4).map { (yScale.fraction($0), NumberText.compactUSD($0)) }
      ) { plot in
        for (place, step) in steps.enumerated() where step.liquidatableNotionalUSD > 0 {
          let (left, right) = (
            xScale.fraction(edges[place]), xScale.fraction(edges[place + 1])
          )
          plot.bar(
            x: left...right,
            y: frame.y(yScale.fraction(step.liquidatableNotionalUSD))...frame.bottomPixels,
            "ladder-notional",
            title: NumberText.percent(ScalarMath.exp(step.move) - 1, decimals: 1) + ": "
              + NumberText.count(step.liquidatableCount) + " accounts, "
              + NumberText.fullUSD(step.liquidatableNotionalUSD))
        }
        plot.curve(
          steps.map { (xScale.fraction($0.move), yScale.fraction($0.negativeEquityUSD)) },
          frame: frame, "ladder-debt")
        let now = xScale.fraction(0)
        plot.line(from: (now, frame.topPixels), to: (now, frame.bottomPixels), "now-line")
        plot.xTicks(
          [-0.75, -0.5, -0.25, 0, 0.25, 0.5, 1, 2].filter {
            let move = ScalarMath.log(1 + $0)
            return move >= xScale.lower && move <= xScale.upper
          }.map { (xScale.fraction(ScalarMath.log(1 + $0)), NumberText.move($0)) }, frame: frame)
      }
      figure.legend([
        (style: "ladder-notional", text: "gross notional of liquidated accounts"),
        (style: "fill-debt", text: "negative equity")
      ])
    }
  }
}

/// Probability that bad debt exceeds an amount, with lines at some amounts.
struct ExceedanceChart {
  let badDebt: BadDebtResult
  let lines: [(name: String, amountUSD: Double)]
  /// Least amount that the axis reaches; lines beyond the axis are not drawn.
  var reachUSD = 1.0

  func write(into card: inout Markup) {
    let losses = badDebt.badDebtUSD.sorted(by: >)
    let largest = max(losses.first ?? 0, reachUSD)
    let xScale = AxisScale(covering: [0, largest])
    let positiveShare = Double(losses.count { $0 > 0 }) / Double(losses.count)
    let yScale = AxisScale(covering: [0, max(positiveShare, 1 / Double(losses.count))])
    let frame = PlotFrame(plotPixels: 180)
    card.element("figure") { figure in
      figure.element("figcaption", text: "Probability that bad debt exceeds an amount")
      figure.chart(
        frame, label: "Exceedance curve of bad debt",
        yTicks: yScale.ticks(about: 4).map {
          (yScale.fraction($0), NumberText.percent($0, decimals: 1))
        }
      ) { plot in
        var points: [(x: Double, y: Double?)] = [(1, 0)]
        for (rank, loss) in losses.enumerated() where loss > 0 {
          points.append(
            (xScale.fraction(loss), yScale.fraction(Double(rank + 1) / Double(losses.count))))
        }
        points.append((0, yScale.fraction(positiveShare)))
        plot.curve(points, frame: frame, "exceedance")
        for (place, limit) in lines.enumerated() where limit.amountUSD <= largest {
          let x = xScale.fraction(limit.amountUSD)
          plot.line(from: (x, frame.topPixels), to: (x, frame.bottomPixels), "tier-line")
          plot.label(
            limit.name, x: Markup.share(x), y: frame.topPixels + 10 + Double(place) * 13,
            anchor: x > 0.7 ? "end" : "start")
        }
        plot.xTicks(
          xScale.ticks(about: 5).map { (xScale.fraction($0), NumberText.compactUSD($0)) },
          frame: frame)
      }
    }
  }
}
