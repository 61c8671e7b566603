// Accounts as one part of a file mentions them: numbers, and runs of rows, that are joined with those
// of the other parts afterwards.

import PortfolioModel

/// The accounts of the rows of one part.
struct PartAccounts: Sendable {
  /// Runs of rows; `merge` turns their accounts into numbers of all files.
  private(set) var runs: [HoldingRun] = []
  /// Number of rows of all runs.
  private(set) var rowCount = 0
  /// Accounts that were known before this file was read: they keep their numbers.
  private let known: NameTable
  /// Further ones, numbered on from there.
  private var added = NameTable()
  /// Further ones that are not valid names, with the first row of each. That row is refused when the
  /// name turns out to be new to the whole file: each such name is reported once.
  private var invalidNames: [InvalidName] = []
  private var last: (field: CSVScanner.Field, number: Int32)?
  private var isRowInvalid = false
  private var nextLine = 0

  private struct InvalidName: Sendable {
    var added: Int32
    var line: Int
    var run: Int?
  }

  init(known: NameTable) { self.known = known }

  /// The number of the account of the current row.
  mutating func number(_ row: TableRow, at column: Int, line: Int) -> Int32 {
    isRowInvalid = false
    // Rows are often grouped by account.
    if let last, row.repeats(last.field, at: column) { return last.number }
    let number = row.find(at: column, in: known) ?? addedNumber(row, at: column, line: line)
    last = (row.field(at: column), number)
    return number
  }

  private mutating func addedNumber(_ row: TableRow, at column: Int, line: Int) -> Int32 {
    let count = added.count
    let number = row.intern(at: column, into: &added)
    isRowInvalid = Int(number) == count && !NameText.isName(added.name(at: number))
    if isRowInvalid { invalidNames.append(InvalidName(added: number, line: line)) }
    return Int32(known.count) + number
  }

  /// Takes in the current row, which `number` belongs to.
  mutating func append(_ number: Int32, line: Int) {
    if isRowInvalid {
      invalidNames[invalidNames.count - 1].run = runs.count
      nextLine = 0
    }
    if line != nextLine || runs.last?.account != number {
      runs.append(
        HoldingRun(
          account: number, firstRow: Int32(rowCount), firstLine: Int32(clamping: line)))
    }
    rowCount += 1
    nextLine = isRowInvalid ? 0 : line + 1
  }

  /// The name of a number that this part gave out.
  func name(at number: Int32) -> String {
    let added = number - Int32(known.count)
    return added < 0 ? known.name(at: number) : self.added.name(at: added)
  }

  /// Adds the accounts of this part to those of all files, in whose numbers the runs are from now on.
  ///
  /// - Parameters:
  ///   - names: all accounts so far: those known to this part, then those of the parts before it.
  ///   - issues: takes names that are none.
  mutating func merge(
    into names: inout NameTable, file: String, issues: inout FieldIssues
  ) {
    var numbers: [Int32] = []
    numbers.reserveCapacity(added.count)
    var nextInvalid = invalidNames.startIndex
    for index in 0..<Int32(added.count) {
      let count = names.count
      let number = names.intern(index, of: added)
      numbers.append(number)
      guard nextInvalid < invalidNames.endIndex, invalidNames[nextInvalid].added == index else {
        continue
      }
      let place = invalidNames[nextInvalid]
      nextInvalid += 1
      if Int(number) < count { continue }
      issues.append(
        FieldIssue(
          file: file, line: place.line, field: AccountReader.keyColumn,
          text: added.name(at: index), expected: NameText.expected))
      if let run = place.run { runs[run].account = HoldingRun.dropped }
    }
    for run in runs.indices where runs[run].account >= Int32(known.count) {
      runs[run].account = numbers[Int(runs[run].account) - known.count]
    }
    (added, invalidNames, last) = (NameTable(), [], nil)
  }
}
