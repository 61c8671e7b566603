// Liquidation prices beside those that a venue reports.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct ReportedPriceTests {
  /// The accounts of `HealthTests.linearAccountsByHand`: liquidated at 68,000 / 0.9 and 108,000 / 1.3.
  private static let prices = [68_000 / 0.9, 108_000 / 1.3]

  private static func rows(
    _ change: (inout [ReportedFigures]) -> Void
  ) throws -> [[ReconciliationRow]] {
    var test = TestBook()
    test.positions = [("long", "BTC-LIN", 1, nil), ("short", "BTC-LIN", -1, nil)]
    test.balances = [("long", "USD", 20_000), ("rich", "USD", 5), ("short", "USD", 20_000)]
    var book = test.book()
    let instrument = try #require(book.instruments.firstIndex { $0.name == "BTC-LIN" })
    book.portfolio.reported = (0..<3).map { account in
      var figures = ReportedFigures(account: AccountIndex(account))
      figures.instrument = InstrumentIndex(instrument)
      figures.liquidationPrice = [prices[0], 1, prices[1]][account]
      return figures
    }
    change(&book.portfolio.reported)
    let run = try WholeRun(book, TestTerms.settings())
    return (0..<3).map { account in
      run.blocks[0].reconciliations.filter { $0.account.position == account }
    }
  }

  @Test func pricesByHandAgree() throws {
    let rows = try Self.rows { _ in }
    for (account, price) in zip([0, 2], Self.prices) {
      let row = try #require(rows[account].first)
      #expect(row.figure == .liquidationPrice && row.cause == .agrees)
      #expect(abs(row.computedUSD / price - 1) < 1e-9)
    }
    // Nothing liquidates an account without risk.
    #expect(rows[1].map(\.computedUSD) == [0] && rows[1].map(\.cause) == [.priceMethod])
    #expect(rows[1].first?.relativeDifference == 1)
  }

  @Test func differencesAreClassified() throws {
    func cause(_ change: (inout ReportedFigures) -> Void) throws -> ReconciliationRow.Cause? {
      try Self.rows { change(&$0[0]) }[0].last?.cause
    }
    // Half a basis point is the venue's rounding.
    #expect(try cause { $0.liquidationPrice = Self.prices[0] * 1.000_05 } == .agrees)
    #expect(try cause { $0.liquidationPrice = Self.prices[0] * 1.01 } == .priceMethod)
    // Equity is 20,000, maintenance 16,000.
    #expect(
      try cause {
        ($0.equityUSD, $0.liquidationPrice) = (20_000, Self.prices[0] * 1.01)
      } == .priceMethod)
    #expect(
      try cause {
        ($0.maintenanceUSD, $0.liquidationPrice) = (17_000, Self.prices[0] * 1.01)
      } == .ruleOrParameters)
    #expect(
      try cause {
        ($0.equityUSD, $0.liquidationPrice) = (21_000, Self.prices[0] * 1.01)
      } == .inputs)
  }

  @Test func onlyReportedPricesAreCompared() throws {
    let rows = try Self.rows { reported in
      reported[0].liquidationPrice = nil
      reported[0].equityUSD = 20_000
    }
    #expect(rows[0].map(\.figure) == [.equity])
    #expect(rows[2].map(\.figure) == [.liquidationPrice])
  }
}
