// The nightly run: a book in, a finished folder of results out, the same bits however often it was
// interrupted.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics

/// What a run is asked beyond what its book says.
public struct RunOptions: Sendable {
  /// The folder of the book.
  public var bookFolder: String
  /// Where results go; nil = `BOOK/results/<valuation time>`.
  public var outputFolder: String?
  /// Threads that compute, positive.
  public var threadCount = 1
  /// Seed in place of the book's.
  public var seed: UInt64?
  /// Whether results of other inputs may be overwritten.
  public var replaces = false
  /// File whose bytes are the key of pseudonyms; nil = account names are stored as they are.
  public var pseudonymKeyFile: String?

  /// Options for a book.
  public init(bookFolder: String) { self.bookFolder = bookFolder }
}

/// How far a run is.
public enum RunProgress: Sendable {
  /// The book is being read.
  case reading
  /// A stage of the engine began.
  case stage(RunStage)
  /// So many accounts are stored.
  case accounts(done: Int, total: Int)
  /// The liquidation study.
  case liquidation(LiquidationProgress)
  /// Tables of the book, report and exports are being written.
  case writing
}

/// How a run ended.
public struct RunOutcome: Sendable {
  /// The folder of the results.
  public var outputFolder: String
  /// True when the results were there already.
  public var wasFinished: Bool
  /// The book; nil when the results were there already.
  public var book: BookResult?
  /// Number of alerts.
  public var alertCount = 0
  /// Whether more notional is without margin than the run allows.
  public var exceedsUnmarginedMax = false
  /// Whether a run of the same inputs had begun before.
  public var wasResumed = false
}

/// Runs a book.
public struct RunJob {
  private let options: RunOptions
  private let blas: BLASRuntime.Report
  private let timer = StageTimer()

  /// A job; `blas` is what `BLASRuntime.prepare` reported.
  public init(_ options: RunOptions, blas: BLASRuntime.Report) {
    self.options = options
    self.blas = blas
  }

  /// Runs to the end, or continues where an interrupted run of the same inputs stopped.
  /// - Throws: `BookError`, `RunError`, `OutputFolderError`, `OutputError`, `FileSystemError`.
  public func run(progress: (RunProgress) -> Void) throws -> RunOutcome {
    progress(.reading)
    var loaded = try timer.measure("reading") {
      try BookReader.load(folder: options.bookFolder, threadCount: options.threadCount)
    }
    if let seed = options.seed { loaded.settings.seed = seed }
    let key = try options.pseudonymKeyFile.map(PseudonymKey.read)
    let identity = RunIdentity(loaded, kernelTarget: blas.kernelTarget, blas: blas, key: key)
    let output =
      options.outputFolder
      ?? options.bookFolder + "/results/\(loaded.book.market.valuationTime)"
    switch try OutputFolder.begin(
      path: output, fingerprint: identity.fingerprint, replace: options.replaces)
    {
    case .alreadyFinished:
      return RunOutcome(outputFolder: output, wasFinished: true, book: nil)
    case .building(let folder):
      var outcome = try compute(loaded, identity, key: key, in: folder.workingPath, progress)
      outcome.outputFolder = output
      outcome.wasResumed = folder.isResumed
      try folder.finish()
      return outcome
    }
  }

  private func compute(
    _ loaded: LoadedBook, _ identity: RunIdentity, key: [UInt8]?, in folder: String,
    _ progress: (RunProgress) -> Void
  ) throws -> RunOutcome {
    let run = try timer.measure("valuation") {
      try RiskRun(
        book: loaded.book, settings: loaded.settings, threadCount: options.threadCount
      ) { progress(.stage($0)) }
    }
    let plan = ResultPlan(loaded, run, fingerprint: identity.fingerprint, pseudonymKey: key)
    let writer = try ResultWriter(folder: folder, plan: plan)
    try timer.measure("accounts") {
      try storeBlocks(of: run, from: writer.completedBlockCount, to: writer, progress)
    }
    progress(.writing)
    let book = try timer.measure("book") {
      var book = try run.bookResult(folding: try writer.contributions())
      book.warnings = Self.merged(loaded.warnings + book.warnings)
      return book
    }
    let detail = try timer.measure("detail") {
      try DetailRows(run: run, loaded: loaded).rows(worst: writer.riskiestAccounts(limit:))
    }
    let study = try timer.measure("liquidation") {
      try liquidation(
        loaded, names: writer.storedAccountNames, scratchFolder: folder, progress)
    }
    try timer.measure("tables") {
      try writer.finish(
        book: book, detail: detail, study: study,
        manifest: Manifest(
          bookName: URL(filePath: options.bookFolder).standardizedFileURL.lastPathComponent,
          loaded: loaded, identity: identity, blas: blas, threadCount: options.threadCount,
          timer: timer
        ).entries(book: book))
    }
    let alertCount = try writer.alertCount()
    try writer.close()
    try Publication(folder: folder, loaded: loaded).write()
    return RunOutcome(
      outputFolder: folder, wasFinished: false, book: book, alertCount: alertCount,
      exceedsUnmarginedMax: book.totals.unmarginedFraction
        > loaded.settings.unmarginedFractionMax)
  }

  /// The liquidation study, where the run has one.
  private func liquidation(
    _ loaded: LoadedBook, names: [String], scratchFolder: String,
    _ progress: (RunProgress) -> Void
  ) throws -> StoredStudy? {
    guard loaded.settings.liquidation.isNightly else { return nil }
    var results = try LiquidationStudy(
      loaded: loaded, bookName: "", scratchFolder: scratchFolder,
      threadCount: options.threadCount
    ).results { progress(.liquidation($0)) }
    results.accountNames = names
    return try StoredStudy(results.parts)
  }

  /// Blocks that may wait to be stored: as many as are computed while the disk is waited for.
  private static let blocksAheadPerThread = 4

  /// Computes blocks and makes their rows on all threads, and stores them in order on this one.
  private func storeBlocks(
    of run: RiskRun, from first: Int, to writer: ResultWriter,
    _ progress: (RunProgress) -> Void
  ) throws {
    let total = run.accountCount
    progress(.accounts(done: min(first * RiskRun.accountsPerBlock, total), total: total))
    let rowMaker = writer.rowMaker
    try Parallel.ordered(
      count: run.blockCount - first, threadCount: options.threadCount,
      windowCount: Self.blocksAheadPerThread * options.threadCount
    ) { index in
      try rowMaker.rows(of: run.block(first + index))
    } consume: { index, rows in
      try writer.append(rows)
      let done = min((first + index + 1) * RiskRun.accountsPerBlock, total)
      progress(.accounts(done: done, total: total))
    }
  }

  /// Warnings of one kind together, sorted by kind.
  private static func merged(_ warnings: [RunWarning]) -> [RunWarning] {
    var result: [RunWarning] = []
    for warning in warnings {
      if let place = result.firstIndex(where: { $0.kind == warning.kind }) {
        result[place].count += warning.count
        result[place].examples += warning.examples
      } else {
        result.append(warning)
      }
    }
    return result.sorted { precedesByBytes($0.kind, $1.kind) }
  }
}
