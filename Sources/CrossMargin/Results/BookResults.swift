// What a run says about all accounts together.

import PortfolioModel

/// The book as a whole: margined accounts only; what is not covered stands in `totals`.
public struct BookResult: Sendable, Equatable {
  /// Folded sums of all blocks.
  public var totals: BookContribution
  /// Scenario sets with the profit of the book in each scenario.
  public var sets: [BookSetResult] = []
  /// Exposure by underlying and expiry, by underlying name, then expiry; no expiry first.
  public var exposures: [BookExposure] = []
  /// Breached limits of the book and counts of breaching accounts.
  public var alerts: [Alert] = []
  /// Conditions of the market and the scenarios that deserve a word, with their counts.
  public var warnings: [RunWarning] = []

  /// All fields in order.
  public init(
    totals: BookContribution
  ) {
    self.totals = totals
  }
}

/// The book in one scenario set.
public struct BookSetResult: Sendable, Equatable {
  /// Name of the set.
  public var name: String
  /// `grid`, `history`, `monte_carlo`, `user`.
  public var kind: String
  /// Label of each scenario: a date, a name, a move.
  public var labels: [String]
  /// Relative price move of each scenario of a grid; nil for other sets.
  public var priceMoves: [Double]?
  /// Relative 30-day volatility move of each scenario of a grid; nil for other sets.
  public var volatilityMoves: [Double]?
  /// Probability of each scenario; nil where the set has none.
  public var probabilities: [Double]?
  /// Profit of the book in each scenario before loss factors, USD, negative = loss.
  public var profitUSD: [Double]
  /// Largest loss, USD, positive = loss.
  public var worstLossUSD: Double
  /// Its scenario.
  public var worstScenario: ScenarioIndex
  /// VaR and expected shortfall, for sets with probabilities.
  public var tail: TailMeasures?

  /// All fields in order.
  public init(
    name: String,
    kind: String,
    labels: [String],
    priceMoves: [Double]? = nil,
    volatilityMoves: [Double]? = nil,
    probabilities: [Double]? = nil,
    profitUSD: [Double],
    worstLossUSD: Double,
    worstScenario: ScenarioIndex,
    tail: TailMeasures? = nil
  ) {
    self.name = name
    self.kind = kind
    self.labels = labels
    self.priceMoves = priceMoves
    self.volatilityMoves = volatilityMoves
    self.probabilities = probabilities
    self.profitUSD = profitUSD
    self.worstLossUSD = worstLossUSD
    self.worstScenario = worstScenario
    self.tail = tail
  }
}

/// A breached limit.
public struct Alert: Sendable, Equatable {
  /// The limit.
  public var limit: Limit
  /// What breached it: an account, an underlying, a scenario set, or `book`.
  public var subject: String
  /// The figure.
  public var value: Double

  /// All fields in order.
  public init(
    limit: Limit,
    subject: String,
    value: Double
  ) {
    self.limit = limit
    self.subject = subject
    self.value = value
  }
}
