// What moves the probability of a liquidation: volatility, a deposit, each position.

import PortfolioModel
import RiskNumerics

/// How the probability of one account's liquidation changes; negative = it becomes safer.
public struct PassageSensitivity: Sendable, Equatable {
  /// A part of a position is closed.
  public struct Position: Sendable, Equatable {
    /// What is traded.
    public var instrument: InstrumentIndex
    /// Contracts that are closed, signed as the position.
    public var closedQuantity: Double
    /// Change of the probability.
    public var change: Double
  }

  /// The account.
  public var account: AccountIndex
  /// Probability as it stands.
  public var probability: Double
  /// Change where all factors move by a tenth more.
  public var volatilityChange: Double
  /// The deposit, USD: one percent of gross notional.
  public var depositUSD: Double
  /// Change after that deposit; nil where the rule set does not cover cash.
  public var depositChange: Double?
  /// Change after closing a tenth of each position at its value, in the order of instruments. Left out
  /// where the rule set does not cover what remains.
  public var positions: [Position]
}

/// Sensitivities on the same paths as the probabilities, so that they differ by the change alone.
public struct PassageSensitivities: Sendable {
  private let book: Book
  private let settings: RunSettings
  private let passage: PassageSettings
  private let threadCount: Int

  /// Relative rise of all deviations behind `volatilityChange`.
  public static let volatilityRise = 0.1
  static let depositFraction = 0.01
  static let closedFraction = 0.1

  /// Sensitivities of what a `FirstPassageRun` of the same arguments gives.
  public init(
    book: Book, settings: RunSettings, passage: PassageSettings, threadCount: Int = 1
  ) {
    self.book = book
    self.settings = settings
    self.passage = passage
    self.threadCount = threadCount
  }

  /// Sensitivities of accounts with margin, in the given order; others are left out.
  public func rows(of accounts: [AccountIndex]) throws -> [PassageSensitivity] {
    // One run after the other: each holds the profits of units along all paths.
    var rows = try Self.changes(of: accounts, on: run(passage))
    let wider = try run(widened)
    for place in rows.indices {
      for candidate in try Self.candidates([rows[place].account], on: wider) {
        rows[place].volatilityChange =
          Self.probability(candidate, wider) - rows[place].probability
      }
    }
    return rows
  }

  /// The same normals at volatilities that are a tenth higher.
  private var widened: PassageSettings {
    var widened = passage
    // Positions are valued at today's time to expiry: moves grow with the root of the horizon, and
    // nothing else does. Looks keep their number in a step.
    let growth = (1 + Self.volatilityRise) * (1 + Self.volatilityRise)
    widened.draws.horizonDays *= growth
    widened.monitoringDays *= growth
    return widened
  }

  private func run(_ passage: PassageSettings) throws(RunError) -> FirstPassageRun {
    try FirstPassageRun(
      book: book, settings: settings, passage: passage, threadCount: threadCount)
  }

  private static func candidates(
    _ accounts: [AccountIndex], on run: FirstPassageRun
  ) throws(RunError) -> [LiquidationCandidate] {
    try run.paths.run.liquidationCandidates(accounts.map(\.position))
  }

  /// All but what volatility changes.
  private static func changes(
    of accounts: [AccountIndex], on run: FirstPassageRun
  ) throws -> [PassageSensitivity] {
    try candidates(accounts, on: run).map { candidate in
      let probability = probability(candidate, run)
      let depositUSD = depositFraction * candidate.holdings.grossNotionalUSD
      let deposited = try changed(candidate, on: run, deposits: [("USD", depositUSD)])
      let positions = try candidate.holdings.contracts.compactMap {
        holding -> PassageSensitivity.Position? in
        let closed = closedFraction * holding.quantity
        let trade = (run.paths.run.book[holding.instrument].name, -closed)
        guard let after = try changed(candidate, on: run, trades: [trade]) else { return nil }
        return PassageSensitivity.Position(
          instrument: holding.instrument, closedQuantity: closed,
          change: self.probability(after, run) - probability)
      }
      return PassageSensitivity(
        account: candidate.account, probability: probability, volatilityChange: 0,
        depositUSD: depositUSD,
        depositChange: deposited.map { self.probability($0, run) - probability },
        positions: positions)
    }
  }

  private static func probability(
    _ candidate: LiquidationCandidate, _ run: FirstPassageRun
  ) -> Double {
    run.rows([candidate][...])[0].probability
  }

  /// The account after a change, judged again by its rule set; nil where it does not cover it.
  private static func changed(
    _ candidate: LiquidationCandidate, on run: FirstPassageRun,
    deposits: [(String, Double)] = [],
    trades: [(String, Double)] = []
  ) throws -> LiquidationCandidate? {
    let prepared = run.paths.run
    let change = AccountChange(
      account: prepared.book.portfolio.accounts[candidate.account.position].name,
      deposits: deposits.map { AccountChange.Amount(name: $0.0, amount: $0.1) },
      trades: trades.map { AccountChange.Amount(name: $0.0, amount: $0.1) })
    let holdings = try change.changed(candidate.holdings, prepared)
    let rule = prepared.rules[prepared.modelOfAccount[candidate.account.position]]
    guard case .margin(let row) = try rule.outcomes([holdings])[0] else { return nil }
    return LiquidationCandidate(holdings, row, base: prepared.base)
  }
}
