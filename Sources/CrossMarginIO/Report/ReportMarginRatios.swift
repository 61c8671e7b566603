// How near the accounts are to liquidation.

extension ReportData {
  /// Histogram of margin ratios: share of accounts, and of gross notional beside it.
  func writeMarginRatios(into page: inout Markup) {
    let below = NumberText.count(marginRatios.countBelowOne)
    let all = NumberText.count(marginRatios.accountCount)
    let without = marginRatios.withoutRequirementCount
    let note = without > 0 ? " \(NumberText.count(without)) owe no requirement: not shown." : ""
    page.section(
      .ratios,
      lead: "Equity after haircuts over the maintenance requirement. Below 1 an account is "
        + "liquidatable: \(below) of \(all) margined accounts.\(note) Ratios below 0 stand at the "
        + "left end, those of 100 and more at the right."
    ) { card in
      let counts = marginRatios.accountCounts
      let counted = counts.reduce(0, +)
      guard counted > 0 else {
        card.element("p", ["class": "nothing"], text: "No account has a requirement.")
        return
      }
      let notionals = marginRatios.notionalUSD
      let notional = notionals.reduce(0, +)
      let shares = counts.map { Double($0) / Double(counted) }
      let weights = notionals.map { notional > 0 ? $0 / notional : 0 }
      let scale = AxisScale(covering: [0] + shares + weights)
      let frame = PlotFrame(plotPixels: 220)
      card.chart(
        frame, label: "Distribution of margin ratios, share of accounts and of gross notional",
        yTicks: scale.ticks(about: 4).map {
          (scale.fraction($0), NumberText.percent($0, decimals: 0))
        }
      ) { area in
        for bin in shares.indices {
          let title =
            "\(Self.range(of: bin)): \(NumberText.count(counts[bin])) accounts, "
            + NumberText.compactUSD(notionals[bin]) + " gross notional"
          let left = Double(bin) / Double(shares.count)
          let width = 1 / Double(shares.count)
          let style = bin < MarginRatioHistogram.firstBinFromOne ? "tail" : "body"
          let floor = frame.bottomPixels
          area.bar(
            x: left + 0.08 * width...left + 0.54 * width,
            y: frame.y(scale.fraction(shares[bin]))...floor, style, title: title)
          area.bar(
            x: left + 0.56 * width...left + 0.92 * width,
            y: frame.y(scale.fraction(weights[bin]))...floor, "weight", title: title)
        }
        let place = Self.place(ofEdge: 10)
        area.line(from: (place, 0), to: (place, frame.bottomPixels), "limit")
        area.label(
          "liquidation below 1", x: Markup.share(place - 0.006), y: 12, anchor: "end",
          style: "halo")
        area.xTicks(
          [0, 10, 20, 30].map {
            (Self.place(ofEdge: $0), NumberText.short(MarginRatioHistogram.edges[$0]))
          }, frame: frame)
      }
      card.element("p", ["class": "below-axis"], text: "margin ratio, logarithmic")
      card.legend([
        ("tail", "accounts below 1"), ("body", "other accounts"), ("weight", "gross notional")
      ])
    }
  }

  /// Place of an edge of the histogram on its axis, on which all bins are equally wide.
  private static func place(ofEdge edge: Int) -> Double {
    Double(edge + 2) / Double(MarginRatioHistogram.edges.count + 2)
  }

  private static func range(of bin: Int) -> String {
    let edges = MarginRatioHistogram.edges
    return switch bin {
    case 0: "below 0"
    case 1: "0 to \(NumberText.short(edges[0]))"
    case edges.count + 1: "\(NumberText.short(edges[bin - 2])) and more"
    default: "\(NumberText.short(edges[bin - 2])) to \(NumberText.short(edges[bin - 1]))"
    }
  }
}

extension MarginRatioHistogram {
  /// First bin of ratios of 1 and more.
  static let firstBinFromOne = 2 + 10

  /// Number of accounts with a ratio below 1.
  var countBelowOne: Int { accountCounts[..<Self.firstBinFromOne].reduce(0, +) }
}
