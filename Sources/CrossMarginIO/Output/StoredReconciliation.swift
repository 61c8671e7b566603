// What the venue reports beside what was computed, as stored.

import CrossMargin
import GRDB

/// One figure of one account.
public struct StoredReconciliation: Sendable, Equatable {
  /// Name or pseudonym of the account.
  public var account: String
  /// What is compared.
  public var figure: ReconciliationRow.Figure
  /// The venue's, USD; prices in the quote asset.
  public var reportedUSD: Double
  /// Ours, USD.
  public var computedUSD: Double
  /// Difference over the reported figure.
  public var relativeDifference: Double
  /// Why they differ.
  public var cause: ReconciliationRow.Cause
}

/// Comparisons of a book with what its venue reports.
public struct ReconciliationSummary: Sendable, Equatable {
  /// Number of figures by what is compared and why they differ, in the order of the cases.
  /// [figures][causes]
  public var counts: [[Int]]
  /// The largest relative differences, the largest first.
  public var largest: [StoredReconciliation]

  /// Comparisons with a number of the largest.
  public init(counts: [[Int]], largest: [StoredReconciliation]) {
    self.counts = counts
    self.largest = largest
  }
}

extension ResultReader {
  /// Comparisons with what the venue reports; nil where the book brings none.
  public func reconciliation(limit: Int) throws(OutputError) -> ReconciliationSummary? {
    guard schema.extras.contains(.reconciliation) else { return nil }
    return try database.read { connection in
      let counts = try ReconciliationRow.Figure.allCases.map { figure in
        try ReconciliationRow.Cause.allCases.map { cause in
          try Int.fetchOne(
            connection,
            sql: "SELECT count(*) FROM reconciliation WHERE figure = ? AND cause = ?",
            arguments: [figure.rawValue, cause.rawValue]) ?? 0
        }
      }
      let rows = try Row.fetchAll(
        connection,
        sql: """
          SELECT a.name, r.figure, r.reported_usd, r.computed_usd, r.difference_fraction, r.cause
          FROM reconciliation r JOIN account a USING (account)
          ORDER BY r.difference_fraction DESC, r.account, r.figure LIMIT ?
          """, arguments: [limit])
      let largest = try rows.map { row in
        guard let figure = ReconciliationRow.Figure(rawValue: row[1]),
          let cause = ReconciliationRow.Cause(rawValue: row[5])
        else { throw damage("an unknown comparison") }
        return StoredReconciliation(
          account: row[0], figure: figure, reportedUSD: row[2], computedUSD: row[3],
          relativeDifference: row[4], cause: cause)
      }
      return ReconciliationSummary(counts: counts, largest: largest)
    }
  }
}
