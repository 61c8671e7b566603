// What moves the probabilities of liquidation of the nearest accounts.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Sensitivities of probabilities.
struct SensitivityPart: LiquidatePart {
  let results: LiquidateResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("sensitivities.csv", try sensitivities())]
  }

  func write(into page: inout Markup) {
    page.section(
      id: "sensitivities", title: "What moves the probability",
      lead: "Change of the probability of liquidation within "
        + "\(NumberText.age(days: results.horizonDays)), in points, on the same paths: where all "
        + "factors move by a tenth more, after a deposit of one percent of gross notional, and after "
        + "closing a tenth of the position that helps most.", isLong: true
    ) { card in
      card.table(
        head: [
          "account", "probability", "volatility", "deposit", "changes by", "closing a tenth of",
          "changes by"
        ],
        rows: results.sensitivities.map { row in
          let best = row.positions.min { $0.change < $1.change }
          return [
            results.accountNames[row.account.position],
            NumberText.percent(row.probability, decimals: 2), points(row.volatilityChange),
            NumberText.compactUSD(row.depositUSD),
            row.depositChange.map(points) ?? NumberText.absent,
            best.map { results.instruments[$0.instrument.position].name } ?? NumberText.absent,
            best.map { points($0.change) } ?? NumberText.absent
          ]
        })
    }
  }

  private func points(_ change: Double) -> String {
    (change > 0 ? "+" : "") + NumberText.percent(change, decimals: 2)
  }

  /// One row for each account and cause.
  private func sensitivities() throws(NonFiniteField) -> CSVTable {
    struct Row {
      var account: AccountIndex
      var cause: String
      var instrument: String?
      var amount: Double
      var change: Double
    }
    let rows = results.sensitivities.flatMap { row in
      [
        Row(
          account: row.account, cause: "volatility", amount: PassageSensitivities.volatilityRise,
          change: row.volatilityChange)
      ]
        + (row.depositChange.map {
          [
            Row(
              account: row.account, cause: "deposit_usd", amount: row.depositUSD, change: $0)
          ]
        } ?? [])
        + row.positions.map {
          Row(
            account: row.account, cause: "closing",
            instrument: results.instruments[$0.instrument.position].name,
            amount: $0.closedQuantity, change: $0.change)
        }
    }
    return try CSVTable(
      [
        .required("account") { .text(results.accountNames[$0.account.position]) },
        .required("cause") { .text($0.cause) }, .text("instrument") { $0.instrument },
        .required("amount") { .number($0.amount) },
        .required("probability_change") { .number($0.change) }
      ], rows: rows)
  }
}
