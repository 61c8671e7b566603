// Cascades after one move: against the health of accounts without impact, against linear cascades.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct DirectionCascadeTests {
  @Test(arguments: [UInt64(81), 82]) func withoutImpactItIsHealth(seed: UInt64) throws {
    var random = RandomBook(seed: seed, accountCount: 50)
    for asset in [0, 1] { random.test.assets[asset].depthUSDPerPercent = .infinity }
    let (book, settings) = (random.book(), RandomBook.settings())
    let health = try HealthRun(book: book, settings: settings)
    let cascade = try DirectionCascade(book: book, settings: settings)
    #expect(cascade.unknown.isEmpty)
    for direction in health.directions {
      let today = try health.health(direction, 0, threadCount: 1)
      for move in [-0.4, 0.3] {
        let states = try health.health(
          direction, ScalarMath.log(1 + move), threadCount: 2)
        let rescanned = try cascade.row(direction, moveFraction: move, .rescanned, threadCount: 2)
        let failed = states.compactMap(\.self).filter { $0.surplusUSD < 0 }
        #expect(!failed.isEmpty && rescanned.outcome.rounds.count == 1)
        #expect(rescanned.outcome.rounds[0].liquidatedCount == failed.count)
        let owedUSD = failed.reduce(0) { $0 + max(-$1.equityUSD, 0) }
        #expect(abs(rescanned.outcome.rounds[0].badDebtUSD - owedUSD) <= 1e-9 * owedUSD)
        let frozen = try cascade.row(direction, moveFraction: move, .frozen, threadCount: 1)
        let kept = zip(today, states).count { before, after in
          guard let before, let after else { return false }
          return before.surplusUSD + after.equityUSD - before.equityUSD < 0
        }
        #expect(frozen.outcome.rounds[0].liquidatedCount == kept)
        #expect(frozen == (try cascade.row(direction, moveFraction: move, .frozen, threadCount: 3)))
      }
    }
  }

  /// Perpetuals paid in dollars: prices of a linear cascade of the same surpluses.
  @Test func linearBooksAreLinearCascades() throws {
    var random = SeededGenerator(seed: 83)
    var test = TestBook()
    test.assets[0].depthUSDPerPercent = 40_000
    for account in 0..<40 {
      let quantity = Double.random(in: 0.1...1, using: &random)
      test.positions.append(("account-\(account)", "BTC-LIN", quantity, nil))
      test.balances.append(
        ("account-\(account)", "USD", quantity * .random(in: 17_000...30_000, using: &random)))
    }
    let book = test.book()
    var settings = TestTerms.settings()
    settings.liquidation.contagion.shape = .linear
    let health = try HealthRun(book: book, settings: settings)
    let direction = try #require(health.directions.first { $0.name == "BTC" })
    let cascade = try DirectionCascade(book: book, settings: settings)
    let ratio = 0.93
    let margins = try WholeRun(book, settings).margins
    var exposures = Matrix(rowCount: 40, columnCount: 1)
    let accounts = book.portfolio.positions.quantities.enumerated().map { account, quantity in
      exposures[account, 0] = quantity * 80_000 * ratio
      return CascadeAccount(
        surplusUSD: margins[account].maintenance.surplusUSD + quantity * 80_000 * (ratio - 1),
        requirementUSD: margins[account].maintenance.requirementUSD)
    }
    let linear = PriceCascade(
      accounts: accounts, exposuresUSD: exposures,
      markets: [MarketDepth(name: "BTC", depthUSDPerPercent: 40_000 * ratio, shape: .linear)],
      response: .full
    ).least()
    let frozen = try cascade.row(direction, moveFraction: ratio - 1, .frozen, threadCount: 2)
    #expect(linear.rounds.count > 2)
    #expect(frozen.outcome.rounds.map(\.liquidatedCount) == linear.rounds.map(\.liquidatedCount))
    #expect(abs(frozen.outcome.logMoves[0] - linear.logMoves[0]) < 1e-9)
    // The scan of a fifth of the price falls with it: fewer fail when it is scanned again.
    let rescanned = try cascade.row(direction, moveFraction: ratio - 1, .rescanned, threadCount: 2)
    #expect(rescanned.outcome.isSettled)
    #expect(rescanned.outcome.logMoves[0] >= frozen.outcome.logMoves[0])
  }

  /// What accounts sell of options, dated futures, inverse contracts and coins: by differences of
  /// revalued prices and by Greeks, in a scenario without a move.
  @Test(arguments: [UInt64(84), 85]) func differencesAreDeltas(seed: UInt64) throws {
    var random = RandomBook(seed: seed, accountCount: 50)
    for asset in [0, 1] { random.test.assets[asset].depthUSDPerPercent = .infinity }
    let levels = [80_000] + (0..<40).map { 80_000 + 1_000 * Double($0 % 3) }
    random.test.history = FactorHistory(
      times: levels.indices.map { TestBook.valuationTime.adding(days: Double($0 - 40)) },
      factors: [FactorName(.spot, "BTC"), FactorName(.spot, "ETH")],
      levels: [levels, levels.map { $0 / 40 }])
    let book = random.book()
    let settings = TestTerms.settings([
      ScenarioSetSettings(name: "history", source: .history(HistorySettings()))
    ])
    let found = try #require(try ContagionRun(book: book, settings: settings))
      .result(threadCount: 1).scenarios[0]
    let cascade = try DirectionCascade(book: book, settings: settings)
    let direction = try #require(
      try HealthRun(book: book, settings: settings).directions.first)
    let greeks = try #require(
      try cascade.row(direction, moveFraction: 0, .frozen, threadCount: 1).outcome.rounds.first)
    #expect(found.liquidatedAfter == greeks.liquidatedCount && greeks.liquidatedCount > 3)
    for (differences, deltas) in zip(
      [found.soldUSD, found.boughtUSD], [greeks.soldUSD, greeks.boughtUSD])
    {
      for (difference, delta) in zip(differences, deltas) {
        // A central difference of 1e-4 is off by its square times the third derivative.
        #expect(abs(difference - delta) <= 1e-6 * (delta + 1))
      }
    }
  }
}
