// Cascades of whole books: against bad debt without impact, against linear cascades, their sums.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct ContagionRunTests {
  /// A random book whose coins have markets. The set is the history.
  private static func book(seed: UInt64, depthUSD: Double, accountCount: Int = 60) -> Book {
    var random = RandomBook(seed: seed, accountCount: accountCount)
    for asset in [0, 1] {
      random.test.assets[asset].depthUSDPerPercent = depthUSD
      random.test.assets[asset].averageDailyVolumeUSD = 100 * depthUSD
    }
    return random.book()
  }

  private static func settings(_ shape: ImpactShape = .linear) -> RunSettings {
    var settings = RandomBook.settings()
    settings.liquidation.contagion.shape = shape
    settings.liquidation.costFraction = 0.01
    settings.liquidation.tiers = [
      FundTier(name: "fund", capacityUSD: 20_000, shareFraction: 1),
      FundTier(name: "mutual", capacityUSD: 50_000, shareFraction: 0.5)
    ]
    return settings
  }

  private static func run(
    _ book: Book, _ settings: RunSettings, threadCount: Int = 2
  ) throws -> ContagionResult {
    try runWithAddOns(book, settings, threadCount: threadCount).result
  }

  private static func runWithAddOns(
    _ book: Book, _ settings: RunSettings, threadCount: Int = 2
  ) throws -> (result: ContagionResult, addOns: [ContagionAddOn]) {
    let run = try #require(
      try ContagionRun(book: book, settings: settings, threadCount: threadCount))
    #expect(run.unknown.isEmpty)
    var addOns: [ContagionAddOn] = []
    let result = try run.result(threadCount: threadCount) { addOns += $0 }
    return (result, addOns)
  }

  /// The same bits as without markets.
  @Test(arguments: [UInt64(31), 32]) func withoutImpactItIsBadDebt(seed: UInt64) throws {
    let (book, settings) = (Self.book(seed: seed, depthUSD: .infinity), Self.settings())
    let (found, addOns) = try Self.runWithAddOns(book, settings)
    let plain = try #require(try BadDebtRun(book: book, settings: settings)).result(threadCount: 1)
    #expect(plain.badDebtUSD.contains { $0 > 0 })
    #expect(found.scenarios.map(\.badDebtBeforeUSD) == plain.badDebtUSD)
    #expect(found.scenarios.map(\.badDebtAfterUSD) == plain.badDebtUSD)
    #expect(found.scenarios.map(\.liquidatedAfter) == plain.liquidatedCount)
    #expect(found.scenarios.map(\.notionalAfterUSD) == plain.liquidatedNotionalUSD)
    #expect(found.after.tail == plain.tail && found.before.tail == plain.tail)
    #expect(found.after.tierProbabilities == plain.tierProbabilities)
    #expect(found.after.tierTailUSD == plain.tierTailUSD)
    #expect(found.contributionsUSD == plain.contributionsUSD)
    #expect(found.todayUSD == plain.todayUSD)
    #expect(addOns.isEmpty)
    #expect(found.scenarios.allSatisfy { $0.roundCount <= 1 && $0.isSettled })
  }

  @Test(arguments: [ImpactShape.linear, .saturating(limitFraction: 0.3), .power(exponent: 0.5)])
  func threadsDoNotCount(_ shape: ImpactShape) throws {
    let (book, settings) = (Self.book(seed: 33, depthUSD: 30_000), Self.settings(shape))
    let one = try Self.runWithAddOns(book, settings, threadCount: 1)
    let three = try Self.runWithAddOns(book, settings, threadCount: 3)
    #expect(one.result == three.result)
    #expect(!one.addOns.isEmpty && one.addOns == three.addOns)
  }

  /// A move of a hundredth that counts as none ends cascades sooner, and prices stop short of where
  /// they would go.
  @Test func aCoarseToleranceEndsSooner() throws {
    var settings = Self.settings()
    let book = Self.book(seed: 34, depthUSD: 200_000)
    let fine = try Self.run(book, settings)
    settings.liquidation.contagion.tolerance = 0.01
    let coarse = try Self.run(book, settings)
    for (short, whole) in zip(coarse.scenarios, fine.scenarios) {
      #expect(short.isSettled && short.roundCount <= whole.roundCount)
      #expect(zip(short.logMoves, whole.logMoves).allSatisfy { abs($0) <= abs($1) })
    }
    #expect(zip(coarse.scenarios, fine.scenarios).contains { $0.roundCount < $1.roundCount })
  }

  /// Sums, orders, ends.
  @Test(arguments: [UInt64(34), 35, 36]) func resultsAddUp(seed: UInt64) throws {
    var settings = Self.settings()
    let book = Self.book(seed: seed, depthUSD: 200_000)
    for response in [LiquidationResponse.full, .toRequirement(bufferFraction: 0.1)] {
      settings.liquidation.contagion.response = response
      let (found, addOns) = try Self.runWithAddOns(book, settings)
      #expect(found.scenarios.contains { $0.roundCount > 2 })
      #expect(found.scenarios.allSatisfy { $0.isSettled })
      let shortfall = found.after.tail.expectedShortfallUSD
      #expect(abs(found.contributionsUSD.reduce(0, +) / shortfall - 1) < 1e-9)
      #expect(abs(found.after.tierTailUSD.reduce(0, +) / shortfall - 1) < 1e-12)
      for (market, row) in found.markets.enumerated() {
        let volumes = found.scenarios.map { $0.soldUSD[market] + $0.boughtUSD[market] }
        let mean = volumes.reduce(0, +) / Double(volumes.count)
        #expect(abs(row.meanForcedUSD - mean) <= 1e-12 * mean)
      }
      let worst = found.scenarios[found.worstScenario.position]
      #expect(found.worstRounds.count == worst.roundCount)
      #expect(found.worstRounds.last?.soldUSD == worst.soldUSD)
      for row in addOns {
        // The scenarios behind the later shortfall are not the worst before.
        let scale = abs(row.shortfallBeforeUSD) + abs(row.shortfallAfterUSD)
        #expect(row.totalUSD >= row.shortfallAfterUSD - row.shortfallBeforeUSD - 1e-9 * scale)
      }
      if let systemicness = found.systemicness {
        #expect(abs(systemicness.linear.accountShares.reduce(0, +) - 1) < 1e-9)
        #expect(systemicness.accounts.count == systemicness.linear.accountShares.count)
      }
    }
  }

  /// The covariance of the history pushed through round after round, against the solved sum of all.
  @Test func distressMovesMore() throws {
    let settings = Self.settings()
    var book = Self.book(seed: 34, depthUSD: 2_000_000)
    let found = try Self.run(book, settings)
    let linear = try #require(found.systemicness).linear
    #expect(linear.spectralRadius > 0 && linear.spectralRadius < 1)
    let moves = try #require(try StressedMoves(found, book: book, settings: settings))
    let summary = try #require(try FactorSummary(book: book, settings: settings))
    #expect(moves.markets == found.markets.map(\.depth.name))
    for (market, name) in moves.markets.enumerated() {
      let factor = try #require(summary.factors.firstIndex(of: FactorName(.spot, name)))
      #expect(abs(moves.deviations.history[market] / summary.dailyDeviations[factor] - 1) < 1e-12)
    }
    var (push, term) = (Matrix.identity(moves.markets.count), linear.cascade)
    for _ in 0..<2_000 {
      for row in 0..<push.rowCount {
        for column in 0..<push.rowCount { push[row, column] += term[row, column] }
      }
      term = LinearAlgebra.product(term, .plain, linear.cascade)
    }
    let half = LinearAlgebra.product(push, .plain, moves.covariance)
    let all = LinearAlgebra.product(half, .plain, push, .transposed)
    let scale = all.diagonal.max() ?? 0
    for (one, other) in zip(all.elements, moves.stressedCovariance.elements) {
      #expect(abs(one - other) < 1e-9 * scale)
    }
    #expect(moves.correlations.stressed.diagonal.allSatisfy { $0 == 1 })
    // Thin markets: losses force sales that cost more than they were.
    let thin = Self.book(seed: 34, depthUSD: 100)
    #expect(try StressedMoves(Self.run(thin, settings), book: thin, settings: settings) == nil)
    book.market.history = nil
    #expect(try StressedMoves(found, book: book, settings: settings) == nil)
  }

  // MARK: Linear books

  /// Long and short BTC perpetuals paid in dollars; each account has one.
  private static func linearBook(depthUSD: Double) -> (book: Book, levels: [Double]) {
    var random = SeededGenerator(seed: 77)
    var test = TestBook()
    test.assets[0].depthUSDPerPercent = depthUSD
    for account in 0..<40 {
      let quantity = Double.random(in: -0.5...1, using: &random)
      test.positions.append(("account-\(account)", "BTC-LIN", quantity, nil))
      test.balances.append(
        (
          "account-\(account)", "USD",
          .random(in: 0.19...0.4, using: &random) * 80_000
            * abs(quantity)
        ))
    }
    var levels = [80_000.0]
    for _ in 0..<120 {
      levels.append(levels[levels.count - 1] * .random(in: 0.9...1.1, using: &random))
    }
    let times = levels.indices.map {
      TestBook.valuationTime.adding(days: Double($0 - levels.count + 1))
    }
    test.history = FactorHistory(
      times: times, factors: [FactorName(.spot, "BTC")], levels: [levels])
    return (test.book(), levels)
  }

  /// Accounts of linear contracts are those of `PriceCascade`: a second way to the same prices.
  @Test(arguments: [LiquidationResponse.full, .toRequirement(bufferFraction: 0.25)])
  func linearBooksAreLinearCascades(_ response: LiquidationResponse) throws {
    let depthUSD = 40_000.0
    let (book, levels) = Self.linearBook(depthUSD: depthUSD)
    var settings = TestTerms.settings([
      ScenarioSetSettings(name: "history", source: .history(HistorySettings()))
    ])
    settings.liquidation.contagion.response = response
    settings.liquidation.contagion.shape = .linear
    settings.liquidation.contagion.tolerance = 1e-13
    settings.liquidation.contagion.roundsMax = 5_000
    let found = try Self.run(book, settings)
    #expect(found.scenarios.count == levels.count - 1)
    #expect(found.scenarios.contains { $0.liquidatedAfter > $0.liquidatedBefore + 3 })
    let margins = try WholeRun(book, settings).margins
    let quantities = book.portfolio.positions.quantities
    var comparedCount = 0
    for (scenario, row) in found.scenarios.enumerated() {
      let ratio = levels[scenario + 1] / levels[scenario]
      var exposures = Matrix(rowCount: quantities.count, columnCount: 1)
      let accounts = quantities.enumerated().map { account, quantity in
        exposures[account, 0] = quantity * 80_000 * ratio
        return CascadeAccount(
          surplusUSD: margins[account].maintenance.surplusUSD + quantity * 80_000 * (ratio - 1),
          requirementUSD: margins[account].maintenance.requirementUSD)
      }
      // Depth counts coins: at the shocked price they are worth that much more.
      let cascade = PriceCascade(
        accounts: accounts, exposuresUSD: exposures,
        markets: [
          MarketDepth(name: "BTC", depthUSDPerPercent: depthUSD * ratio, shape: .linear)
        ], response: response)
      let least = cascade.least()
      #expect(abs(least.logMoves[0] - row.logMoves[0]) < 1e-9, "\(scenario)")
      #expect(least.rounds.last?.liquidatedCount == row.liquidatedAfter)
      let direction: [Double] = [(row.logMoves[0] == 0 ? ratio - 1 : row.logMoves[0]) > 0 ? 1 : -1]
      guard let greatest = row.greatest else { continue }
      let falling = cascade.greatest(directions: direction)
      #expect(abs(greatest.logMoves[0] - falling.logMoves[0]) < 1e-9)
      #expect(abs(greatest.logMoves[0]) >= abs(row.logMoves[0]) - 1e-9)
      comparedCount += 1
    }
    #expect(comparedCount == 100)
  }

  // MARK: Markets

  @Test func unknownMarketsAreNamed() throws {
    var test = TestBook()
    test.positions = [("a", "BTC-LIN", 1, nil), ("b", "ETH-INV", 1_000, nil)]
    test.balances = [("a", "USDC", 20_000), ("b", "STETH", 4)]
    test.history = Self.linearBook(depthUSD: 1).book.market.history
    test.assets[0].averageDailyVolumeUSD = 1e9
    let settings = RandomBook.settings()
    let run = try #require(try ContagionRun(book: test.book(), settings: settings))
    // BTC has a volume and a deviation; ETH neither, and what tracks it trades in its market.
    #expect(run.unknown.map(\.asset) == ["ETH"])
  }

  /// Staked coins that are sold in a market of their own fall below what they track.
  @Test func collateralDetaches() throws {
    var test = TestBook()
    test.history = RandomBook(seed: 5, accountCount: 1).test.history
    test.assets[1].depthUSDPerPercent = 1e9
    test.assets[3].depthUSDPerPercent = 1_000
    // A borrower of dollars against staked coins.
    test.balances = [("a", "STETH", 20), ("a", "USDC", -34_000)]
    var settings = Self.settings()
    settings.liquidation.costFraction = 0
    let book = test.book()
    let found = try Self.run(book, settings)
    #expect(found.markets.map(\.depth.name) == ["ETH", "STETH"])
    let sold = found.scenarios.filter { $0.liquidatedAfter == 1 }
    #expect(!sold.isEmpty)
    for row in sold {
      // 20 coins of 1,990 into 1,000 per percent, and nothing of ETH itself.
      #expect(abs(row.logMoves[1] + 0.01 * 20 * 1_990 / 1_000) < 1e-9)
      #expect(row.logMoves[0] == 0 && row.soldUSD[0] == 0)
      #expect(row.badDebtAfterUSD > row.badDebtBeforeUSD)
    }
    // Kept as collateral it is not sold.
    settings.liquidation.contagion.isCollateralSold = false
    let kept = try Self.run(book, settings)
    #expect(kept.scenarios.allSatisfy { $0.soldUSD == [0, 0] && $0.roundCount == 1 })
  }

  @Test func noSampleNoCascade() throws {
    let run = try ContagionRun(
      book: Self.book(seed: 1, depthUSD: 1, accountCount: 2), settings: TestTerms.settings())
    #expect(run == nil)
  }
}
