// What all rule sets have in common: they ask for scenarios, then read accounts.

import PortfolioModel
import RiskNumerics

/// One scenario behind a requirement, for people.
public struct RuleScenario: Sendable, Equatable {
  /// What a person calls it.
  public var label: String
  /// Relative price move.
  public var priceMove: Double
  /// Relative move of 30-day volatility; 0 where the scenario turns the smile instead.
  public var volatilityMove: Double
  /// Multiplier of profit and loss.
  public var lossFactor: Double
}

/// A rule set applied to one market.
protocol MarginRule: Sendable {
  /// Levels and components of its rows.
  var schema: MarginSchema { get }
  /// What `MarginRow.worstScenario` counts; empty for rule sets without scenarios.
  var scenarios: [RuleScenario] { get }
  /// Margin of accounts that can be valued, in their order. What an account gets depends on no other.
  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome]
  /// Further sums behind a row, for people; none by default.
  func explanation(_ holdings: AccountHoldings, _ row: MarginRow) -> [ExplainedSum]
  /// Whether open orders change what is asked; false where the venue's terms say nothing of them or
  /// charge them outside of margin.
  var countsOrders: Bool { get }
  /// Profit of one unit of a column of `U` in a scenario, USD, before weights; nil where the rule set
  /// does not value columns.
  func unitProfitUSD(column: Int, scenario: Int) -> Double?
}

extension MarginRule {
  func explanation(_ holdings: AccountHoldings, _ row: MarginRow) -> [ExplainedSum] { [] }
  func unitProfitUSD(column: Int, scenario: Int) -> Double? { nil }
  var countsOrders: Bool { false }
}

/// What a rule set may need of a run.
struct RuleContext: Sendable {
  let book: Book
  let market: PricedMarket
  let columns: UnitColumns
  /// Values of units at the base point.
  let base: UnitValue
  /// Scenario sets that were asked for, valued.
  let valued: @Sendable (ScenarioSetSettings) -> ValuedScenarios
}

extension RuleSetTerms {
  /// Scenario sets that the rule set reads.
  var requests: [ScenarioSetSettings] {
    switch family {
    case .scan(let terms):
      let requests = ScanPlan.requests(terms, name: name)
      return [requests.grid, requests.forwardShift]
    case .shortfall(let terms): return [terms.scenarios, terms.longRunScenarios]
    default: return []
    }
  }

  /// The rule set on a market.
  func rule(_ context: RuleContext) -> any MarginRule {
    switch family {
    case .scan(let terms):
      let requests = ScanPlan.requests(terms, name: name)
      let plan = ScanPlan(
        terms: terms, grid: context.valued(requests.grid),
        forwardShift: context.valued(requests.forwardShift), market: context.market,
        instruments: context.book.instruments)
      return ScanMargin(
        plan: plan, market: context.market, book: context.book, base: context.base)
    case .derivePortfolio1(let terms, let market):
      return DerivePortfolioRule(.first(terms), on: market, context)
    case .derivePortfolio2(let terms, let market):
      return DerivePortfolioRule(.second(terms), on: market, context)
    case .deriveStandard(let terms): return DeriveStandardRule(terms, context)
    case .deribitPortfolio(let terms): return DeribitPortfolioRule(terms, context)
    case .paradexPortfolio(let terms): return ParadexPortfolioRule(terms, context)
    case .shortfall(let terms): return ShortfallRule(terms, context)
    case .unified(let terms): return UnifiedMarginRule(terms, context)
    case .leverage(let terms): return LeverageRule(terms, context)
    case .openInterest(let terms): return OpenInterestRule(terms, context)
    case .paradexCross(let terms): return ParadexCrossRule(terms, context)
    case .covariance(let terms): return CovarianceRule(terms, context)
    case .skewScaled(let terms): return SkewScaledRule(terms, context)
    case .drift(let terms): return DriftRule(terms, context)
    case .lending(let terms): return LendingRule(terms, context)
    case .okxApproximation(let terms): return OKXPortfolioRule(terms, context)
    case .bybitApproximation(let terms): return BybitPortfolioRule(terms, context)
    case .dederi(let terms): return DederiRule(terms, context)
    case .span(let terms): return SpanRule(terms, context)
    case .optionSeller(let terms): return OptionSellerRule(terms, context)
    }
  }
}
