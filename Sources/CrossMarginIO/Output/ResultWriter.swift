// The writing of results.sqlite: rows of accounts block by block as they are computed, then the
// book. Whatever interrupts it, the file holds whole blocks, and the next run goes on behind them.

import CrossMargin
import GRDB
import PortfolioModel

/// Writes the results of one run into a folder that is being built.
///
/// ```swift
/// let writer = try ResultWriter(folder: folder, plan: plan)
/// for index in writer.completedBlockCount..<run.blockCount {
///   try writer.append(run.block(index))
/// }
/// let book = try run.bookResult(folding: writer.contributions())
/// try writer.finish(book: book, detail: [], manifest: facts)
/// try writer.close()
/// ```
///
/// A writer that is dropped before `close` leaves an unfinished database, which a writer of the same
/// plan continues. What is stored in the end does not depend on interruptions.
public final class ResultWriter {
  /// Name of the database in its folder.
  public static let fileName = "results.sqlite"

  /// Number of blocks that are stored; the next block must have this index.
  public private(set) var completedBlockCount: Int

  private let plan: ResultPlan
  private let schema: ResultSchema
  private let names: Pseudonyms
  private let database: ResultDatabase
  private var accountAlertCount: Int

  /// Opens or begins the database of a run.
  ///
  /// Where a database of the same fingerprint is unfinished, it is continued. One that is damaged,
  /// or was closed before its folder was finished, is begun again.
  ///
  /// Preconditions: names of rule sets are unique and as `PlannedModel.name` says; nobody else
  /// writes to the folder.
  /// - Throws: `OutputError.otherInputs` when an unfinished run of another fingerprint is there;
  ///   `pseudonymCollision`; any refusal of the file system or the database.
  public convenience init(folder: String, plan: ResultPlan) throws(OutputError) {
    try self.init(folder: folder, plan: plan, pageCountMax: nil)
  }

  /// As the public form, with a bound on the size of the file in pages of 16 KiB.
  package init(folder: String, plan: ResultPlan, pageCountMax: Int?) throws(OutputError) {
    let modelNames = plan.models.map(\.name)
    precondition(
      modelNames.allSatisfy(ResultPlan.isModelName) && Set(modelNames).count == modelNames.count,
      "names of rule sets are unique names of tables")
    self.plan = plan
    let schema = ResultSchema(
      models: plan.models.map { StoredModel(name: $0.name, schema: $0.schema) },
      extras: plan.extras)
    self.schema = schema
    names = try Pseudonyms(names: plan.accountNames, key: plan.pseudonymKey)
    let path = folder + "/" + Self.fileName
    let opened: ResultDatabase
    if let resumed = try ResultDatabase.unfinished(path, schema, pageCountMax: pageCountMax) {
      opened = resumed
    } else {
      try ResultDatabase.remove(path)
      opened = try ResultDatabase.writing(path, pageCountMax: pageCountMax)
      try opened.inTransaction { try PlanRows(plan: plan, schema: schema).create($0) }
    }
    database = opened
    let progress = try opened.read { try StoredProgress($0, path: path) }
    guard progress.fingerprint == plan.fingerprint else { throw .otherInputs(path: path) }
    completedBlockCount = progress.blockCount
    accountAlertCount = progress.accountAlertCount
  }

  /// Makes the rows of blocks for `append`, on any thread.
  public var rowMaker: BlockRowMaker { BlockRowMaker(schema: schema, names: names) }

  /// Stores the next block, all of it or, when this throws, nothing.
  ///
  /// Preconditions: `block.blockIndex` is `completedBlockCount`; its rows refer to accounts, rule
  /// sets, sets and assets of the plan, and are in the order of accounts.
  /// - Throws: `OutputError.notFinite`, or a refusal of the database.
  public func append(_ block: AccountBlockResult) throws(OutputError) {
    try append(rowMaker.rows(of: block))
  }

  /// The same for rows that were made before.
  ///
  /// Precondition: the rows are of the block that is next, made by the maker of this writer.
  /// - Throws: a refusal of the database.
  public func append(_ rows: BlockRows) throws(OutputError) {
    precondition(rows.blockIndex == completedBlockCount, "blocks are stored in order")
    try database.inTransaction {
      try rows.insert($0, names: self.names, firstAlert: self.accountAlertCount)
    }
    completedBlockCount += 1
    accountAlertCount += rows.alerts.count
  }

  /// Names of the accounts as they are stored, in their order.
  var storedAccountNames: [String] { names.storedNames }

  /// What each stored block adds to the book, to the bit, in their order.
  public func contributions() throws(OutputError) -> [BookContribution] {
    try database.read { try StoredProgress.contributions($0, path: self.database.path) }
  }

  /// The stored accounts that are nearest to liquidation or beyond it; see
  /// `ResultReader.riskiestAccounts`.
  public func riskiestAccounts(limit: Int) throws(OutputError) -> [AccountIndex] {
    try database.read { try AccountOrder.riskiest($0, limit: limit) }
  }

  /// Number of stored alerts of accounts and of the book.
  public func alertCount() throws(OutputError) -> Int {
    try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM alert") ?? 0 }
  }

  /// Stores the book, in place of what an earlier attempt stored of it, or, when this throws,
  /// nothing.
  ///
  /// - Parameters:
  ///   - book: the book, its sets in the order of the plan.
  ///   - detail: positions of the accounts whose detail was asked for, each once.
  ///   - manifest: facts about the run, each key once. The number of rows of each table is added as
  ///     `rows:<table>`.
  ///
  /// Precondition: the plan has no liquidation study.
  /// - Throws: `OutputError.notFinite`, or a refusal of the database.
  public func finish(
    book: BookResult, detail: [PositionDetailRow], manifest: [ManifestEntry]
  ) throws(OutputError) {
    try finish(book: book, detail: detail, study: nil, manifest: manifest)
  }

  /// The same with a study, where the plan has one.
  func finish(
    book: BookResult, detail: [PositionDetailRow], study: StoredStudy?, manifest: [ManifestEntry]
  ) throws(OutputError) {
    precondition(
      book.sets.map(\.name) == plan.scenarioSets, "the book has the scenario sets of the plan")
    precondition(
      (study != nil) == plan.extras.contains(.liquidation), "a study is there if it is planned")
    let rows = BookRows(
      book: book, detail: detail, manifest: manifest, names: names,
      firstAlert: accountAlertCount, study: study)
    var schema = schema
    schema.studies = study?.tables.map(\.table) ?? []
    try database.inTransaction { connection in
      try rows.clear(connection, schema: schema)
      try rows.insert(connection, schema: schema)
    }
  }

  /// Ends the results: removes what only an unfinished run needs and leaves one file.
  public func close() throws(OutputError) {
    try database.inTransaction { connection in
      try connection.execute(
        sql: """
          DROP TABLE \(ResultSchema.checkpointName);
          DROP TABLE \(ResultSchema.checkpointInputsName);
          """)
    }
    try database.closeAsOneFile()
  }
}
