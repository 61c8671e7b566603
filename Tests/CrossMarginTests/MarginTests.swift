// Scan margin by hand: each component as arithmetic, sums that hold to the last bit, statuses.

import CrossMargin
import PortfolioModel
import Testing

private func isClose(_ value: Double, _ expected: Double) -> Bool {
  abs(value - expected) <= 1e-12 * max(abs(expected), 1)
}

@Test func aLinearPerpetualLosesItsRangeOrItsDampenedTail() throws {
  var test = TestBook()
  test.positions = [("long", "BTC-LIN", 1, nil), ("short", "BTC-LIN", -1, nil)]
  test.balances = [("long", "USDC", 100_000), ("short", "USDC", 100_000)]
  let run = try WholeRun(test.book(), TestTerms.settings())
  // The far moves -60 % and +100 % count by 20 % / |m|, which leaves 20 % of the price as well.
  for margin in run.margins {
    #expect(isClose(margin.maintenance.scanUSD, 80_000 * 0.2))
    #expect(isClose(margin.initial.scanUSD, 80_000 * 0.2 * 1.25))
    #expect(margin.maintenance.basisUSD == 0)
    #expect(margin.maintenance.nakedShortUSD == 0)
    #expect(margin.maintenance.borrowUSD == 0)
    #expect(isClose(margin.maintenance.haircutUSD, 100_000 * 0.1))
    #expect(isClose(margin.initial.haircutUSD, 100_000 * 0.2))
  }
  #expect(run.accounts.map(\.status) == [.healthy, .healthy])
}

@Test func gainsOfOneUnderlyingOffsetLossesOfAnotherByAFraction() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-LIN", 1, nil), ("a", "ETH-INV", -80_000, nil)]
  let run = try WholeRun(test.book(), TestTerms.settings())
  // Down: BTC -16,000 and the inverse short gains 80,000 x 20 %, of which 60 % count.
  // Up: BTC +16,000 x 60 %, the inverse short loses 80,000 x 20 %: the same.
  #expect(isClose(run.margins[0].maintenance.scanUSD, 16_000 - 0.6 * 16_000))
}

@Test func collateralThatIsTheUnderlyingMovesAfterItsHaircut() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-LIN", -1, nil)]
  test.balances = [("a", "BTC", 1)]
  let run = try WholeRun(test.book(), TestTerms.settings())
  let margin = run.margins[0]
  // Up: short loses 16,000; 95 % of the coin gains 15,200: within one underlying gains net in full.
  #expect(isClose(margin.maintenance.scanUSD, 16_000 - 0.95 * 16_000))
  #expect(margin.worstScenario?.position == 24)  // price +20 %, first of three volatilities
}

@Test func eachExpiryIsChargedForItsForwardMovingAlone() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-FUT", 1, nil), ("a", "BTC-LIN", -82.0 / 80, nil)]
  let run = try WholeRun(test.book(), TestTerms.settings())
  let move = 1.02020134002676 - 1  // max(1 %, e^(0.1 / 5) - 1)
  #expect(isClose(run.margins[0].maintenance.basisUSD, 82_000 * move))
  #expect(run.margins[0].maintenance.scanUSD < 1e-6)
}

@Test func unpairedShortOptionsHaveALeastRequirement() throws {
  var test = TestBook()
  test.extraInstruments = []
  test.positions = [
    ("strangle", "BTC-C-100000", -5, nil), ("strangle", "BTC-P-60000", -5, nil),
    ("box", "BTC-C-80000", -5, nil), ("box", "BTC-LC-80000", 5, nil)
  ]
  var settings = TestTerms.settings()
  settings.changeScan { $0.nakedShortFraction = 0.5 }
  let run = try WholeRun(test.book(), settings)
  let strangle = run.margins[1].maintenance
  #expect(isClose(strangle.requirementUSD, 10 * 80_000 * 0.5))
  #expect(strangle.nakedShortUSD > 0)
  // Inverse and linear calls of one strike pair with each other.
  #expect(run.margins[0].maintenance.nakedShortUSD == 0)
}

@Test func borrowingIsChargedAndDebtHasNoHaircut() throws {
  var test = TestBook()
  test.balances = [("a", "USDC", 50_000), ("a", "ETH", -10)]
  let run = try WholeRun(test.book(), TestTerms.settings())
  #expect(isClose(run.margins[0].maintenance.borrowUSD, 20_000 * 0.1))
  #expect(isClose(run.margins[0].initial.borrowUSD, 20_000 * 0.2))
  #expect(isClose(run.margins[0].maintenance.haircutUSD, 50_000 * 0.1))
  #expect(isClose(run.accounts[0].equityUSD, 30_000))
}

@Test func statusFollowsFromEquityAndSurpluses() throws {
  var test = TestBook()
  // Each long BTC perpetual needs 16,000 to keep and 20,000 to open; USD has no haircut.
  let equities = ["healthy": 20_001.0, "initial": 19_000, "liquidatable": 15_999, "insolvent": -1]
  for (name, amount) in equities {
    test.positions.append((name, "BTC-LIN", 1, nil))
    test.balances.append((name, "USD", amount))
  }
  let book = test.book()
  let run = try WholeRun(book, TestTerms.settings())
  let statuses = zip(book.portfolio.accounts, run.accounts).map { ($0.name, $1.status) }
  #expect(
    statuses.map(\.1) == [.healthy, .belowInitial, .insolvent, .liquidatable],
    "\(statuses)")
  #expect(run.book.totals.count(of: .insolvent) == 1)
  #expect(run.book.totals.negativeEquityUSD == 1)
}

