// All liquidation prices of the nearest accounts.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Every price at which surplus changes its sign.
struct RootsPart: LiquidatePart {
  let results: LiquidateResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("roots.csv", try roots())]
  }

  func write(into page: inout Markup) {
    let several = results.roots.filter { $0.moves.count > 1 }
    page.section(
      id: "roots", title: "All liquidation prices",
      lead: "Accounts of the table above whose surplus changes its sign more than once along one "
        + "direction within the sweep, requirements scanned again; roots.csv has the others too. Exact "
        + "where break points are walked, otherwise scanned through all strikes with every dip "
        + "searched."
    ) { card in
      card.table(
        head: ["account", "direction", "changes of sign", "found by"],
        rows: several.map { found in
          [
            results.accountNames[found.account.position],
            results.directions[found.direction].name,
            found.moves.map {
              NumberText.price(results.priceUSD(found.direction, $0)) + " ("
                + NumberText.move(ScalarMath.exp($0) - 1) + ")"
            }.joined(separator: ", "),
            found.method == .breakPoints ? "break points" : "scan"
          ]
        })
    }
  }

  /// One root of an account along a direction, or the fact that there is none.
  private struct Row {
    var found: AccountRoots
    /// Rank of the root from 0; nil = none.
    var rank: Int?

    var move: Double? { rank.map { found.moves[$0] } }
  }

  /// One row for each root; one without a price where a direction has none.
  private func roots() throws(NonFiniteField) -> CSVTable {
    var rows: [Row] = []
    for found in results.roots {
      if found.moves.isEmpty { rows.append(Row(found: found)) }
      for rank in found.moves.indices { rows.append(Row(found: found, rank: rank)) }
    }
    let columns: [CSVColumn<Row>] = [
      .required("account") { .text(results.accountNames[$0.found.account.position]) },
      .required("direction") { .text(results.directions[$0.found.direction].name) },
      .required("method") { .text($0.found.method.rawValue) },
      .required("root_count") { .number(Double($0.found.moves.count)) },
      .required("root") { .number(Double(($0.rank ?? -1) + 1)) },
      .number("move") { $0.move.map { ScalarMath.exp($0) - 1 } },
      .number("price_usd") { row in row.move.map { results.priceUSD(row.found.direction, $0) } }
    ]
    return try CSVTable(columns, rows: rows)
  }
}
