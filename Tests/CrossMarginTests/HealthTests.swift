// Liquidation prices, ladders and bad debt of whole books.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct HealthTests {
  private static let sweep = HealthSweep(
    step: 0.05, furthestDown: 1, furthestUp: 0.7, threadCount: 1)

  private static func roots(
    _ health: HealthRun, of account: Int, _ position: Int
  ) throws -> AccountRoots {
    let search = RootSearch(furthestDown: sweep.furthestDown, furthestUp: sweep.furthestUp)
    let found = try search.roots(
      health, of: AccountIndex(account), directions: position..<position + 1)
    return try #require(found?.first)
  }

  private static func direction(_ health: HealthRun, _ name: String) throws -> Int {
    try #require(health.directions.firstIndex { $0.name == name })
  }

  /// Scan of 20 %, factor 1, and a tenth of what is owed in USDC, in which the loss is paid:
  /// `20,000 - 1.1 (80,000 - F) = 0.2 F` at F = 68,000 / 0.9 of a long perpetual, and
  /// `20,000 - 1.1 (F - 80,000) = 0.2 F` at 108,000 / 1.3 of a short one.
  @Test func linearAccountsByHand() throws {
    var test = TestBook()
    test.positions = [("long", "BTC-LIN", 1, nil), ("short", "BTC-LIN", -1, nil)]
    test.balances = [("long", "USD", 20_000), ("rich", "USD", 5), ("short", "USD", 20_000)]
    let health = try HealthRun(book: test.book(), settings: TestTerms.settings())
    let position = try Self.direction(health, "BTC")
    let (distances, ladder) = try Self.sweep.run(
      health, today: health.today(threadCount: 1), direction: position)
    let long = try #require(distances[0].down)
    #expect(distances[0].up == nil && distances[2].down == nil)
    let exact = try #require(try Self.roots(health, of: 0, position).down)
    #expect(abs(health.priceUSD(health.directions[position], exact) / (68_000 / 0.9) - 1) < 1e-9)
    #expect(abs(health.priceUSD(health.directions[position], long) / (68_000 / 0.9) - 1) < 1e-3)
    let short = try #require(try Self.roots(health, of: 2, position).up)
    #expect(
      abs(health.priceUSD(health.directions[position], short) / (108_000 / 1.3) - 1) < 1e-9)
    // An account without risk is liquidated nowhere.
    #expect(distances[1].down == nil && distances[1].up == nil)
    #expect(ladder.first { $0.move == 0 }?.liquidatableCount == 0)
    let lowest = try #require(ladder.first)
    #expect(lowest.liquidatableCount == 1 && lowest.liquidatableNotionalUSD == 80_000)
    #expect(
      abs(lowest.negativeEquityUSD - (80_000 * (1 - ScalarMath.exp(-1)) - 20_000)) < 1e-6)
  }

  /// Equity on a moved market is today's and the profit of the same move as a scenario: the two ways
  /// of valuing an account have nothing in common but their formulas.
  @Test(arguments: [UInt64(21), 22, 23])
  func movedEquityIsTodaysAndTheProfit(seed: UInt64) throws {
    var book = RandomBook(seed: seed, accountCount: 30).book()
    var settings = RandomBook.settings()
    let health = try HealthRun(book: book, settings: settings)
    for (position, direction) in health.directions.enumerated() where direction.name != "together" {
      for ratio in [0.7, 1.25] {
        let states = try health.health(
          health.directions[position], ScalarMath.log(ratio), threadCount: 2)
        book.scenarios = [
          UserScenarioSet(
            name: "move",
            scenarios: [
              UserScenario(
                name: "move",
                shocks: [
                  FactorShock(
                    factor: FactorName(.spot, direction.name), shock: .scale(ratio))
                ])
            ])
        ]
        settings.scenarioSets = [
          ScenarioSetSettings(name: "move", source: .user(fileName: "move", completion: .none))
        ]
        let run = try WholeRun(book, settings)
        for (place, measure) in run.blocks.flatMap(\.measures).enumerated() {
          let account = run.margins[place].account
          let equity = try #require(run.accounts.first { $0.account == account }).equityUSD
          let moved = try #require(states[account.position])
          let scale = abs(equity) + abs(measure.worstLossUSD) + 1
          #expect(
            abs(moved.equityUSD - (equity - measure.worstLossUSD)) < 1e-8 * scale,
            "\(direction.name) \(ratio)")
        }
      }
    }
  }

  /// Accounts that have nothing of what a direction moves need not be judged again.
  @Test(arguments: [UInt64(24), 25]) func healthOfOthersStays(seed: UInt64) throws {
    var random = RandomBook(seed: seed, accountCount: 80)
    let halves = Set(
      random.test.balances.map(\.account).filter { $0.utf8.last.map { $0 % 2 } == 0 })
    random.test.positions.removeAll { halves.contains($0.account) && $0.instrument.contains("ETH") }
    random.test.balances.removeAll { halves.contains($0.account) && $0.asset.contains("ETH") }
    let health = try HealthRun(book: random.book(), settings: RandomBook.settings())
    let today = try health.today(threadCount: 2)
    var (stayedCount, changedCount) = (0, 0)
    for direction in health.directions {
      let moved = Set(health.accounts(movedBy: direction))
      let states = try health.health(direction, -0.2, threadCount: 2)
      for (place, state) in states.enumerated() {
        if moved.contains(AccountIndex(place)) {
          changedCount += state == today[place] ? 0 : 1
        } else {
          #expect(state == today[place])
          stayedCount += state == nil ? 0 : 1
        }
      }
    }
    #expect(stayedCount > 0 && changedCount > 0)
  }

  @Test func exactRootsHaveNoSurplus() throws {
    var test = TestBook()
    test.positions = [
      ("a", "BTC-LC-100000", -2, nil), ("a", "BTC-LP-60000", -2, nil), ("a", "BTC-LIN", 0.3, nil)
    ]
    test.balances = [("a", "USD", 60_000)]
    let health = try HealthRun(book: test.book(), settings: TestTerms.settings())
    let position = try Self.direction(health, "BTC")
    let (distances, _) = try Self.sweep.run(
      health, today: health.today(threadCount: 1), direction: position)
    let (down, up) = (try #require(distances[0].down), try #require(distances[0].up))
    let roots = try Self.roots(health, of: 0, position)
    for (found, exact) in zip([down, up], [try #require(roots.down), try #require(roots.up)]) {
      let state = try #require(
        try health.health(of: AccountIndex(0), health.directions[position], exact))
      #expect(abs(state.surplusUSD) < 1e-3)
      #expect(abs(exact - found) < 0.01)
    }
  }

  @Test func badDebtAddsUp() throws {
    let book = RandomBook(seed: 31, accountCount: 60).book()
    var settings = RandomBook.settings()
    settings.liquidation.costFraction = 0.01
    settings.liquidation.tiers = [
      FundTier(name: "fund", capacityUSD: 20_000, shareFraction: 1),
      FundTier(name: "mutual", capacityUSD: 50_000, shareFraction: 0.5)
    ]
    let run = try #require(try BadDebtRun(book: book, settings: settings))
    let result = try run.result(threadCount: 2)
    #expect(result == (try run.result(threadCount: 1)))
    let shortfall = result.tail.expectedShortfallUSD
    #expect(shortfall > 0)
    #expect(abs(result.contributionsUSD.reduce(0, +) / shortfall - 1) < 1e-12)
    #expect(abs(result.tierTailUSD.reduce(0, +) / shortfall - 1) < 1e-12)
    #expect(result.badDebtUSD.allSatisfy { $0 >= 0 })
    #expect(result.tierProbabilities.allSatisfy { $0 >= 0 && $0 <= 1 })
    // More cost, more bad debt, in every scenario.
    settings.liquidation.costFraction = 0.05
    let dearer = try #require(try BadDebtRun(book: book, settings: settings)).result(threadCount: 2)
    #expect(zip(dearer.badDebtUSD, result.badDebtUSD).allSatisfy { $0 >= $1 })
    settings.scenarioSets = []
    #expect(try BadDebtRun(book: book, settings: settings) == nil)
  }
}
