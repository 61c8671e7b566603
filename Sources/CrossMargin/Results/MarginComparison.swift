// One book under several rule sets: every account judged by each of them.

import PortfolioModel
import RiskNumerics

/// One account under all compared rule sets.
public struct ComparedAccount: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// What cannot be valued, whatever the rule set; then there are no outcomes.
  public var missing: MissingData?
  /// Balances, unsettled amounts and option value, USD.
  public var equityUSD: Double
  /// Expected shortfall in the set that the comparison measures by, USD; nil without one.
  public var expectedShortfallUSD: Double?
  /// One for each rule set, in the order of the settings.
  public var outcomes: [MarginOutcome] = []

  /// Margins by rule set; nil where one does not cover the account.
  public var margins: [MarginRow?] {
    outcomes.map { if case .margin(let row) = $0 { row } else { nil } }
  }

  /// Whether every rule set covers the account.
  public var isCoveredByAll: Bool { !outcomes.isEmpty && margins.allSatisfy { $0 != nil } }

  /// How the account stands under a rule set; unmargined where that does not cover it.
  public func status(underRule rule: Int) -> AccountStatus {
    guard outcomes.indices.contains(rule), let margin = margins[rule] else { return .unmargined }
    return .of(equityUSD: equityUSD, margin: margin)
  }
}

/// A comparison of the rule sets of a run.
///
/// ```swift
/// let comparison = try MarginComparison(book: book, settings: settings)
/// for block in 0..<comparison.blockCount { let accounts = try comparison.block(block) }
/// ```
public struct MarginComparison: Sendable {
  private let run: PreparedRun
  /// Position of the scenario set that expected shortfalls are of.
  private let setPosition: Int?

  /// Prepares the rule sets of `settings`. Expected shortfalls are those of the first scenario set
  /// with probabilities; other sets are not made.
  public init(
    book: Book, settings: RunSettings, threadCount: Int = 1,
    progress: (RunStage) -> Void = { _ in }
  ) throws(RunError) {
    var settings = settings
    settings.scenarioSets = settings.scenarioSets.filter(\.source.isSampled).prefix(1).map(\.self)
    run = try PreparedRun(
      book: book, settings: settings, threadCount: threadCount, progress: progress)
    setPosition = settings.scenarioSets.isEmpty ? nil : 0
    progress(.accounts)
  }

  /// Name of the scenario set that expected shortfalls are of.
  public var measuredSet: String? { setPosition.map { run.settings.scenarioSets[$0].name } }

  /// Names of the rule sets, in the order of the settings.
  public var ruleNames: [String] { run.settings.models.map(\.name) }

  /// Levels and components of each rule set.
  public var schemas: [MarginSchema] { run.rules.map(\.schema) }

  /// Blocks of accounts, which are independent.
  public var blockCount: Int { run.blocks.count }

  /// The accounts of a block.
  public func block(_ index: Int) throws(RunError) -> [ComparedAccount] {
    let holdings = run.blocks[index].map { run.holdings.holdings(of: AccountIndex($0)) }
    let valued = holdings.filter { $0.missing == nil }
    var byRule: [[MarginOutcome]] = []
    for rule in run.rules { byRule.append(try rule.outcomes(valued)) }
    let shortfalls = try expectedShortfallsUSD(valued)
    var next = 0
    return holdings.map { holdings in
      guard holdings.missing == nil else {
        return ComparedAccount(
          account: holdings.account, missing: holdings.missing, equityUSD: 0,
          expectedShortfallUSD: nil)
      }
      defer { next += 1 }
      return ComparedAccount(
        account: holdings.account, missing: nil,
        equityUSD: EquityReading(holdings, base: run.base).equityUSD,
        expectedShortfallUSD: shortfalls.isEmpty ? nil : shortfalls[next],
        outcomes: byRule.map { $0[next] })
    }
  }

  private func expectedShortfallsUSD(_ accounts: [AccountHoldings]) throws(RunError) -> [Double?] {
    guard let reading = setPosition.map({ run.readings[$0] }) else { return [] }
    var quantities = SparseQuantities(columnCount: run.base.columns.count)
    for account in accounts {
      account.forEachColumn(run.base.columns) { quantities.append(column: $0, quantity: $1) }
      quantities.endUnit()
    }
    do throws(NonfiniteProfit) {
      return try reading.rows(accounts.map(\.account), quantities).map {
        $0.tail?.expectedShortfallUSD
      }
    } catch {
      let account = run.book.portfolio.accounts[accounts[error.unit].account.position].name
      throw RunError.nonfiniteProfit(account: account, set: reading.valued.set.name)
    }
  }
}

extension ScenarioSource {
  /// Whether its scenarios have probabilities.
  fileprivate var isSampled: Bool {
    switch self {
    case .monteCarlo, .history, .bootstrap: true
    default: false
    }
  }
}

