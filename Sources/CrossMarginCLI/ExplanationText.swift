// An explanation as tables for a terminal.

import CrossMargin
import PortfolioModel

struct ExplanationText {
  let explanation: AccountExplanation
  let book: Book
  let settings: RunSettings
  /// Labels of the scenarios of each set.
  let scenarioLabels: [[String]]

  func write() {
    let row = explanation.account
    print("account \(explanation.name), rule set \(explanation.model): \(row.status.rawValue)")
    if let missing = row.missing {
      print("not valued: \(missing.reason.rawValue) of \(missing.subject)")
      return
    }
    if !explanation.worstScenarioLabel.isEmpty {
      print("worst scenario: \(explanation.worstScenarioLabel)")
    }
    for sum in explanation.sums { write(sum) }
    RequirementText(requirements: explanation.requirements).write()
    writeMeasures()
    if let analytic = explanation.analytic {
      AnalyticText(
        result: analytic, holdings: explanation.holdingContributions,
        confidence: settings.confidence
      ).write()
    }
    writeExposures()
    writePositions()
  }

  private func write(_ sum: ExplainedSum) {
    print("\n\(sum.title)")
    for row in sum.rows {
      let quantity = row.quantity.map { "\($0)" } ?? ""
      let unit = row.unitUSD.map { "x \($0)" } ?? ""
      print(
        "  " + row.label.padded(to: 34) + quantity.padded(to: 22) + unit.padded(to: 24)
          + "\(row.amountUSD)".aligned(to: 24))
    }
    print("  " + "= USD".padded(to: 80) + "\(sum.totalUSD)".aligned(to: 24))
  }

  private func writeMeasures() {
    print("\nlosses by scenario set, USD")
    for measure in explanation.measures {
      let name = settings.scenarioSets[measure.setPosition].name
      let label = scenarioLabels[measure.setPosition][measure.worstScenario.position]
      print("  " + name.padded(to: 16) + "worst \(measure.worstLossUSD) in \(label)")
      guard let tail = measure.tail else { continue }
      var line = "VaR \(tail.valueAtRiskUSD)" + Self.error(tail.valueAtRiskErrorUSD)
      line += "; ES \(tail.expectedShortfallUSD)" + Self.error(tail.expectedShortfallErrorUSD)
      if let gap = measure.deltaGammaGapUSD { line += "; delta-gamma off by at most \(gap)" }
      print("".padded(to: 18) + line)
      guard let interval = tail.interval, let level = settings.confidence.interval else { continue }
      let high = interval.valueAtRiskHigh.map { "\($0)" } ?? "unknown"
      print(
        "".padded(to: 18)
          + "with \(level): VaR \(interval.valueAtRiskLow) to \(high); "
          + "ES \(interval.expectedShortfallLow) to \(interval.expectedShortfallHigh)")
    }
  }

  private static func error(_ error: Double?) -> String { error.map { " (+- \($0))" } ?? "" }

  private func writeExposures() {
    print("\nsensitivities, USD")
    print(
      "  " + "underlying, expiry".padded(to: 26)
        + ["delta", "delta total", "gamma 1 %", "vega 1 pt", "theta day"]
        .map { $0.aligned(to: 18) }.joined())
    for exposure in explanation.exposures {
      let name = book.market[exposure.underlying].name
      let greeks = exposure.greeks
      let label = name + " " + (exposure.expiry.map(\.description) ?? "-")
      let values = [
        greeks.deltaUSD, greeks.deltaTotalUSD, greeks.gammaUSDPerPercent, greeks.vegaUSDPerPoint,
        greeks.thetaUSDPerDay
      ]
      print(
        "  " + label.padded(to: 26) + values.map { $0.toCents.aligned(to: 18) }.joined())
    }
  }

  private func writePositions() {
    print("\npositions")
    print(
      "  " + "instrument".padded(to: 26)
        + ["quantity", "value", "less mark", "delta", "worst P&L"].map { $0.aligned(to: 18) }
        .joined())
    for position in explanation.positions {
      let name = position.instrument + (position.leg.isEmpty ? "" : " / " + position.leg)
      let cells = [
        "\(position.quantity)", position.valueUSD.toCents,
        position.gapToMarkUSD?.toCents ?? "", position.greeks.deltaUSD.toCents,
        position.worstProfitUSD?.toCents ?? ""
      ]
      print("  " + name.padded(to: 26) + cells.map { $0.aligned(to: 18) }.joined())
    }
  }
}

extension String {
  /// The text with spaces behind it, and at least one.
  func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }

  /// The text with spaces before it.
  func aligned(to width: Int) -> String {
    String(repeating: " ", count: max(1, width - count)) + self
  }
}

extension Double {
  /// Two decimals.
  var toCents: String {
    guard isFinite, magnitude < 1e15 else { return "\(self)" }
    let cents = Int((self * 100).rounded())
    let digits = String(cents.magnitude % 100)
    let sign = cents < 0 ? "-" : ""
    return "\(sign)\(cents.magnitude / 100)." + (digits.count == 1 ? "0" : "") + digits
  }
}
