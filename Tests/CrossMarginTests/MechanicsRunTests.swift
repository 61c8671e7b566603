// Mechanisms on whole books: the same accounts and paths for all, and the markets they move.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct MechanicsRunTests {
  private static func run(_ names: [String] = []) throws -> MechanicsRun {
    var settings = RandomBook.settings()
    settings.liquidation.costFraction = 0.003
    settings.liquidation.mechanics.names = names
    settings.liquidation.mechanics.stepCount = 6
    settings.liquidation.mechanics.pathCount = 64
    settings.liquidation.mechanics.horizonDays = 3
    return try MechanicsRun(
      book: RandomBook(seed: 33, accountCount: 40).book(), settings: settings,
      draws: MonteCarloSettings(), threadCount: 2)
  }

  @Test func mechanismsSeeTheSameAccountsAndPaths() throws {
    let run = try Self.run()
    var (accounts, blockCount) = ([MechanicsAccount](), 0)
    let result = try run.result(threadCount: 2) {
      accounts += $0
      blockCount += 1
    }
    var accountsAlone: [MechanicsAccount] = []
    #expect(result == (try run.result(threadCount: 1) { accountsAlone += $0 }))
    #expect(accounts == accountsAlone && blockCount > 0)
    let order = accounts.map { $0.account.position * result.rows.count + $0.row }
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
    #expect(accounts.allSatisfy { $0.liquidatedCount > 0 && $0.liquidatedCount <= 64 })
    #expect(result.rows.count == 2 * LiquidationMechanism.all.count)
    let counts = result.rows.filter { $0.mechanism.oracle == .mark }
      .map { $0.paths.map(\.liquidatedCount) }
    #expect(counts.allSatisfy { $0 == counts[0] } && counts[0].reduce(0, +) > 100)
    for (place, row) in result.rows.enumerated() {
      if !row.areKeepersPresent, row.mechanism.taker == .keepers {
        #expect(row.paths.allSatisfy { $0.keepersUSD == 0 && $0.closedNotionalUSD == 0 })
      }
      let own = accounts.filter { $0.row == place }
      let sum = own.reduce(0) { $0 + $1.lossGivenLiquidationUSD * Double($1.liquidatedCount) }
      let count = row.paths.reduce(0) { $0 + $1.liquidatedCount }
      #expect(own.reduce(0) { $0 + $1.liquidatedCount } == count)
      let badDebtUSD = row.paths.reduce(0) { $0 + $1.badDebtUSD }
      #expect(abs(sum - badDebtUSD) < 1e-9 * (badDebtUSD + 1))
      let mean = row.mean(\.badDebtUSD)
      #expect(abs(mean.mean - badDebtUSD / 64) < 1e-9 * (badDebtUSD + 1))
      #expect(row.share(\.unnecessaryCount) >= 0 && row.share(\.unnecessaryCount) < 1)
    }
    #expect(result.fallbackAssets == ["BTC", "ETH"])
  }

  /// A mechanism alone finds what it finds in company.
  @Test func mechanismsDoNotDisturbEachOther() throws {
    let all = try Self.run().result(threadCount: 2) { _ in }
    let alone = try Self.run(["derive"]).result(threadCount: 2) { _ in }
    for row in alone.rows {
      let other = all.rows.first {
        $0.mechanism.name == "derive" && $0.areKeepersPresent == row.areKeepersPresent
      }
      #expect(other == row)
    }
  }

  // MARK: Debts and collateral

  /// An account that is below maintenance today, and what closing it at the market costs: 0.3 % of
  /// what is bought and sold, in the market of staked ETH half of 1 % per million where that is
  /// known.
  struct Debt: Sendable, CustomStringConvertible {
    var description: String
    var balances: [(asset: String, amount: Double)]
    var depthUSD: Double?
    var costUSD: Double
  }

  static let debts = [
    // 60,000 in ETH and 40,000 in USDT: ETH for 57,000 is sold and moves its market, money is not.
    Debt(
      description: "money against coins",
      balances: [("ETH", 30), ("USDT", 40_000), ("USDC", -95_000)], costUSD: 0.003 * 57_000),
    // The same, and BTC for 95,000 is bought.
    Debt(
      description: "coins against coins",
      balances: [("ETH", 30), ("USDT", 40_000), ("BTC", -95_000 / 80_000.0)],
      costUSD: 0.003 * (57_000 + 95_000)),
    Debt(
      description: "money against money", balances: [("USDT", 100_000), ("USDC", -99_500)],
      costUSD: 0),
    // All the collateral there is.
    Debt(
      description: "more debt than collateral", balances: [("ETH", 30), ("USDC", -95_000)],
      costUSD: 0.003 * 60_000),
    // One market for both: nothing needs to be traded.
    Debt(
      description: "a coin against what tracks it", balances: [("STETH", 50), ("ETH", -47.5)],
      costUSD: 0),
    // Two markets: 95,000 at 0.005 x 95,000 / 1,000,000, and ETH for as much.
    Debt(
      description: "a coin against what tracks it in a market of its own",
      balances: [("STETH", 50), ("ETH", -47.5)], depthUSD: 1_000_000,
      costUSD: 95_000 * 0.000475 + 0.003 * 95_000)
  ]

  @Test(arguments: debts) func debtsAreRepaidBySellingCollateral(_ debt: Debt) throws {
    var test = RandomBook(seed: 33, accountCount: 0).test
    test.assets.append(TestBook.asset("USDT", 1, peg: "USD"))
    let staked = try #require(test.assets.firstIndex { $0.name == "STETH" })
    test.assets[staked].depthUSDPerPercent = debt.depthUSD
    test.balances = debt.balances.map { ("debtor", $0.asset, $0.amount) }
    var settings = RandomBook.settings()
    settings.liquidation.costFraction = 0.003
    settings.liquidation.mechanics.names = ["at_market"]
    settings.liquidation.mechanics.stepCount = 2
    settings.liquidation.mechanics.pathCount = 4
    let result = try MechanicsRun(
      book: test.book(), settings: settings, draws: MonteCarloSettings(), threadCount: 1
    ).result(threadCount: 1) { _ in }
    let owedUSD = debt.balances.reduce(0.0) { sum, held in
      let asset = test.assets.first { $0.name == held.asset }
      return sum - min(held.amount * (asset?.priceUSD ?? 0), 0)
    }
    for path in result.rows[0].paths {
      #expect(path.liquidatedCount == 1 && path.unfinishedCount == 0)
      #expect(abs(path.marketUSD - debt.costUSD) < 1e-9)
      #expect(abs(path.closedNotionalUSD - owedUSD) < 1e-9)
    }
    #expect(result.fallbackAssets == ["BTC", "ETH"])
  }

  // MARK: Memory

  /// Units along the paths, and two sums by market, instant and path beside ten numbers per path.
  @Test func memoryIsKnownBefore() throws {
    let book = RandomBook(seed: 33, accountCount: 5).book()
    var settings = MechanicsSettings()
    settings.names = ["derive"]
    settings.stepCount = 2
    settings.pathCount = 3
    let memory = MechanicsMemory(settings, book: book)
    // BTC, ETH, USDC and STETH.
    #expect(memory.marketCount == 4)
    #expect(memory.unitCount == book.instruments.count + book.market.assets.count)
    #expect(memory.bytes == memory.unitCount * 48 + 2 * 2 * 3 * (3 * 5 * 8 + 80))
    #expect(MechanicsMemory(MechanicsSettings(), book: book).bytes < MechanicsMemory.bytesMax)
    settings.stepCount = 10_000
    settings.pathCount = 1_000_000
    #expect(MechanicsMemory(settings, book: book).bytes > MechanicsMemory.bytesMax)
  }
}
