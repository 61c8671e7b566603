// Books to files: the exact text of every file of a small book, and what cannot be written.

import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct ImportBookWriterTests {
  /// A book that uses every column of every file.
  private static func book() -> Book {
    var coin = Asset(name: "BTC", priceUSD: 65_000.5)
    coin.confidence = 0.9
    coin.averageDailyVolumeUSD = 1e9
    coin.depthUSDPerPercent = 2.5e6
    coin.time = instant("2026-02-06T09:35:16.5Z")
    let dollar = Asset(name: "USDC", priceUSD: 0.9995, peg: "USD")
    let wrapped = Asset(name: "WBTC", priceUSD: 64_900, tracks: "BTC")
    let expiry = instant("2026-03-27T08:00Z")
    var market = MarketSnapshot(
      valuationTime: instant("2026-02-06T10:00Z"), assets: [coin, dollar, wrapped])
    let pair = AssetPair(underlying: AssetIndex(0), quote: AssetIndex(1))
    market.forwards = [
      ForwardQuote(pair: pair, expiry: expiry, forward: 65_432.1, rateContinuous: 0.01)
    ]
    market.volatilities = [
      VolatilityQuote(pair: pair, expiry: expiry, strike: 60_000, volatilityAnnual: 1 / 3.0)
    ]
    var optionMark = Mark(instrument: InstrumentIndex(0), price: 1e-5)
    optionMark.bid = 0
    optionMark.impliedVolatilityAnnual = 0.5
    market.marks = [optionMark, Mark(instrument: InstrumentIndex(1), price: 65_000)]
    market.state = [StateValue(subject: "venue", key: "skew", value: -2)]
    market.history = FactorHistory(
      times: [instant("2026-02-05T10:00Z"), instant("2026-02-06T10:00Z")],
      factors: [FactorName(.spot, "BTC"), FactorName(.volatility, "BTC", expiry: expiry)],
      levels: [[64_000, nil], [nil, nil]])
    var book = Book(
      market: market,
      instruments: [
        Instrument(
          name: "BTC, \"odd\"", kind: .option(expiry: expiry, strike: 60_000, type: .put),
          pair: pair, settlement: AssetIndex(0), multiplier: 0.01, payout: .inverse),
        Instrument(
          name: "PERP", kind: .perpetual, pair: pair, settlement: AssetIndex(2), multiplier: 1,
          payout: .linear)
      ], portfolio: portfolio())
    book.instruments[0].venue = "deribit"
    book.scenarios = [
      UserScenarioSet(
        name: "stress",
        scenarios: [
          UserScenario(
            name: "up", shocks: [FactorShock(factor: FactorName(.spot, "BTC"), shock: .scale(1.1))],
            lossFactor: 0.5),
          UserScenario(
            name: "down",
            shocks: [
              FactorShock(factor: FactorName(.spot, "BTC"), shock: .replace(50_000)),
              FactorShock(factor: FactorName(.basis, "BTC"), shock: .add(-0.1))
            ])
        ])
    ]
    return book
  }

  private static func portfolio() -> Portfolio {
    var second = Account(name: "b")
    second.model = "house"
    second.leverage = 3
    var positions = PositionTable(
      accountOffsets: [0, 2, 2], instruments: [InstrumentIndex(0), InstrumentIndex(1)],
      quantities: [-1.5, 0.1 + 0.2])
    positions.entryPrices = OptionalColumn([nil, 61_000])
    positions.legs = ["", "hedge"]
    var portfolio = Portfolio(
      accounts: [Account(name: "<a>"), second], positions: positions,
      balances: BalanceTable(
        accountOffsets: [0, 1, 2], assets: [AssetIndex(2), AssetIndex(0)],
        amounts: [-1_000_000, 1e21]))
    portfolio.unknownHoldings = [
      UnknownHolding(account: AccountIndex(1), name: "DOGE-PERP", isAsset: false)
    ]
    portfolio.orders = [
      OpenOrder(
        account: AccountIndex(0), instrument: InstrumentIndex(1), quantity: -2, price: 66_000,
        isReduceOnly: true),
      OpenOrder(
        account: AccountIndex(1), instrument: InstrumentIndex(1), quantity: 2, price: 60_000,
        isReduceOnly: false)
    ]
    var reported = ReportedFigures(account: AccountIndex(0))
    reported.equityUSD = 12.5
    reported.liquidationPrice = 30_000
    reported.instrument = InstrumentIndex(1)
    portfolio.reported = [reported]
    return portfolio
  }

  private static let files: [(String, String)] = [
    (
      "market/assets.csv",
      """
      asset,price_usd,peg,tracks,confidence,adv_usd,depth_usd_1pct,time
      BTC,65000.5,,,0.9,1000000000,2500000,2026-02-06T09:35:16.500000Z
      USDC,0.9995,USD,,,,,
      WBTC,64900,,BTC,,,,
      """
    ),
    (
      "market/forwards.csv",
      """
      underlying,quote,expiry,forward,rate
      BTC,USD,2026-03-27T08:00Z,65432.1,0.01
      """
    ),
    (
      "market/vols.csv",
      """
      underlying,expiry,strike,vol,quote
      BTC,2026-03-27T08:00Z,60000,0.3333333333333333,USD
      """
    ),
    (
      "market/marks.csv",
      """
      instrument,mark,bid,iv
      "BTC, ""odd""\",1e-05,0,0.5
      PERP,65000,,
      """
    ),
    ("market/state.csv", "subject,key,value\nvenue,skew,-2"),
    (
      "market/history.csv",
      """
      time,spot:BTC,vol:BTC:2026-03-27T08:00Z
      2026-02-05T10:00Z,64000,
      2026-02-06T10:00Z,,
      """
    ),
    (
      "instruments.csv",
      """
      instrument,kind,underlying,quote,settlement,multiplier,expiry,strike,option_type,venue
      "BTC, ""odd""\",option,BTC,USD,BTC,0.01,2026-03-27T08:00Z,60000,put,deribit
      PERP,perpetual,BTC,USD,USDC,1,,,,
      """
    ),
    ("accounts.csv", "account,model,leverage\n<a>,,\nb,house,3"),
    (
      "positions.csv",
      """
      account,instrument,quantity,entry_price,leg
      <a>,"BTC, ""odd""\",-1.5,,
      <a>,PERP,0.30000000000000004,61000,hedge
      b,DOGE-PERP,1,,
      """
    ),
    ("balances.csv", "account,asset,amount\n<a>,USDC,-1000000\nb,BTC,1e+21"),
    (
      "orders.csv",
      """
      account,instrument,side,quantity,price,reduce_only
      <a>,PERP,sell,2,66000,true
      b,PERP,buy,2,60000,
      """
    ),
    (
      "reported.csv",
      "account,equity,liquidation_price,instrument\n<a>,12.5,30000,PERP"
    ),
    (
      "scenarios/stress.csv",
      """
      scenario,factor,kind,shock
      up,spot:BTC,relative,0.1
      down,spot:BTC,replace,50000
      down,basis:BTC,absolute,-0.1
      """
    ),
    ("scenarios/stress.sets.csv", "scenario,loss_factor\nup,0.5\ndown,1"),
    ("run.yaml", "seed: 7")
  ]

  @Test func everyFileIsAsTheFormatSays() throws {
    let scratch = try ImportScratch()
    let folder = scratch.path + "/book"
    try BookWriter.write(Self.book(), companions: BookCompanions(runText: "seed: 7\n"), to: folder)
    for (name, text) in Self.files {
      #expect(try scratch.read("book/" + name) == text + "\n", "\(name)")
    }
    let written = try FileManager.default.subpathsOfDirectory(atPath: folder)
      .filter { $0.contains(".") }
    #expect(written.sorted() == Self.files.map(\.0).sorted())
    let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/positions.csv")
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func numbersReadBackToTheSameBits(seed: UInt64) throws {
    let scratch = try ImportScratch()
    var state = seed
    let amounts = (0..<1_000).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Double(bitPattern: state)
      return number.isFinite ? number : 0
    }
    var book = Self.book()
    book.portfolio.unknownHoldings = []
    book.portfolio.balances = BalanceTable(
      accountOffsets: [0, 1_000, 1_000],
      assets: Array(repeating: AssetIndex(0), count: amounts.count), amounts: amounts)
    try BookWriter.write(
      book, companions: BookCompanions(runText: ""), to: scratch.path + "/book")
    var table = try CSVScanner(
      ByteSource(path: scratch.path + "/book/balances.csv", file: "balances.csv"))
    let named = table.column(named: "amount")
    let column = try #require(named)
    var issues = FieldIssues()
    var read: [UInt64?] = []
    while try table.next(&issues) { read.append(table.double(at: column)?.bitPattern) }
    #expect(issues.isEmpty)
    #expect(read == amounts.map(\.bitPattern))
  }

  @Test func surfacesStandInPlaceOfVolatilities() throws {
    let scratch = try ImportScratch()
    var book = Self.book()
    book.market.volatilities = []
    book.market.surfaces = [
      SVISlice(
        pair: AssetPair(underlying: AssetIndex(0), quote: AssetIndex(1)),
        expiry: instant("2026-03-27T08:00Z"),
        parameters: (a: 0.01, b: 0.1, rho: -0.3, m: 0, sigma: 0.2))
    ]
    try BookWriter.write(book, companions: BookCompanions(runText: ""), to: scratch.path + "/book")
    #expect(
      try scratch.read("book/market/surfaces.csv")
        == "underlying,expiry,a,b,rho,m,sigma,quote\nBTC,2026-03-27T08:00Z,0.01,0.1,-0.3,0,0.2,USD\n"
    )
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/book/market/vols.csv"))
  }

  @Test func whatCannotBeWrittenIsNamed() throws {
    let scratch = try ImportScratch()
    func error(
      copies: [BookCompanions.Copy] = [], folder: String = "book", _ change: (inout Book) -> Void
    ) -> BookWriteError? {
      var book = Self.book()
      change(&book)
      let companions = BookCompanions(runText: "", copies: copies)
      return #expect(throws: BookWriteError.self) {
        try BookWriter.write(book, companions: companions, to: scratch.path + "/" + folder)
      }
    }
    #expect(
      error { $0.market.marks[1].price = .nan }
        == .notFinite(file: "market/marks.csv", line: 3, column: "mark"))
    #expect(
      error { $0.scenarios[0].scenarios[1].shocks = [] }
        == .emptyScenario(set: "stress", scenario: "down"))
    #expect(error { $0.scenarios[0].name = "../x" } == .invalidSetName("../x"))
    let clash = BookCompanions.Copy(sourcePath: "x", destination: "positions.csv")
    #expect(error(copies: [clash]) { _ in } == .duplicateFile("positions.csv"))
    // Whatever can be known beforehand is known before a folder is made.
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/book"))
    try scratch.write("taken.txt", "")
    #expect(error(folder: "") { _ in } == .folderNotEmpty(path: scratch.path + "/"))
    #expect(error(folder: "taken.txt") { _ in }?.description.contains("taken.txt") == true)
    let absent = BookCompanions.Copy(sourcePath: "/absent", destination: "parameters/x.yaml")
    #expect(error(copies: [absent]) { _ in }?.description.contains("/absent") == true)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + "/book/run.yaml"))
  }
}
