// The whole engine in one page: prepare what accounts share, run accounts block by block, fold the
// blocks into the book.

import PortfolioModel

/// A run over all accounts of a book.
///
/// ```swift
/// let run = try RiskRun(book: book, settings: settings)
/// let blocks = try (0..<run.blockCount).map { try run.block($0) }
/// let bookResult = try run.bookResult(folding: blocks.map(\.contribution))
/// ```
public struct RiskRun: Sendable {
  /// Accounts of one block, the unit of work, of storage and of sharding.
  public static let accountsPerBlock = 2_048

  let prepared: PreparedRun

  /// Prepares a run: resolves the market, makes all scenarios and revalues one unit of everything
  /// in each. `progress` is told of each stage as it begins. Liquidation prices that a venue reports
  /// are searched for too, unless `comparesPrices` is false: each takes some revaluations of the market.
  /// - Throws: `RunError` when a scenario set or rule set cannot be made.
  public init(
    book: Book, settings: RunSettings, threadCount: Int = 1, comparesPrices: Bool = true,
    progress: (RunStage) -> Void = { _ in }
  ) throws(RunError) {
    var prepared = try PreparedRun(
      book: book, settings: settings, threadCount: threadCount, progress: progress)
    progress(.accounts)
    if comparesPrices {
      try prepared.reconciliation.findPrices(prepared, threadCount: threadCount)
    }
    self.prepared = prepared
  }

  /// Number of accounts.
  public var accountCount: Int { prepared.book.portfolio.accounts.count }

  /// Number of blocks of accounts.
  public var blockCount: Int { prepared.blocks.count }

  /// Results of one block. Blocks are independent: any thread may compute any of them, and the
  /// same block always gives the same bits.
  public func block(_ index: Int) throws(RunError) -> AccountBlockResult {
    try BlockRun(run: prepared, accounts: prepared.blocks[index]).result(blockIndex: index)
  }

  /// Why the numbers of one account are what they are, recomputed to the same bits.
  public func explain(_ account: AccountIndex) throws(RunError) -> AccountExplanation {
    try Explainer(run: prepared, account: account).explanation()
  }

  /// Accounts that cannot be valued, with the first reason of each, in the order of accounts.
  public func unmarginedAccounts() -> [(name: String, missing: MissingData)] {
    prepared.book.portfolio.accounts.enumerated().compactMap { position, account in
      prepared.holdings.holdings(of: AccountIndex(position)).missing.map { (account.name, $0) }
    }
  }

  /// Levels and components of each rule set, in the order of the settings.
  public var marginSchemas: [MarginSchema] { prepared.rules.map(\.schema) }

  /// The scenarios of each rule set, in the order of the settings: what the worst scenario of a
  /// `MarginRow` counts.
  public var ruleScenarios: [[RuleScenario]] { prepared.rules.map(\.scenarios) }

  /// Labels of the scenarios of each set, in the order of the settings: what the worst scenario of a
  /// `MeasureRow` counts.
  public var scenarioLabels: [[String]] { prepared.readings.map(\.valued.set.labels) }

  /// The book from what all blocks add to it, in block order.
  public func bookResult(folding contributions: [BookContribution]) throws(RunError) -> BookResult {
    try BookRun(run: prepared).result(folding: contributions)
  }
}
