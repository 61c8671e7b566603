// Accounts that venues published with their own figures, through the rule sets. Opt-in: the variable
// CROSSMARGIN_REAL_ACCOUNTS names a folder with `accounts/` and `params/`, which are not part of the
// package.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

private let realAccounts = ProcessInfo.processInfo.environment["CROSSMARGIN_REAL_ACCOUNTS"]

@Suite(.enabled(if: realAccounts != nil))
struct RealAccountTests {
  private static func text(_ path: String) throws -> String {
    let folder = try #require(realAccounts)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder + "/" + path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }

  /// Rows of a plain CSV file by column name.
  private static func rows(_ path: String) throws -> [[String: String]] {
    let lines = try text(path).split(whereSeparator: \.isNewline)
    let names = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(names, fields)) { first, _ in first }
    }
  }

  private static func number(_ row: [String: String], _ name: String) throws -> Double {
    try #require(row[name].flatMap(Double.init), "\(name) of \(row)")
  }

  private static func margins(_ book: Book, _ family: RuleFamily) throws -> [MarginRow] {
    let rules = RuleSetTerms(
      name: "venue", effectiveFrom: book.market.valuationTime, family: family)
    let run = try RiskRun(
      book: book, settings: RunSettings(models: [rules], defaultModel: "venue"))
    return try (0..<run.blockCount).flatMap { try run.block($0).margins }
  }

  /// Users of Aave: collateral, debt and weights of a user are those of one reserve of the user's
  /// own weights.
  @Test(arguments: [
    ("accounts/aave_steth_aave_2023-06.csv.gz", 997),
    ("accounts/aave_steth_aave_v3_2023-06.csv.gz", 366)
  ])
  func healthFactorsAreThoseOfAave(_ path: String, _ count: Int) throws {
    let rows = try Self.rows(path)
    #expect(rows.count == count)
    func reserve(_ row: [String: String]) throws -> (name: String, terms: LendingTerms) {
      let (threshold, ltv) = (try Self.number(row, "threshold"), try Self.number(row, "ltv"))
      return (
        "C-\(Int(threshold))-\(Int(ltv))",
        LendingTerms(
          loanToValue: ltv / 10_000, liquidationThreshold: threshold / 10_000, bonusMultiple: 1.05)
      )
    }
    var reserves: [String: LendingTerms] = [
      "DEBT": LendingTerms(loanToValue: 0, liquidationThreshold: 0, bonusMultiple: 1)
    ]
    for row in rows {
      let own = try reserve(row)
      reserves[own.name] = own.terms
    }
    let names = reserves.keys.sorted(by: precedesByBytes)
    let market = MarketSnapshot(
      valuationTime: UTCTime(microseconds: 1_686_000_000_000_000),
      assets: names.map { Asset(name: $0, priceUSD: 1) })
    let records = try rows.enumerated().map { place, row in
      let collateral = try #require(market.assetIndex(named: try reserve(row).name))
      let debt = try #require(market.assetIndex(named: "DEBT"))
      // Numbered, so that results stand in the order of the rows.
      return AccountRecord(
        Account(name: String(100_000 + place)),
        balances: [
          HeldBalance(collateral, amount: try Self.number(row, "collateral")),
          HeldBalance(debt, amount: -(try Self.number(row, "debt")))
        ])
    }
    let terms = LendingRuleTerms(
      reserves: names.compactMap { name in
        reserves[name].map { AssetTerms(asset: name, terms: $0) }
      }, modes: [])
    let margins = try Self.margins(
      Book(market: market, instruments: [], portfolio: Portfolio(records)), .lending(terms))
    #expect(margins.count == count)
    var largest = 0.0
    for (row, margin) in zip(rows, margins) {
      let health = margin.maintenance.valueUSD / margin.maintenance.requirementUSD
      let expected = try Self.number(row, "healthf")
      largest = max(largest, abs(health / expected - 1))
    }
    #expect(largest < 1e-9, "largest relative distance \(largest)")
  }

  /// Positions of a market maker on Hyperliquid, each at its own leverage.
  @Test func marginUsedIsThatOfHyperliquid() throws {
    let rows = try Self.rows("accounts/hl_market_maker_positions_2026.csv.gz")
    #expect(rows.count == 83)
    let coins = rows.compactMap { $0["coin"] }.sorted(by: precedesByBytes)
    var market = MarketSnapshot(
      valuationTime: UTCTime(microseconds: 1_768_262_400_000_000),
      assets: coins.map { Asset(name: $0, priceUSD: 1) }
        + [Asset(name: "USDC", priceUSD: 1, peg: "USD")])
    let quote = try #require(market.assetIndex(named: "USD"))
    let cash = try #require(market.assetIndex(named: "USDC"))
    let instruments = try coins.map { coin in
      Instrument(
        name: coin, kind: .perpetual,
        pair: AssetPair(
          underlying: try #require(market.assetIndex(named: coin)), quote: quote),
        settlement: cash, multiplier: 1, payout: .linear)
    }
    var records: [AccountRecord] = []
    for (place, row) in rows.enumerated() {
      let coin = try #require(row["coin"])
      let instrument = InstrumentIndex(try #require(coins.firstIndex(of: coin)))
      let size = try Self.number(row, "size")
      market.marks.append(
        Mark(
          instrument: instrument, price: try Self.number(row, "position_value") / abs(size)))
      var account = Account(name: String(100 + place))
      account.leverage = try Self.number(row, "leverage")
      records.append(
        AccountRecord(account, positions: [HeldPosition(instrument, quantity: size)]))
    }
    market.marks.sort { $0.instrument < $1.instrument }
    let tiers = try LeverageTiers([.init(lowerNotionalUSD: 0, leverage: 50)])
    let terms = PerpetualRuleTerms(
      cashAsset: "USDC", markets: coins.map { AssetTerms(asset: $0, terms: tiers) })
    let margins = try Self.margins(
      Book(market: market, instruments: instruments, portfolio: Portfolio(records)),
      .leverage(terms))
    #expect(margins.count == 83)
    var largest = 0.0
    for (row, margin) in zip(rows, margins) {
      largest = max(
        largest, abs(margin.initial.requirementUSD - (try Self.number(row, "margin_used"))))
    }
    #expect(largest < 1e-6, "largest distance \(largest) USD")
  }

  private struct Bracket: Decodable {
    struct Info: Decodable { var cum: String }
    var minNotional: Double
    var maintenanceMarginRate: Double
    var info: Info
  }

  /// All brackets of Binance, read through a parameter file.
  @Test func bracketsOfBinanceLoadAndDeductWhatTheVenueDeducts() throws {
    let symbols = try JSONDecoder().decode(
      [String: [Bracket]].self,
      from: Data(try Self.text("params/binance_usdm_leverage_tiers_2024-10.json.gz").utf8))
    #expect(symbols.count == 349)
    func key(_ name: String) -> String {
      name.replacing(/\/.*/, with: "") + "/" + name.replacing(/^.*:/, with: "")
    }
    let names = symbols.keys.sorted { precedesByBytes(key($0), key($1)) }
    var text = """
      family: binance_unified
      name: brackets
      effective_from: 2024-10-01T00:00Z
      terms:
        collateral: {value: {USDT: 1}, source: test}
        loan_maintenance: {value: [[3, 0.1]], source: test}
        initial_ratio: {value: 1.2, source: test}
        maintenance_ratio: {value: 1.05, source: test}
        brackets:
          source: test
          value:

      """
    for name in names {
      let rows = symbols[name, default: []].map {
        "[\(Int($0.minNotional)), \($0.maintenanceMarginRate)]"
      }
      text += "      \"\(key(name))\": [\(rows.joined(separator: ", "))]\n"
    }
    var issues = FieldIssues()
    let terms = ParameterReader.read(
      text, file: "brackets.yaml", modelName: "brackets", valuationTime: nil, issues: &issues)
    #expect(issues.first.map(\.description) == [])
    guard case .unified(let unified) = terms?.family else {
      Issue.record("the brackets do not load")
      return
    }
    #expect(unified.brackets.count == 349)
    var count = 0
    for (brackets, name) in zip(unified.brackets, names) {
      let schedule = brackets.schedule
      for (place, row) in symbols[name, default: []].enumerated() {
        let cum = try #require(Double(row.info.cum))
        #expect(
          abs(schedule.deductionsUSD[place] - cum) <= 1e-9 * max(cum, 1), "\(name) \(place)")
        let edge = row.minNotional
        #expect(
          schedule.requirementUSD(notionalUSD: edge + 1)
            > schedule.requirementUSD(notionalUSD: edge), "\(name) \(place)")
        count += 1
      }
    }
    #expect(count > 2_000)
  }
}
