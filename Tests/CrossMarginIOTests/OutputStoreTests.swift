// What is stored comes back to the bit, whatever interrupts the writing.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct OutputStoreTests {
  @Test func everythingComesBack() throws {
    let run = FabricatedRun(seed: 1, accountCount: 40, accountsPerBlock: 16)
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let results = try ResultReader(scratch.path)

    for block in run.blocks {
      for row in block.accounts {
        let stored = try #require(try results.account(row.account))
        #expect(stored.name == run.plan.accountNames[row.account.position])
        #expect(stored.row == row)
        #expect(stored.margin == block.margins.first { $0.account == row.account })
        #expect(stored.measures == block.measures.filter { $0.account == row.account })
        #expect(stored.underlyings == block.underlyings.filter { $0.account == row.account })
      }
    }
    #expect(try results.account(AccountIndex(40)) == nil)
    #expect(try results.assets() == run.plan.assets)
    #expect(try results.models() == run.plan.models)
    #expect(try results.sets() == run.book.sets)
    #expect(try results.exposures() == run.book.exposures)
    #expect(try results.alerts() == run.blocks.flatMap(\.alerts) + run.book.alerts)
    #expect(try results.warnings() == run.book.warnings)
    var totals = run.book.totals
    totals.netQuantities = []
    #expect(try results.totals() == totals)
    let facts = try results.manifest()
    #expect(run.manifest.allSatisfy(facts.contains))
    #expect(facts.contains(ManifestEntry(key: "rows:account", value: "40")))
  }

  @Test func positionsComeBackWithTheStoredSensitivities() throws {
    let run = FabricatedRun(seed: 1, accountCount: 3, accountsPerBlock: 3)
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let results = try ResultReader(scratch.path)
    let stored = try #require(try results.positions(of: AccountIndex(0)).first)
    let given = run.detail[0]
    #expect(stored.instrument == given.instrument && stored.leg == given.leg)
    #expect(stored.quantity == given.quantity && stored.worstProfitUSD == given.worstProfitUSD)
    #expect(stored.greeks.deltaUSD == given.greeks.deltaUSD)
    #expect(stored.greeks.thetaUSDPerDay == given.greeks.thetaUSDPerDay)
    #expect(try results.positions(of: AccountIndex(1)).isEmpty)
  }

  @Test func namesAreBoundNeverSpliced() throws {
    let names = FabricatedRun.hostileNames
    let run = FabricatedRun(seed: 2, accountCount: names.count, accountsPerBlock: 5)
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let results = try ResultReader(scratch.path)
    for (rank, name) in names.enumerated() {
      let stored = try #require(try results.account(named: name))
      #expect(stored.row.account == AccountIndex(rank))
      #expect(Array(stored.name.utf8) == Array(name.utf8))
    }
    #expect(try results.account(named: "' OR 1=1 --") == nil)
  }

  @Test func totalsAreTheSumOfWhatIsShown() throws {
    let run = FabricatedRun(seed: 3, accountCount: 500, accountsPerBlock: 100)
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let results = try ResultReader(scratch.path)
    for model in FabricatedRun.models {
      let rows = try OutputTable(scratch.path, "margin_" + model)
      #expect(rows.count > 100)
      for (position, level) in ["initial", "maintenance"].enumerated() {
        for row in 0..<rows.count {
          func number(_ column: String) throws -> Double {
            try #require(Double(rows[row, level + column]))
          }
          let sum =
            try ((number("_equity_usd") + number("_haircut_usd")) + number("_scan_usd"))
            + number("_borrow_usd")
          let account = AccountIndex(try #require(Int(rows[row, "account"])))
          let margin = try #require(try results.account(account)?.margin)
          #expect(margin.levels[position].surplusUSD == sum)
        }
      }
    }
  }

  @Test func riskiestAccountsComeFirst() throws {
    let run = FabricatedRun(seed: 4, accountCount: 60, accountsPerBlock: 16)
    let scratch = try ScanScratch()
    let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
    for block in run.blocks { try writer.append(block) }
    let early = try writer.riskiestAccounts(limit: 10)
    try writer.finish(book: run.book, detail: [], manifest: [])
    try writer.close()

    func ratio(_ margin: MarginRow) -> Double {
      margin.maintenance.valueUSD / margin.maintenance.requirementUSD
    }
    let margins = run.blocks.flatMap(\.margins)
    let accounts = run.blocks.flatMap(\.accounts)
    let expected = margins.map { (ratio($0), $0.account) }
      .sorted { $0.0 < $1.0 }.map(\.1)
    let results = try ResultReader(scratch.path)
    #expect(try results.riskiestAccounts(limit: 100).map(\.row.account) == expected)
    #expect(early == Array(expected.prefix(10)))

    var ratios: [Double?] = []
    try results.forEachMarginRatio { ratios.append($0.ratio) }
    #expect(ratios == margins.map(ratio))
    let gap = try #require(try results.gaps().first)
    let unmargined = accounts.filter { $0.status == .unmargined }
    #expect(gap.reason == .mark && gap.accountCount == unmargined.count)
  }

  @Test func accountsWithoutRequirementHaveTheirPlaceInTheOrder() throws {
    var run = FabricatedRun(seed: 5, accountCount: 4, accountsPerBlock: 4)
    let equities = [50.0, 70, -5, 10]
    for (position, equityUSD) in equities.enumerated() {
      run.blocks[0].accounts[position].equityUSD = equityUSD
      let level = FabricatedRun.level(equityUSD: equityUSD, scanUSD: position < 2 ? 100 : 0)
      run.blocks[0].margins[position].levels = ShortArray([level, level])
    }
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let order = try ResultReader(scratch.path).riskiestAccounts(limit: 4).map(
      \.row.account.position)
    #expect(order == [2, 0, 1, 3])
  }

  @Test func interruptedAfterAnyBlockTheResultsAreTheSame() throws {
    let run = FabricatedRun(seed: 6, accountCount: 50, accountsPerBlock: 10)
    let expected = try run.straightHash()
    for stop in 0...run.blocks.count {
      let scratch = try ScanScratch()
      do {
        let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
        for block in run.blocks[..<stop] { try writer.append(block) }
      }
      do {
        let writer = try ResultWriter(folder: scratch.path, plan: run.plan)
        #expect(writer.completedBlockCount == stop)
        #expect(try writer.contributions() == run.blocks[..<stop].map(\.contribution))
        for block in run.blocks[stop...] { try writer.append(block) }
        // This attempt ends between its last two steps.
        try writer.finish(book: run.book, detail: run.detail, manifest: run.manifest)
      }
      try run.write(to: scratch.path)
      #expect(try CanonicalExport(ResultReader(scratch.path)).sha256() == expected)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["results.sqlite"])
      // And after the very last step, when only the folder has not got its name yet.
      try run.write(to: scratch.path)
      #expect(try CanonicalExport(ResultReader(scratch.path)).sha256() == expected)
    }
  }

  /// What a killed process leaves is the file and a log that may end anywhere.
  @Test(arguments: [1, 2] as [UInt64]) func aLogCutAnywhereHoldsWholeBlocks(seed: UInt64) throws {
    let run = FabricatedRun(seed: seed, accountCount: 200, accountsPerBlock: 40)
    let expected = try run.straightHash()
    let source = try ScanScratch()
    let writer = try ResultWriter(folder: source.path, plan: run.plan)
    for block in run.blocks { try writer.append(block) }
    let database = try Data(contentsOf: URL(fileURLWithPath: source.place("results.sqlite")))
    let log = try Data(contentsOf: URL(fileURLWithPath: source.place("results.sqlite-wal")))

    var random = ScanRandom(seed: seed)
    var seen: Set<Int> = []
    let cuts = (0..<12).map { _ in Int.random(in: 0...log.count, using: &random) } + [log.count]
    for cut in cuts {
      let scratch = try ScanScratch()
      try scratch.write("results.sqlite", [UInt8](database))
      try scratch.write("results.sqlite-wal", [UInt8](log[..<cut]))
      let contributions: [BookContribution]
      do {
        let resumed = try ResultWriter(folder: scratch.path, plan: run.plan)
        contributions = try resumed.contributions()
        #expect(resumed.completedBlockCount == contributions.count)
      }
      #expect(contributions == run.blocks[..<contributions.count].map(\.contribution))
      seen.insert(contributions.count)
      try run.write(to: scratch.path)
      #expect(try CanonicalExport(ResultReader(scratch.path)).sha256() == expected)
    }
    #expect(seen.contains(run.blocks.count) && seen.count >= 3, "cuts fell into several blocks")
    withExtendedLifetime(writer) {}
  }

  @Test func pseudonymsHideNames() throws {
    var run = FabricatedRun(seed: 7, accountCount: 30, accountsPerBlock: 10)
    run.plan.pseudonymKey = Array("a key of some length".utf8)
    run.book.warnings = [
      RunWarning(kind: "zero_position", count: 2, examples: ["account-20 BTC-PERP", "BTC"])
    ]
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let results = try ResultReader(scratch.path)
    let stored = try #require(try results.account(AccountIndex(20)))
    #expect(stored.name.count == 16 && stored.name.allSatisfy(\.isHexDigit))
    // Alerts of accounts carry the same pseudonym, examples that name one are withheld.
    #expect(try results.alerts().map(\.subject).contains(stored.name))
    #expect(try results.warnings()[0].examples == ["(withheld)", "BTC"])
    var text = ""
    try CanonicalExport(results).write { text += String(decoding: $0, as: UTF8.self) }
    #expect(!text.contains("account-20") && !text.contains("alert(1)"))
  }

  /// With two scenario sets and two underlyings an account has six rows, for which the design
  /// allows 400 bytes.
  @Test func anAccountTakesAtMost400Bytes() throws {
    let accountCount = 20_000
    let run = FabricatedRun(seed: 8, accountCount: accountCount, accountsPerBlock: 2_048)
    let scratch = try ScanScratch()
    try run.write(to: scratch.path)
    let attributes = try FileManager.default.attributesOfItem(
      atPath: scratch.place("results.sqlite"))
    let byteCount = try #require(attributes[.size] as? Int)
    #expect(byteCount <= 400 * accountCount, "\(byteCount / accountCount) bytes per account")
  }
}
