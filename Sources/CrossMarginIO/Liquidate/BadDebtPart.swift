// Bad debt under common scenarios and who pays it.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// The distribution of bad debt.
struct BadDebtPart: LiquidatePart {
  let results: LiquidateResults
  let badDebt: BadDebtResult

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("bad_debt.csv", try scenarios()), ("contributions.csv", try contributions())]
  }

  func write(into page: inout Markup) {
    let tail = badDebt.tail
    page.section(
      id: "bad-debt", title: "Bad debt under common scenarios",
      lead: "All accounts in the \(NumberText.count(badDebt.labels.count)) scenarios of the set "
        + "\(badDebt.set), requirements frozen at today's, closing at "
        + NumberText.percent(results.settings.costFraction, decimals: 2) + " of gross notional. "
        + "Accounts owe \(NumberText.compactUSD(badDebt.todayUSD)) today already; with "
        + "\(NumberText.percent(badDebt.probability, decimals: 1)) it becomes more."
    ) { card in
      var reach = 0.0
      let lines = results.settings.tiers.map { tier in
        reach += tier.capacityUSD
        return (name: tier.name, amountUSD: reach)
      }
      ExceedanceChart(badDebt: badDebt, lines: lines).write(into: &card)
      card.table(
        head: ["measure", "USD", "standard error"],
        rows: [
          [
            "value at risk", NumberText.compactUSD(tail.valueAtRiskUSD),
            tail.valueAtRiskErrorUSD.map(NumberText.compactUSD) ?? NumberText.absent
          ],
          [
            "expected shortfall", NumberText.compactUSD(tail.expectedShortfallUSD),
            tail.expectedShortfallErrorUSD.map(NumberText.compactUSD) ?? NumberText.absent
          ]
        ])
      let names = results.settings.tiers.map(\.name) + ["left to all"]
      card.table(
        head: ["who pays", "holds", "probability", "mean in the tail"],
        rows: names.enumerated().map { tier, name in
          [
            name,
            tier < results.settings.tiers.count
              ? NumberText.compactUSD(results.settings.tiers[tier].capacityUSD) : NumberText.absent,
            NumberText.percent(badDebt.tierProbabilities[tier], decimals: 2),
            NumberText.compactUSD(badDebt.tierTailUSD[tier])
          ]
        })
      let order = badDebt.contributionsUSD.indices.filter { badDebt.contributionsUSD[$0] > 0 }
        .sorted { (badDebt.contributionsUSD[$1], $0) < (badDebt.contributionsUSD[$0], $1) }
      card.table(
        head: ["account", "share of the expected shortfall", "USD"],
        rows: order.prefix(15).map { account in
          let own = badDebt.contributionsUSD[account]
          return [
            results.accountNames[account],
            NumberText.percent(own / tail.expectedShortfallUSD, decimals: 1),
            NumberText.compactUSD(own)
          ]
        })
    }
  }

  /// One row for each scenario.
  private func scenarios() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("scenario") { .number(Double($0)) },
        .required("label") { .text(badDebt.labels[$0]) },
        .required("liquidated_accounts") { .number(Double(badDebt.liquidatedCount[$0])) },
        .required("liquidated_notional_usd") { .number(badDebt.liquidatedNotionalUSD[$0]) },
        .required("bad_debt_usd") { .number(badDebt.badDebtUSD[$0]) }
      ], rows: badDebt.labels.indices)
  }

  /// One row for each account that adds to the expected shortfall of bad debt, most first.
  private func contributions() throws(NonFiniteField) -> CSVTable {
    let accounts = badDebt.contributionsUSD.indices.filter { badDebt.contributionsUSD[$0] > 0 }
      .sorted {
        (badDebt.contributionsUSD[$1], $0) < (badDebt.contributionsUSD[$0], $1)
      }
    return try CSVTable(
      [
        .required("account") { .text(results.accountNames[$0]) },
        .required("es_contribution_usd") { .number(badDebt.contributionsUSD[$0]) }
      ], rows: accounts)
  }
}
