// Forecasts of liquidation: what an account becomes on a later market, what is known of it, and how
// forecasts are fitted and scored.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct PredictionTests {
  private static func later(_ book: Book, days: Double, spot ratio: Double) -> Book {
    var next = book
    next.market.valuationTime = book.market.valuationTime.adding(days: days)
    for place in next.market.assets.indices where next.market.assets[place].peg == nil {
      if next.market.assets[place].name != "USD" { next.market.assets[place].priceUSD *= ratio }
    }
    for place in next.market.forwards.indices { next.market.forwards[place].forward *= ratio }
    for place in next.market.marks.indices { next.market.marks[place].price *= ratio }
    return next
  }

  /// Scan of 20 % of a linear perpetual and a tenth of a debt in USDC: the long one is liquidated
  /// below 68,000 / 0.9, a fall of 5.56 %, the short one above 108,000 / 1.3, a rise of 3.85 %.
  @Test(arguments: [0.94, 0.95, 1.035, 1.04])
  func outcomesAreThoseOfTheLaterMarket(ratio: Double) throws {
    var test = RandomBook(seed: 5, accountCount: 0).test
    test.positions = [("long", "BTC-LIN", 1, nil), ("short", "BTC-LIN", -1, nil)]
    test.balances = [("long", "USD", 20_000), ("short", "USD", 20_000)]
    let book = test.book()
    let next = Self.later(book, days: 1, spot: ratio)
    let day = try PredictionDay(
      book: book, settings: TestTerms.settings(), next: next, threadCount: 1)
    #expect(day.observations.map(\.account) == ["long", "short"])
    #expect(day.observations[0].isLiquidated == (ratio * 80_000 < 68_000 / 0.9))
    #expect(day.observations[1].isLiquidated == (ratio * 80_000 > 108_000 / 1.3))
    #expect(day.liquidatableCount == 0 && day.unmarginedCount == 0 && day.unresolvedCount == 0)
  }

  /// Profit of one short coin is -80,000 (x + x^2 / 2) to second order: the surplus of 4,000 of its
  /// 20,000 less 0.2 x 80,000 is lost at x = sqrt(1 + 2 / 20) - 1.
  @Test func distanceIsTheMoveOverItsDeviation() throws {
    var test = RandomBook(seed: 6, accountCount: 0).test
    test.positions = [("short", "BTC-LIN", -1, nil)]
    test.balances = [("short", "USD", 20_000)]
    let book = test.book()
    var distances: [Double] = []
    for days in [1.0, 4] {
      let day = try PredictionDay(
        book: book, settings: TestTerms.settings(), next: Self.later(book, days: days, spot: 1),
        threadCount: 1)
      let seen = try #require(day.observations.first)
      #expect(seen[.distance] == seen.distanceToday && seen[.expiryChange] == 0)
      #expect(seen[.concentration] == 1)
      #expect(abs(seen[.usedFraction] - 0.8) < 1e-12)
      #expect(abs(seen[.logLeverage] - ScalarMath.log(5)) < 1e-12)
      #expect(abs(seen[.deltaPerEquity] + 4) < 1e-12)
      distances.append(seen[.distance])
    }
    // Four days deviate twice as far as one.
    #expect(abs(distances[0] / distances[1] - 2) < 1e-9)
    let history = try #require(book.market.history)
    let btc = try #require(history.factors.firstIndex { $0.description == "spot:BTC" })
    let levels = history.levels[btc].compactMap(\.self)
    let moves = zip(levels, levels.dropFirst()).map { ScalarMath.log($1 / $0) }
    var (sum, weights) = (0.0, 0.0)
    for move in moves {
      sum = 0.97 * sum + move * move
      weights = 0.97 * weights + 1
    }
    let move = (1 + 0.1).squareRoot() - 1
    // USDC, in which the loss is paid, moves with BTC by about a fiftieth.
    #expect(abs(distances[0] / (move / (sum / weights).squareRoot()) - 1) < 0.005)
  }

  /// A hedge that expires leaves what it hedged: known the day before.
  @Test func expiriesAreSeenBefore() throws {
    var test = RandomBook(seed: 7, accountCount: 0).test
    let expiry = TestBook.valuationTime.adding(days: 0.5)
    let assets = test.book().market
    let usd = try #require(assets.assetIndex(named: "USD"))
    test.extraInstruments = [
      Instrument(
        name: "BTC-SOON", kind: .future(expiry: expiry),
        pair: AssetPair(underlying: try #require(assets.assetIndex(named: "BTC")), quote: usd),
        settlement: try #require(assets.assetIndex(named: "USDC")), multiplier: 1,
        payout: .linear)
    ]
    test.positions = [
      ("hedged", "BTC-SOON", 1, nil), ("hedged", "BTC-LIN", -1, nil), ("long", "BTC-LIN", 1, nil)
    ]
    test.balances = [("hedged", "USD", 10_000), ("long", "USD", 25_000)]
    var book = test.book()
    let soon = try #require(book.instruments.firstIndex { $0.name == "BTC-SOON" })
    book.market.marks.append(Mark(instrument: InstrumentIndex(soon), price: 80_000))
    book.market.marks.sort { $0.instrument < $1.instrument }
    let day = try PredictionDay(
      book: book, settings: TestTerms.settings(), next: Self.later(book, days: 1, spot: 1),
      threadCount: 1)
    let hedged = try #require(day.observations.first { $0.account == "hedged" })
    #expect(hedged.isLiquidated)
    #expect(hedged.distanceToday > 4)
    #expect(hedged[.distance] < 0 && hedged.tail > 0.5)
    #expect(hedged[.expiryChange] < -4)
    let long = try #require(day.observations.first { $0.account == "long" })
    #expect(!long.isLiquidated && long[.expiryChange] == 0 && long.tail < 0.5)
  }

  @Test(arguments: [UInt64(41), 42])
  func daysDoNotDependOnThreadsAndLaterAccountsDoNotMatter(seed: UInt64) throws {
    let book = RandomBook(seed: seed, accountCount: 80).book()
    let settings = RandomBook.settings()
    var next = Self.later(book, days: 1, spot: 0.93)
    let day = try PredictionDay(book: book, settings: settings, next: next, threadCount: 1)
    #expect(day.observations.contains { $0.isLiquidated })
    #expect(day.observations.contains { !$0.isLiquidated })
    #expect(
      day == (try PredictionDay(book: book, settings: settings, next: next, threadCount: 2)))
    next.portfolio = RandomBook(seed: seed + 1, accountCount: 3).book().portfolio
    #expect(
      day == (try PredictionDay(book: book, settings: settings, next: next, threadCount: 1)))
  }

  /// The later market lists one instrument more before the others and one less: holdings are found
  /// by name, and equity is that of the same move.
  @Test func listsMayDiffer() throws {
    var test = RandomBook(seed: 43, accountCount: 40).test
    let book = test.book()
    let settings = RandomBook.settings()
    let known = try PredictionDay(
      book: book, settings: settings, next: Self.later(book, days: 1, spot: 0.93), threadCount: 1)
    let usd = try #require(book.market.assetIndex(named: "USD"))
    let btc = try #require(book.market.assetIndex(named: "BTC"))
    test.extraInstruments = [
      Instrument(
        name: "A-FIRST", kind: .perpetual, pair: AssetPair(underlying: btc, quote: usd),
        settlement: btc, multiplier: 1, payout: .inverse)
    ]
    var next = Self.later(test.book(), days: 1, spot: 0.93)
    let dropped = try #require(next.instruments.firstIndex { $0.name == "BTC-C-90000" })
    let after = next.instruments
    next.instruments.remove(at: dropped)
    next.market.marks = next.market.marks.map { mark in
      var moved = mark
      if mark.instrument.position > dropped {
        moved.instrument = InstrumentIndex(mark.instrument.position - 1)
      }
      return moved
    }
    #expect(next.instruments.count == after.count - 1)
    let day = try PredictionDay(book: book, settings: settings, next: next, threadCount: 1)
    #expect(day == known)
  }

  // MARK: Fits

  /// Days whose liquidations follow a tail that is known, scaled by a feature.
  private static func days(
    seed: UInt64, count: Int, slope: Double, accounts: Int = 400
  ) -> [PredictionDay] {
    var random = SeededGenerator(seed: seed)
    let position = PredictionFeature.allCases.firstIndex(of: .logLeverage) ?? 0
    return (0..<count).map { place in
      var day = Self.emptyDay(place)
      for account in 0..<accounts {
        let tail = Double.random(in: 0.01...0.4, using: &random)
        var features = PredictionFeature.allCases.map { _ in 0.0 }
        let leverage = Double.random(in: -1...1, using: &random)
        features[position] = leverage
        let odds = tail / (1 - tail) * ScalarMath.exp(slope * leverage)
        day.observations.append(
          PredictionObservation(
            account: "\(account)", features: features, distanceToday: 1, tail: tail,
            simulated: tail,
            isLiquidated: Double.random(in: 0..<1, using: &random) < odds / (1 + odds)))
      }
      return day
    }
  }

  private static func emptyDay(_ place: Int) -> PredictionDay {
    PredictionDay(
      time: TestBook.valuationTime.adding(days: Double(place)),
      nextTime: TestBook.valuationTime.adding(days: Double(place + 1)), observations: [])
  }

  private static func forecasts(
    _ days: [PredictionDay], _ settings: PredictionSettings, threadCount: Int = 1
  ) throws -> [ForecastDay] {
    var run = PredictionRun(settings)
    return try days.compactMap { try run.forecast($0, threadCount: threadCount) }
  }

  private static func settings() -> PredictionSettings {
    var settings = PredictionSettings()
    settings.firstDayCount = 5
    settings.firstEventCount = 1
    settings.resampleCount = 200
    return settings
  }

  @Test func aFeatureThatMattersIsFound() throws {
    let days = Self.days(seed: 1, count: 20, slope: 1.5)
    let forecasts = try Self.forecasts(days, Self.settings(), threadCount: 2)
    #expect(forecasts.count == 15)
    #expect(
      forecasts == (try Self.forecasts(days, Self.settings())))
    // 7,600 observations of variance about 0.15 and a feature of deviation 0.577: the coefficient
    // 1.5 x 0.577 has a standard error of 0.03.
    let last = try #require(forecasts.last)
    let position = try #require(PredictionFeature.allCases.firstIndex(of: .logLeverage))
    #expect(abs(last.coefficients[position] - 1.5 / 3.0.squareRoot()) < 0.12)
    #expect(last.ridge <= 30)
    let scores = PredictionScoring(forecasts, settings: Self.settings()).scores()
    func score(_ forecaster: Forecaster) throws -> PredictionScore {
      try #require(scores.first { $0.period == "all" && $0.forecaster == forecaster })
    }
    #expect(try score(.hazard).logScore < score(.afterExpiries).logScore)
    #expect(try score(.hazard).brierSkill.low > score(.afterExpiries).brierSkill.value)
  }

  /// Without anything to find the fit stays with the tail that it starts from.
  @Test func noiseIsShrunk() throws {
    let days = Self.days(seed: 2, count: 20, slope: 0)
    var settings = Self.settings()
    settings.ridges = [1e9]
    let forecasts = try Self.forecasts(days, settings)
    let last = try #require(forecasts.last)
    #expect(last.coefficients.allSatisfy { abs($0) < 1e-5 })
  }

  @Test func theFutureIsNotKnown() throws {
    var days = Self.days(seed: 3, count: 12, slope: 1)
    let settings = Self.settings()
    let before = try Self.forecasts(days, settings)
    for place in days[9].observations.indices { days[9].observations[place].isLiquidated = true }
    let after = try Self.forecasts(days, settings)
    for (one, other) in zip(before, after) {
      let isBefore = one.time <= days[9].time
      #expect((one.probabilities == other.probabilities) == isBefore)
    }
    // An outcome that is known only after the next day's features trains no fit of that day.
    days[8].nextTime = days[10].time
    let gap = try Self.forecasts(days, settings)
    let tenth = try #require(gap.first { $0.time == days[9].time })
    let ninth = try #require(gap.first { $0.time == days[8].time })
    #expect(tenth.coefficients == ninth.coefficients)
  }

  // MARK: Scores

  private static func forecast(
    _ place: Int, _ probabilities: [Double], _ events: [Bool]
  ) -> ForecastDay {
    ForecastDay(
      time: TestBook.valuationTime.adding(days: Double(place)),
      nextTime: TestBook.valuationTime.adding(days: Double(place + 1)),
      accounts: events.indices.map { "\($0)" },
      probabilities: Forecaster.allCases.map { forecaster in
        forecaster == .structural ? events.map { _ in 0.5 } : probabilities
      }, isLiquidated: events, coefficients: [], ridge: 1)
  }

  @Test func scoresAddUpOverDays() throws {
    var settings = Self.settings()
    settings.apart = TimeSpan(
      from: TestBook.valuationTime.adding(days: 1.5), to: TestBook.valuationTime.adding(days: 2.5))
    let days = [
      Self.forecast(0, [0.9, 0.2], [true, false]), Self.forecast(1, [0.4, 0.1], [true, false])
    ]
    let scoring = PredictionScoring(days, settings: settings)
    let scores = scoring.scores()
    let all = try #require(scores.first { $0.period == "all" && $0.forecaster == .hazard })
    #expect(all.forecastCount == 4 && all.eventCount == 2 && all.dayCount == 2)
    #expect(abs(all.expectedCount - 1.6) < 1e-12)
    #expect(abs(all.brier - (0.01 + 0.04 + 0.36 + 0.01) / 4) < 1e-15)
    #expect(abs(all.brierSkill.value - (1 - all.brier / 0.25)) < 1e-12)
    let logs = [0.9, 0.8, 0.4, 0.9].map { -ScalarMath.log($0) }
    #expect(abs(all.logScore - logs.reduce(0, +) / 4) < 1e-15)
    #expect(all.areaUnderCurve == 1 && all.capturedByTopPercent == 1)
    // Two days: each resample has the first, the second or both.
    #expect(abs(all.brierSkill.low - (1 - 0.37 / 0.5)) < 1e-12)
    #expect(abs(all.brierSkill.high - (1 - 0.05 / 0.5)) < 1e-12)
    let apart = try #require(scores.first { $0.period == "apart" && $0.forecaster == .hazard })
    #expect(apart.dayCount == 1 && abs(apart.brier - 0.185) < 1e-15)
    #expect(
      scores.contains { $0.period == "without_apart" && abs($0.brier - 0.025) < 1e-15 })
    for score in scores where score.forecaster == .structural {
      #expect(score.logSkill.value == 0 && score.brierSkill.value == 0)
    }
    let bins = scoring.reliability().filter { $0.forecaster == .hazard }
    #expect(bins.reduce(0) { $0 + $1.count } == 4)
    let half = try #require(bins.first { $0.from == 0.35 })
    #expect(half.count == 1 && half.meanForecast == 0.4 && half.observed.value == 1)
  }
}
