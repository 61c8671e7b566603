// What is read from the P&L and the sensitivities of an account.

import PortfolioModel
import RiskNumerics

/// Losses of one account in one scenario set, USD, positive = loss.
public struct MeasureRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Position of the set in `RunSettings.scenarioSets`.
  public var setPosition: Int
  /// Largest loss after loss factors.
  public var worstLossUSD: Double
  /// Scenario of the largest loss, counted from 0; the lowest of equals.
  public var worstScenario: ScenarioIndex
  /// VaR and expected shortfall, for sets with probabilities.
  public var tail: TailMeasures?
  /// Largest difference between full revaluation and the delta-gamma form; nil where the set moves
  /// levels in ways that form does not have.
  public var deltaGammaGapUSD: Double?

  /// All fields in order.
  public init(
    account: AccountIndex,
    setPosition: Int,
    worstLossUSD: Double,
    worstScenario: ScenarioIndex,
    tail: TailMeasures? = nil,
    deltaGammaGapUSD: Double? = nil
  ) {
    self.account = account
    self.setPosition = setPosition
    self.worstLossUSD = worstLossUSD
    self.worstScenario = worstScenario
    self.tail = tail
    self.deltaGammaGapUSD = deltaGammaGapUSD
  }
}

/// VaR and expected shortfall, USD, positive = loss, not floored.
public struct TailMeasures: Sendable, Equatable {
  /// VaR.
  public var valueAtRiskUSD: Double
  /// Its standard error; nil for sets that are not samples.
  public var valueAtRiskErrorUSD: Double?
  /// Expected shortfall.
  public var expectedShortfallUSD: Double
  /// Its standard error; nil for sets that are not samples.
  public var expectedShortfallErrorUSD: Double?
  /// Bounds from order statistics; nil for sets that are not samples, or where none were asked for.
  public var interval: TailInterval?

  /// All fields in order.
  public init(
    valueAtRiskUSD: Double,
    valueAtRiskErrorUSD: Double? = nil,
    expectedShortfallUSD: Double,
    expectedShortfallErrorUSD: Double? = nil,
    interval: TailInterval? = nil
  ) {
    self.valueAtRiskUSD = valueAtRiskUSD
    self.valueAtRiskErrorUSD = valueAtRiskErrorUSD
    self.expectedShortfallUSD = expectedShortfallUSD
    self.expectedShortfallErrorUSD = expectedShortfallErrorUSD
    self.interval = interval
  }
}

/// Sensitivities of one account to one underlying.
public struct UnderlyingRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// The underlying.
  public var underlying: AssetIndex
  /// Sensitivities.
  public var greeks: Greeks

  /// All fields in order.
  public init(
    account: AccountIndex,
    underlying: AssetIndex,
    greeks: Greeks
  ) {
    self.account = account
    self.underlying = underlying
    self.greeks = greeks
  }
}

/// Exposure of the book to one underlying at one expiry.
public struct BookExposure: Sendable, Equatable {
  /// The underlying.
  public var underlying: AssetIndex
  /// The expiry; nil for balances and perpetuals.
  public var expiry: UTCTime?
  /// Sensitivities.
  public var greeks: Greeks

  /// All fields in order.
  public init(
    underlying: AssetIndex,
    expiry: UTCTime? = nil,
    greeks: Greeks
  ) {
    self.underlying = underlying
    self.expiry = expiry
    self.greeks = greeks
  }
}
