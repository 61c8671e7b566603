// The tables of a liquidation study.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Tables as text.
struct LiquidateTables {
  let results: LiquidateResults

  /// Price of a direction's leading asset after a move, USD.
  func priceUSD(_ direction: Int, _ move: Double?) -> Double? {
    move.map { results.pricesUSD[direction] * ScalarMath.exp($0) }
  }

  /// One row for each margined account and direction.
  func distances() throws(NonFiniteField) -> CSVTable {
    let rows = results.today.indices.filter { results.today[$0] != nil }.flatMap { account in
      results.directions.indices.map { results.distances[$0][account] }
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
        .number("liquidation_price_down_usd") { priceUSD($0.direction, $0.down) },
        .number("liquidation_price_up_usd") { priceUSD($0.direction, $0.up) },
        .required("exact") { .text(exact.contains($0.account) ? "true" : "false") }
      ], rows: rows)
  }

  /// One row for each margined account.
  func probabilities() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("account") { .text(results.accountNames[$0.account.position]) },
        .required("horizon_days") { _ in .number(results.horizonDays) },
        .required("probability") { .number($0.probability) },
        .required("probability_error") { .number($0.probabilityError) },
        .required("step_probability") { .number($0.stepProbability) },
        .required("mean_bad_debt_usd") { .number($0.badDebtUSD) }
      ], rows: results.passages)
  }

  /// One row for each direction and step.
  func ladder() throws(NonFiniteField) -> CSVTable {
    let rows = results.ladders.enumerated().flatMap { direction, steps in
      steps.map { (direction: direction, step: $0) }
    }
    return try CSVTable(
      [
        .required("direction") { .text(results.directions[$0.direction].name) },
        .required("move") { .number(ScalarMath.exp($0.step.move) - 1) },
        .required("price_usd") { .number(priceUSD($0.direction, $0.step.move) ?? 0) },
        .required("liquidatable_accounts") { .number(Double($0.step.liquidatableCount)) },
        .required("liquidatable_notional_usd") { .number($0.step.liquidatableNotionalUSD) },
        .required("negative_equity_usd") { .number($0.step.negativeEquityUSD) }
      ], rows: rows)
  }

  /// One row for each scenario.
  func badDebt(_ badDebt: BadDebtResult) throws(NonFiniteField) -> CSVTable {
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
  func contributions(_ badDebt: BadDebtResult) throws(NonFiniteField) -> CSVTable {
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
