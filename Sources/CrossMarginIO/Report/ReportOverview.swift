// Breached limits, and the tiles of the book.

import CrossMargin

extension ReportData {
  private static let namedAlertsMax = 5

  /// Breached limits; nothing where none is.
  func writeAlerts(into page: inout Markup) {
    guard !alerts.isEmpty else { return }
    page.element("section", ["class": "alerts", "aria-label": "Breached limits"]) { section in
      section.element(
        "h2",
        text: alerts.count == 1
          ? "One limit is breached" : NumberText.count(alerts.count) + " breaches of limits")
      section.element("ul") { list in
        for alert in alerts where !alert.limit.figure.isOfAccount {
          list.element("li") { Self.write(alert, into: &$0) }
        }
        for figure in Limit.Figure.allCases where figure.isOfAccount {
          let breaches = alerts.filter { $0.limit.figure == figure }
          if !breaches.isEmpty { Self.write(breaches, of: figure, into: &list) }
        }
      }
    }
  }

  /// Accounts that breach one limit: how many, and the worst by name.
  private static func write(
    _ breaches: [Alert], of figure: Limit.Figure, into list: inout Markup
  ) {
    let sign = figure.isLowerBound ? 1.0 : -1.0
    let worst = breaches.sorted { (sign * $0.value, $0.subject) < (sign * $1.value, $1.subject) }
    list.element("li") { line in
      line.text(figure.words)
      line.text(figure.isLowerBound ? " below " : " above ")
      line.text(figure.text(breaches[0].limit.threshold) + ": ")
      line.element("b", text: NumberText.count(breaches.count))
      line.text(breaches.count == 1 ? " account, " : " accounts, the worst ")
      for (position, alert) in worst.prefix(namedAlertsMax).enumerated() {
        if position > 0 { line.text(", ") }
        line.name(alert.subject)
        line.text(" ")
        line.element("b", ["title": figure.fullText(alert.value)], text: figure.text(alert.value))
      }
    }
  }

  private static func write(_ alert: Alert, into line: inout Markup) {
    let figure = alert.limit.figure
    line.text(figure.words)
    if alert.subject != "book" {
      line.text(" ")
      line.name(alert.subject)
    }
    line.text(": ")
    line.element("b", ["title": figure.fullText(alert.value)], text: figure.text(alert.value))
    line.text(figure.isLowerBound ? ", below the limit of " : ", above the limit of ")
    line.text(figure.text(alert.limit.threshold))
  }

  /// Tiles: statuses, money, losses, what is not covered, the age of prices.
  func writeOverview(into page: inout Markup) {
    page.element("section", ["id": ReportPart.overview.rawValue]) { section in
      section.element("div", ["class": "tiles"]) { tiles in
        writeStatusTile(into: &tiles)
        tiles.moneyTile("Equity", totals.equityUSD, note: "sum over margined accounts")
        tiles.moneyTile("Initial requirement", totals.initialUSD, note: share(totals.initialUSD))
        tiles.moneyTile(
          "Maintenance requirement", totals.maintenanceUSD, note: share(totals.maintenanceUSD))
        tiles.moneyTile(
          "Negative equity", totals.negativeEquityUSD, isBad: totals.negativeEquityUSD > 0,
          note: "owed by accounts worth less than nothing")
        for set in tailSets { writeTailTiles(set, into: &tiles) }
        for set in stressSets {
          tiles.lossTile("Worst of " + set.name, set)
        }
        if let agreementFraction {
          tiles.element(
            "div", ["class": agreementFraction < 1 ? "tile warn" : "tile"]
          ) { tile in
            tile.element("h3", text: "Agrees with the venue")
            tile.element(
              "div", ["class": "figure"], text: NumberText.percent(agreementFraction, decimals: 1))
            tile.element("p", text: "of the figures that it reports")
          }
        }
        writeCoverageTile(into: &tiles)
        writeAgeTile(into: &tiles)
      }
    }
  }

