// The liquidation study of a book from its folder to a folder of results.

import CrossMargin

/// What `crossmargin liquidate` is asked to do.
public struct LiquidateOptions: Sendable {
  /// The folder of the book.
  public var bookFolder: String
  /// The folder of the results; nil = `liquidate` in the book's folder.
  public var outputFolder: String?
  /// Threads.
  public var threadCount = 1
  /// Settings in place of the book's; nil = the book's.
  public var changes = LiquidationStudyChanges()

  /// A study as the book says.
  public init(bookFolder: String) { self.bookFolder = bookFolder }
}

/// What is asked of a study beyond what the book says; nil = as the book says. Units and ranges as in
/// `LiquidationStudySettings`.
public struct LiquidationStudyChanges: Sendable, Equatable {
  /// Log move between steps of the sweep.
  public var step: Double?
  /// Relative fall at which the sweep ends.
  public var furthestFallFraction: Double?
  /// Relative rise at which the sweep ends.
  public var furthestRiseFraction: Double?
  /// Accounts whose prices are found to the last digit.
  public var refinedCount: Int?
  /// Days within which accounts may be liquidated.
  public var horizonDays: Double?
  /// Steps of the paths.
  public var pathStepCount: Int?
  /// Paths of the market.
  public var pathCount: Int?
  /// Mechanisms to compare; empty = all that are known.
  public var comparedNames: [String]?

  /// No change.
  public init() {}

  func apply(to study: inout LiquidationStudySettings) {
    study.step = step ?? study.step
    study.furthestFallFraction = furthestFallFraction ?? study.furthestFallFraction
    study.furthestRiseFraction = furthestRiseFraction ?? study.furthestRiseFraction
    study.refinedCount = refinedCount ?? study.refinedCount
    study.horizonDays = horizonDays ?? study.horizonDays
    study.pathStepCount = pathStepCount ?? study.pathStepCount
    study.pathCount = pathCount ?? study.pathCount
  }
}

/// Runs a study.
public struct LiquidateJob: Sendable {
  private let options: LiquidateOptions

  /// A job.
  public init(_ options: LiquidateOptions) { self.options = options }

  /// Where results go.
  public var outputFolder: String { options.outputFolder ?? options.bookFolder + "/liquidate" }

  /// Reads the book and studies it, in a folder for results that is there from the start.
  public func run(progress: (LiquidationProgress) -> Void) throws -> LiquidateResults {
    var loaded = try BookReader.load(
      folder: options.bookFolder, threadCount: options.threadCount)
    options.changes.apply(to: &loaded.settings.liquidation.study)
    if let names = options.changes.comparedNames {
      loaded.settings.liquidation.mechanics.isCompared = true
      loaded.settings.liquidation.mechanics.names = names
      if let issue = MechanicsBound.issue(
        loaded.settings.liquidation.mechanics, loaded.book, line: nil)
      {
        throw BookError.malformed(issues: [issue], totalCount: 1)
      }
    }
    try Folders.create(outputFolder)
    return try LiquidationStudy(
      loaded: loaded, bookName: options.bookFolder, scratchFolder: outputFolder,
      threadCount: options.threadCount
    ).results(progress: progress)
  }

  /// Writes the tables of all parts and `report.html`, each whole or not at all.
  public func write(_ results: LiquidateResults) throws {
    try StudyFolder.write(
      try results.parts.flatMap { try $0.tables() }, page: LiquidatePage(results: results).text,
      to: outputFolder)
  }
}
