// Small books built in memory, for tests of the engine.

import CrossMargin
import PortfolioModel

/// Builds books from short rows. Prices are round, so that expected values can be written as
/// arithmetic.
struct TestBook {
  static let valuationTime = UTCTime(microseconds: 1_770_336_000_000_000)  // 2026-02-06T00:00Z
  static let expiry = valuationTime.adding(days: 73)  // a fifth of a year
  static let laterExpiry = valuationTime.adding(days: 146)

  var assets = [
    TestBook.asset("BTC", 80_000), TestBook.asset("ETH", 2_000),
    TestBook.asset("USDC", 1, peg: "USD"), TestBook.asset("STETH", 1_990, tracks: "ETH")
  ]
  var positions: [(account: String, instrument: String, quantity: Double, entry: Double?)] = []
  var balances: [(account: String, asset: String, amount: Double)] = []
  var scenarios: [UserScenarioSet] = []
  var extraInstruments: [Instrument] = []
  var history: FactorHistory?

  static func asset(
    _ name: String, _ price: Double, peg: String? = nil, tracks: String? = nil
  ) -> Asset {
    Asset(name: name, priceUSD: price, peg: peg, tracks: tracks)
  }

  /// Market, instruments and accounts. Instruments: perpetuals `BTC-INV`, `BTC-LIN`, `ETH-INV`,
  /// dated futures `BTC-FUT`, options `BTC-C-80000` (inverse) and `BTC-LC-80000` (linear, USDC) for
  /// strikes 60,000 to 100,000, and the same puts.
  func book() -> Book {
    var market = MarketSnapshot(valuationTime: Self.valuationTime, assets: assets)
    market.history = history
    func index(_ name: String) -> AssetIndex { market.assetIndex(named: name) ?? AssetIndex(0) }
    func pair(_ underlying: String) -> AssetPair {
      AssetPair(underlying: index(underlying), quote: index("USD"))
    }
    func contract(
      _ name: String, _ kind: InstrumentKind, _ underlying: String, inverse: Bool
    ) -> Instrument {
      Instrument(
        name: name, kind: kind, pair: pair(underlying),
        settlement: index(inverse ? underlying : "USDC"), multiplier: 1,
        payout: inverse ? .inverse : .linear)
    }
    var instruments = [
      contract("BTC-INV", .perpetual, "BTC", inverse: true),
      contract("BTC-LIN", .perpetual, "BTC", inverse: false),
      contract("ETH-INV", .perpetual, "ETH", inverse: true),
      contract("BTC-FUT", .future(expiry: Self.expiry), "BTC", inverse: false)
    ]
    for strike in stride(from: 60_000.0, through: 100_000, by: 10_000) {
      for (letter, type) in [("C", OptionType.call), ("P", .put)] {
        let kind = InstrumentKind.option(expiry: Self.expiry, strike: strike, type: type)
        instruments.append(contract("BTC-\(letter)-\(Int(strike))", kind, "BTC", inverse: true))
        instruments.append(contract("BTC-L\(letter)-\(Int(strike))", kind, "BTC", inverse: false))
        market.volatilities.append(
          VolatilityQuote(
            pair: pair("BTC"), expiry: Self.expiry, strike: strike, volatilityAnnual: 0.5))
      }
    }
    instruments += extraInstruments
    instruments.sort { precedesByBytes($0.name, $1.name) }
    market.volatilities = market.volatilities.enumerated().filter { $0.offset % 2 == 0 }.map(
      \.element)
    market.forwards = [
      ForwardQuote(pair: pair("BTC"), expiry: Self.expiry, forward: 82_000, rateContinuous: 0.05)
    ]
    let marks = [
      ("BTC-INV", 80_000.0), ("BTC-LIN", 80_000), ("ETH-INV", 2_000), ("BTC-FUT", 82_000)
    ]
    market.marks = marks.compactMap { name, price in
      instruments.firstIndex { $0.name == name }.map {
        Mark(instrument: InstrumentIndex($0), price: price)
      }
    }.sorted { $0.instrument < $1.instrument }
    var book = Book(
      market: market, instruments: instruments, portfolio: portfolio(market, instruments))
    book.scenarios = scenarios
    return book
  }