/// Sums of a comparison: over the accounts that every rule set covers, and for each rule set over
/// those that it and the first one cover.
public struct ComparisonTotals: Sendable, Equatable {
  /// One rule set.
  public struct Rule: Sendable, Equatable {
    /// Accounts that it covers, whether others do or not.
    public var coveredCount = 0
    /// Accounts that it does not cover, by what it does not know, sorted by its name.
    public private(set) var gaps: [Gap] = []
    /// Sum of initial requirements of the accounts that every rule set covers, USD.
    public var commonInitialUSD = 0.0
    /// Sum of their maintenance requirements, USD.
    public var commonMaintenanceUSD = 0.0
    /// Accounts that this and the first rule set cover. All that follows is about them.
    public var pairedCount = 0
    /// Sum of initial requirements under the first rule set, USD.
    public var firstInitialUSD = 0.0
    /// Sum of initial requirements, USD.
    public var initialUSD = 0.0
    /// Sum of maintenance requirements, USD.
    public var maintenanceUSD = 0.0
    /// Sum of expected shortfalls, each at least 0, USD; nil without one.
    public var expectedShortfallUSD: Double?
    /// Sums of the components of each level, USD. [levels][components]
    public var componentsUSD: [[Double]]
    /// Accounts by status, in the order of `AccountStatus.allCases`.
    public var statusCounts = [Int](repeating: 0, count: AccountStatus.allCases.count)
    /// Accounts by status under the first rule set and under this one. [status][status]
    public var transitions = [[Int]](
      repeating: [Int](repeating: 0, count: AccountStatus.allCases.count),
      count: AccountStatus.allCases.count)
    /// Sum of what accounts must hold more than under the first rule set, USD, at least 0.
    public var raisedUSD = 0.0
    /// Sum of what they may hold less, USD, at least 0.
    public var loweredUSD = 0.0

    init(_ schema: MarginSchema) {
      componentsUSD = schema.levels.map { _ in
        [Double](repeating: 0, count: schema.components.count)
      }
    }

    mutating func addGap(_ subject: String) {
      let place =
        gaps.firstIndex { !precedesByBytes($0.subject, subject) } ?? gaps.count
      if place == gaps.count || gaps[place].subject != subject {
        gaps.insert(Gap(subject: subject, accountCount: 0), at: place)
      }
      gaps[place].accountCount += 1
    }
  }

  /// Something that a rule set does not know.
  public struct Gap: Sendable, Equatable {
    /// An asset or an instrument.
    public var subject: String
    /// Accounts that are not covered because of it first.
    public var accountCount: Int
  }

  /// By rule set.
  public private(set) var rules: [Rule]
  /// Accounts that every rule set covers.
  public private(set) var commonCount = 0
  /// Accounts that cannot be valued.
  public private(set) var unvaluedCount = 0
  /// Sum of equities, USD.
  public private(set) var equityUSD = 0.0
  /// Sum of expected shortfalls, each at least 0, USD; nil without one.
  public private(set) var expectedShortfallUSD: Double?

  /// Nothing yet.
  public init(schemas: [MarginSchema]) { rules = schemas.map(Rule.init) }

  /// Adds an account; accounts are added in their order.
  public mutating func add(_ account: ComparedAccount) {
    guard account.missing == nil else {
      unvaluedCount += 1
      return
    }
    for (position, outcome) in account.outcomes.enumerated() {
      switch outcome {
      case .margin: rules[position].coveredCount += 1
      case .notCovered(let gap): rules[position].addGap(gap.subject)
      }
    }
    let margins = account.margins
    if account.isCoveredByAll {
      commonCount += 1
      equityUSD += account.equityUSD
      if let shortfall = account.expectedShortfallUSD {
        expectedShortfallUSD = (expectedShortfallUSD ?? 0) + max(shortfall, 0)
      }
      for (position, margin) in margins.enumerated() {
        rules[position].commonInitialUSD += margin?.initial.requirementUSD ?? 0
        rules[position].commonMaintenanceUSD += margin?.maintenance.requirementUSD ?? 0
      }
    }
    guard let first = margins.first ?? nil else { return }
    for (position, margin) in margins.enumerated() {
      if let margin { addPair(account, first: first, margin, to: position) }
    }
  }

  private mutating func addPair(
    _ account: ComparedAccount, first: MarginRow, _ margin: MarginRow, to rule: Int
  ) {
    rules[rule].pairedCount += 1
    rules[rule].firstInitialUSD += first.initial.requirementUSD
    rules[rule].initialUSD += margin.initial.requirementUSD
    rules[rule].maintenanceUSD += margin.maintenance.requirementUSD
    if let shortfall = account.expectedShortfallUSD {
      rules[rule].expectedShortfallUSD =
        (rules[rule].expectedShortfallUSD ?? 0) + max(shortfall, 0)
    }
    for (level, row) in margin.levels.enumerated() {
      for (component, amount) in row.componentsUSD.enumerated() {
        rules[rule].componentsUSD[level][component] += amount
      }
    }
    let before = AccountStatus.of(equityUSD: account.equityUSD, margin: first).place
    let after = AccountStatus.of(equityUSD: account.equityUSD, margin: margin).place
    rules[rule].statusCounts[after] += 1
    rules[rule].transitions[before][after] += 1
    // What an account must hold is what its surplus misses, values being judged by rules too.
    let change = first.initial.surplusUSD - margin.initial.surplusUSD
    rules[rule].raisedUSD += max(change, 0)
    rules[rule].loweredUSD += max(-change, 0)
  }
}

extension AccountStatus {
  /// Position in `allCases`.
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
