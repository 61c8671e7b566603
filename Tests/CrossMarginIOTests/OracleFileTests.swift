// Price feeds from their file to a price, by hand.

import BookFixtures
import CrossMargin
import CrossMarginIO
import PortfolioModel
import Testing

@Suite struct OracleFileTests {
  private static func readings(_ files: BookFiles) throws -> [OracleReading] {
    let scratch = try ScanScratch()
    try files.write(to: scratch.path)
    let loaded = try BookReader.load(folder: scratch.path)
    let health = try HealthRun(book: loaded.book, settings: loaded.settings)
    return try #require(try OracleRun(health)).readings
  }

  /// BTC: `gamma` is 2,990 from the median of 80,010, of which 0.2 % is 160. The rest vote 79,929.99,
  /// 80,010 and 80,090.01 with 2/3 each and 79,990 with 1: half of the weight lies at 79,990, quarters
  /// at 79,990 and 80,010.
  @Test func aFileBecomesPrices() throws {
    var files = GoodBook.files
    files.append(
      "run.yaml", "liquidation: {oracle: {age_max: PT10M, sources_min: 2, age_widening: 0}}\n")
    let readings = try Self.readings(files)
    #expect(readings.count == 2)
    let bitcoin = try #require(readings[0].price)
    #expect(bitcoin.price == 79_990 && bitcoin.confidence == 10 && !bitcoin.isDegraded)
    #expect(readings[0].sources.map(\.standing) == [.used, .used, .stray])
    let ether = try #require(readings[1].price)
    #expect(ether.price == 2_001 && ether.confidence == 0 && ether.isDegraded)
    #expect(readings[1].sources.map(\.standing) == [.used, .stale])
  }

  /// The history says how fast a price of twenty seconds widens.
  @Test func ageWidensByTheHistory() throws {
    let readings = try Self.readings(GoodBook.files)
    let old = try #require(readings[0].sources.first { $0.name == "beta" })
    #expect(old.halfRangeUSD > 0)
    // A deviation of a day between a thousandth and a fifth, as the levels of the history.
    let daily = old.halfRangeUSD / old.quote.price * (86_400.0 / 20).squareRoot()
    #expect(daily > 0.001 && daily < 0.2)
    var files = GoodBook.files
    files.append("run.yaml", "liquidation: {oracle: {age_widening: 2}}\n")
    let wider = try #require(try Self.readings(files)[0].sources.first { $0.name == "beta" })
    #expect(abs(wider.halfRangeUSD - 2 * old.halfRangeUSD) < 1e-9 * old.halfRangeUSD)
  }

  @Test func settingsAreRead() throws {
    var issues = FieldIssues()
    let text = """
      valuation_time: 2026-02-06T00:00Z
      models: {house: parameters/house.yaml}
      liquidation:
        oracle: {age_max: PT1M, deviation_multiple: 3, tolerance: 0.01, sources_min: 5, age_widening: 0.5}

      """
    let run = try #require(RunFileReader.read(text, file: "run.yaml", issues: &issues))
    var expected = OracleSettings()
    expected.ageSecondsMax = 60
    expected.deviationMultipleMax = 3
    expected.toleranceFraction = 0.01
    expected.sourceCountMin = 5
    expected.ageWidening = 0.5
    #expect(issues.isEmpty && run.settings.liquidation.oracle == expected)
  }

  /// Each price of the sample has three to five sources; the same seed says the same.
  @Test func theSampleHasFeeds() throws {
    let book = try SampleBook.book(accountCount: 1, seed: 3)
    #expect(try SampleBook.book(accountCount: 1, seed: 3).market.feeds == book.market.feeds)
    #expect(try SampleBook.book(accountCount: 1, seed: 4).market.feeds != book.market.feeds)
    for (place, asset) in book.market.assets.enumerated() where asset.name != "USD" {
      let own = book.market.feeds.filter { $0.asset == AssetIndex(place) }
      #expect((3...5).contains(own.count), "\(asset.name)")
    }
    let settings = RunSettings(
      models: try Self.houseModels(), defaultModel: "house")
    let run = try #require(try OracleRun(try HealthRun(book: book, settings: settings)))
    let bitcoin = try #require(run.readings.first { book.market[$0.asset].name == "BTC" })
    #expect(bitcoin.count(of: .stale) == 1 && bitcoin.count(of: .stray) == 1)
    #expect(bitcoin.price?.isDegraded == false)
  }

  private static func houseModels() throws -> [RuleSetTerms] {
    let scratch = try ScanScratch()
    try GoodBook.files.write(to: scratch.path)
    return try BookReader.load(folder: scratch.path).settings.models
  }
}
