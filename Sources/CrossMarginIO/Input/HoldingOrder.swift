// The order of holdings: by account, then by what is held. Accounts and holdings are numbers, so that
// millions of rows are sorted without a look at a name.

import PortfolioModel
import RiskNumerics

/// Rows of one account that follow each other, line by line, in one part of a file.
struct HoldingRun: Sendable {
  /// Stands for the account of a row that is left out.
  static let dropped: Int32 = -1
  /// Number of the account.
  var account: Int32
  /// The first row within the part; the last one stands before the next run.
  let firstRow: Int32
  /// The line of the first row.
  let firstLine: Int32
}

/// One row of holdings on its way into the order of its account.
struct HeldRow {
  /// What the rows of one account are sorted by.
  var key: Int64
  /// The part of the file that the row stands in, and its place there.
  var part: Int32
  var row: Int32
  var line: Int32
}

/// Rows of holdings grouped by the rank of their accounts.
struct HoldingOrder: Sendable {
  private struct PlacedRun: Sendable {
    var part: Int32 = 0
    var firstRow: Int32 = 0
    var endRow: Int32 = 0
    var firstLine: Int32 = 0
  }

  /// Runs account by account, those of one account in the order of the file.
  private var runs: [PlacedRun]
  /// Where each account begins in `runs`, and their count at the end: [accounts + 1].
  private var offsets: [Int]
  private let file: String
  private let keyName: String

  /// Groups runs by a stable counting sort.
  ///
  /// - Parameters:
  ///   - parts: runs of each part and the number of its rows, in the order of the file; accounts by
  ///     number.
  ///   - rankOfNumber: rank of each account number.
  ///   - file: the name of the file, and the columns that make up a key, for issues.
  init(
    _ parts: [(runs: [HoldingRun], rowCount: Int)], rankOfNumber: [Int32], file: String,
    keyName: String
  ) {
    (self.file, self.keyName) = (file, keyName)
    offsets = [Int](repeating: 0, count: rankOfNumber.count + 1)
    for part in parts {
      for run in part.runs where run.account != HoldingRun.dropped {
        offsets[Int(rankOfNumber[Int(run.account)]) + 1] += 1
      }
    }
    for account in rankOfNumber.indices { offsets[account + 1] += offsets[account] }
    var next = offsets
    runs = [PlacedRun](repeating: PlacedRun(), count: offsets[rankOfNumber.count])
    for (number, part) in parts.enumerated() {
      for (position, run) in part.runs.enumerated() where run.account != HoldingRun.dropped {
        let account = Int(rankOfNumber[Int(run.account)])
        let isLast = position + 1 == part.runs.count
        runs[next[account]] = PlacedRun(
          part: Int32(number), firstRow: run.firstRow,
          endRow: isLast ? Int32(part.rowCount) : part.runs[position + 1].firstRow,
          firstLine: run.firstLine)
        next[account] += 1
      }
    }
  }

  /// Writes the rows of an account into `rows`, sorted by key. Of rows with the same key the first of
  /// the file is kept; the others become issues.
  ///
  /// - Parameter key: of the row at a place within a part.
  func collect(
    ofAccountAt rank: Int, into rows: inout [HeldRow], issues: inout FieldIssues,
    key: (_ part: Int, _ row: Int) -> Int64
  ) {
    rows.removeAll(keepingCapacity: true)
    for run in runs[offsets[rank]..<offsets[rank + 1]] {
      for row in run.firstRow..<run.endRow {
        // A line number that is too large for its type stays at the largest.
        let (line, overflows) = run.firstLine.addingReportingOverflow(row - run.firstRow)
        rows.append(
          HeldRow(
            key: key(Int(run.part), Int(row)), part: run.part, row: row,
            line: overflows ? .max : line))
      }
    }
    rows.sortFew { $0.key < $1.key }
    refuseRepeatedKeys(&rows, &issues)
  }

  private func refuseRepeatedKeys(_ rows: inout [HeldRow], _ issues: inout FieldIssues) {
    var keptCount = 0
    for row in rows {
      if keptCount > 0, rows[keptCount - 1].key == row.key {
        issues.append(
          FieldIssue(
            file: file, line: Int(row.line), field: keyName,
            found: "the same as on line \(rows[keptCount - 1].line)", expected: "every key once"))
        continue
      }
      rows[keptCount] = row
      keptCount += 1
    }
    rows.removeLast(rows.count - keptCount)
  }
}

/// Names of what rows hold and the book does not define, over all parts of a file.
///
/// A row refers to such a name by a number below zero: -1 for the first of its part.
struct UnknownNames: Sendable {
  /// The names, sorted by their bytes.
  let sorted: [String]
  /// For each part, the rank of each of its names among all.
  private let ranks: [[Int32]]

  init(_ parts: [NameTable]) {
    let names = JoinedNames(parts)
    let rankOfNumber = names.ranksByName()
    sorted = names.table.indicesByName().map { names.table.name(at: $0) }
    ranks = parts.enumerated().map { part, table in
      (0..<Int32(table.count)).map { rankOfNumber[Int(names.number($0, part: part))] }
    }
  }

  /// The rank of what a row holds: a known one stays, unknown ones come before all known by the
  /// bytes of their names.
  func rank(of held: Int32, part: Int) -> Int32 {
    held >= 0 ? held : ranks[part][Int(-1 - held)] - Int32(sorted.count)
  }

  /// The name behind a rank below zero.
  func name(atRank rank: Int32) -> String { sorted[sorted.count + Int(rank)] }
}
