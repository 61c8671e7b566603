// Contributions of holdings to requirements: sums, removal, what does not grow in proportion.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct RequirementContributionTests {
  /// A scan without naked shorts by strike is homogeneous: its Euler contributions are the requirement.
  @Test(arguments: [UInt64(71), 72, 73]) func aScanIsItsContributions(seed: UInt64) throws {
    let run = try RiskRun(
      book: RandomBook(seed: seed, accountCount: 12).book(), settings: TestTerms.settings())
    for account in 0..<12 {
      let requirements = try run.explain(AccountIndex(account)).requirements
      #expect(requirements.map(\.level) == run.marginSchemas[0].levels)
      for requirement in requirements {
        #expect(requirement.holdings.count > 3)
        // Parts of both signs: rounding is that of their sizes.
        let size = requirement.holdings.reduce(0) { $0 + abs($1.eulerUSD) }
        #expect(abs(requirement.eulerUSD - requirement.requirementUSD) <= 1e-9 * size)
        #expect(requirement.remainders.isEmpty)
      }
    }
  }

  @Test func marginalIsTheBookWithoutTheHolding() throws {
    let random = RandomBook(seed: 74, accountCount: 1)
    let run = try RiskRun(book: random.book(), settings: TestTerms.settings())
    let explained = try run.explain(AccountIndex(0))
    for (name, level) in [("BTC-LIN", 0), ("BTC-LIN", 1), ("ETH-INV", 1)] {
      let requirement = explained.requirements[level]
      let holding = try #require(requirement.holdings.first { $0.name == name })
      var without = random
      without.test.positions.removeAll { $0.instrument == name }
      // What is unsettled stays where it was: in the balance of the settlement asset.
      let row = try #require(random.test.positions.first { $0.instrument == name })
      let entry = try #require(row.entry)
      without.test.balances.append(
        name == "ETH-INV"
          ? (row.account, "ETH", row.quantity * (1 / entry - 1 / 2_000))
          : (row.account, "USDC", row.quantity * (80_000 - entry)))
      let rest = try #require(WholeRun(without.book(), TestTerms.settings()).margins.first)
      let marginalUSD = try #require(holding.marginalUSD)
      let expected = requirement.requirementUSD - rest.levels[level].requirementUSD
      #expect(abs(marginalUSD - expected) <= 1e-12 * requirement.requirementUSD)
    }
    let balance = try #require(
      explained.requirements[1].holdings.first { $0.name == "USDC" })
    var without = random
    without.test.balances.removeAll { $0.asset == "USDC" }
    // The gain of the linear perpetual is part of the balance and goes with it.
    without.test.positions = without.test.positions.map {
      $0.instrument == "BTC-LIN" ? ($0.account, $0.instrument, $0.quantity, nil) : $0
    }
    let rest = try #require(WholeRun(without.book(), TestTerms.settings()).margins.first)
    let expected =
      explained.requirements[1].requirementUSD - rest.maintenance.requirementUSD
    #expect(
      abs(try #require(balance.marginalUSD) - expected)
        <= 1e-12 * explained.requirements[1].requirementUSD)
  }

  /// Leverage 10 to 20,000 USD and 5 above: maintenance `0.05 * 20,000 + 0.1 (N - 20,000)` has the slope
  /// 0.1 at N = 100,000, so that the contribution exceeds the requirement by 1,000 USD; initial is N / 5.
  @Test func tiersLeaveARemainder() throws {
    let terms = PerpetualRuleTerms(
      cashAsset: "USDC",
      markets: [
        AssetTerms(
          asset: "BTC",
          terms: try LeverageTiers([
            .init(lowerNotionalUSD: 0, leverage: 10), .init(lowerNotionalUSD: 20_000, leverage: 5)
          ]))
      ])
    var venue = VenueBook([
      VenueBook.asset("BTC", 50_000), VenueBook.asset("USD", 1),
      VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addFuture("BTC", on: "BTC", mark: 50_000)
    venue.hold("a", "BTC", -2)
    venue.own("a", "USDC", 60_000)
    let requirements = try venue.run(.leverage(terms)).whole.run.explain(AccountIndex(0))
      .requirements
    let (initial, maintenance) = (requirements[0], requirements[1])
    #expect(agrees(initial.eulerUSD, 20_000, 1e-9) && initial.remainders.isEmpty)
    #expect(agrees(maintenance.requirementUSD, 9_000, 1e-12))
    #expect(agrees(maintenance.eulerUSD, 10_000, 1e-9))
    #expect(maintenance.remainders.map(\.component) == ["positions"])
    #expect(agrees(maintenance.remainders.first?.amountUSD, -1_000, 1e-8))
    // Cash is no part of what is asked; without the position nothing is.
    #expect(maintenance.holdings.map(\.name) == ["USDC", "BTC"])
    #expect(maintenance.holdings.map(\.marginalUSD) == [0, maintenance.requirementUSD])
  }
}
