// A book with every file is read whole, in every form that its files may have.

import BookFixtures
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct InputBookTests {
  private static func load(_ files: BookFiles) throws -> LoadedBook {
    let scratch = try ScanScratch()
    try files.write(to: scratch.path)
    return try BookReader.load(folder: scratch.path)
  }

  @Test func everyFileIsRead() throws {
    let loaded = try Self.load(GoodBook.files)
    let market = loaded.book.market
    #expect(market.valuationTime.description == "2026-02-06T00:00Z")
    #expect(market.assets.map(\.name) == ["BTC", "ETH", "STETH", "USD", "USDC", "USDT"])
    let bitcoin = market.assets[0]
    #expect(bitcoin.averageDailyVolumeUSD == 2.5e10 && bitcoin.depthUSDPerPercent == 2e7)
    #expect(market.assets[2].tracks == "ETH" && market.assets[4].peg == "USD")
    // 00:59 at +01:00 is one minute before the valuation time.
    #expect(market.assets[5].time == market.valuationTime.adding(days: -1.0 / 1_440))
    #expect(market.forwards.count == 2 && market.forwards[0].rateContinuous == 0.04)
    #expect(market.volatilities.count == 4 && market.volatilities[3].volatilityAnnual == 0.7)
    #expect(market.marks.count == 4)
    #expect(market.state.map(\.key) == ["skew", "total_deposits_usd"])
    // Sources of an asset are in the order of their names.
    #expect(market.feeds.map(\.source) == ["alpha", "beta", "gamma", "alpha", "beta"])
    #expect(market.feeds[0].confidence == 0.999 && market.feeds[0].weight == 2)
    #expect(market.feeds[1].confidence == nil && market.feeds[1].weight == nil)
    #expect(market.feeds[1].time.seconds(to: market.valuationTime) == 20)
    let history = try #require(market.history)
    #expect(
      history.factors.map(\.description) == ["basis:BTC", "spot:BTC", "spot:ETH", "vol:BTC"])

    let book = loaded.book
    #expect(book.instruments.count == 7)
    #expect(book.portfolio.accounts.map(\.name) == ["alice", "bob", "carol"])
    #expect(book.portfolio.accounts[0].model == "strict")
    #expect(book.portfolio.accounts[1].efficiencyMode == "coins")
    let alice = book.portfolio.positions.rows(of: AccountIndex(0))
    #expect(alice.count == 4)
    #expect(book.portfolio.positions.legs[alice].sorted() == ["", "", "a", "b"])
    // The spot position is a balance, and accrued funding is part of the amount.
    let bob = book.portfolio.balances.rows(of: AccountIndex(1))
    #expect(Array(book.portfolio.balances.amounts[bob]) == [3, 50_000 - 12.5])
    #expect(book.portfolio.orders.map(\.quantity) == [-100, 2])
    #expect(book.portfolio.reported[0].liquidationPrice == 60_000)
    #expect(book.scenarios.map(\.name) == ["stress"])
    #expect(book.scenarios[0].scenarios.map(\.lossFactor) == [1, 0.5, 1])

    #expect(loaded.settings.models.map(\.name) == ["house", "strict"])
    #expect(loaded.settings.scenarioSets.map(\.name) == ["draws", "heatmap", "history", "stress"])
    #expect(loaded.settings.confidence.valueAtRisk == 0.95)
    #expect(loaded.settings.marketAgeDaysMax == 1)
    #expect(loaded.outputs.isCSVWritten && loaded.outputs.detail == .worst(2))
    #expect(loaded.files.count == GoodBook.files.files.count)
  }

  @Test(arguments: ["byte order mark", "CRLF", "quotes", "own columns", "no line at the end"])
  func formsOfTextAreAlike(_ form: String) throws {
    var files = GoodBook.files
    for name in files.files.keys where name.hasSuffix(".csv") {
      let text = files.text(name)
      switch form {
      case "byte order mark": files.set(name, "\u{FEFF}" + text)
      case "CRLF": files.set(name, text.replacing("\n", with: "\r\n"))
      case "quotes": files.set(name, Self.quoted(text))
      case "own columns":
        let lines = text.split(separator: "\n").enumerated()
        files.set(name, lines.map { ($0 == 0 ? "x_note," : "a note,") + $1 + "\n" }.joined())
      default: files.set(name, String(text.dropLast()))
      }
    }
    let plain = try Self.load(GoodBook.files)
    let read = try Self.load(files)
    #expect(read.book == plain.book && read.settings == plain.settings)
  }

  @Test func compressedFilesAreAlike() throws {
    let scratch = try ScanScratch()
    var files = GoodBook.files
    for (name, bytes) in GoodBook.files.files where name.hasSuffix(".csv") {
      files.files[name] = nil
      files.files[name + ".gz"] = try scratch.gzipped(bytes)
    }
    let read = try Self.load(files)
    let plain = try Self.load(GoodBook.files)
    #expect(read.book == plain.book)
    #expect(read.files.contains { $0.path == "positions.csv.gz" })
  }

  @Test func rowsAndColumnsMayStandInAnyOrder() throws {
    var files = GoodBook.files
    let names = [
      "positions.csv", "balances.csv", "instruments.csv", "market/vols.csv", "market/feeds.csv"
    ]
    for name in names {
      let lines = files.text(name).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).reversed().joined(separator: ",")
      }
      let shuffled = [lines[0]] + lines.dropFirst().reversed()
      files.set(name, shuffled.joined(separator: "\n"))
    }
    #expect(try Self.load(files).book == Self.load(GoodBook.files).book)
  }

  @Test func aWrittenBookIsReadBackEqual() throws {
    let scratch = try ScanScratch()
    let loaded = try Self.load(GoodBook.files)
    let sample = try SampleBook.book(accountCount: 200, seed: 3)
    for (rank, book) in [loaded.book, sample].enumerated() {
      let folder = scratch.place("book-\(rank)")
      var run = "valuation_time: \(book.market.valuationTime)\nmodels:\n"
      let parameters = try scratch.write("house.yaml", GoodBook.files.text("parameters/house.yaml"))
      run +=
        "  house: parameters/house.yaml\n  strict: parameters/house.yaml\ndefault_model: house\n"
      try BookWriter.write(
        book,
        companions: BookCompanions(
          runText: run,
          copies: [.init(sourcePath: parameters, destination: "parameters/house.yaml")]),
        to: folder)
      #expect(try BookReader.load(folder: folder).book == book)
    }
  }

  @Test func thePrintedRunFileHasTheDefaults() throws {
    var issues = FieldIssues()
    let run = try #require(
      RunFileReader.read(DefaultRunFile.text, file: "run.yaml", issues: &issues))
    #expect(issues.isEmpty, "\(issues.first)")
    var defaults = RunSettings(models: [], defaultModel: "")
    // Intervals have no default: the printed one is what people begin with.
    #expect(run.settings.confidence.interval == 0.95)
    defaults.confidence.interval = 0.95
    #expect(run.settings.analytic != nil)
    #expect(run.settings.seed == defaults.seed)
    #expect(run.settings.confidence == defaults.confidence)
    #expect(run.settings.volatilityTerm == defaults.volatilityTerm)
    #expect(run.settings.covariance == defaults.covariance)
    #expect(run.settings.unmarginedFractionMax == defaults.unmarginedFractionMax)
    #expect(run.settings.liquidation.oracle == OracleSettings())
    #expect(run.settings.limits.map(\.figure) == Limit.Figure.allCases)
    #expect(run.outputs == OutputSettings())
    #expect(run.settings.liquidation.study == defaults.liquidation.study)
    #expect(run.settings.liquidation.fund == defaults.liquidation.fund)
    #expect(run.settings.liquidation.contagion == defaults.liquidation.contagion)
    #expect(!run.isStrict)
    let sets = run.settings.scenarioSets
    #expect(
      sets.map(\.name) == ["bootstrap", "heatmap", "history", "montecarlo", "stress"])
    guard case .grid(let grid) = sets.first(where: { $0.name == "heatmap" })?.source else {
      Issue.record("the heat map is a grid")
      return
    }
    var plain = PriceVolatilityGrid(
      priceRangeFraction: 0.3, stepCount: 5, volatilityUpFraction: 0.5,
      volatilityDownFraction: 0.3)
    plain.volatilityStepCount = 2
    #expect(grid == plain)
  }

  private static func quoted(_ text: String) -> String {
    text.split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).map { "\"\($0)\"" }
        .joined(separator: ",") + "\n"
    }.joined()
  }
}