@Test func componentsSumToTheTotalToTheLastBit() throws {
  let book = RandomBook(seed: 7, accountCount: 50).book()
  let run = try WholeRun(book, RandomBook.settings())
  for margin in run.margins {
    for level in [margin.initial, margin.maintenance] {
      #expect(level.componentsUSD.reduce(0, +) == level.surplusUSD)
      let parts = [level.scanUSD, level.basisUSD, level.nakedShortUSD, level.borrowUSD]
      #expect(parts.reduce(0, +) == level.requirementUSD)
    }
  }
}

@Test func explanationsSumToTheStoredNumbers() throws {
  let book = RandomBook(seed: 8, accountCount: 40).book()
  let run = try WholeRun(book, RandomBook.settings())
  for (position, row) in run.accounts.enumerated() {
    let explained = try run.run.explain(row.account)
    #expect(explained.account == row)
    #expect(explained.margin == run.margins[position])
    #expect(explained.measures == run.measures.filter { $0.account == row.account })
    for sum in explained.sums {
      #expect(sum.rows.reduce(0) { $0 + $1.amountUSD } == sum.totalUSD, "\(sum.title)")
      let size = sum.rows.reduce(1) { $0 + abs($1.amountUSD) }
      for rounding in sum.rows where rounding.label == "rounding" {
        #expect(abs(rounding.amountUSD) <= 1e-12 * size, "\(sum.title)")
      }
    }
  }
}

@Test func whatCannotBeValuedIsUnmarginedWithItsReason() throws {
  var test = TestBook()
  test.positions = [("good", "BTC-LIN", 1, nil), ("perp", "SOL-PERP", 2, nil)]
  test.assets.append(TestBook.asset("SOL", 100))
  var book = test.book()
  let sol = book.market.assetIndex(named: "SOL") ?? AssetIndex(0)
  let dollar = book.market.assetIndex(named: "USD") ?? AssetIndex(0)
  test.extraInstruments = [
    Instrument(
      name: "SOL-PERP", kind: .perpetual, pair: AssetPair(underlying: sol, quote: dollar),
      settlement: dollar, multiplier: 1, payout: .linear)
  ]
  book = test.book()
  book.portfolio.unknownHoldings = []
  let run = try WholeRun(book, TestTerms.settings())
  #expect(run.accounts.map(\.status) == [.liquidatable, .unmargined])
  #expect(run.accounts[1].missing == MissingData(subject: "SOL-PERP", reason: .mark))
  #expect(run.book.totals.unmarginedNotionalUSD == 200)
  #expect(run.book.totals.marginedNotionalUSD == 80_000)
  #expect(run.margins.count == 1)
}

@Test func stalePricesLeaveTheirHoldersUnmargined() throws {
  var test = TestBook()
  test.assets[1].time = TestBook.valuationTime.adding(days: -3)
  test.balances = [("eth", "ETH", 1), ("usdc", "USDC", 1)]
  var settings = TestTerms.settings()
  settings.marketAgeDaysMax = 1
  let run = try WholeRun(test.book(), settings)
  #expect(run.accounts.map(\.status) == [.unmargined, .healthy])
  #expect(run.accounts[0].missing == MissingData(subject: "ETH", reason: .stalePrice))
}

@Test func levelsOfStalePricesMayBeReplaced() throws {
  var test = TestBook()
  test.assets[1].time = TestBook.valuationTime.adding(days: -3)
  test.balances = [("eth", "ETH", 1), ("btc", "BTC", 1)]
  let fall = FactorShock(factor: FactorName(.spot, "ETH"), shock: .replace(1_000))
  test.scenarios = [TestTerms.user("fall", [[fall]])]
  var settings = TestTerms.settings([TestTerms.set("fall")])
  settings.marketAgeDaysMax = 1
  let run = try WholeRun(test.book(), settings)
  #expect(run.accounts.map(\.status) == [.healthy, .unmargined])
  #expect(run.measures.map(\.worstLossUSD) == [0])
}

@Test func limitsRaiseAlerts() throws {
  var test = TestBook()
  test.positions = [("a", "BTC-LIN", 1, nil), ("b", "BTC-LIN", 1, nil)]
  test.balances = [("a", "USD", 15_000), ("b", "USD", 100_000)]
  var settings = TestTerms.settings()
  settings.limits = [
    Limit(figure: .accountMarginRatioMin, threshold: 1),
    Limit(figure: .liquidatableCountMax, threshold: 0),
    Limit(figure: .bookDeltaUSDMax, threshold: 1_000)
  ]
  let run = try WholeRun(test.book(), settings)
  let accountAlerts = run.blocks.flatMap(\.alerts)
  #expect(accountAlerts.map(\.subject) == ["a"])
  #expect(isClose(accountAlerts[0].value, 15_000 / 16_000))
  #expect(run.book.alerts.map(\.subject) == ["book", "BTC"])
  #expect(isClose(run.book.alerts[1].value, 160_000))
}
