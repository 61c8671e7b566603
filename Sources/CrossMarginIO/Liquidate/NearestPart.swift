// Liquidation prices and probabilities of accounts, and those that are nearest.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Distances of all accounts.
struct NearestPart: LiquidatePart {
  let results: LiquidateResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    var tables = [(name: "distances.csv", table: try distances())]
    if let passages = results.passages {
      tables.append(("probabilities.csv", try probabilities(passages)))
    }
    return tables
  }

  private static let shownAccountsMax = 40

  func write(into page: inout Markup) {
    let accounts = results.nearestAccounts.prefix(Self.shownAccountsMax)
    page.section(
      id: "nearest", title: "Nearest to liquidation",
      lead:
        "\(NumberText.count(results.liquidatableCount)) accounts have no surplus left today. Of "
        + "the others, the nearest: the price at which surplus crosses zero, down and up; a dash "
        + "where none "
        + "does within the sweep. The first \(results.refined.count) are exact, others straight "
        + "between steps. Probabilities are of a surplus below zero at any time within "
        + "\(NumberText.age(days: results.horizonDays)), with their standard errors.", isLong: true
    ) { card in
      let passages = results.passages(of: accounts)
      let distances = results.distances(of: accounts)
      card.table(
        head: ["account", "surplus", "equity", "probability"]
          + results.directions.flatMap { ["\($0.name) down", "\($0.name) up"] },
        rows: accounts.map { account in
          let health = results.today[account.position]
          return [
            results.accountNames[account.position],
            NumberText.compactUSD(health?.surplusUSD ?? 0),
            NumberText.compactUSD(health?.equityUSD ?? 0),
            passages[account].map {
              NumberText.percent($0.probability, decimals: 2) + " ± "
                + NumberText.percent($0.probabilityError, decimals: 2)
            } ?? NumberText.absent
          ]
            + (distances[account] ?? []).flatMap { own in
              [own.down, own.up].map { move in
                guard let move else { return NumberText.absent }
                return NumberText.price(results.priceUSD(own.direction, move)) + " ("
                  + NumberText.percent(ScalarMath.exp(move) - 1, decimals: 1) + ")"
              }
            }
        })
    }
  }

  /// One row for each margined account and direction.
  private func distances() throws(NonFiniteField) -> CSVTable {
    let rows = results.distancesByAccount.lazy.joined().filter {
      results.today[$0.account.position] != nil
    }
    let exact = Set(results.refined)
    return try CSVTable(
      [
        .required("account") { .text(results.accountNames[$0.account.position]) },
        .required("direction") { .text(results.directions[$0.direction].name) },
        .required("lead") {
          .text(results.market[results.directions[$0.direction].lead].name)
        },
        .required("price_usd") { .number(results.pricesUSD[$0.direction]) },
        .number("surplus_usd") { results.today[$0.account.position]?.surplusUSD },
        .number("liquidation_price_down_usd") { row in
          row.down.map { results.priceUSD(row.direction, $0) }
        },
        .number("liquidation_price_up_usd") { row in
          row.up.map { results.priceUSD(row.direction, $0) }
        },
        .required("exact") { .text(exact.contains($0.account) ? "true" : "false") }
      ], rows: rows)
  }

  /// One row for each margined account.
  private func probabilities(
    _ passages: SpilledRows<PassageRow>
  ) throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("account") { .text(results.accountNames[$0.account.position]) },
        .required("horizon_days") { _ in .number(results.horizonDays) },
        .required("probability") { .number($0.probability) },
        .required("probability_error") { .number($0.probabilityError) },
        .required("step_probability") { .number($0.stepProbability) },
        .required("mean_bad_debt_usd") { .number($0.badDebtUSD) }
      ], rows: passages)
  }
}