  private func portfolio(_ market: MarketSnapshot, _ instruments: [Instrument]) -> Portfolio {
    let names = Set(positions.map(\.account) + balances.map(\.account))
      .sorted(by: precedesByBytes)
    var positionOffsets = [0]
    var instrumentColumn: [InstrumentIndex] = []
    var quantities: [Double] = []
    var entries: [Double?] = []
    var balanceOffsets = [0]
    var assetColumn: [AssetIndex] = []
    var amounts: [Double] = []
    for name in names {
      let rows = positions.filter { $0.account == name }.compactMap { row in
        instruments.firstIndex { $0.name == row.instrument }.map { (InstrumentIndex($0), row) }
      }.sorted { $0.0 < $1.0 }
      for (instrument, row) in rows {
        instrumentColumn.append(instrument)
        quantities.append(row.quantity)
        entries.append(row.entry)
      }
      positionOffsets.append(instrumentColumn.count)
      let held = balances.filter { $0.account == name }.compactMap { row in
        market.assetIndex(named: row.asset).map { ($0, row.amount) }
      }.sorted { $0.0 < $1.0 }
      for (asset, amount) in held {
        assetColumn.append(asset)
        amounts.append(amount)
      }
      balanceOffsets.append(assetColumn.count)
    }
    var table = PositionTable(
      accountOffsets: positionOffsets, instruments: instrumentColumn, quantities: quantities)
    table.entryPrices = OptionalColumn(entries)
    return Portfolio(
      accounts: names.map(Account.init(name:)), positions: table,
      balances: BalanceTable(accountOffsets: balanceOffsets, assets: assetColumn, amounts: amounts))
  }
}

/// Terms of a rule set whose numbers are easy to follow.
enum TestTerms {
  static func rules(_ name: String = "house", _ terms: ScanTerms = scan()) -> RuleSetTerms {
    RuleSetTerms(
      name: name, effectiveFrom: TestBook.valuationTime.adding(days: -30), family: .scan(terms))
  }

  static func scan() -> ScanTerms {
    var grid = PriceVolatilityGrid(
      priceRangeFraction: 0.2, stepCount: 4, volatilityUpFraction: 0.5,
      volatilityDownFraction: 0.25)
    grid.tailMoves = [-0.6, 1]
    var terms = ScanTerms(
      grid: grid,
      basis: BasisTerms(moveFractionMin: 0.01, moveAnnual: 0.1, weight: 1),
      initial: LevelTerms(
        factor: 1.25, borrowFraction: 0.2,
        haircuts: [AssetHaircut(asset: "BTC", fraction: 0.1)], otherHaircutFraction: 0.2),
      maintenance: LevelTerms(
        factor: 1, borrowFraction: 0.1,
        haircuts: [AssetHaircut(asset: "BTC", fraction: 0.05)], otherHaircutFraction: 0.1))
    terms.gainOffsetFraction = 0.6
    terms.isCollateralScanned = true
    terms.nakedShortFraction = 0.01
    return terms
  }

  static func settings(_ sets: [ScenarioSetSettings] = []) -> RunSettings {
    var settings = RunSettings(models: [rules()], defaultModel: "house")
    settings.scenarioSets = sets.sorted { precedesByBytes($0.name, $1.name) }
    return settings
  }

  /// One user scenario per list of shocks.
  static func user(_ name: String, _ scenarios: [[FactorShock]]) -> UserScenarioSet {
    UserScenarioSet(
      name: name,
      scenarios: scenarios.enumerated().map { UserScenario(name: "s\($0)", shocks: $1) })
  }

  static func set(_ name: String, completion: ScenarioCompletion = .none) -> ScenarioSetSettings {
    ScenarioSetSettings(name: name, source: .user(fileName: name, completion: completion))
  }
}

extension FactorShock {
  static func scale(_ factor: FactorName, _ value: Double) -> FactorShock {
    FactorShock(factor: factor, shock: .scale(value))
  }
}

/// All results of a run with one thread.
struct WholeRun {
  let run: RiskRun
  let blocks: [AccountBlockResult]
  let book: BookResult

  init(_ book: Book, _ settings: RunSettings) throws {
    let run = try RiskRun(book: book, settings: settings)
    blocks = try (0..<run.blockCount).map { try run.block($0) }
    self.book = try run.bookResult(folding: blocks.map(\.contribution))
    self.run = run
  }

  var accounts: [AccountRow] { blocks.flatMap(\.accounts) }
  var margins: [MarginRow] { blocks.flatMap(\.margins) }
  var measures: [MeasureRow] { blocks.flatMap(\.measures) }
  var underlyings: [UnderlyingRow] { blocks.flatMap(\.underlyings) }
}

/// Parts of a level of the family scan, positive.
extension LevelMargin {
  var haircutUSD: Double { -componentsUSD[1] }
  var scanUSD: Double { -componentsUSD[2] }
  var basisUSD: Double { -componentsUSD[3] }
  var nakedShortUSD: Double { -componentsUSD[4] }
  var borrowUSD: Double { -componentsUSD[5] }
}

extension RunSettings {
  /// Changes the terms of the first rule set, which is of the family scan.
  mutating func changeScan(_ change: (inout ScanTerms) -> Void) {
    guard case .scan(var terms) = models[0].family else { return }
    change(&terms)
    models[0].family = .scan(terms)
  }
}