  private func writeStatusTile(into tiles: inout Markup) {
    let shown = AccountStatus.allCases.filter { totals.count(of: $0) > 0 }
    tiles.element("div", ["class": "tile wide"]) { tile in
      tile.element("h3", text: "Accounts by status")
      tile.element(
        "svg", ["class": "status-bar", "width": "100%", "height": "14", "aria-hidden": "true"]
      ) { bar in
        var before = 0
        for status in shown {
          let count = totals.count(of: status)
          let all = Double(max(1, totals.accountCount))
          bar.bar(
            x: Double(before) / all...Double(before + count) / all, y: 0...14, status.styleName)
          before += count
        }
      }
      tile.element("ul", ["class": "legend"]) { legend in
        for status in shown {
          legend.element("li") { entry in
            entry.swatch(status.styleName)
            entry.element("b", text: NumberText.count(totals.count(of: status)))
            entry.element("span", text: status.words)
          }
        }
      }
    }
  }

  private func writeTailTiles(_ set: BookSetResult, into tiles: inout Markup) {
    guard let tail = set.tail else { return }
    tiles.moneyTile(
      NumberText.level(confidence.valueAtRisk) + " VaR, " + set.kindWords, tail.valueAtRiskUSD,
      errorUSD: tail.valueAtRiskErrorUSD, note: "loss of the book over one scenario step")
    tiles.moneyTile(
      NumberText.level(confidence.expectedShortfall) + " expected shortfall, " + set.kindWords,
      tail.expectedShortfallUSD, errorUSD: tail.expectedShortfallErrorUSD,
      note: NumberText.count(set.profitUSD.count) + " scenarios")
  }

  private func writeCoverageTile(into tiles: inout Markup) {
    let count = totals.count(of: .unmargined)
    tiles.element("div", ["class": count > 0 ? "tile warn" : "tile"]) { tile in
      tile.element("h3", text: "Not covered")
      tile.element("div", ["class": "figure"]) { figure in
        figure.text(NumberText.count(count))
        figure.element("small", text: count == 1 ? " account" : " accounts")
      }
      guard count > 0 else {
        tile.element("p", text: "every account could be valued")
        return
      }
      tile.element(
        "p",
        text: NumberText.compactUSD(totals.unmarginedNotionalUSD) + " gross notional, "
          + NumberText.percent(totals.unmarginedFraction, decimals: 2)
          + " of the book, is in no figure of this page")
      for gap in gaps {
        tile.element(
          "p",
          text: "\(NumberText.count(gap.accountCount)) \(gap.reason.words), "
            + NumberText.compactUSD(gap.notionalUSD))
      }
    }
  }

  private func writeAgeTile(into tiles: inout Markup) {
    let aged = assets.compactMap { asset in asset.ageDays.map { (days: $0, name: asset.name) } }
    tiles.element("div", ["class": "tile"]) { tile in
      tile.element("h3", text: "Oldest price")
      if let oldest = aged.max(by: { $0.days < $1.days }) {
        tile.element("div", ["class": "figure"], text: NumberText.age(days: oldest.days))
        tile.element("p") { note in
          note.name(oldest.name)
          note.text(" at the valuation time")
        }
      } else {
        tile.element("div", ["class": "figure"], text: NumberText.absent)
        tile.element("p", text: "the market does not say when its prices were taken")
      }
    }
  }

  private func share(_ requirementUSD: Double) -> String {
    guard totals.equityUSD > 0 else { return "sum over margined accounts" }
    return NumberText.percent(requirementUSD / totals.equityUSD) + " of equity"
  }
}

extension Markup {
  /// A tile with an amount of money and, where there is one, its standard error.
  fileprivate mutating func moneyTile(
    _ title: String, _ valueUSD: Double, errorUSD: Double? = nil, isBad: Bool = false, note: String
  ) {
    element("div", ["class": isBad ? "tile warn" : "tile"]) { tile in
      tile.element("h3", text: title)
      tile.element("div", ["class": "figure", "title": NumberText.fullUSD(valueUSD)]) { figure in
        figure.text(NumberText.compactUSD(valueUSD))
        if let errorUSD {
          figure.element(
            "small", ["title": "standard error " + NumberText.fullUSD(errorUSD)],
            text: " ± " + NumberText.compact(errorUSD))
        }
      }
      tile.element("p", text: note)
    }
  }

  /// A tile with the worst loss of a set and the scenario it happens in.
  fileprivate mutating func lossTile(_ title: String, _ set: BookSetResult) {
    element("div", ["class": "tile"]) { tile in
      tile.element("h3") { $0.name(title) }
      tile.element(
        "div", ["class": "figure", "title": NumberText.fullUSD(set.worstLossUSD)],
        text: NumberText.compactUSD(set.worstLossUSD))
      tile.element("p") { $0.name(set.label(set.worstScenario.position)) }
    }
  }
}
