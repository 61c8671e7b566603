// Rows of the tables that only some runs have.

import CrossMargin
import GRDB
import PortfolioModel

/// Makes rows of one block for the tables that a run has beyond what every run has.
struct ExtraRows {
  let extras: ResultExtras

  func tables(of block: AccountBlockResult) throws(OutputError) -> [TableRows] {
    var tables: [TableRows] = []
    if extras.contains(.intervals) {
      let measures = block.measures.filter { $0.tail?.interval != nil }
      tables.append(try rows(ResultExtras.measureInterval, measures, Self.addInterval))
    }
    if extras.contains(.analytic) {
      let measures = block.analytic?.measures ?? []
      tables.append(try rows(ResultExtras.accountAnalytic, measures, Self.addMeasures))
    }
    if extras.contains(.contributions) {
      let parts = block.analytic?.contributions ?? []
      tables.append(try rows(ResultExtras.accountContribution, parts, Self.addContribution))
    }
    if extras.contains(.reverseStress) {
      let stresses = block.analytic?.stresses ?? []
      tables.append(try rows(ResultExtras.accountReverseStress, stresses, Self.addStress))
    }
    if extras.contains(.reconciliation) {
      tables.append(
        try rows(ResultExtras.reconciliationTable, block.reconciliations, Self.addReconciliation))
    }
    return tables
  }

  /// One row for each item, whose fields `add` gives in the order of the table's columns.
  private func rows<Item>(
    _ table: StoredTable, _ items: [Item],
    _ add: (Item, inout TableRows) throws(OutputError) -> Void
  ) throws(OutputError) -> TableRows {
    var rows = TableRows(table, expectedCount: items.count)
    for item in items {
      try add(item, &rows)
      rows.endRow()
    }
    return rows
  }

  private static func addReconciliation(
    _ row: ReconciliationRow, to rows: inout TableRows
  ) throws(OutputError) {
    rows.add(row.account.rank)
    rows.add(row.figure.rawValue)
    try rows.add(row.reportedUSD)
    try rows.add(row.computedUSD)
    try rows.add(row.relativeDifference)
    rows.add(row.cause.rawValue)
  }

  private static func addInterval(
    _ measure: MeasureRow, to rows: inout TableRows
  ) throws(OutputError) {
    guard let interval = measure.tail?.interval else {
      preconditionFailure("measures without interval have no row")
    }
    rows.add(measure.account.rank)
    rows.add(measure.setPosition)
    try rows.add(interval)
  }

  private static func addMeasures(
    _ row: AnalyticRow, to rows: inout TableRows
  ) throws(OutputError) {
    rows.add(row.account.rank)
    rows.add(row.method.rawValue)
    rows.add(row.fallbackReason)
    try rows.add(row.measures)
    try rows.add(row.saddlepoint)
    try rows.add(row.cornishFisherUSD)
    try rows.add(row.revaluation.valueAtRiskUSD)
    try rows.add(row.revaluation.valueAtRiskErrorUSD)
    try rows.add(row.revaluation.expectedShortfallUSD)
    try rows.add(row.revaluation.expectedShortfallErrorUSD)
  }

  private static func addContribution(
    _ part: ContributionRow, to rows: inout TableRows
  ) throws(OutputError) {
    rows.add(part.account.rank)
    rows.add(part.kind.rawValue)
    rows.add(part.name)
    try rows.add(part.contribution)
  }

  private static func addStress(
    _ stress: ReverseStressRow, to rows: inout TableRows
  ) throws(OutputError) {
    rows.add(stress.account.rank)
    rows.add(stress.target.rawValue)
    rows.add(stress.rank)
    try rows.add(stress.distance)
    try rows.add(stress.outsideProbability)
    try rows.add(stress.lossProbability)
    try rows.add(stress.revaluedLossUSD)
    try rows.add(stress.formLossUSD)
    try rows.add(stress.formErrorFraction)
    for place in 0..<ResultExtras.namedMoveCount {
      let move = place < stress.moves.count ? stress.moves[place] : nil
      rows.add(move?.factor.description)
      try rows.add(move?.move)
    }
  }
}
