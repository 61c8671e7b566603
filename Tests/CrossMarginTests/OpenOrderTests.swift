// Open orders: counted where a rule set says how, named where it does not.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct OpenOrderTests {
  private static func venue() -> VenueBook {
    var venue = VenueBook([
      VenueBook.asset("BTC", 50_000), VenueBook.asset("USD", 1),
      VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addFuture("BTC", on: "BTC", mark: 50_000)
    for account in ["a", "b"] {
      venue.own(account, "USDC", 20_000)
      venue.hold(account, "BTC", 1)
      venue.order(account, "BTC", 2, at: 50_100)
    }
    return venue
  }

  @Test func ordersThatARuleSetLeavesOutAreNamed() throws {
    let terms = PerpetualRuleTerms(
      cashAsset: "USDC",
      markets: [
        AssetTerms(
          asset: "BTC", terms: try LeverageTiers([.init(lowerNotionalUSD: 0, leverage: 10)]))
      ])
    let run = try Self.venue().run(.leverage(terms))
    #expect(agrees(run.margin("a")?.initial.requirementUSD, 5_000))
    let warning = try #require(
      run.whole.book.warnings.first { $0.kind == "open_order_not_counted" })
    #expect(warning.count == 2 && warning.examples == ["BTC of a", "BTC of b"])
  }

  @Test func countedOrdersAreNoWarning() throws {
    let terms = UnifiedRuleTerms(
      brackets: [
        .init(
          underlying: "BTC", settlement: "USDC",
          schedule: try TierSchedule([MarginTier(lowerNotionalUSD: 0, rateFraction: 0.01)]))
      ],
      collateral: [AssetTerms(asset: "USDC", terms: CollateralTerms(countedFraction: 1))],
      loanRates: [.init(leverage: 5, fraction: 0.08)], initialRatio: 1.2, maintenanceRatio: 1.05)
    let run = try Self.venue().run(.unified(terms))
    // Two coins bought 100 USD above the mark.
    #expect(agrees(run.margin("a")?.maintenance.valueUSD, 20_000 - 200))
    #expect(!run.whole.book.warnings.contains { $0.kind == "open_order_not_counted" })
  }
}
