// Venue dumps to a book: the order of the steps.

import CrossMargin
import PortfolioModel

/// A book made of dumps, without accounts.
public struct ImportedBook: Sendable {
  /// Market and instruments; the portfolio is empty.
  public let book: Book
  /// The text of `run.yaml` and the files that go with it.
  public let companions: BookCompanions
  /// What was taken, left out, cut and inferred.
  public let report: ImportReport

  /// Writes the book into a folder that is absent or empty.
  public func write(to folder: String) throws(BookWriteError) {
    try BookWriter.write(book, companions: companions, to: folder)
  }
}

/// Makes books of venue dumps.
public enum Importer {
  /// Reads the dumps of a plan. The error names every fault of the first file that has any.
  public static func load(_ plan: ImportPlan) throws(ImportError) -> ImportedBook {
    try RunFileText(plan: plan, proxies: [], hasHistory: false).requireValidNames()
    var report = ImportReport()
    let selection = try SnapshotSelection(plan, report: &report)
    let assembly = try MarketAssembly(plan, rows: selection.rows, report: &report)
    var market = assembly.market
    let past = try HistoryAssembly(plan, report: &report).history(report: &report)
    market.history = past?.history
    let portfolio = Portfolio(
      accounts: [],
      positions: PositionTable(accountOffsets: [0], instruments: [], quantities: []),
      balances: BalanceTable(accountOffsets: [0], assets: [], amounts: []))
    let run = RunFileText(plan: plan, proxies: past?.proxies ?? [], hasHistory: past != nil)
    return ImportedBook(
      book: Book(market: market, instruments: assembly.instruments, portfolio: portfolio),
      companions: BookCompanions(runText: run.text, copies: run.copies), report: report)
  }
}
