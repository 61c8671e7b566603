// Laws that hold for every book, on seeded random portfolios.

import CrossMargin
import PortfolioModel
import Testing

private let seeds: [UInt64] = [1, 2, 3]

@Test(arguments: seeds) func addingAnAccountChangesNoOther(seed: UInt64) throws {
  var random = RandomBook(seed: seed, accountCount: 30)
  let settings = RandomBook.settings()
  let before = try WholeRun(random.book(), settings)
  random.test.positions.append(("account-00", "BTC-C-80000", -7, nil))
  random.test.balances.append(("account-00", "BTC", 3))
  let after = try WholeRun(random.book(), settings)
  let names = random.book().portfolio.accounts.map(\.name)
  let added = names.firstIndex(of: "account-00") ?? 0
  #expect(after.accounts.count == before.accounts.count + 1)
  func withoutAdded<Row>(_ rows: [Row], _ account: (Row) -> AccountIndex) -> [Row] {
    rows.filter { account($0).position != added }
  }
  let accounts = withoutAdded(after.accounts, \.account)
  #expect(accounts.map(\.equityUSD) == before.accounts.map(\.equityUSD))
  #expect(accounts.map(\.status) == before.accounts.map(\.status))
  let margins = withoutAdded(after.margins, \.account)
  #expect(margins.map(\.initial) == before.margins.map(\.initial))
  #expect(margins.map(\.worstScenario) == before.margins.map(\.worstScenario))
  let measures = withoutAdded(after.measures, \.account)
  #expect(measures.map(\.tail) == before.measures.map(\.tail))
  #expect(measures.map(\.worstLossUSD) == before.measures.map(\.worstLossUSD))
  #expect(measures.map(\.deltaGammaGapUSD) == before.measures.map(\.deltaGammaGapUSD))
}

@Test(arguments: seeds) func splittingAPositionChangesNoTotal(seed: UInt64) throws {
  let random = RandomBook(seed: seed, accountCount: 10)
  var split = random
  split.test.positions = random.test.positions.flatMap { row in
    // Two entries with the same mean: for linear contracts the unsettled sum stays.
    guard row.instrument == "BTC-LIN", let entry = row.entry else { return [row] }
    return [
      (row.account, row.instrument, row.quantity / 2, entry - 500),
      (row.account, row.instrument, row.quantity / 2, entry + 500)
    ]
  }
  let settings = RandomBook.settings()
  let whole = try WholeRun(random.book(), settings)
  let parts = try WholeRun(split.book(), settings)
  for (left, right) in zip(whole.accounts, parts.accounts) {
    let size = left.grossNotionalUSD
    #expect(abs(left.equityUSD - right.equityUSD) <= 1e-12 * size)
    #expect(abs(left.unsettledUSD - right.unsettledUSD) <= 1e-12 * size)
  }
  for (left, right) in zip(whole.measures, parts.measures) {
    #expect(abs(left.worstLossUSD - right.worstLossUSD) <= 1e-7)
  }
}

@Test(arguments: seeds) func doublingEverythingDoublesEveryLoss(seed: UInt64) throws {
  let random = RandomBook(seed: seed, accountCount: 10)
  var double = random
  double.test.positions = random.test.positions.map {
    ($0.account, $0.instrument, $0.quantity * 2, $0.entry)
  }
  double.test.balances = random.test.balances.map { ($0.account, $0.asset, $0.amount * 2) }
  let settings = RandomBook.settings()
  let once = try WholeRun(random.book(), settings)
  let twice = try WholeRun(double.book(), settings)
  // Doubling is exact in binary arithmetic.
  #expect(twice.measures.map(\.worstLossUSD) == once.measures.map { $0.worstLossUSD * 2 })
  #expect(twice.accounts.map(\.equityUSD) == once.accounts.map { $0.equityUSD * 2 })
  #expect(
    twice.margins.map(\.maintenance.requirementUSD)
      == once.margins.map { $0.maintenance.requirementUSD * 2 })
}

@Test(arguments: seeds) func permutingScenariosChangesOnlyTheIndex(seed: UInt64) throws {
  var random = RandomBook(seed: seed, accountCount: 10)
  var generator = SeededGenerator(seed: seed)
  let scenarios = (0..<150).map { _ in
    [
      FactorShock.scale(FactorName(.spot, "BTC"), .random(in: 0.7...1.3, using: &generator)),
      FactorShock.scale(FactorName(.volatility, "BTC"), .random(in: 0.7...1.5, using: &generator))
    ]
  }
  let order = scenarios.indices.shuffled(using: &generator)
  random.test.scenarios = [
    TestTerms.user("plain", scenarios), TestTerms.user("shuffled", order.map { scenarios[$0] })
  ]
  let sets = [TestTerms.set("plain"), TestTerms.set("shuffled")]
  let run = try WholeRun(random.book(), TestTerms.settings(sets))
  for pair in stride(from: 0, to: run.measures.count, by: 2) {
    let (plain, shuffled) = (run.measures[pair], run.measures[pair + 1])
    #expect(plain.worstLossUSD == shuffled.worstLossUSD)
    #expect(order[shuffled.worstScenario.position] == plain.worstScenario.position)
  }
}

