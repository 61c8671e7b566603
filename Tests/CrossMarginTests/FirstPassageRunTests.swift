// Probabilities of liquidation on paths of the market.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct FirstPassageTests {
  /// One factor whose daily deviation is known from the past that it was drawn from.
  private static func history() -> FactorHistory {
    var random = SeededNormals(seed: 9)
    var level = 60_000.0
    let times = (0...400).map { TestBook.valuationTime.adding(days: Double($0) - 400) }
    let levels = times.map { _ -> Double? in
      level *= ScalarMath.exp(0.03 * random.next())
      return level
    }
    return FactorHistory(times: times, factors: [FactorName(.spot, "BTC")], levels: [levels])
  }

  /// Normals of a seed, by the sum of twelve uniforms, which is near enough for a past.
  private struct SeededNormals {
    var generator: SystemNumbers
    init(seed: UInt64) { generator = SystemNumbers(state: seed) }
    mutating func next() -> Double {
      (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
    }
  }

  private struct SystemNumbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var word = state
      word ^= word >> 33
      word = word &* 0xFF51_AFD7_ED55_8CCD
      return word ^ (word >> 33)
    }
  }

  /// A long perpetual is liquidated where the log price passes a line, whatever the steps: the
  /// probability of a driftless Brownian motion is twice that of its end [reflection principle].
  @Test(arguments: [1, 4, 16])
  func oneFactorByReflection(steps: Int) throws {
    var test = TestBook()
    test.history = Self.history()
    test.positions = [("a", "BTC-LIN", 1, nil)]
    test.balances = [("a", "USD", 21_000)]
    let settings = TestTerms.settings()
    let book = test.book()
    let surplusUSD = try #require(
      try WholeRun(book, settings).margins.first
    ).maintenance.surplusUSD
    var draws = MonteCarloSettings(scenarioCount: 20_000, horizonDays: 4)
    draws.distribution = .normal
    let run = try FirstPassageRun(
      book: book, settings: settings,
      passage: PassageSettings(draws: draws, stepCount: steps), threadCount: 2)
    let row = try #require(try run.rows(threadCount: 2).first)
    let summary = try #require(try FactorSummary(book: book, settings: settings))
    let deviation = summary.dailyDeviations[0] * 2
    let barrier = ScalarMath.log(1 - surplusUSD / 80_000)
    let exact = 2 * NormalDistribution.cdf(barrier / deviation)
    #expect(exact > 0.1 && exact < 0.9)
    // Within a step the profit is not quite normal where its logarithm is.
    let slack = (0.05 / Double(steps) + 0.01) * exact
    #expect(abs(row.probability - exact) < 4 * row.probabilityError + slack)
    #expect(row.stepProbability < row.probability)
    if steps == 1 {
      #expect(abs(row.stepProbability - exact / 2) < 4 * (0.25 / 20_000.0).squareRoot())
    }
    #expect(row == (try run.rows(threadCount: 1).first))
  }

  @Test func accountsWithoutRiskAreSafe() throws {
    var test = TestBook()
    test.history = Self.history()
    test.balances = [("calm", "USD", 1_000)]
    let run = try FirstPassageRun(
      book: test.book(), settings: TestTerms.settings(),
      passage: PassageSettings(draws: MonteCarloSettings(), stepCount: 5))
    let row = try #require(try run.rows(threadCount: 1).first)
    #expect(row.probability == 0 && row.stepProbability == 0 && row.badDebtUSD == 0)
  }

  private static func long(equityUSD: Double) -> TestBook {
    var test = TestBook()
    test.history = Self.history()
    test.positions = [("a", "BTC-LIN", 1, nil)]
    test.balances = [("a", "USD", equityUSD)]
    return test
  }

  /// The log price at which the long perpetual of 80,000 USD is liquidated, requirement frozen, over
  /// the deviation of `days`.
  private static func distance(_ book: Book, _ settings: RunSettings, days: Double) throws -> Double
  {
    let surplusUSD = try #require(
      try WholeRun(book, settings).margins.first
    ).maintenance.surplusUSD
    let summary = try #require(try FactorSummary(book: book, settings: settings))
    let deviation = summary.dailyDeviations[0] * days.squareRoot()
    return -ScalarMath.log(1 - surplusUSD / 80_000) / deviation
  }

  /// Far fewer paths than one over the probability give it digits, since half of them are drawn there.
  @Test(arguments: [26_500.0, 33_000, 36_000])
  func rareLiquidationsHaveDigits(equityUSD: Double) throws {
    let settings = TestTerms.settings()
    let book = Self.long(equityUSD: equityUSD).book()
    let distance = try Self.distance(book, settings, days: 4)
    let exact = 2 * NormalDistribution.cdf(-distance)
    #expect(exact < 0.03 && exact > 1e-9)
    let run = try FirstPassageRun(
      book: book, settings: settings,
      passage: PassageSettings(
        draws: MonteCarloSettings(scenarioCount: 8_192, horizonDays: 4), stepCount: 16),
      threadCount: 2)
    let row = try #require(try run.rows(threadCount: 1).first)
    #expect(row.probabilityError < 0.2 * exact)
    #expect(abs(row.probability - exact) < 4 * row.probabilityError + 0.03 * exact)
  }

  /// Seen four times a step the barrier is farther [Broadie, Glasserman, Kou 1997]; seen once a step
  /// only the ends of steps count.
  @Test func monitoringMovesTheBarrier() throws {
    let settings = TestTerms.settings()
    let book = Self.long(equityUSD: 21_000).book()
    let distance = try Self.distance(book, settings, days: 4)
    func row(steps: Int, lookDays: Double) throws -> PassageRow {
      var passage = PassageSettings(
        draws: MonteCarloSettings(scenarioCount: 32_768, horizonDays: 4), stepCount: steps)
      passage.monitoringDays = lookDays
      let run = try FirstPassageRun(
        book: book, settings: settings, passage: passage, threadCount: 2)
      return try #require(try run.rows(threadCount: 2).first)
    }
    let exact = FirstPassage(distance: distance, drift: 0, deviation: 1)
    let seen = try row(steps: 16, lookDays: 0.0625)
    let expected = exact.probability(within: 1, seenEvery: 0.0625 / 4)
    #expect(abs(seen.probability - expected) < 4 * seen.probabilityError + 0.01 * expected)
    let ends = try row(steps: 16, lookDays: 0.25)
    #expect(ends.probability == ends.stepProbability)
    let always = try row(steps: 16, lookDays: 0)
    #expect(ends.probability < seen.probability && seen.probability < always.probability)
    // Looks at the ends of many steps are what the shifted barrier stands for.
    let many = exact.probability(within: 1, seenEvery: 1.0 / 16)
    #expect(abs(ends.probability - many) < 4 * ends.probabilityError + 0.01 * many)
  }

  /// Sensitivities against the closed form; the deposit moves the barrier by what it adds.
  @Test func sensitivitiesByReflection() throws {
    let settings = TestTerms.settings()
    let book = Self.long(equityUSD: 24_000).book()
    let distance = try Self.distance(book, settings, days: 4)
    func exact(_ distance: Double) -> Double { 2 * NormalDistribution.cdf(-distance) }
    let passage = PassageSettings(
      draws: MonteCarloSettings(scenarioCount: 32_768, horizonDays: 4), stepCount: 16)
    let run = PassageSensitivities(
      book: book, settings: settings, passage: passage, threadCount: 2)
    let row = try #require(try run.rows(of: [AccountIndex(0)]).first)
    #expect(abs(row.probability / exact(distance) - 1) < 0.03)
    let rise = exact(distance / 1.1) - exact(distance)
    #expect(abs(row.volatilityChange / rise - 1) < 0.1)
    #expect(row.depositUSD == 800)
    let richer = try Self.distance(Self.long(equityUSD: 24_800).book(), settings, days: 4)
    let fall = exact(richer) - exact(distance)
    let depositChange = try #require(row.depositChange)
    #expect(abs(depositChange / fall - 1) < 0.1)
    #expect(row.positions.count == 1 && row.positions[0].closedQuantity == 0.1)
    #expect(row.positions[0].change < depositChange)
    let calm = try run.rows(of: [])
    #expect(calm.isEmpty)
  }
}
