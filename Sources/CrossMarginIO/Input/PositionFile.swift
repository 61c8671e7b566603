// A file of positions by itself: the scan that a night begins with, for benchmarks and for programs
// that keep a market of their own.

import CrossMargin
import PortfolioModel

/// What a file of positions holds, grouped by account.
public struct PositionFile: Sendable, Equatable {
  /// Names of the accounts, sorted by their bytes.
  public var accountNames: [String]
  /// Positions by account, instrument and leg; spot positions are balances.
  public var positions: PositionTable
  /// Spot positions as amounts of their underlyings.
  public var balances: BalanceTable
  /// Positions in instruments that are not known, by account.
  public var unknownHoldings: [UnknownHolding]
  /// What was read.
  public var file: InputFile
  /// Conditions that were noticed, sorted by kind.
  public var warnings: [RunWarning]

  /// Reads, checks and groups a file with the columns of `positions.csv`.
  ///
  /// - Parameters:
  ///   - path: the file, plain or `.gz`; the ending `.gz` may be left out.
  ///   - instruments: what can be held, sorted by the bytes of their names.
  ///   - threadCount: threads that read, positive; nothing depends on it.
  /// - Throws: `BookError` with what is wrong with the file.
  public static func read(
    _ path: String, instruments: [Instrument], threadCount: Int = 1
  ) throws(BookError) -> PositionFile {
    precondition(
      zip(instruments, instruments.dropFirst()).allSatisfy { precedesByBytes($0.name, $1.name) },
      "instruments are sorted and have different names")
    let plainPath = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    let parts = plainPath.split(separator: "/", omittingEmptySubsequences: false)
    let folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") : "."
    let input = BookInput(folder: folder, threadCount: threadCount)
    let list = InstrumentList(instruments, isComplete: true)
    var names = AccountNames()
    let rows = PositionReader(instruments: list, isStrict: false)
      .read(input, path: String(parts[parts.count - 1]), into: &names)
    let (accounts, rankOfNumber) = names.sorted()
    let result = rows.result(
      list, rankOfNumber: rankOfNumber, threadCount: threadCount, issues: &input.issues)
    let balances = BalanceRows([], file: path).result(
      rankOfNumber: rankOfNumber, spotAmounts: result.spotAmounts, issues: &input.issues)
    guard input.issues.isEmpty, let file = input.files.first else {
      throw .malformed(issues: input.issues.first, totalCount: input.issues.totalCount)
    }
    return PositionFile(
      accountNames: accounts.map(\.name), positions: result.table, balances: balances.table,
      unknownHoldings: result.unknownHoldings, file: file, warnings: input.warnings.byKind)
  }
}
