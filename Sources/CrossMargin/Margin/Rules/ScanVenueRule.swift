// What rule sets that scan each underlying by its own terms share.

import PortfolioModel

/// A rule set that scans underlyings of a venue. Its first two components are equity and what
/// collateral loses.
protocol ScanVenueRule: AccountRule {
  /// Terms of one underlying.
  associatedtype VenueTerms: Sendable, Equatable
  /// The venue on the market.
  var venue: ScanVenue<VenueTerms> { get }
  /// The book, for names.
  var book: Book { get }
}

extension ScanVenueRule {
  var coverage: RuleCoverage { venue.coverage }
  var scenarios: [RuleScenario] { venue.described }

  func explanation(_ holdings: AccountHoldings, _ row: MarginRow) -> [ExplainedSum] {
    venue.explanation(holdings, row, book)
  }

  func unitProfitUSD(column: Int, scenario: Int) -> Double? {
    venue.unitProfitUSD(column: column, scenario: scenario)
  }

  /// The row of an account from the components of each level after the first two, signed USD.
  func row(
    _ holdings: AccountHoldings, _ value: (equity: EquityReading, haircutUSD: Double),
    restUSD: [[Double]], worstScenario: ScenarioIndex?
  ) -> MarginRow {
    MarginRow(
      account: holdings.account,
      levels: restUSD.map { rest in
        LevelMargin(
          componentsUSD: [value.equity.equityUSD, 0 - value.haircutUSD] + rest, schema: schema)
      }, worstScenario: worstScenario)
  }
}
