// The writing of results.sqlite: rows of accounts block by block as they are computed, then the
// book. Whatever interrupts it, the file holds whole blocks, and the next run goes on from there.

import CrossMargin
import GRDB
import PortfolioModel

/// Writes the results of one run.
///
/// ```swift
/// let writer = try ResultWriter(path: folder + "/results.sqlite", plan: plan)
/// for index in writer.completedBlockCount..<run.blockCount {
///   try writer.append(run.block(index))
/// }
/// let book = try run.bookResult(folding: writer.contributions())
/// try writer.finish(book: book, detail: [], manifest: facts)
/// ```
///
/// A writer that is dropped before its end leaves an unfinished database, which a writer of the
/// same plan continues. What is stored in the end does not depend on interruptions.
public final class ResultWriter {
  /// Name of the file in a folder of results.
  public static let fileName = "results.sqlite"

  /// The database.
  public let path: String
  /// Number of blocks that are stored; the next block must have this index.
  public private(set) var completedBlockCount: Int
  /// Whether the results were finished by an earlier run, so that nothing is left to write.
  public let isFinished: Bool

  private let plan: ResultPlan
  private let schema: ResultSchema
  private let names: Pseudonyms
  private let database: ResultDatabase
  private var alertCount: Int

  /// Opens the results at `path`, to begin or to continue them.
  ///
  /// Preconditions: names of rule sets are unique and as `PlannedModel.name` says; the folder of
  /// the file exists and nobody else writes to it.
  /// - Throws: `OutputError.otherInputs` when results of another plan are there;
  ///   `pseudonymCollision`; any refusal of the database.
  public convenience init(path: String, plan: ResultPlan) throws(OutputError) {
    try self.init(path: path, plan: plan, pageCountMax: nil)
  }

  /// As the public form, with a bound on the size of the file in pages of 16 KiB.
  package init(path: String, plan: ResultPlan, pageCountMax: Int?) throws(OutputError) {
    let modelNames = plan.models.map(\.name)
    precondition(
      modelNames.allSatisfy(ResultPlan.isModelName) && Set(modelNames).count == modelNames.count,
      "names of rule sets are unique names of tables")
    self.path = path
    self.plan = plan
    let schema = ResultSchema(models: modelNames)
    self.schema = schema
    names = try Pseudonyms(names: plan.accountNames, key: plan.pseudonymKey)
    let database = try ResultDatabase.writing(path, pageCountMax: pageCountMax)
    self.database = database
    let progress = try database.inTransaction { connection in
      if try ResultDatabase.version(connection) == nil {
        try PlanRows(plan: plan, schema: schema).create(connection)
      }
      return try StoredProgress.read(connection, of: plan, schema: schema, database: database)
    }
    completedBlockCount = progress.blockCount
    alertCount = progress.alertCount
    isFinished = progress.isFinished
    if progress.isFinished { try database.closeAsOneFile() }
  }

  /// Stores the next block, all of it or, when this throws, nothing.
  ///
  /// Precondition: the results are not finished; `block.blockIndex` is `completedBlockCount`; its
  /// rows refer to accounts, rule sets, sets and assets of the plan.
  /// - Throws: `OutputError.notFinite`, or a refusal of the database.
  public func append(_ block: AccountBlockResult) throws(OutputError) {
    precondition(!isFinished, "finished results take no more blocks")
    precondition(block.blockIndex == completedBlockCount, "blocks come in their order")
    let rows = BlockRows(block: block, schema: schema, names: names, firstAlert: alertCount)
    try database.inTransaction { try rows.insert($0) }
    completedBlockCount += 1
    alertCount += block.alerts.count
  }

  /// What each stored block adds to the book, to the bit, in their order.
  public func contributions() throws(OutputError) -> [BookContribution] {
    precondition(!isFinished, "finished results keep the book, not its addends")
    return try database.read { try StoredProgress.contributions($0, path: self.path) }
  }

  /// Stores the book and ends the results: the file then stands alone and takes no more rows.
  ///
  /// - Parameters:
  ///   - book: the book, its sets in the order of the plan.
  ///   - detail: positions of the accounts whose detail was asked for, each once.
  ///   - manifest: facts about the run, each key once. The fingerprint of the plan is added as
  ///     `fingerprint`.
  /// - Throws: `OutputError.notFinite`, or a refusal of the database; the next writer of the same
  ///   plan goes on from what is stored then.
  public func finish(
    book: BookResult, detail: [PositionDetailRow], manifest: [ManifestEntry]
  ) throws(OutputError) {
    precondition(!isFinished, "finished results take no book")
    precondition(
      book.sets.map(\.name) == plan.scenarioSets, "the book has the scenario sets of the plan")
    let fingerprint = ManifestEntry(
      key: ResultSchema.fingerprintKey, value: plan.storedFingerprint)
    let rows = BookRows(
      book: book, detail: detail,
      manifest: manifest + [fingerprint],
      names: names, firstAlert: alertCount)
    try database.inTransaction { connection in
      try rows.insert(connection)
      try connection.execute(
        sql: """
          DROP TABLE \(ResultSchema.checkpointName);
          DROP TABLE \(ResultSchema.checkpointInputsName);
          \(schema.accountSummarySQL);
          PRAGMA optimize;
          """)
    }
    try database.closeAsOneFile()
  }
}
