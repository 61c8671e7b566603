// What would restore the accounts that are nearest to liquidation or beyond it.

import CrossMargin
import PortfolioModel

/// Cures, ranked by cost.
struct CuresPart: LiquidatePart {
  let names: [String]
  let distance: DistanceResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("cures.csv", try cures())]
  }

  private static let shownCuresMax = 3

  func write(into page: inout Markup) {
    let settings = distance.cureSettings
    page.section(
      id: "cures", title: "Cures",
      lead:
        "What restores a surplus of \(NumberText.percent(settings.bufferFraction, decimals: 0)) of "
        + "the requirement, for accounts without surplus, then for the nearest: each change is "
        + "confirmed by the account's rule set, the smallest that suffices, the cheapest first. Trades "
        + "cost \(NumberText.percent(settings.tradeCostFraction, decimals: 2)) of their notional; a "
        + "deposit costs \(NumberText.percent(settings.capitalCostAnnual)) a year for "
        + "\(NumberText.age(days: settings.horizonDays)). Options trade at their model value.",
      isLong: true
    ) { card in
      card.table(
        head: ["account", "surplus", "requirement", "cheapest", "second", "third"],
        rows: distance.cures.filter { !$0.isHealthy }.map { found in
          let shown = found.cures.prefix(Self.shownCuresMax).map(Self.text)
          let absent = Array(
            repeating: NumberText.absent, count: Self.shownCuresMax - shown.count)
          return [
            names[found.account.position], NumberText.compactUSD(found.surplusUSD),
            NumberText.compactUSD(found.requirementUSD)
          ] + shown + absent
        })
    }
  }

  private static func text(_ cure: Cure) -> String {
    cure.kind.rawValue + ": " + amounts(cure) + " at " + NumberText.compactUSD(cure.costUSD)
  }

  /// What is paid in or traded, in units of it.
  private static func amounts(_ cure: Cure) -> String {
    (cure.change.deposits + cure.change.trades).map {
      NumberText.short(NumberText.rounded($0.amount, significantDigits: 6)) + " " + $0.name
    }.joined(separator: ", ")
  }

  /// One row for each cure.
  private func cures() throws(NonFiniteField) -> CSVTable {
    let rows = distance.cures.flatMap { found in
      found.cures.enumerated().map { (found: found, rank: $0.offset + 1, cure: $0.element) }
    }
    return try CSVTable(
      [
        .required("account") { .text(names[$0.found.account.position]) },
        .required("surplus_usd") { .number($0.found.surplusUSD) },
        .required("requirement_usd") { .number($0.found.requirementUSD) },
        .required("rank") { .number(Double($0.rank)) },
        .required("kind") { .text($0.cure.kind.rawValue) },
        .required("change") { row in
          .text(
            (row.cure.change.deposits + row.cure.change.trades).map {
              String(CSVTable.shortest($0.amount)) + " " + $0.name
            }.joined(separator: "; "))
        },
        .required("cost_usd") { .number($0.cure.costUSD) },
        .required("amount_usd") { .number($0.cure.amountUSD) },
        .required("surplus_after_usd") { .number($0.cure.surplusUSD) },
        .required("requirement_after_usd") { .number($0.cure.requirementUSD) }
      ], rows: rows)
  }
}
