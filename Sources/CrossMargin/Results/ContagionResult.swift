// What a book's cascades of liquidations come to, scenario by scenario and in distribution.

import PortfolioModel
import RiskNumerics

/// A market of a contagion study.
public struct ContagionMarket: Sendable, Equatable {
  /// Its depth, under stress.
  public var depth: MarketDepth
  /// Average daily volume, USD; nil where it is not known.
  public var dailyVolumeUSD: Double?
  /// Forced trades over all scenarios, sold and bought together, USD at today's price: the mean.
  public var meanForcedUSD: Double
  /// Their value at risk and expected shortfall.
  public var forcedTail: TailMeasures
}

/// One scenario before and after liquidations moved prices.
public struct ContagionScenario: Sendable, Equatable {
  /// The scenario.
  public var scenario: ScenarioIndex
  /// Evaluations of all accounts until nothing changed.
  public var roundCount: Int
  /// Whether that was within the bound.
  public var isSettled: Bool
  /// Largest log move that is held although trades at the last prices would give it back.
  public var heldLogMove: Double
  /// Accounts liquidated by the scenario alone.
  public var liquidatedBefore: Int
  /// Accounts liquidated in the end.
  public var liquidatedAfter: Int
  /// Of these, accounts that lose by the direction of one market and gain by that of another: with
  /// none, linear contracts and settled rounds the cascade is the least one.
  public var mixedCount: Int
  /// Bad debt by the scenario alone, USD.
  public var badDebtBeforeUSD: Double
  /// Bad debt in the end, USD.
  public var badDebtAfterUSD: Double
  /// Gross notional liquidated in the end, USD.
  public var notionalAfterUSD: Double
  /// Log moves of prices that liquidations add. [markets]
  public var logMoves: [Double]
  /// Sold by accounts, USD at today's prices. [markets]
  public var soldUSD: [Double]
  /// Bought by accounts, USD at today's prices. [markets]
  public var boughtUSD: [Double]
  /// The cascade from full liquidation; nil where it was not asked for.
  public var greatest: GreatestCascade?
}

/// Where the cascade from full liquidation ends.
public struct GreatestCascade: Sendable, Equatable {
  /// Log moves of prices that liquidations add. [markets]
  public var logMoves: [Double]
  /// Accounts liquidated.
  public var liquidatedCount: Int
  /// Bad debt, USD.
  public var badDebtUSD: Double
  /// Whether it ended within the bound of rounds.
  public var isSettled: Bool
}

/// A distribution of bad debt and who pays it.
public struct BadDebtTail: Sendable, Equatable {
  /// VaR, expected shortfall, errors and intervals.
  public var tail: TailMeasures
  /// Probability that each tier of the fund pays anything, in order, then that all do not suffice.
  public var tierProbabilities: [Double]
  /// Mean of what each tier pays in the scenarios behind the expected shortfall, USD, then of what
  /// is left. [tiers + 1]
  public var tierTailUSD: [Double]
}

/// What a cascade adds to the expected shortfall of one account.
public struct ContagionAddOn: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Expected shortfall of the scenarios alone, USD.
  public var shortfallBeforeUSD: Double
  /// Expected shortfall with cascades, USD.
  public var shortfallAfterUSD: Double
  /// The loss that cascades add in the scenarios behind the latter, by market in their order:
  /// prices are moved one class of markets that no unit feels two of after the other, so that the
  /// parts sum to the whole. [markets]
  public var addedUSD: [Double]

  /// All fields in order.
  public init(
    account: AccountIndex, shortfallBeforeUSD: Double, shortfallAfterUSD: Double,
    addedUSD: [Double]
  ) {
    self.account = account
    self.shortfallBeforeUSD = shortfallBeforeUSD
    self.shortfallAfterUSD = shortfallAfterUSD
    self.addedUSD = addedUSD
  }

  /// What is added in all, USD.
  public var totalUSD: Double { addedUSD.reduce(0, +) }
}

/// The linear cascade in one scenario.
public struct BookSystemicness: Sendable, Equatable {
  /// The scenario.
  public var scenario: ScenarioIndex
  /// The accounts that are being liquidated there, as if in proportion to what they miss.
  public var accounts: [AccountIndex]
  /// Their linear cascade; markets are those of the result.
  public var linear: Systemicness
}

/// Cascades of a book in all scenarios of a sampled set.
public struct ContagionResult: Sendable, Equatable {
  /// Name of the set.
  public var set: String
  /// Label of each scenario.
  public var labels: [String]
  /// What was assumed.
  public var settings: ContagionSettings
  /// The markets.
  public var markets: [ContagionMarket]
  /// All scenarios, in their order.
  public var scenarios: [ContagionScenario]
  /// What accounts owe today already, USD.
  public var todayUSD: Double
  /// Bad debt by the scenarios alone.
  public var before: BadDebtTail
  /// Bad debt in the end.
  public var after: BadDebtTail
  /// What each account adds to the expected shortfall in the end, USD; they sum to it. [accounts]
  public var contributionsUSD: [Double]
  /// The scenario with most bad debt in the end, of equals the one in which most is liquidated.
  public var worstScenario: ScenarioIndex
  /// Its rounds.
  public var worstRounds: [CascadeRound]
  /// The linear cascade in the worst scenario; nil where nothing is liquidated in part there.
  public var systemicness: BookSystemicness?
}
