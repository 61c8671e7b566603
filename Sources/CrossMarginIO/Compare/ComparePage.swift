// The page of a comparison: what each rule set asks of the same accounts, of whom, and why.

import CrossMargin
import PortfolioModel

/// `report.html` of a comparison.
struct ComparePage {
  let results: CompareResults

  private var totals: ComparisonTotals { results.totals }

  /// The whole page.
  var text: String {
    PageSkeleton.text(
      title: ShownName.shortened(results.book) + " · comparison",
      style: ReportStyle.source + CompareChart.style
    ) { page in
      page.element("header") { header in
        header.element("div", ["class": "top"]) { top in
          top.element("h1") { title in
            title.name(results.book)
            title.element(
              "span",
              text: "\(results.rules.count) rule sets on the market of "
                + NumberText.instant(results.valuationTime.description))
          }
          top.element(
            "button", ["class": "quiet theme", "type": "button", "hidden": ""],
            text: "Light or dark")
        }
      }
      page.element("main") { main in
        writeTotals(into: &main)
        writeCoverage(into: &main)
        writeComponents(into: &main)
        for rule in results.rules.indices.dropFirst() { writeChange(rule, into: &main) }
      }
    }
  }

  // MARK: Totals

  private func writeTotals(into page: inout Markup) {
    let measured =
      results.measuredSet.map { ", and per USD of expected shortfall in the set \($0)" } ?? ""
    page.section(
      id: "totals", title: "What each rule set asks",
      lead: "Sums over the \(NumberText.count(totals.commonCount)) accounts that all of them cover"
        + measured + ". The first is the one that the others are compared with."
    ) { card in
      CompareChart(results: results).write(into: &card)
      card.table(
        head: [
          "rule set", "initial", "maintenance", "initial / first", "per shortfall", "raised",
          "lowered", "below initial", "liquidatable", "insolvent"
        ], rows: results.rules.indices.map(totalsRow))
    }
  }

  private func totalsRow(_ rule: Int) -> [String] {
    let own = totals.rules[rule]
    let first = totals.rules[0].initialUSD
    let ratio = first > 0 ? NumberText.percent(own.initialUSD / first, decimals: 1) : nil
    let shortfall = totals.expectedShortfallUSD.flatMap { $0 > 0 ? own.initialUSD / $0 : nil }
    func count(_ status: AccountStatus) -> String {
      NumberText.count(CompareTables.count(own.statusCounts, status))
    }
    return [
      results.rules[rule].name, NumberText.compactUSD(own.initialUSD),
      NumberText.compactUSD(own.maintenanceUSD), ratio ?? NumberText.absent,
      shortfall.map(NumberText.ratio) ?? NumberText.absent,
      rule == 0 ? NumberText.absent : NumberText.compactUSD(own.raisedUSD),
      rule == 0 ? NumberText.absent : NumberText.compactUSD(own.loweredUSD),
      count(.belowInitial), count(.liquidatable), count(.insolvent)
    ]
  }

  // MARK: Coverage

  private static let shownGapsMax = 5

  private func writeCoverage(into page: inout Markup) {
    page.section(
      id: "coverage", title: "Whom each rule set covers",
      lead:
        "An account that holds what a rule set does not know is not covered by it, and left out "
        + "of all sums. \(NumberText.count(totals.unvaluedCount)) accounts cannot be valued at all."
    ) { card in
      card.table(
        head: [
          "rule set", "in force from", "covered", "not covered", "what it does not know", "assumed"
        ],
        rows: results.rules.indices.map { rule in
          let own = totals.rules[rule]
          let gaps = own.gaps.sorted {
            ($1.accountCount, $0.subject) < ($0.accountCount, $1.subject)
          }
          let shown = gaps.prefix(Self.shownGapsMax).map {
            "\($0.subject) (\(NumberText.count($0.accountCount)))"
          }
          return [
            results.rules[rule].name,
            NumberText.instant(results.rules[rule].effectiveFrom.description),
            NumberText.count(own.coveredCount),
            NumberText.count(own.gaps.reduce(0) { $0 + $1.accountCount }),
            shown.joined(separator: ", ") + (gaps.count > Self.shownGapsMax ? ", …" : ""),
            results.rules[rule].unconfirmed.joined(separator: "; ")
          ]
        })
    }
  }

  // MARK: Components

