// What scenario sets do to prices: grids, past moves, correlated draws, events with what they do not
// name filled in. Read through the profit of accounts that hold one coin.

import CrossMargin
import Foundation
import PortfolioModel
import Testing

@Suite struct ScenarioTests {
  /// Rounding of a few operations.
  private static let rounding = 1e-12
  /// The correlation of proportional factors is singular: its repair moves a regression by about
  /// the eigenvalue floor, times moves of tens of standard deviations.
  private static let repair = 1e-6
  private static let ethOfBTC = 1.5

  /// A book whose accounts hold 1 BTC and 1 ETH; ether's log moves are 1.5 times bitcoin's, and USDC
  /// moves by a hundredth of them, apart from small moves of its own.
  private static func book(days: Int = 60) -> TestBook {
    var test = TestBook()
    test.balances = [("bitcoin", "BTC", 1), ("ether", "ETH", 1)]
    var times: [UTCTime] = []
    var levels: [[Double?]] = [[], [], []]
    var sum = 0.0
    for day in 0...days {
      times.append(TestBook.valuationTime.adding(days: Double(day - days)))
      levels[0].append(80_000 * exp(sum))
      levels[1].append(2_000 * exp(ethOfBTC * sum))
      levels[2].append(exp(0.01 * sum + 0.0003 * Double((day * 5) % 7 - 3)))
      sum += 0.01 * Double((day * 7) % 11 - 5)
    }
    test.history = FactorHistory(
      times: times,
      factors: [FactorName(.spot, "BTC"), FactorName(.spot, "ETH"), FactorName(.spot, "USDC")],
      levels: levels)
    return test
  }

  private static func set(_ name: String, _ source: ScenarioSource) -> ScenarioSetSettings {
    ScenarioSetSettings(name: name, source: source)
  }

  private static func isClose(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance * abs(expected)
  }

  @Test func pastMovesAreThoseOfTheLevels() throws {
    let test = Self.book()
    let set = Self.set("history", .history(HistorySettings(horizonDays: 1, windowDays: 10)))
    let run = try WholeRun(test.book(), TestTerms.settings([set]))
    let history = try #require(test.history)
    let level = history.levels.map { $0.compactMap(\.self) }
    let profits = run.book.sets[0].profitUSD
    #expect(profits.count == 10)
    for (scenario, profitUSD) in profits.enumerated() {
      let day = level[0].count - 10 + scenario
      let expected =
        80_000 * (level[0][day] / level[0][day - 1] - 1) + 2_000
        * (level[1][day] / level[1][day - 1] - 1)
      #expect(abs(profitUSD - expected) <= Self.rounding * 80_000)
    }
    #expect(run.book.sets[0].labels[9] == "2026-02-06T00:00Z")
  }

  @Test func aGridMovesAllPricesAndWeighsFarLosses() throws {
    var grid = PriceVolatilityGrid(
      priceRangeFraction: 0.2, stepCount: 2, volatilityUpFraction: 0.5,
      volatilityDownFraction: 0.25)
    grid.tailMoves = [-0.8]
    grid.tailWeight = 0.5
    let set = Self.set("grid", .grid(grid))
    let run = try WholeRun(Self.book().book(), TestTerms.settings([set]))
    let result = run.book.sets[0]
    let moves = try #require(result.priceMoves)
    #expect(Set(moves) == [-0.2, -0.1, 0, 0.1, 0.2, -0.8])
    for (move, profitUSD) in zip(moves, result.profitUSD) {
      #expect(abs(profitUSD - 82_000 * move) <= Self.rounding * 82_000)
    }
    // The far loss counts 0.5 x 0.2 / 0.8 of itself: less than that of the range.
    #expect(Self.isClose(run.measures[0].worstLossUSD, 80_000 * 0.2, Self.rounding))
  }

