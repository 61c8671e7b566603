// Users of Aave in June 2023 by what they supplied and owed: prices at which they are liquidated. Opt-in:
// the variable CROSSMARGIN_REAL_ACCOUNTS names a folder with `accounts/`, which is not part of the
// package.

import CrossMargin
import Foundation
import PortfolioModel
import Testing

private let realAccounts = ProcessInfo.processInfo.environment["CROSSMARGIN_REAL_ACCOUNTS"]

@Suite(.enabled(if: realAccounts != nil))
struct RealLendingTests {
  /// Price of ETH in the files of version 3, USD; those of version 2 count in ETH.
  private static let etherUSD = 1_719.897_637_43

  /// What moves with the price of ETH and what does not, USD; collateral at its threshold.
  private struct User {
    var health: Double
    var threshold: Double
    var etherCollateralUSD: Double
    var otherCollateralUSD: Double
    var etherDebtUSD: Double
    var otherDebtUSD: Double

    /// Nil where parts differ from totals by more than 1 %.
    init?(_ row: [String: String], isThird: Bool) {
      func number(_ name: String) -> Double { row[name].flatMap(Double.init) ?? 0 }
      let unit = isThird ? 1 : etherUSD
      let (collateral, debt) = (number("collateral") * unit, number("debt") * unit)
      let ether =
        unit
        * [
          "collateral_steth_calc", "collateral_eth_calc", "collateral_reth_calc",
          "collateral_cbeth_calc"
        ].reduce(0) { $0 + number($1) }
      let other =
        unit * (number("collateral_stable_calc") + number("collateral_wbtc_calc"))
      let etherDebt = unit * number(isThird ? "ethdebt_calc" : "ethdebt")
      let otherDebt = unit * (number("debt_stable_calc") + number("debt_wbtc_calc"))
      guard collateral > 0, debt > 0, abs((ether + other) / collateral - 1) < 0.01,
        abs((etherDebt + otherDebt) / debt - 1) < 0.01
      else { return nil }
      health = number("healthf")
      threshold = number("threshold") / 10_000
      let (supplied, owed) = (collateral / (ether + other), debt / (etherDebt + otherDebt))
      (etherCollateralUSD, otherCollateralUSD) = (ether * supplied, other * supplied)
      (etherDebtUSD, otherDebtUSD) = (etherDebt * owed, otherDebt * owed)
    }

    /// Relative move of ETH at which weighted collateral is the debt; nil where a fall brings none.
    var fall: Double? {
      let slope = etherCollateralUSD * threshold - etherDebtUSD
      let fixed = otherCollateralUSD * threshold - otherDebtUSD
      return slope > 0 && fixed < 0 ? -fixed / slope - 1 : nil
    }

    var ray: RayAccount {
      let all = CollateralTerms(countedFraction: threshold)
      return RayAccount(
        cashUSD: 0, contracts: [],
        balances: [
          RayBalance(valueUSD: etherCollateralUSD, direction: 1, terms: all),
          RayBalance(valueUSD: otherCollateralUSD, direction: 0, terms: all),
          RayBalance(valueUSD: -etherDebtUSD, direction: 1, terms: all),
          RayBalance(valueUSD: -otherDebtUSD, direction: 0, terms: all)
        ], profitCountedFraction: 1)
    }
  }

