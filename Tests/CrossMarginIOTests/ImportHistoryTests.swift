// The history of an imported book: stamps, grid, gaps, cuts, stand-ins, volatility of panels.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct ImportHistoryTests {
  private static let time = instant("2026-02-06T09:40Z")
  private static let spot = FactorName(.spot, "BTC")
  private static let volatility = FactorName(.volatility, "BTC")

  /// A plan on a panel of one snapshot, with series given as texts.
  private func load(
    _ scratch: ImportScratch, _ series: [(FactorName, SeriesShape, String)],
    change: (inout ImportPlan) -> Void = { _ in }
  ) throws -> ImportedBook {
    let path = try scratch.write("panel.csv", PanelRow.text(PanelRow.chain(PanelRow())))
    var plan = ImportPlan(
      chains: [ChainFile(path: path, shape: .deribitPanel)], valuationTime: Self.time,
      models: [ModelSource(name: "house", path: path)])
    plan.currencies = ["BTC"]
    for (number, (factor, shape, text)) in series.enumerated() {
      let path = try scratch.write("series\(number).csv", text)
      plan.series.append(SeriesFile(factor: factor, path: path, shape: shape))
    }
    change(&plan)
    return try Importer.load(plan)
  }

  private func levels(_ book: ImportedBook, _ factor: FactorName) throws -> [Double?] {
    let history = try #require(book.book.market.history)
    let column = try #require(history.factors.firstIndex(of: factor))
    return history.levels[column]
  }

  private static func hourly(_ rows: [(String, Double)]) -> String {
    "ts_utc,open,high,low,close,volume\n"
      + rows.map { "\($0.0),1,1,1,\($0.1),1\n" }.joined()
  }

  private static func daily(_ rows: [(String, Double)]) -> String {
    "open_time,open,high,low,close,volume,close_time,quote_volume,trades,taker_buy_base,"
      + "taker_buy_quote,ignore\n"
      + rows.map { row in
        "\(instant(row.0).microseconds / 1_000),1,1,1,\(row.1),1,0,0,0,0,0,0\n"
      }.joined()
  }

  @Test func hourlyPricesCountFromTheirCloseForHalfADay() throws {
    let scratch = try ImportScratch()
    let text = Self.hourly([
      ("2026-02-03T08:00:00Z", 1), ("2026-02-03T09:00:00Z", 2), ("2026-02-04T08:00:00Z", 3),
      ("2026-02-04T08:40:00Z", 4), ("2026-02-04T21:00:00Z", 5), ("2026-02-06T08:00:00Z", 6),
      ("2026-02-06T09:00:00Z", 7)
    ])
    let book = try load(scratch, [(Self.spot, .hourlyPrices, text)])
    let history = try #require(book.book.market.history)
    // The close of the last hour, 10:00, lies after the valuation at 9:40.
    #expect(history.times.first == instant("2026-02-03T09:40Z"))
    #expect(history.times.last == Self.time)
    #expect(try levels(book, Self.spot) == [1, 4, 5, 6])
    #expect(book.report.sources.last?.cutCount == 1)
    let late = Self.hourly([("2026-02-03T08:00:00Z", 1), ("2026-02-04T20:00:00Z", 2)])
    let gap = try load(scratch, [(Self.spot, .hourlyPrices, late)])
    #expect(try levels(gap, Self.spot) == [1, nil, nil, nil])
    #expect(gap.report.columns.first?.missingCount == 3)
  }

  @Test func dailyPricesCountFromTheirCloseForADay() throws {
    let scratch = try ImportScratch()
    let text = Self.daily([
      ("2026-02-02T00:00Z", 1), ("2026-02-03T00:00Z", 2), ("2026-02-05T00:00Z", 4),
      ("2026-02-06T00:00Z", 5), ("2026-02-07T00:00Z", 6)
    ])
    let book = try load(scratch, [(Self.spot, .binanceDailyPrices, text)])
    #expect(try levels(book, Self.spot) == [1, 2, nil, 4])
    #expect(book.report.sources.last?.cutCount == 2)
    let ageHours = try #require(book.report.columns.first?.ageHoursMean)
    #expect(abs(ageHours - 9 - 2.0 / 3) < 1e-9)
  }

  @Test func yahooRowsAreThoseOfTheSymbol() throws {
    let scratch = try ImportScratch()
    let text =
      "asset,date,open,high,low,close,volume\nBTC-USD,2026-02-04,1,1,1,10,1\n"
      + "ETH-USD,2026-02-01,1,1,1,20,1\nBTC-USD,2026-02-05,1,1,1,11,1\n"
    let book = try load(scratch, [(Self.spot, .yahooDailyPrices(symbol: "BTC-USD"), text)])
    #expect(try levels(book, Self.spot) == [10, 11])
  }

  @Test func theFirstFileWithALevelWins() throws {
    let scratch = try ImportScratch()
    let hourly = Self.hourly([("2026-02-04T08:00:00Z", 100)])
    let daily = Self.daily([("2026-02-03T00:00Z", 1), ("2026-02-04T00:00Z", 2)])
    let book = try load(
      scratch, [(Self.spot, .hourlyPrices, hourly), (Self.spot, .binanceDailyPrices, daily)])
    #expect(try levels(book, Self.spot) == [100, 2, nil])
  }

  @Test func theIndexIsPercentAndTheGapStaysEmpty() throws {
    let scratch = try ImportScratch()
    let hour = instant("2026-02-02T08:00Z").microseconds / 1_000
    let text =
      "timestamp,datetime_utc,date,hour,dvol_open,dvol_high,dvol_low,dvol_close\n"
      + "\(hour),x,y,8,1,1,1,45.5\n"
    let path = scratch.path + "/volatility.csv"
    var earlier = PanelRow()
    earlier.time = "2026-02-05T09:30:00+00:00"
    var later = PanelRow()
    later.time = "2026-02-07T09:30:00+00:00"
    var rows: [PanelRow] = []
    for template in [earlier, later] {
      // Expiries of 22 and 50 days; the volatilities differ, so that interpolation shows.
      var near = template
      near.day = "27FEB26"
      near.expiry = "2026-02-27T09:30:00+00:00"
      near.volatility = 0.6
      var far = template
      far.expiry = "2026-03-27T09:30:00+00:00"
      far.volatility = 0.4
      rows += PanelRow.chain(near) + PanelRow.chain(far)
    }
    try scratch.write("volatility.csv", PanelRow.text(rows))
    let book = try load(scratch, [(Self.volatility, .volatilityIndex, text)]) { plan in
      plan.volatilityPanels = [ChainFile(path: path, shape: .deribitPanel)]
    }
    let levels = try levels(book, Self.volatility)
    #expect(levels.count == 5)
    #expect(levels[0] == 0.455)
    #expect(levels[1] == nil)
    #expect(levels[2] == nil)
    // Total variance of 30 days, linear between those of 22 and 50 days, in days.
    let variance = 22 * 0.36 + (50 * 0.16 - 22 * 0.36) * 8 / 28
    let expected = (variance / 30).squareRoot()
    let found = try #require(levels[3])
    #expect(abs(found - expected) < 1e-12)
    #expect(levels[4] == nil)
    #expect(book.report.sources.last?.cutCount == 28)
    #expect(book.report.unbracketedCount == 0)
  }

  @Test func withoutExpiriesAroundThirtyDaysThereIsNoVolatility() throws {
    let scratch = try ImportScratch()
    let text = Self.hourly([("2026-02-05T08:00:00Z", 1)])
    let book = try load(scratch, [(Self.spot, .hourlyPrices, text)]) { plan in
      plan.volatilityPanels = plan.chains
    }
    #expect(book.report.unbracketedCount == 1)
    #expect(book.book.market.history?.factors == [Self.spot])
  }

  @Test func standInsAreDeclaredNotCopied() throws {
    let scratch = try ImportScratch()
    let wrapped = FactorName(.spot, "WBTC")
    let text = Self.hourly([("2026-02-05T08:00:00Z", 1), ("2026-02-06T08:00:00Z", 2)])
    let book = try load(scratch, [(wrapped, .hourlyPrices, text)]) { plan in
      plan.proxies.append(FactorProxy(factor: Self.spot, proxy: wrapped))
    }
    let history = try #require(book.book.market.history)
    #expect(history.factors == [Self.spot, wrapped])
    #expect(history.levels == [[nil, nil], [1, 2]])
    // The default stand-in for ETH has nothing to stand on and is not declared.
    #expect(book.companions.runText.contains("history_proxies: {\"spot:BTC\": \"spot:WBTC\"}\n"))
    #expect(book.report.proxies == ["spot:BTC by spot:WBTC where it is missing"])
    #expect(book.companions.runText.contains("kind: monte_carlo"))
  }

  @Test func aCompleteFactorNeedsNoStandIn() throws {
    let scratch = try ImportScratch()
    let wrapped = FactorName(.spot, "WBTC")
    let text = Self.hourly([("2026-02-05T08:00:00Z", 1), ("2026-02-06T08:00:00Z", 2)])
    let both = [(wrapped, SeriesShape.hourlyPrices, text), (Self.spot, .hourlyPrices, text)]
    let book = try load(scratch, both) { plan in
      plan.proxies = [FactorProxy(factor: Self.spot, proxy: wrapped)]
    }
    #expect(!book.companions.runText.contains("history_proxies"))
  }

  @Test func theHourOfTheHistoryCanBeThatOfTheDailyClose() throws {
    let scratch = try ImportScratch()
    let daily = Self.daily([
      ("2026-02-03T00:00Z", 1), ("2026-02-04T00:00Z", 2), ("2026-02-05T00:00Z", 3)
    ])
    let book = try load(scratch, [(Self.spot, .binanceDailyPrices, daily)]) { $0.historyHour = 0 }
    let history = try #require(book.book.market.history)
    #expect(history.times.last == instant("2026-02-06T00:00Z"))
    #expect(history.levels == [[1, 2, 3]])
    #expect(book.report.columns.map(\.ageHoursMax) == [0])
    let early = try load(scratch, [(Self.spot, .binanceDailyPrices, daily)]) { plan in
      plan.historyHour = 12
    }
    #expect(early.book.market.history?.times.last == instant("2026-02-05T12:00Z"))
    #expect(early.report.columns.map(\.ageHoursMax) == [12])
  }

  @Test func theLengthOfTheHistoryCanBeBounded() throws {
    let scratch = try ImportScratch()
    let text = Self.hourly([("2025-02-05T08:00:00Z", 1), ("2026-02-06T08:00:00Z", 2)])
    let book = try load(scratch, [(Self.spot, .hourlyPrices, text)]) { $0.historyDaysMax = 3 }
    #expect(book.book.market.history?.times.count == 4)
  }

  @Test func seriesThatAreNoneAreRefused() throws {
    let scratch = try ImportScratch()
    func error(_ series: (FactorName, SeriesShape, String)) -> String {
      let error = #expect(throws: ImportError.self) { try load(scratch, [series]) }
      return error?.description ?? ""
    }
    let good = Self.hourly([("2026-02-05T08:00:00Z", 1)])
    #expect(error((Self.volatility, .hourlyPrices, good)).contains("no levels of vol:BTC"))
    #expect(error((Self.spot, .volatilityIndex, good)).contains("no levels of spot:BTC"))
    #expect(error((Self.spot, .binanceDailyPrices, good)).contains("open_time"))
    #expect(
      error((Self.spot, .hourlyPrices, good.replacing(",volume", with: ",asset")))
        .contains("asset: found an unknown column"))
    #expect(
      error((Self.spot, .hourlyPrices, Self.hourly([("2026-02-05T08:00:00Z", 0)])))
        .contains("close: found \"0.0\", expected a positive number"))
    let twice = Self.hourly([("2026-02-05T08:00:00Z", 1), ("2026-02-05T08:00:00Z", 1)])
    #expect(error((Self.spot, .hourlyPrices, twice)).contains(":3: ts_utc"))
    #expect(
      error((Self.spot, .yahooDailyPrices(symbol: "X"), "asset,date,close\nY,2026-02-05,1\n"))
        .contains("no levels of spot:BTC"))
  }
}