  private func writeComponents(into page: inout Markup) {
    page.section(
      id: "components", title: "Of what the requirements consist",
      lead:
        "Sums of the signed parts of each level. Values are what counts towards it, charges what "
        + "is asked; together they are the surplus."
    ) { card in
      for (rule, schema) in results.schemas.enumerated() {
        card.element("h3") { $0.name(results.rules[rule].name) }
        var rows = schema.components.indices.map { component in
          [schema.components[component].name.split(separator: "_").joined(separator: " ")]
            + schema.levels.indices.map { level in
              NumberText.compactUSD(totals.rules[rule].componentsUSD[level][component])
            }
        }
        rows.append(
          ["surplus"]
            + schema.levels.indices.map { level in
              NumberText.compactUSD(totals.rules[rule].componentsUSD[level].reduce(0, +))
            })
        card.table(head: ["USD"] + schema.levels, rows: rows)
      }
    }
  }

  // MARK: Changes

  private static let shownAccountsMax = 12

  private func writeChange(_ rule: Int, into page: inout Markup) {
    let first = results.rules[0].name
    let changes = results.accounts.filter(\.isCoveredByAll).map { account in
      let margins = account.margins
      return (
        account: account,
        changeUSD: (margins[0]?.initial.surplusUSD ?? 0) - (margins[rule]?.initial.surplusUSD ?? 0)
      )
    }
    let order = changes.sorted {
      (abs($1.changeUSD), $0.account.account) < (abs($0.changeUSD), $1.account.account)
    }
    page.section(
      id: "change-\(rule)", title: "\(results.rules[rule].name) instead of \(first)",
      lead:
        "How accounts would stand, and whose initial surplus changes most. Positive: the account "
        + "must hold more."
    ) { card in
      let own = totals.rules[rule]
      let shown = AccountStatus.allCases.filter { $0 != .unmargined }
      card.table(
        head: [first + " \\ " + results.rules[rule].name] + shown.map(\.words),
        rows: shown.map { from in
          [from.words]
            + shown.map { into in
              NumberText.count(
                CompareTables.count(
                  own.transitions[AccountStatus.allCases.firstIndex(of: from) ?? 0], into))
            }
        })
      card.table(
        head: ["account", "must hold more by", "equity", first, results.rules[rule].name],
        rows: order.prefix(Self.shownAccountsMax).map { change in
          let margins = change.account.margins
          return [
            results.accountNames[change.account.account.position],
            NumberText.compactUSD(change.changeUSD),
            NumberText.compactUSD(change.account.equityUSD),
            NumberText.compactUSD(margins[0]?.initial.requirementUSD ?? 0),
            NumberText.compactUSD(margins[rule]?.initial.requirementUSD ?? 0)
          ]
        })
    }
  }
}

/// Bars of the requirements of all rule sets.
private struct CompareChart {
  let results: CompareResults

  static let style = """

    .bar-initial { fill: var(--series-1); } .bar-maintenance { fill: var(--series-2); }
    .bar-shortfall { stroke: var(--tail); stroke-width: 2; stroke-dasharray: 6 4; }
    .fill-shortfall { fill: var(--tail); }
    """

  func write(into card: inout Markup) {
    let totals = results.totals
    let shortfall = totals.expectedShortfallUSD
    let scale = AxisScale(
      covering: [0] + totals.rules.flatMap { [$0.initialUSD, $0.maintenanceUSD] }
        + [shortfall ?? 0])
    let frame = PlotFrame(plotPixels: 220)
    card.element("figure") { figure in
      figure.element("figcaption", text: "Requirements of the common accounts, USD")
      figure.chart(
        frame, label: "Requirements by rule set",
        yTicks: scale.ticks(about: 5).map { (scale.fraction($0), NumberText.compactUSD($0)) }
      ) { plot in
        let width = 1 / Double(totals.rules.count)
        for (position, rule) in totals.rules.enumerated() {
          let left = Double(position) * width
          for (part, amount, style) in [
            (0.0, rule.initialUSD, "bar-initial"), (1.0, rule.maintenanceUSD, "bar-maintenance")
          ] {
            let start = left + (0.14 + 0.37 * part) * width
            plot.bar(
              x: start...(start + 0.34 * width),
              y: frame.y(scale.fraction(max(amount, 0)))...frame.bottomPixels, style,
              title: results.rules[position].name + " " + NumberText.fullUSD(amount))
          }
        }
        if let shortfall {
          let y = frame.y(scale.fraction(shortfall))
          plot.line(from: (0, y), to: (1, y), "bar-shortfall")
        }
        plot.xTicks(
          results.rules.indices.map { ((Double($0) + 0.5) * width, results.rules[$0].name) },
          frame: frame)
      }
      figure.legend(
        [(style: "bar-initial", text: "initial"), (style: "bar-maintenance", text: "maintenance")]
          + (shortfall == nil ? [] : [(style: "fill-shortfall", text: "expected shortfall")]))
    }
  }
}
