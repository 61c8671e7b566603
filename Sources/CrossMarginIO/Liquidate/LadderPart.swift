// What moves of the market would liquidate.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Ladders of all directions.
struct LadderPart: LiquidatePart {
  let results: LiquidateResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("ladder.csv", try ladder())]
  }

  func write(into page: inout Markup) {
    page.section(
      id: "ladder", title: "What a move would liquidate",
      lead:
        "Accounts without surplus at their last level when the price of one asset moves alone, or "
        + "all factors together by their regression on the leading one. Requirements are scanned again "
        + "at every step.", isLong: true
    ) { card in
      for direction in results.directions.indices.reversed() {
        LadderChart(results: results, direction: direction).write(into: &card)
      }
    }
  }

  /// One row for each direction and step.
  private func ladder() throws(NonFiniteField) -> CSVTable {
    let rows = results.ladders.enumerated().flatMap { direction, steps in
      steps.map { (direction: direction, step: $0) }
    }
    return try CSVTable(
      [
        .required("direction") { .text(results.directions[$0.direction].name) },
        .required("move") { .number(ScalarMath.exp($0.step.move) - 1) },
        .required("price_usd") { .number(results.priceUSD($0.direction, $0.step.move)) },
        .required("liquidatable_accounts") { .number(Double($0.step.liquidatableCount)) },
        .required("liquidatable_notional_usd") { .number($0.step.liquidatableNotionalUSD) },
        .required("negative_equity_usd") { .number($0.step.negativeEquityUSD) }
      ], rows: rows)
  }
}
