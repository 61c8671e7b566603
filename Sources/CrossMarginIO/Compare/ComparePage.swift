// The page of a comparison: what each rule set asks of the same accounts, of whom, and why.

import CrossMargin
import PortfolioModel

/// `report.html` of a comparison.
struct ComparePage {
  let results: CompareResults

  private var totals: ComparisonTotals { results.totals }

  /// The whole page.
  var text: String {
    PageSkeleton.study(
      "comparison", ofBook: results.book,
      subtitle: "\(results.rules.count) rule sets on the market of "
        + NumberText.instant(results.valuationTime.description),
      style: CompareChart.style
    ) { main in
      writeTotals(into: &main)
      writeCoverage(into: &main)
      writeComponents(into: &main)
      for rule in results.rules.indices.dropFirst() { writeChange(rule, into: &main) }
    }
  }

  // MARK: Totals

  private func writeTotals(into page: inout Markup) {
    let measured =
      results.measuredSet.map { ", and per USD of expected shortfall in the set \($0)" } ?? ""
    page.section(
      id: "totals", title: "What each rule set asks",
      lead: "Sums over the accounts that a rule set and the first one cover" + measured
        + ". \(NumberText.count(totals.commonCount)) accounts are covered by all."
    ) { card in
      CompareChart(results: results).write(into: &card)
      card.table(
        head: [
          "rule set", "accounts", "initial", "maintenance", "of the first", "per shortfall",
          "raised",
          "lowered", "below initial", "liquidatable", "insolvent"
        ], rows: results.rules.indices.map(totalsRow))
    }
  }

  private func totalsRow(_ rule: Int) -> [String] {
    let own = totals.rules[rule]
    let first = own.firstInitialUSD
    let ratio = first > 0 ? NumberText.percent(own.initialUSD / first, decimals: 1) : nil
    let shortfall = own.initialPerShortfall
    func count(_ status: AccountStatus) -> String {
      NumberText.count(CompareTables.count(own.statusCounts, status))
    }
    return [
      results.rules[rule].name + (CompareChart.isNumbered(results) ? " \u{00B7} \(rule + 1)" : ""),
      NumberText.count(own.pairedCount),
      NumberText.compactUSD(own.initialUSD),
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
        + "of its sums. \(NumberText.count(totals.unvaluedCount)) accounts cannot be valued at all."
    ) { card in
      card.table(
        head: [
          "rule set", "in force from", "covered", "not covered", "what it does not know"
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
            shown.joined(separator: ", ") + (gaps.count > Self.shownGapsMax ? ", …" : "")
          ]
        })
      for rule in results.rules where !rule.unconfirmed.isEmpty {
        card.element("p", ["class": "lead"]) { note in
          note.text("Assumed in ")
          note.name(rule.name)
          note.text(": " + rule.unconfirmed.joined(separator: "; ") + ".")
        }
      }
    }
  }

  // MARK: Components

  private func writeComponents(into page: inout Markup) {
    page.section(
      id: "components", title: "Of what the requirements consist",
      lead:
        "Sums of the signed parts of each level, over the accounts above. Values are what counts towards it, charges what "
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
    let changes = results.accounts.compactMap {
      account -> (account: ComparedAccount, changeUSD: Double)? in
      let margins = account.margins
      guard let before = margins.first ?? nil, let after = margins[rule] else { return nil }
      return (account, before.initial.surplusUSD - after.initial.surplusUSD)
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
    .bar-first { stroke: var(--ink); stroke-width: 1.5; stroke-dasharray: 6 4; }
    """

  /// Whether bars carry numbers: the names of so many rule sets would run into each other.
  static func isNumbered(_ results: CompareResults) -> Bool { results.rules.count > 8 }

  func write(into card: inout Markup) {
    let totals = results.totals
    let ratios = totals.rules.map { rule in
      rule.firstInitialUSD > 0
        ? (rule.initialUSD / rule.firstInitialUSD, rule.maintenanceUSD / rule.firstInitialUSD)
        : (0, 0)
    }
    let scale = AxisScale(covering: [0, 1] + ratios.flatMap { [$0.0, $0.1] })
    let frame = PlotFrame(plotPixels: 220)
    card.element("figure") { figure in
      figure.element(
        "figcaption",
        text: "Requirements over the initial requirement of the first, same accounts")
      figure.chart(
        frame, label: "Requirements by rule set",
        yTicks: scale.ticks(about: 5).map {
          (scale.fraction($0), NumberText.percent($0, decimals: 0))
        }
      ) { plot in
        let width = 1 / Double(totals.rules.count)
        for (position, ratio) in ratios.enumerated() {
          let left = Double(position) * width
          for (part, share, style) in [
            (0.0, ratio.0, "bar-initial"), (1.0, ratio.1, "bar-maintenance")
          ] {
            let start = left + (0.14 + 0.37 * part) * width
            plot.bar(
              x: start...(start + 0.34 * width),
              y: frame.y(scale.fraction(max(share, 0)))...frame.bottomPixels, style,
              title: results.rules[position].name + " "
                + NumberText.percent(share, decimals: 1))
          }
        }
        let one = frame.y(scale.fraction(1))
        plot.line(from: (0, one), to: (1, one), "bar-first")
        plot.xTicks(
          results.rules.indices.map { place in
            let name = Self.isNumbered(results) ? "\(place + 1)" : results.rules[place].name
            return ((Double(place) + 0.5) * width, name)
          }, frame: frame)
      }
      figure.legend(
        [(style: "bar-initial", text: "initial"), (style: "bar-maintenance", text: "maintenance")])
    }
  }
}