  @Test func eventsAreFilledByTheConditionalMean() throws {
    var test = Self.book()
    test.scenarios = [
      TestTerms.user("event", [[FactorShock.scale(FactorName(.spot, "BTC"), 0.8)]])
    ]
    let filled = try WholeRun(
      test.book(), TestTerms.settings([TestTerms.set("event", completion: .conditionalMean)]))
    #expect(Self.isClose(filled.measures[0].worstLossUSD, 16_000, Self.rounding))
    let etherLoss = 2_000 * (1 - pow(0.8, Self.ethOfBTC))
    #expect(Self.isClose(filled.measures[1].worstLossUSD, etherLoss, Self.repair))
    let left = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("event")]))
    #expect(left.measures[1].worstLossUSD == 0)
  }

  @Test func aBrokenPegSaysNothingAboutCoins() throws {
    var test = Self.book()
    let depeg = FactorShock.scale(FactorName(.spot, "USDC"), 0.87)
    let up = FactorShock.scale(FactorName(.spot, "BTC"), 1.02)
    test.scenarios = [TestTerms.user("event", [[depeg, up]])]
    let run = try WholeRun(
      test.book(), TestTerms.settings([TestTerms.set("event", completion: .conditionalMean)]))
    let etherGain = 2_000 * (pow(1.02, Self.ethOfBTC) - 1)
    #expect(Self.isClose(-run.measures[1].worstLossUSD, etherGain, Self.repair))
    let warning = try #require(
      run.book.warnings.first { $0.kind.hasSuffix("stress_beyond_history") })
    #expect(warning.examples == ["spot:USDC in s0"])
  }

  @Test func drawsHaveTheWeightedCovarianceOfTheHistory() throws {
    let test = Self.book()
    let count = 8_192
    let set = Self.set("draws", .monteCarlo(MonteCarloSettings(scenarioCount: count)))
    var settings = TestTerms.settings([set])
    settings.covariance.decayPerDay = 0.94
    var only = test
    only.balances = [("bitcoin", "BTC", 1)]
    let moves = try WholeRun(only.book(), settings).book.sets[0].profitUSD.map {
      log1p($0 / 80_000)
    }
    let level = try #require(test.history).levels[0].compactMap(\.self)
    var (variance, weights) = (0.0, 0.0)
    for day in 1..<level.count {
      let weight = pow(0.94, Double(level.count - 1 - day))
      variance += weight * pow(log(level[day] / level[day - 1]), 2)
      weights += weight
    }
    variance /= weights
    let drawn = moves.reduce(0) { $0 + $1 * $1 } / Double(count)
    // Four standard errors of a variance of normals, sqrt(2 / n) each.
    #expect(Self.isClose(drawn, variance, 4 * (2 / Double(count)).squareRoot()))
    let mean = moves.reduce(0, +) / Double(count)
    #expect(abs(mean) < 4 * (variance / Double(count)).squareRoot())
  }

  @Test func drawsDependOnTheSeedAndNotOnTheirNumber() throws {
    func profits(count: Int, seed: UInt64) throws -> [Double] {
      let draws = MonteCarloSettings(scenarioCount: count)
      var settings = TestTerms.settings([Self.set("draws", .monteCarlo(draws))])
      settings.seed = seed
      return try WholeRun(Self.book().book(), settings).book.sets[0].profitUSD
    }
    let few = try profits(count: 100, seed: 5)
    #expect(try Array(profits(count: 1_000, seed: 5).prefix(100)) == few)
    #expect(try profits(count: 100, seed: 6) != few)
  }

  @Test func aProxyStandsInForMissingMoves() throws {
    var test = Self.book()
    let whole = try #require(test.history)
    var levels = whole.levels
    // No level of ether before the last five days: 56 of 60 moves are missing.
    for day in 0..<56 { levels[1][day] = nil }
    test.history = FactorHistory(times: whole.times, factors: whole.factors, levels: levels)
    let set = Self.set("history", .history(HistorySettings()))
    var settings = TestTerms.settings([set])
    settings.historyProxies = [
      FactorProxy(factor: FactorName(.spot, "ETH"), proxy: FactorName(.spot, "BTC"))
    ]
    var only = test
    only.balances = [("ether", "ETH", 1)]
    let run = try WholeRun(only.book(), settings)
    let bitcoin = whole.levels[0].compactMap(\.self)
    for day in 1...56 {
      let expected = 2_000 * (bitcoin[day] / bitcoin[day - 1] - 1)
      #expect(abs(run.book.sets[0].profitUSD[day - 1] - expected) <= Self.rounding * 2_000)
    }
    #expect(run.book.warnings.contains { $0.kind.hasSuffix("history_proxy") && $0.count == 56 })
  }

  @Test func aSetWithoutScenariosIsRefused() {
    var test = Self.book(days: 60)
    test.scenarios = [TestTerms.user("empty", [])]
    #expect(throws: RunError.noScenario(set: "empty")) {
      try RiskRun(book: test.book(), settings: TestTerms.settings([TestTerms.set("empty")]))
    }
  }

  @Test func aHistoryTooShortForACovarianceIsRefused() {
    let test = Self.book(days: 5)
    let set = Self.set("draws", .monteCarlo(MonteCarloSettings()))
    #expect(throws: RunError.self) {
      try RiskRun(book: test.book(), settings: TestTerms.settings([set]))
    }
  }
}
