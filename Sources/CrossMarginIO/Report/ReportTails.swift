// Distributions of the profit of the book, and its losses in named events.

import CrossMargin

extension ReportData {
  private static let shownEventsMax = 40

  /// Sets of named events.
  var stressSets: [BookSetResult] { sets.filter { $0.kind == "user" && !$0.profitUSD.isEmpty } }

  /// A histogram for each set with VaR and expected shortfall.
  func writeTails(into page: inout Markup) {
    guard !tailSets.isEmpty else { return }
    page.section(
      .tail,
      lead: "Profit of the whole book in each scenario of a set, with VaR and expected shortfall "
        + "as losses. Bars beside them are two standard errors to each side, where the set is a "
        + "sample."
    ) { card in
      card.element("div", ["class": "columns"]) { columns in
        for set in tailSets {
          if let tail = set.tail {
            ProfitHistogram(set, tail, confidence).write(into: &columns)
          }
        }
      }
    }
  }

  /// Named events by loss.
  func writeStress(into page: inout Markup) {
    guard !stressSets.isEmpty else { return }
    page.section(
      .stress, lead: "Profit of the whole book in each event, the worst first."
    ) { card in
      for set in stressSets {
        if stressSets.count > 1 { card.element("h3") { $0.name(set.name) } }
        let order = set.profitUSD.indices.sorted {
          (set.profitUSD[$0], $0) < (set.profitUSD[$1], $1)
        }
        let scale = AxisScale(covering: set.profitUSD + [0])
        card.element("div", ["class": "scroll"]) { box in
          box.element("table", ["class": "events"]) { table in
            table.element("tbody") { body in
              for scenario in order.prefix(Self.shownEventsMax) {
                let profitUSD = set.profitUSD[scenario]
                body.element("tr") { row in
                  row.element("th", ["scope": "row", "class": "text"]) {
                    $0.name(set.label(scenario))
                  }
                  row.element("td") {
                    $0.cellBar(profitUSD, on: scale, style: profitUSD < 0 ? "loss" : "gain")
                  }
                  row.money(profitUSD)
                }
              }
            }
          }
        }
        if order.count > Self.shownEventsMax {
          card.element(
            "p", ["class": "lead"],
            text: "The worst \(Self.shownEventsMax) of \(NumberText.count(order.count)) scenarios.")
        }
      }
    }
  }
}

/// A histogram of profits with marks at two losses.
private struct ProfitHistogram {
  private let set: BookSetResult
  private let tail: TailMeasures
  private let confidence: ConfidenceLevels
  private let scale: AxisScale
  private static let binCount = 48

  init(_ set: BookSetResult, _ tail: TailMeasures, _ confidence: ConfidenceLevels) {
    self.set = set
    self.tail = tail
    self.confidence = confidence
    let furthestUSD =
      tail.expectedShortfallUSD + 2 * (tail.expectedShortfallErrorUSD ?? 0)
    scale = AxisScale(covering: set.profitUSD + [-furthestUSD, -tail.valueAtRiskUSD])
  }

  func write(into columns: inout Markup) {
    let shares = binShares
    let height = AxisScale(covering: [0] + shares)
    // The upper third belongs to the two marks.
    let frame = PlotFrame(topPixels: 74, plotPixels: 180)
    columns.element("figure") { figure in
      figure.element("figcaption") { caption in
        caption.name(set.name)
        caption.element(
          "span", text: " · \(set.kindWords), \(NumberText.count(set.profitUSD.count)) scenarios")
      }
      figure.chart(
        frame, label: description,
        yTicks: height.ticks(about: 3).map {
          (height.fraction($0), NumberText.percent($0, decimals: $0 < 0.1 ? 1 : 0))
        }
      ) { area in
        writeBars(shares, height, frame, into: &area)
        writeMark(
          NumberText.level(confidence.valueAtRisk) + " VaR", tail.valueAtRiskUSD,
          errorUSD: tail.valueAtRiskErrorUSD, y: 48, frame, into: &area)
        writeMark(
          NumberText.level(confidence.expectedShortfall) + " ES", tail.expectedShortfallUSD,
          errorUSD: tail.expectedShortfallErrorUSD, y: 18, frame, into: &area)
        area.xTicks(
          scale.ticks(about: 5).map { (scale.fraction($0), NumberText.compactUSD($0)) },
          frame: frame)
      }
      figure.element("p", ["class": "below-axis"], text: "profit of the book")
    }
  }

  private var description: String {
    "Histogram of profits; VaR \(NumberText.compactUSD(tail.valueAtRiskUSD)), expected shortfall "
      + NumberText.compactUSD(tail.expectedShortfallUSD)
  }

  /// Probability of each bin; scenarios without probabilities are equally likely.
  private var binShares: [Double] {
    var shares = [Double](repeating: 0, count: Self.binCount)
    let equal = 1 / Double(max(1, set.profitUSD.count))
    for (scenario, profitUSD) in set.profitUSD.enumerated() {
      let place = Int(scale.fraction(profitUSD) * Double(Self.binCount))
      shares[min(place, Self.binCount - 1)] += set.probabilities?[scenario] ?? equal
    }
    return shares
  }

  private func writeBars(
    _ shares: [Double], _ height: AxisScale, _ frame: PlotFrame, into area: inout Markup
  ) {
    let width = 1 / Double(Self.binCount)
    let threshold = scale.fraction(-tail.valueAtRiskUSD)
    for (bin, share) in shares.enumerated() where share > 0 {
      let left = Double(bin) * width
      area.bar(
        x: left + 0.06 * width...left + 0.94 * width,
        y: frame.y(height.fraction(share))...frame.bottomPixels,
        left + width / 2 <= threshold ? "tail" : "body",
        title: NumberText.percent(share, decimals: 2) + " of probability")
    }
  }

  /// A line at a loss, its error bar and its label.
  private func writeMark(
    _ name: String, _ lossUSD: Double, errorUSD: Double?, y: Double, _ frame: PlotFrame,
    into area: inout Markup
  ) {
    let place = scale.fraction(-lossUSD)
    area.line(from: (place, y), to: (place, frame.bottomPixels), "mark-line")
    var text = name + " " + NumberText.compactUSD(lossUSD)
    if let errorUSD {
      let (left, right) = (
        scale.fraction(-lossUSD - 2 * errorUSD), scale.fraction(-lossUSD + 2 * errorUSD)
      )
      area.line(from: (left, y), to: (right, y), "error")
      for end in [left, right] { area.line(from: (end, y - 4), to: (end, y + 4), "error") }
      text += " ± " + NumberText.compact(errorUSD)
    }
    let isLeft = place < 0.5
    area.label(
      text, x: Markup.share(isLeft ? place : place), y: y - 8, anchor: isLeft ? "start" : "end",
      style: "strong halo")
  }
}
