// Rows of the tables that only some runs have.

import CrossMargin
import GRDB
import PortfolioModel

/// Makes rows of one block for the tables that a run has beyond what every run has.
struct ExtraRows {
  let extras: ResultExtras

  func tables(of block: AccountBlockResult) throws(OutputError) -> [TableRows] {
    var tables: [TableRows] = []
    if extras.contains(.intervals) { tables.append(try intervals(block.measures)) }
    if extras.contains(.analytic) {
      tables.append(try measures(block.analytic?.measures ?? []))
    }
    if extras.contains(.contributions) {
      tables.append(try contributions(block.analytic?.contributions ?? []))
    }
    if extras.contains(.reverseStress) {
      tables.append(try stresses(block.analytic?.stresses ?? []))
    }
    if extras.contains(.reconciliation) {
      tables.append(try reconciliations(block.reconciliations))
    }
    return tables
  }

  private func reconciliations(_ rows: [ReconciliationRow]) throws(OutputError) -> TableRows {
    var table = TableRows(ResultExtras.reconciliationTable, expectedCount: rows.count)
    for row in rows {
      table.add(row.account.rank)
      table.add(row.figure.rawValue)
      try table.add(row.reportedUSD)
      try table.add(row.computedUSD)
      try table.add(row.relativeDifference)
      table.add(row.cause.rawValue)
      table.endRow()
    }
    return table
  }

  private func intervals(_ measures: [MeasureRow]) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultExtras.measureInterval, expectedCount: measures.count)
    for measure in measures {
      guard let interval = measure.tail?.interval else { continue }
      rows.add(measure.account.rank)
      rows.add(measure.setPosition)
      try rows.add(interval)
      rows.endRow()
    }
    return rows
  }

  private func measures(_ measures: [AnalyticRow]) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultExtras.accountAnalytic, expectedCount: measures.count)
    for row in measures {
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
      rows.endRow()
    }
    return rows
  }

  private func contributions(_ parts: [ContributionRow]) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultExtras.accountContribution, expectedCount: parts.count)
    for part in parts {
      rows.add(part.account.rank)
      rows.add(part.kind.rawValue)
      rows.add(part.name)
      try rows.add(part.contribution)
      rows.endRow()
    }
    return rows
  }

  private func stresses(_ stresses: [ReverseStressRow]) throws(OutputError) -> TableRows {
    var rows = TableRows(ResultExtras.accountReverseStress, expectedCount: stresses.count)
    for stress in stresses {
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
      rows.endRow()
    }
    return rows
  }
}
