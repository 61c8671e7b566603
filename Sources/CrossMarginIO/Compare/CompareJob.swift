// The comparison of rule sets from a book's folder to a folder of results.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics

/// What `crossmargin compare` is asked to do.
public struct CompareOptions: Sendable {
  /// The folder of the book.
  public var bookFolder: String
  /// The folder of the results; nil = `compare` in the book's folder.
  public var outputFolder: String?
  /// Rule sets of the book to compare; empty = all of them.
  public var models: [String] = []
  /// Further parameter files by the name they are compared under. They need not hold at the
  /// valuation time: what a change of terms costs is asked before it comes.
  public var parameterFiles: [(name: String, path: String)] = []
  /// The rule set that the others are compared with; nil = the book's default.
  public var baseline: String?
  /// Threads.
  public var threadCount = 1

  /// A comparison of all rule sets of a book.
  public init(bookFolder: String) { self.bookFolder = bookFolder }
}

/// Why a comparison cannot be done.
public enum CompareError: Error, CustomStringConvertible {
  /// A named rule set does not exist.
  case unknownModel(String, known: [String])
  /// Two rule sets have one name.
  case sameName(String)
  /// There is only one rule set.
  case nothingToCompare
  /// A parameter file cannot be read.
  case unreadable(path: String)
  /// A parameter file is wrong.
  case malformed([FieldIssue])

  /// One sentence for a person, a line for each fault of a file.
  public var description: String {
    switch self {
    case .unknownModel(let name, let known):
      "no rule set \"\(name)\"; there are \(known.joined(separator: ", "))"
    case .sameName(let name): "two rule sets of the name \"\(name)\""
    case .nothingToCompare:
      "one rule set only; add another to run.yaml or by --parameters NAME=FILE"
    case .unreadable(let path): "\(path): cannot be read"
    case .malformed(let issues): issues.map(\.description).joined(separator: "\n")
    }
  }
}

/// A finished comparison.
public struct CompareResults: Sendable {
  /// The book's folder.
  public var book: String
  /// The instant of valuation.
  public var valuationTime: UTCTime
  /// Rule sets, the baseline first.
  public var rules: [RuleSetTerms]
  /// Levels and components of each.
  public var schemas: [MarginSchema]
  /// Name of the scenario set behind expected shortfalls.
  public var measuredSet: String?
  /// Names of accounts, in the order of `AccountIndex`.
  public var accountNames: [String]
  /// All accounts.
  public var accounts: [ComparedAccount]
  /// Sums over the accounts that all rule sets cover.
  public var totals: ComparisonTotals
}

/// Runs a comparison.
public struct CompareJob: Sendable {
  private let options: CompareOptions

  /// A job.
  public init(_ options: CompareOptions) { self.options = options }

  /// Where results go.
  public var outputFolder: String { options.outputFolder ?? options.bookFolder + "/compare" }

  /// Judges every account by every rule set.
  public func run(
    progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void
  ) throws -> CompareResults {
    let loaded = try BookReader.load(
      folder: options.bookFolder, threadCount: options.threadCount)
    var settings = loaded.settings
    settings.models = try rules(settings)
    settings.defaultModel = settings.models[0].name
    // Accounts are judged by each rule set, whichever they have chosen.
    var book = loaded.book
    for position in book.portfolio.accounts.indices {
      book.portfolio.accounts[position].model = nil
    }
    let comparison = try MarginComparison(
      book: book, settings: settings, threadCount: options.threadCount)
    var accounts: [ComparedAccount] = []
    accounts.reserveCapacity(book.portfolio.accounts.count)
    var totals = ComparisonTotals(schemas: comparison.schemas)
    try Parallel.ordered(
      count: comparison.blockCount, threadCount: options.threadCount,
      windowCount: 2 * options.threadCount, produce: { try comparison.block($0) },
      consume: { block, compared in
        for account in compared { totals.add(account) }
        accounts += compared
        progress(accounts.count, book.portfolio.accounts.count)
      })
    return CompareResults(
      book: options.bookFolder, valuationTime: book.market.valuationTime, rules: settings.models,
      schemas: comparison.schemas, measuredSet: comparison.measuredSet,
      accountNames: book.portfolio.accounts.map(\.name), accounts: accounts, totals: totals)
  }

  /// Rule sets to compare, the baseline first, the others by name.
  private func rules(_ settings: RunSettings) throws(CompareError) -> [RuleSetTerms] {
    var rules = settings.models
    for name in options.models where !rules.contains(where: { $0.name == name }) {
      throw .unknownModel(name, known: rules.map(\.name))
    }
    if !options.models.isEmpty { rules = rules.filter { options.models.contains($0.name) } }
    for file in options.parameterFiles {
      if rules.contains(where: { $0.name == file.name }) { throw .sameName(file.name) }
      rules.append(try Self.terms(file.name, path: file.path))
    }
    guard rules.count > 1 else { throw .nothingToCompare }
    rules.sort { precedesByBytes($0.name, $1.name) }
    let wanted = options.baseline ?? settings.defaultModel
    if let first = rules.firstIndex(where: { $0.name == wanted }) {
      rules.insert(rules.remove(at: first), at: 0)
    } else if let baseline = options.baseline {
      throw .unknownModel(baseline, known: rules.map(\.name))
    }
    return rules
  }

  private static func terms(_ name: String, path: String) throws(CompareError) -> RuleSetTerms {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw .unreadable(path: path)
    }
    var issues = FieldIssues()
    let terms = ParameterReader.read(
      text, file: path, modelName: name, valuationTime: nil, issues: &issues)
    guard let terms else { throw .malformed(issues.first) }
    return terms
  }

  /// Writes `accounts.csv`, `rules.csv`, `components.csv`, `transitions.csv` and `report.html`, each
  /// whole or not at all.
  public func write(_ results: CompareResults) throws {
    let tables = CompareTables(results: results)
    let named = [
      ("accounts.csv", try tables.accounts()), ("rules.csv", try tables.rules()),
      ("components.csv", try tables.components()), ("transitions.csv", try tables.transitions())
    ]
    try StudyFolder.write(named, page: ComparePage(results: results).text, to: outputFolder)
  }
}
