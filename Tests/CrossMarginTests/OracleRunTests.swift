// What feeds make of prices, and what errors of them do to accounts.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct OracleRunTests {
  private static func feed(
    _ book: Book, _ asset: String, _ source: String, _ price: Double, seconds: Double = 0,
    confidence: Double? = nil, weight: Double? = nil
  ) throws -> PriceFeed {
    var feed = PriceFeed(
      asset: try #require(book.market.assetIndex(named: asset)), source: source, priceUSD: price,
      time: TestBook.valuationTime.adding(days: -seconds / 86_400))
    feed.confidence = confidence
    feed.weight = weight
    return feed
  }

  private static func result(
    _ book: Book, threadCount: Int = 1, settings: RunSettings = TestTerms.settings()
  ) throws -> OracleResult {
    let run = try #require(try OracleRun(try HealthRun(book: book, settings: settings)))
    return try run.result(threadCount: threadCount)
  }

  private static func row(
    _ result: OracleResult, _ move: OracleMove, _ asset: AssetIndex?
  ) throws -> OracleErrorRow {
    try #require(result.errors.first { $0.move == move && $0.asset == asset })
  }

  /// Three sources, an old one, one far off: the median of three, and quartiles that are the outer
  /// two. A quote as old as allowed counts.
  @Test func feedsBecomeAPrice() throws {
    var test = TestBook()
    test.balances = [("a", "BTC", 1)]
    var book = test.book()
    book.market.feeds = [
      try Self.feed(book, "BTC", "a", 80_100),
      try Self.feed(book, "BTC", "b", 80_000, seconds: 300),
      try Self.feed(book, "BTC", "c", 80_040),
      try Self.feed(book, "BTC", "d", 80_010, seconds: 301),
      try Self.feed(book, "BTC", "e", 90_000)
    ]
    let reading = try #require(try Self.result(book).readings.first)
    let price = try #require(reading.price)
    #expect(price.price == 80_040 && price.confidence == 50 && !price.isDegraded)
    #expect(reading.sources.map(\.standing) == [.used, .used, .used, .stale, .stray])
    #expect(reading.sources.map(\.name) == ["a", "b", "c", "d", "e"])
    #expect(abs(try #require(reading.gapFraction) - 0.0005) < 1e-15)
    var settings = TestTerms.settings()
    settings.liquidation.oracle.ageSecondsMax = 0.5
    settings.liquidation.oracle.sourceCountMin = 4
    let strict = try #require(try Self.result(book, settings: settings).readings.first)
    #expect(strict.count(of: .stale) == 2 && strict.price?.isDegraded == true)
  }

  /// A trust of 0.99 leaves a hundredth of the price, and a weight of three counts three times.
  @Test func trustIsARangeAndWeightsCount() throws {
    var book = TestBook().book()
    book.market.feeds = [try Self.feed(book, "ETH", "a", 2_000, confidence: 0.99)]
    let range = try #require(try Self.result(book).readings.first?.price?.confidence)
    #expect(abs(range - 20) < 1e-9)
    book.market.feeds = [
      try Self.feed(book, "ETH", "a", 2_000), try Self.feed(book, "ETH", "b", 2_001, weight: 3),
      try Self.feed(book, "ETH", "c", 1_999)
    ]
    #expect(try Self.result(book).readings.first?.price?.price == 2_001)
  }

  /// One long account under a scan of 20 % is liquidated at 68,000 / 0.9 (`HealthTests`), 5.5556 %
  /// below the mark: a range of 5.5 % spares it, one of 5.6 % does not.
  @Test(arguments: [(0.945, 0), (0.944, 1)])
  func anErrorLiquidatesBetweenTwoConfidences(confidence: Double, count: Int) throws {
    var test = TestBook()
    test.positions = [("long", "BTC-LIN", 1, nil)]
    test.balances = [("long", "USD", 20_000)]
    var book = test.book()
    let bitcoin = try #require(book.market.assetIndex(named: "BTC"))
    book.market.feeds = [try Self.feed(book, "BTC", "a", 80_000, confidence: confidence)]
    let byFeed = try Self.result(book)
    let low = try Self.row(byFeed, .low, bitcoin)
    #expect(low.tally.newCount == count && low.tally.liquidatableCount == count)
    #expect(low.tally.newNotionalUSD == Double(count) * 80_000)
    #expect(try Self.row(byFeed, .high, bitcoin).tally.newCount == 0)
    #expect(try Self.row(byFeed, .low, nil).isWorse == (count == 1))
    #expect(try Self.row(byFeed, .book, nil).tally == OracleTally())
    // The same confidence in `assets.csv` without feeds; there is no other price then.
    book.market.feeds = []
    book.market.assets[bitcoin.position].confidence = confidence
    let byAsset = try Self.result(book)
    #expect(try Self.row(byAsset, .low, bitcoin).tally == low.tally)
    #expect(!byAsset.errors.contains { $0.move == .mid })
    // With feeds the confidence of `assets.csv` says nothing.
    book.market.feeds = [try Self.feed(book, "BTC", "a", 80_000, confidence: 1)]
    #expect(try Self.result(book).errors.map(\.move) == [.book, .mid])
  }

  /// An account without surplus at the book's price has one at that of its source.
  @Test func anErrorSparesAccounts() throws {
    var test = TestBook()
    test.positions = [("long", "BTC-LIN", 1, nil)]
    test.balances = [("long", "USD", 15_900)]
    var book = test.book()
    book.market.feeds = [try Self.feed(book, "BTC", "a", 80_800)]
    let mid = try Self.row(try Self.result(book), .mid, nil).tally
    #expect(mid.sparedCount == 1 && mid.sparedNotionalUSD == 80_000)
    #expect(mid.newCount == 0 && mid.liquidatableCount == 0)
    #expect(try Self.row(try Self.result(book), .book, nil).tally.liquidatableCount == 1)
  }

  /// STETH follows ETH, but not where it has a price of its own; negative equity says by how much.
  @Test func whatTracksFollowsUnlessItHasAPriceOfItsOwn() throws {
    var test = TestBook()
    test.balances = [("owes", "STETH", -10), ("owes", "USD", 20_000)]
    var book = test.book()
    let ether = try #require(book.market.assetIndex(named: "ETH"))
    let staked = try #require(book.market.assetIndex(named: "STETH"))
    book.market.assets[ether.position].confidence = 0.9
    let followed = try Self.result(book)
    // 20,000 - 10 x 1,990 x 1.1 of equity.
    let debt = try Self.row(followed, .high, ether).tally.negativeEquityUSD
    #expect(abs(debt - 1_890) < 1e-9)
    #expect(try Self.row(followed, .high, nil).isWorse)
    book.market.assets[staked.position].confidence = 0.99
    let apart = try Self.result(book)
    #expect(try Self.row(apart, .high, ether).tally.negativeEquityUSD == 0)
    let own = try Self.row(apart, .high, staked).tally.negativeEquityUSD
    #expect(abs(own - (19_900 * 1.01 - 20_000)) < 1e-9)
  }

  /// Held coins count at the lower end: 0.9 of the haircut value less the scan of a fifth of it.
  /// Owed coins count at the upper end.
  @Test func cautionCostsOpeningPower() throws {
    var test = TestBook()
    test.balances = [("holds", "BTC", 1), ("money", "USD", 500)]
    var book = test.book()
    let bitcoin = try #require(book.market.assetIndex(named: "BTC"))
    book.market.assets[bitcoin.position].confidence = 0.95
    let opening = try Self.result(book).opening
    let surpluses = try WholeRun(book, TestTerms.settings()).margins.map(\.initial.surplusUSD)
    #expect(opening.midUSD == surpluses[0] + surpluses[1])
    // All of the surplus of the coin is proportional to its value.
    #expect(abs(opening.cautiousUSD - (0.95 * surpluses[0] + 500)) < 1e-8)
    #expect(opening.closedCount == 0)
    test.balances = [("owes", "BTC", -1), ("owes", "USD", 110_000)]
    book = test.book()
    book.market.assets[bitcoin.position].confidence = 0.95
    let owed = try Self.result(book).opening
    let surplus = try #require(
      try WholeRun(book, TestTerms.settings()).margins.first?.initial.surplusUSD)
    #expect(owed.midUSD == max(surplus, 0))
    let cautious = 110_000 - 1.05 * (110_000 - surplus)
    #expect(abs(owed.cautiousUSD - max(cautious, 0)) < 1e-8)
  }

  @Test(arguments: [UInt64(5), 6])
  func threadsDoNotCountAndRowsAreThoseOfAPlainLoop(seed: UInt64) throws {
    var book = RandomBook(seed: seed, accountCount: 700).book()
    let settings = RandomBook.settings()
    for place in book.market.assets.indices where book.market.assets[place].name != "USD" {
      book.market.assets[place].confidence = 0.93
    }
    let health = try HealthRun(book: book, settings: settings)
    let run = try #require(try OracleRun(health))
    let result = try run.result(threadCount: 1)
    #expect(try run.result(threadCount: 3) == result)
    #expect(result.errors.filter(\.isWorse).count == 1)
    // One coin alone along the direction of the same name, by the sweep's own way.
    let today = try health.today(threadCount: 1)
    for (position, direction) in health.directions.enumerated() where direction.name != "together" {
      let followers = direction.spotLoadings.count { $0 != 0 }
      guard followers == 1 else { continue }
      let states = try health.health(
        health.directions[position], ScalarMath.log(0.93), threadCount: 1)
      let new = zip(today, states).filter {
        ($0?.surplusUSD ?? -1) >= 0 && ($1?.surplusUSD ?? 0) < 0
      }
      let low = try Self.row(result, .low, direction.lead)
      #expect(low.tally.newCount == new.count)
    }
  }

  @Test func aBookThatSaysNothingHasNoOracles() throws {
    var book = TestBook().book()
    let settings = TestTerms.settings()
    #expect(try OracleRun(try HealthRun(book: book, settings: settings)) == nil)
    book.market.assets[0].confidence = 1
    #expect(try OracleRun(try HealthRun(book: book, settings: settings)) == nil)
    // Without a single quote that is young enough there is no price to be wrong.
    book.market.feeds = [try Self.feed(book, "BTC", "a", 80_000, seconds: 3_600)]
    let result = try Self.result(book)
    #expect(result.readings.map(\.price) == [nil] && result.errors.map(\.move) == [.book])
  }
}
