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

  /// One row for each root; one without a price where a direction has none.
  private func roots() throws(NonFiniteField) -> CSVTable {
    typealias Row = (found: AccountRoots, root: Int?)
    let rows = results.roots.flatMap { found -> [Row] in
      let roots: [Int?] = found.moves.isEmpty ? [nil] : found.moves.indices.map { $0 }
      return roots.map { (found: found, root: $0) }
    }
    let columns: [CSVColumn<Row>] = [
      .required("account") { .text(results.accountNames[$0.found.account.position]) },
      .required("direction") { .text(results.directions[$0.found.direction].name) },
      .required("method") { .text($0.found.method.rawValue) },
      .required("root_count") { .number(Double($0.found.moves.count)) },
      .required("root") { .number(Double($0.root.map { $0 + 1 } ?? 0)) },
      .number("move") { row in row.root.map { ScalarMath.exp(row.found.moves[$0]) - 1 } },
      .number("price_usd") { row in
        row.root.map { results.priceUSD(row.found.direction, row.found.moves[$0]) }
      }
    ]
    return try CSVTable(columns, rows: rows)
  }
}