@Test(arguments: seeds) func initialIsNeverBelowMaintenance(seed: UInt64) throws {
  let run = try WholeRun(RandomBook(seed: seed, accountCount: 40).book(), RandomBook.settings())
  for margin in run.margins {
    #expect(margin.initial.requirementUSD >= margin.maintenance.requirementUSD)
    #expect(margin.initial.haircutUSD >= margin.maintenance.haircutUSD)
  }
}

@Test(arguments: seeds) func tailsAreOrdered(seed: UInt64) throws {
  let run = try WholeRun(RandomBook(seed: seed, accountCount: 20).book(), RandomBook.settings())
  for measure in run.measures {
    guard let tail = measure.tail else { continue }
    #expect(measure.worstLossUSD >= tail.valueAtRiskUSD)
    #expect(measure.worstLossUSD >= tail.expectedShortfallUSD)
    #expect((tail.expectedShortfallErrorUSD ?? -1) >= 0)
    #expect((tail.valueAtRiskErrorUSD ?? -1) >= 0)
  }
}

/// Book P&L of a run under single shocks, by scenario.
private func profits(_ random: RandomBook, _ shocks: [[FactorShock]]) throws -> [Double] {
  var test = random
  test.test.scenarios = [TestTerms.user("bumps", shocks)]
  let run = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("bumps")]))
  return run.book.sets[0].profitUSD
}

@Test(arguments: seeds) func greeksAgreeWithDifferencesOfFullRevaluation(seed: UInt64) throws {
  let random = RandomBook(seed: seed, accountCount: 5)
  let run = try WholeRun(random.book(), TestTerms.settings())
  let bitcoin = random.book().market.assetIndex(named: "BTC")
  var greeks = Greeks()
  for exposure in run.book.exposures where exposure.underlying == bitcoin {
    greeks.deltaTotalUSD += exposure.greeks.deltaTotalUSD
    greeks.deltaUSD += exposure.greeks.deltaUSD
    greeks.gammaUSDPerPercent += exposure.greeks.gammaUSDPerPercent
    greeks.vegaUSDPerPoint += exposure.greeks.vegaUSDPerPoint
    greeks.vannaUSDPerPoint += exposure.greeks.vannaUSDPerPoint
    greeks.volgaUSDPerPoint += exposure.greeks.volgaUSDPerPoint
  }
  let spot = FactorName(.spot, "BTC")
  let volatility = FactorName(.volatility, "BTC")
  func vol(_ points: Double) -> FactorShock {
    FactorShock(factor: volatility, shock: .add(points / 100))
  }
  let h = 1e-3
  let p = try profits(
    random,
    [
      [.scale(spot, 1 + h)], [.scale(spot, 1 - h)], [vol(1)], [vol(-1)],
      [.scale(spot, 1 + h), vol(1)], [.scale(spot, 1 + h), vol(-1)],
      [.scale(spot, 1 - h), vol(1)], [.scale(spot, 1 - h), vol(-1)]
    ])
  let notional = run.book.totals.marginedNotionalUSD
  // Central differences of step h leave the third derivative: h^2 of the notional.
  #expect(abs((p[0] - p[1]) / (2 * h) - greeks.deltaTotalUSD) <= 5 * h * h * notional)
  // The P&L of an inverse contract at the shocked settlement price adds no curvature in USD.
  #expect(abs((p[0] + p[1]) / (h * h) / 100 - greeks.gammaUSDPerPercent) <= 1e-5 * notional)
  #expect(abs((p[2] - p[3]) / 2 - greeks.vegaUSDPerPoint) <= 1e-6 * notional)
  #expect(abs((p[2] + p[3]) - greeks.volgaUSDPerPoint) <= 1e-6 * notional)
  let crossed = (p[4] - p[5] - p[6] + p[7]) / (4 * h)
  #expect(abs(crossed - greeks.vannaUSDPerPoint) <= 1e-5 * notional)
}

@Test(arguments: seeds) func theDeltaGammaRemainderIsOfThirdOrder(seed: UInt64) throws {
  let book = RandomBook(seed: seed, accountCount: 20).book()
  func gaps(horizonDays: Double) throws -> [Double] {
    let source = ScenarioSource.monteCarlo(
      MonteCarloSettings(scenarioCount: 128, horizonDays: horizonDays))
    let set = ScenarioSetSettings(name: "draws", source: source)
    return try WholeRun(book, TestTerms.settings([set])).measures.compactMap(\.deltaGammaGapUSD)
  }
  // A horizon 4 times as long doubles every move and multiplies a third-order remainder by 8.
  let small = try gaps(horizonDays: 1.0 / 1_024)
  let large = try gaps(horizonDays: 1.0 / 256)
  #expect(small.count == 20)
  for (smaller, larger) in zip(small, large) where smaller > 1e-6 {
    #expect(larger / smaller > 6 && larger / smaller < 10, "\(smaller) \(larger)")
  }
}

@Test func threadsDoNotChangeBits() throws {
  let book = RandomBook(seed: 4, accountCount: 10).book()
  let settings = RandomBook.settings(drawCount: 1_000)
  let one = try RiskRun(book: book, settings: settings, threadCount: 1)
  let two = try RiskRun(book: book, settings: settings, threadCount: 2)
  #expect(try one.block(0) == two.block(0))
}