  private static func users(_ name: String) throws -> (all: Int, fitting: [User]) {
    let folder = try #require(realAccounts)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", folder + "/accounts/aave_\(name)_2023-06.csv.gz"]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
    let names = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let rows = lines.dropFirst().map { line in
      Dictionary(
        zip(names, line.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
      ) { first, _ in first }
    }
    return (rows.count, rows.compactMap { User($0, isThird: name.hasSuffix("v3")) })
  }

  @Test(arguments: [
    ("b1", 217, 197), ("b2", 526, 277), ("b3", 51, 42), ("b1_v3", 91, 83), ("b2_v3", 250, 146),
    ("b3_v3", 10, 8)
  ])
  func pricesAreThoseOfTheClosedForm(_ name: String, _ count: Int, _ fittingCount: Int) throws {
    let (all, users) = try Self.users(name)
    #expect(all == count && users.count == fittingCount)
    var found = 0
    for user in users where user.health >= 1 {
      let ray = user.ray
      // Scaled parts reproduce the health factor of the venue.
      let owed = user.etherDebtUSD + user.otherDebtUSD
      #expect(abs(ray.surplusUSD(at: 0) / owed + 1 - user.health) < 1e-8 * user.health)
      let root = ray.roots.negative
      if let fall = user.fall, fall < 0 {
        found += 1
        let t = try #require(root)
        #expect(abs((1 + t) / (1 + fall) - 1) < 1e-12)
        // One collateral and debts that do not move: the health factor is the fall to go.
        if user.etherDebtUSD == 0, user.otherCollateralUSD == 0 {
          #expect(abs((1 + t) * user.health - 1) < 1e-8)
        }
      } else {
        #expect(root == nil)
      }
    }
    #expect(name.hasPrefix("b1") || found > 0)
  }

  /// At the price of its liquidation the rule set of Aave leaves a user no surplus.
  @Test func theRuleSetAgreesAtThePrice() throws {
    let users = try ["b2", "b3", "b2_v3", "b3_v3"].flatMap { try Self.users($0).fitting }
      .filter { ($0.fall ?? 0) < 0 }
    let weights = Set(users.map(\.threshold)).sorted()
    func asset(_ kind: String, _ threshold: Double) -> String {
      "\(kind)-\(Int((threshold * 10_000).rounded()))"
    }
    let assets =
      ["DEBT"] + weights.flatMap { [asset("ETHER", $0), asset("OTHER", $0)] }
    let market = MarketSnapshot(
      valuationTime: UTCTime(microseconds: 1_687_273_200_000_000),
      assets: assets.map { Asset(name: $0, priceUSD: 1) })
    let terms = LendingRuleTerms(
      reserves: (weights.flatMap { weight in
        ["ETHER", "OTHER"].map { kind in
          AssetTerms(
            asset: asset(kind, weight),
            terms: LendingTerms(
              loanToValue: weight / 2, liquidationThreshold: weight, bonusMultiple: 1.05))
        }
      }
        + [
          AssetTerms(
            asset: "DEBT",
            terms: LendingTerms(loanToValue: 0, liquidationThreshold: 0, bonusMultiple: 1))
        ]).sorted { precedesByBytes($0.asset, $1.asset) }, modes: [])
    let records = try users.enumerated().map { place, user in
      let fall = try #require(user.fall)
      func index(_ name: String) throws -> AssetIndex {
        try #require(market.assetIndex(named: name))
      }
      return AccountRecord(
        Account(name: String(100_000 + place)),
        balances: [
          HeldBalance(
            try index(asset("ETHER", user.threshold)), amount: user.etherCollateralUSD * (1 + fall)),
          HeldBalance(try index(asset("OTHER", user.threshold)), amount: user.otherCollateralUSD),
          HeldBalance(
            try index("DEBT"), amount: -(user.etherDebtUSD * (1 + fall) + user.otherDebtUSD))
        ])
    }
    let run = try RiskRun(
      book: Book(market: market, instruments: [], portfolio: Portfolio(records)),
      settings: RunSettings(
        models: [
          RuleSetTerms(
            name: "aave", effectiveFrom: market.valuationTime, family: .lending(terms))
        ], defaultModel: "aave"))
    let margins = try (0..<run.blockCount).flatMap { try run.block($0).margins }
    #expect(margins.count == users.count && users.count > 400)
    for (user, margin) in zip(users, margins) {
      let size = user.etherDebtUSD + user.otherDebtUSD
      #expect(abs(margin.maintenance.surplusUSD) < 1e-9 * size)
    }
  }
}
