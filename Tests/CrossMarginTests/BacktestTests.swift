// Backtests: forecasts know only the past, historical ones are those of the past losses, tools and
// scores follow their rules.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct BacktestTests {
  /// A book with one coin, a short position and an option, and a history of seeded daily moves of the
  /// coin and its volatility.
  private static func book(days: Int, changedFrom changed: Int? = nil) -> TestBook {
    var test = TestBook()
    test.balances = [("coin", "BTC", 2), ("empty", "USD", 5), ("lost", "STETH", 1)]
    test.positions = [("option", "BTC-LP-80000", -3, nil), ("short", "BTC-LIN", -1, nil)]
    var random = SeededGenerator(seed: 7)
    var times: [UTCTime] = []
    var levels: [[Double?]] = [[], []]
    var (price, volatility) = (0.0, 0.0)
    for day in 0...days {
      times.append(TestBook.valuationTime.adding(days: Double(day - days)))
      levels[0].append(80_000 * exp(price))
      levels[1].append(day % 50 == 49 ? nil : 0.5 * exp(volatility))
      let isChanged = changed.map { day >= $0 } ?? false
      let size = isChanged ? 0.2 : 0.03
      price += size * (Double.random(in: -1...1, using: &random))
      volatility += 0.05 * Double.random(in: -1...1, using: &random)
    }
    test.history = FactorHistory(
      times: times, factors: [FactorName(.spot, "BTC"), FactorName(.volatility, "BTC")],
      levels: levels)
    return test
  }

  private static func run(
    _ test: TestBook, _ change: (inout BacktestSettings) -> Void = { _ in }
  ) throws -> (book: Book, run: BacktestRun) {
    var settings = BacktestSettings()
    settings.windowCount = 200
    settings.firstForecast = 150
    change(&settings)
    let book = test.book()
    return (book, try BacktestRun(book: book, settings: TestTerms.settings(), backtest: settings))
  }

  private static func backtest(
    _ name: String, _ prepared: (book: Book, run: BacktestRun)
  ) throws -> AccountBacktest {
    let position = try #require(
      prepared.book.portfolio.accounts.firstIndex { $0.name == name })
    return try prepared.run.backtest(AccountIndex(position)).get()
  }

  @Test func profitsAreThoseOfTheMoves() throws {
    let test = Self.book(days: 400)
    let coin = try Self.backtest("coin", Self.run(test))
    let levels = try #require(test.history).levels[0].compactMap(\.self)
    // The first 50 moves have no volatility, and then 150 more make the first forecast.
    #expect(coin.times.count == 400 - 200)
    #expect(coin.kind == .long && coin.factors == [FactorName(.spot, "BTC")])
    for (position, profitUSD) in coin.profitUSD.enumerated() {
      let day = 201 + position
      let expected = 2 * 80_000 * (levels[day] / levels[day - 1] - 1)
      #expect(abs(profitUSD - expected) <= 1e-9 * 160_000)
    }
  }

  @Test func historicalForecastsAreQuantilesOfThePast() throws {
    let test = Self.book(days: 400)
    let coin = try Self.backtest("coin", Self.run(test))
    let levels = try #require(test.history).levels[0].compactMap(\.self)
    let losses = (1...400).map { day -> Double in
      let move = levels[day] / levels[day - 1] - 1
      return -160_000 * move
    }
    for (position, forecast) in coin.forecasts[ForecastModel.historical.position].enumerated() {
      let past = losses[max(0, position)..<(200 + position)].sorted(by: >)
      // 200 losses: the third largest is exceeded by 2 of them, the mean is over 5.
      #expect(abs(forecast.valueAtRiskUSD - past[2]) <= 1e-6)
      let mean = past[0..<5].reduce(0, +) / 5
      #expect(abs(forecast.expectedShortfallUSD - mean) <= 1e-6)
    }
  }

  @Test(arguments: ["coin", "short", "option"])
  func theFutureIsUnknown(account: String) throws {
    let (calm, wild) = (
      try Self.backtest(account, Self.run(Self.book(days: 400))),
      try Self.backtest(account, Self.run(Self.book(days: 400, changedFrom: 350)))
    )
    let before = calm.times.count { $0 <= TestBook.valuationTime.adding(days: -50) }
    #expect(before > 100)
    #expect(calm.times == wild.times)
    for model in ForecastModel.allCases {
      let (left, right) = (calm.forecasts[model.position], wild.forecasts[model.position])
      // The forecast for the first changed move is still the same.
      #expect(left[...before].elementsEqual(right[...before]), "\(model)")
    }
    // The one after it knows that move. Others need not: past losses where the move was a gain, and
    // GARCH where it found no clusters.
    for model in [ForecastModel.normal, .student, .filtered] {
      #expect(
        calm.forecasts[model.position][before + 1] != wild.forecasts[model.position][before + 1])
    }
    #expect(calm.profitUSD[before] != wild.profitUSD[before])
  }

  @Test func datesWithoutAMoveAreLeftOut() throws {
    let prepared = try Self.run(Self.book(days: 400))
    let coin = try Self.backtest("coin", prepared)
    let option = try Self.backtest("option", prepared)
    #expect(option.kind == .shortOptions)
    #expect(option.times.count < coin.times.count)
    let missing = stride(from: 49, through: 400, by: 50).flatMap { [$0 - 400, $0 - 399] }.map {
      TestBook.valuationTime.adding(days: Double($0))
    }
    #expect(!option.times.contains { missing.contains($0) })
  }

  @Test func accountsWithoutFactorsSaySo() throws {
    let (book, run) = try Self.run(Self.book(days: 400))
    func gap(_ name: String) throws -> BacktestRun.Gap? {
      let position = try #require(book.portfolio.accounts.firstIndex { $0.name == name })
      switch try run.backtest(AccountIndex(position)) {
      case .success: return nil
      case .failure(let gap): return gap
      }
    }
    #expect(try gap("empty") == .noExposure)
    // Staked ether tracks ether, which the history does not have.
    #expect(try gap("lost") == .noExposure)
    let (_, short) = try Self.run(Self.book(days: 250)) { $0.firstForecast = 220 }
    #expect(try short.backtest(AccountIndex(0)) == .failure(.fewDates(found: 250)))
    #expect(throws: RunError.historyTooShort(set: "backtest", found: 100, needed: 151)) {
      _ = try Self.run(Self.book(days: 100))
    }
  }

  @Test func movesDoNotOverlap() throws {
    let coin = try Self.backtest("coin", Self.run(Self.book(days: 800)) { $0.horizonDays = 2 })
    for (before, after) in zip(coin.times, coin.times.dropFirst()) {
      #expect(before.days(to: after) == 2)
    }
  }

  /// For normal moves of constant volatility the first model is right up to its own estimate: the
  /// value at risk of a long position is near that of a lognormal price.
  @Test func normalForecastsOfACoin() throws {
    let coin = try Self.backtest("coin", Self.run(Self.book(days: 1_500)))
    let forecasts = coin.forecasts[ForecastModel.normal.position].suffix(500)
    let mean = forecasts.reduce(0) { $0 + $1.valueAtRiskUSD } / Double(forecasts.count)
    let deviation = 0.03 / 3.0.squareRoot()
    // x + x^2 / 2 below its mean by 2.326 deviations.
    let move = -NormalDistribution.quantile(0.99) * deviation
    let expected = -160_000 * (move + move * move / 2)
    // An exponential average over about 65 moves is off by a few percent.
    #expect(abs(mean / expected - 1) < 0.03)
  }

  // MARK: Tools

  private static let times = (0..<600).map { TestBook.valuationTime.adding(days: Double($0)) }

  @Test func aBufferIsEatenBeforeTheMarginRises() {
    var test = AccountBacktest.flat(times: Self.times.prefix(6).map(\.self))
    let forecasts = [100.0, 110, 120, 140, 100, 90]
    test.forecasts[0] = forecasts.map(LossForecast.init(of:))
    let margins = test.marginsUSD(tool: .buffer)[0]
    #expect(margins == [125, 125, 125, 140, 125, 112.5])
    #expect(test.marginsUSD(tool: .none)[0] == forecasts)
  }

  @Test func stressAndFloorLookAtThePastAlone() {
    var test = AccountBacktest.flat(times: Self.times)
    test.profitUSD = (0..<600).map { $0 < 300 ? -100 : -10 }
    test.forecasts[0] = (0..<600).map { _ in LossForecast(of: 40) }
    let stress = test.marginsUSD(tool: .stress)[0]
    #expect(stress[..<250].allSatisfy { $0 == 40 })
    #expect(stress[250...].allSatisfy { $0 == 0.75 * 40 + 0.25 * 100 })
    let floor = test.marginsUSD(tool: .floor)[0]
    #expect(floor[..<250].allSatisfy { $0 == 40 } && floor[250...].allSatisfy { $0 == 100 })
  }

  @Test func scoresCountWhatHappened() {
    var test = AccountBacktest.flat(times: Self.times)
    test.profitUSD = (0..<600).map { $0 % 60 == 59 ? -30 : 1 }
    test.forecasts[1] = (0..<600).map { LossForecast(of: $0 < 300 ? 20 : 40) }
    let margins = test.marginsUSD(tool: .none)[1]
    let whole = test.score(.student, confidence: ConfidenceLevels(), marginsUSD: margins)
    #expect(whole.dateCount == 600 && whole.exceedanceCount == 5)
    #expect(
      whole.coverage
        == ValueAtRiskBacktest.unconditionalCoverage(
          exceedanceCount: 5, dayCount: 600, probability: 1 - 0.99))
    #expect(whole.peakToTrough == 2 && whole.largestRise == 1 && whole.meanMarginUSD == 30)
    // Five losses of 1.5 times the shortfall, where 15 days beyond its quantile are promised.
    #expect(whole.firstShortfallStatistic == -0.5)
    #expect(abs(whole.secondShortfallStatistic - (1 - 5 * 1.5 / 15)) < 1e-12)
    let years = test.years
    #expect(years.map(\.year) == [2026, 2027] && years[0].dates == 0..<329)
    let late = test.score(
      .student, dates: years[1].dates, confidence: ConfidenceLevels(), marginsUSD: margins)
    #expect(late.exceedanceCount == 0 && late.firstShortfallStatistic == nil)
  }
}

extension LossForecast {
  /// All measures the same.
  fileprivate init(of valueUSD: Double) {
    self.init(
      valueAtRiskUSD: valueUSD, shortfallQuantileUSD: valueUSD, expectedShortfallUSD: valueUSD)
  }
}

extension AccountBacktest {
  /// No losses, forecasts of 1.
  fileprivate static func flat(times: [UTCTime]) -> AccountBacktest {
    AccountBacktest(
      account: AccountIndex(0), kind: .long, factors: [], times: times,
      profitUSD: [Double](repeating: 0, count: times.count),
      forecasts: ForecastModel.allCases.map { _ in times.map { _ in LossForecast(of: 1) } },
      formGapUSD: 0)
  }
}
