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
  private let run: FirstPassageRun
  /// The same normals at volatilities that are a tenth higher.
  private let wider: FirstPassageRun

  /// Relative rise of all deviations behind `volatilityChange`.
  public static let volatilityRise = 0.1
  static let depositFraction = 0.01
  static let closedFraction = 0.1

  /// Prepares paths as `FirstPassageRun` does.
  public init(
    book: Book, settings: RunSettings, passage: PassageSettings, threadCount: Int = 1
  ) throws(RunError) {
    run = try FirstPassageRun(
      book: book, settings: settings, passage: passage, threadCount: threadCount)
    var widened = passage
    // Positions are valued at today's time to expiry: moves grow with the root of the horizon, and
    // nothing else does. Looks keep their number in a step.
    let growth = (1 + Self.volatilityRise) * (1 + Self.volatilityRise)
    widened.draws.horizonDays *= growth
    widened.monitoringDays *= growth
    wider = try FirstPassageRun(
      book: book, settings: settings, passage: widened, threadCount: threadCount)
  }

  /// Sensitivities of accounts with margin, in the given order; others are left out.
  public func rows(of accounts: [AccountIndex]) throws -> [PassageSensitivity] {
    try accounts.compactMap { account in
      guard
        let candidate = try run.paths.run.liquidationCandidates([account.position]).first
      else { return nil }
      return try row(candidate)
    }
  }

  private func row(_ candidate: LiquidationCandidate) throws -> PassageSensitivity {
    let probability = self.probability(candidate, run)
    let depositUSD = Self.depositFraction * candidate.holdings.grossNotionalUSD
    let deposited = try changed(candidate, deposits: [("USD", depositUSD)])
    let prepared = run.paths.run
    let positions = try candidate.holdings.contracts.compactMap {
      holding -> PassageSensitivity.Position? in
      let closed = Self.closedFraction * holding.quantity
      let trade = (prepared.book[holding.instrument].name, -closed)
      guard let after = try changed(candidate, trades: [trade]) else { return nil }
      return PassageSensitivity.Position(
        instrument: holding.instrument, closedQuantity: closed,
        change: self.probability(after, run) - probability)
    }
    return PassageSensitivity(
      account: candidate.account, probability: probability,
      volatilityChange: self.probability(candidate, wider) - probability,
      depositUSD: depositUSD,
      depositChange: deposited.map { self.probability($0, run) - probability },
      positions: positions)
  }

  private func probability(_ candidate: LiquidationCandidate, _ run: FirstPassageRun) -> Double {
    run.rows([candidate][...])[0].probability
  }

  /// The account after a change, judged again by its rule set; nil where it does not cover it.
  private func changed(
    _ candidate: LiquidationCandidate, deposits: [(String, Double)] = [],
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
