// Values, unsettled amounts and scenario P&L of each form of contract, as arithmetic.

import CrossMargin
import PortfolioModel
import Testing

/// Relative rounding of a few operations.
private let rounding = 1e-13

private func isClose(_ value: Double, _ expected: Double, _ relative: Double = rounding) -> Bool {
  abs(value - expected) <= relative * max(abs(expected), 1)
}

private let down20 = [FactorShock.scale(FactorName(.spot, "BTC"), 0.8)]

@Test func inverseLongLosesHalfOfItsDollarLossThroughTheUnsettledAmount() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-INV", 1_000_000, 40_000)]
  test.scenarios = [TestTerms.user("moves", [down20])]
  let run = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("moves")]))
  let unsettledBTC = 1_000_000 * (1 / 40_000.0 - 1 / 80_000.0)
  #expect(unsettledBTC == 12.5)
  #expect(isClose(run.accounts[0].unsettledUSD, unsettledBTC * 80_000))
  #expect(isClose(run.accounts[0].equityUSD, 1_000_000))
  let throughAmount = unsettledBTC * (80_000 - 64_000)
  let throughPosition = 1_000_000 * (1 / 64_000.0 - 1 / 80_000.0) * 64_000
  #expect(isClose(throughAmount, 200_000))
  #expect(isClose(run.measures[0].worstLossUSD, throughAmount + throughPosition))
  #expect(isClose(run.measures[0].worstLossUSD, 400_000))
}

@Test func linearContractsPayInTheirSettlementAssetAtItsShockedPrice() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-LIN", 2, nil), ("b", "BTC-FUT", -1, 81_000)]
  let depeg = [
    FactorShock.scale(FactorName(.spot, "BTC"), 0.8),
    FactorShock.scale(FactorName(.spot, "USDC"), 0.9)
  ]
  test.scenarios = [TestTerms.user("moves", [depeg])]
  let run = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("moves")]))
  #expect(isClose(run.measures[0].worstLossUSD, 2 * (80_000 - 64_000) * 0.9))
  let unsettledUSDC = -1 * (82_000.0 - 81_000)
  let expected = -1 * (82_000 * 0.8 - 82_000) * 0.9 + unsettledUSDC * (0.9 - 1)
  #expect(isClose(-run.measures[1].worstLossUSD, expected))
  #expect(isClose(run.accounts[1].equityUSD, unsettledUSDC))
}

@Test func balancesMoveWithTheirOwnPriceOrTheOneTheyTrack() throws {
  var test = TestBook()
  test.balances = [("a", "STETH", 10), ("b", "STETH", 10), ("c", "USDC", 100)]
  let ether = FactorShock.scale(FactorName(.spot, "ETH"), 0.5)
  test.scenarios = [
    TestTerms.user("follows", [[ether]]),
    TestTerms.user("own", [[ether, FactorShock.scale(FactorName(.spot, "STETH"), 0.4)]])
  ]
  let sets = [TestTerms.set("follows"), TestTerms.set("own")]
  let run = try WholeRun(test.book(), TestTerms.settings(sets))
  #expect(isClose(run.measures[0].worstLossUSD, 10 * 1_990 * 0.5))
  #expect(isClose(run.measures[1].worstLossUSD, 10 * 1_990 * 0.6))
  #expect(run.measures[4].worstLossUSD == 0)
  #expect(run.book.warnings.contains { $0.kind == "held_asset_not_moved" })
}

@Test func putCallParityHoldsForBothFormsOfOption() throws {
  var test = TestBook()
  for strike in [60_000, 80_000, 100_000] {
    test.positions += [
      ("inverse-\(strike)", "BTC-C-\(strike)", 1, nil),
      ("inverse-\(strike)", "BTC-P-\(strike)", -1, nil),
      ("linear-\(strike)", "BTC-LC-\(strike)", 1, nil),
      ("linear-\(strike)", "BTC-LP-\(strike)", -1, nil)
    ]
  }
  let run = try WholeRun(test.book(), TestTerms.settings())
  for (row, account) in zip(run.accounts, test.book().portfolio.accounts) {
    let strike = Double(account.name.split(separator: "-")[1]) ?? 0
    let isInverse = account.name.hasPrefix("inverse")
    let discount = 0.990049833749168  // e^(-0.05 / 5)
    let parityUSD = isInverse ? (82_000 - strike) / 82_000 * 80_000 : (82_000 - strike) * discount
    #expect(isClose(row.optionValueUSD, parityUSD, 1e-12), "\(account.name)")
    #expect(row.equityUSD == row.optionValueUSD)
  }
}

@Test func nothingMovesWhereNoFactorMoves() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-C-80000", 3, nil), ("a", "BTC-LP-90000", -2, nil)]
  test.balances = [("a", "BTC", 1)]
  test.scenarios = [TestTerms.user("still", [[.scale(FactorName(.spot, "BTC"), 1)]])]
  let run = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("still")]))
  #expect(run.measures[0].worstLossUSD == 0)
}

@Test func volatilityShocksFollowTheMoreSpecificFactor() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-C-80000", -1, nil)]
  let general = FactorShock.scale(FactorName(.volatility, "BTC"), 3)
  let specific = FactorShock(
    factor: FactorName(.volatility, "BTC", expiry: TestBook.expiry), shock: .replace(0.5))
  test.scenarios = [
    TestTerms.user("both", [[general, specific]]), TestTerms.user("general", [[general]])
  ]
  let sets = [TestTerms.set("both"), TestTerms.set("general")]
  let run = try WholeRun(test.book(), TestTerms.settings(sets))
  #expect(run.measures[0].worstLossUSD == 0)  // the specific factor replaces 0.5 by 0.5
  #expect(run.measures[1].worstLossUSD > 10_000)
}

@Test func basisMovesForwardsAndNotSpot() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-FUT", 1, nil), ("b", "BTC-LIN", 1, nil)]
  let basis = FactorShock(factor: FactorName(.basis, "BTC"), shock: .add(-0.1))
  test.scenarios = [TestTerms.user("basis", [[basis]])]
  let run = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("basis")]))
  let expected = 82_000 * (1 - 0.980198673306755)  // e^(-0.1 / 5)
  #expect(isClose(run.measures[0].worstLossUSD, expected, 1e-12))
  #expect(run.measures[1].worstLossUSD == 0)
}

@Test func whatExpiresInsideARollSettlesAtTheShockedPrice() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-LC-60000", 1, nil)]
  test.scenarios = [TestTerms.user("roll", [[.scale(FactorName(.spot, "BTC"), 1.1)]])]
  var set = TestTerms.set("roll")
  set.roll = .days(100)
  let run = try WholeRun(test.book(), TestTerms.settings([set]))
  let expected = (80_000 * 1.1 - 60_000) - run.accounts[0].optionValueUSD
  #expect(isClose(-run.measures[0].worstLossUSD, expected, 1e-12))
}
