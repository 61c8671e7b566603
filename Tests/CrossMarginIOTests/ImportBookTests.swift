// A snapshot to a book: which rows are taken, and what becomes of them.

import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct ImportBookTests {
  private static let time = instant("2026-02-06T09:40Z")

  private func plan(_ path: String, at time: UTCTime = ImportBookTests.time) -> ImportPlan {
    var plan = ImportPlan(
      chains: [ChainFile(path: path, shape: .deribitPanel)], valuationTime: time,
      models: [ModelSource(name: "house", path: path)])
    plan.currencies = ["BTC"]
    return plan
  }

  @Test func aPanelBecomesAMarket() throws {
    let scratch = try ImportScratch()
    var unlisted = PanelRow()
    unlisted.day = "10APR26"
    unlisted.expiry = "2026-04-10T08:00:00+00:00"
    unlisted.forward = 65_200
    unlisted.future = ""
    unlisted.futurePrice = ""
    var rows = PanelRow.chain(PanelRow()) + PanelRow.chain(unlisted)
    rows[0].mark = 0
    let path = try scratch.write("panel.csv", PanelRow.text(rows))
    let imported = try Importer.load(plan(path))
    let market = imported.book.market
    #expect(market.assets.map(\.name) == ["BTC", "USD", "USDC", "USDT"])
    #expect(market.assets.map(\.priceUSD) == [64_900, 1, 1, 1])
    #expect(market.forwards.map(\.forward) == [65_000, 65_200])
    #expect(market.volatilities.count == 14)
    #expect(imported.book.instruments.count == 14 * 2 + 1 + 2)
    #expect(imported.report.optionCount == 28)
    #expect(imported.report.unmarkedCount == 1)
    #expect(imported.report.pricedFutureCount == 1)
    #expect(imported.report.withoutFutureCount == 1)
    #expect(market.marks.count == imported.book.instruments.count - 1)
    let names = imported.book.instruments.map(\.name)
    #expect(names == names.sorted(by: precedesByBytes))
    let unmarked = try #require(names.firstIndex(of: rows[0].name))
    #expect(!market.marks.contains { $0.instrument == InstrumentIndex(unmarked) })
    #expect(price("BTC-27MAR26", imported.book) == 65_010)
    #expect(price("BTC-PERPETUAL", imported.book) == 64_900)
    #expect(price("BTC_USDC-PERPETUAL", imported.book) == 64_900)
    for instrument in imported.book.instruments {
      let isLinear = instrument.name == "BTC_USDC-PERPETUAL"
      #expect(instrument.payout == (isLinear ? .linear : .inverse))
      let pegName = market[instrument.settlement].peg
      let peg = pegName.flatMap { market.assetIndex(named: $0) }
      let pair = AssetPair(underlying: instrument.underlying, quote: instrument.quote)
      let payout = Payout.of(pair: pair, settlement: instrument.settlement, settlementPeg: peg)
      #expect(payout == instrument.payout, "\(instrument.name)")
    }
  }

  private func price(_ name: String, _ book: Book) -> Double? {
    let rank = firstIndex(in: book.instruments, named: name, name: \.name)
    return book.market.marks.first { $0.instrument.position == rank }?.price
  }

  @Test func theLastRowInTheWindowIsTaken() throws {
    let scratch = try ImportScratch()
    var early = PanelRow.chain(PanelRow())
    for index in early.indices { early[index].time = "2026-02-06T09:00:00+00:00" }
    early[0].time = "2026-02-06T09:20:00+00:00"
    var late = PanelRow()
    late.time = "2026-02-06T09:41:00+00:00"
    let middle = PanelRow()
    let text = PanelRow.text(early + [late, middle])
    let path = try scratch.write("panel.csv", text)
    let imported = try Importer.load(plan(path))
    #expect(imported.report.optionCount == 2)
    #expect(
      imported.report.snapshotTimes == [
        instant("2026-02-06T09:20Z"), instant("2026-02-06T09:35:16.484631Z")
      ])
    #expect(imported.report.sources.map(\.cutCount) == [1])
    #expect(imported.report.unusedRowCount == 13)
    let mark = imported.book.market.marks.first { $0.openInterest != nil }
    #expect(mark?.time == instant("2026-02-06T09:20Z"))
    // The instant itself and the far end of the window belong to it.
    #expect(
      try Importer.load(plan(path, at: instant("2026-02-06T09:30Z"))).report.optionCount == 14)
  }

  @Test func withoutASnapshotTheTimesAreListed() throws {
    let scratch = try ImportScratch()
    let path = try scratch.write("panel.csv", PanelRow.text([PanelRow()]))
    let time = instant("2026-02-06T10:30Z")
    let error = #expect(throws: ImportError.self) { try Importer.load(plan(path, at: time)) }
    #expect(
      error
        == .noSnapshot(
          at: time, windowMinutes: 30, available: [instant("2026-02-06T09:35:16.484631Z")]))
    #expect(error?.description.contains("2026-02-06T09:35:16.484631Z") == true)
  }

  @Test func expiredOptionsAreLeftOut() throws {
    let scratch = try ImportScratch()
    var expired = PanelRow()
    expired.day = "6FEB26"
    expired.expiry = "2026-02-06T09:40:00+00:00"
    let path = try scratch.write("panel.csv", PanelRow.text([PanelRow(), expired]))
    let imported = try Importer.load(plan(path))
    #expect(imported.report.expiredCount == 1)
    #expect(imported.report.optionCount == 1)
  }

  @Test func aFutureWithoutPriceIsMarkedAtTheForward() throws {
    let scratch = try ImportScratch()
    var row = PanelRow()
    row.futurePrice = ""
    let path = try scratch.write("panel.csv", PanelRow.text([row]))
    let imported = try Importer.load(plan(path))
    #expect(imported.report.futureAtForwardCount == 1)
    #expect(price("BTC-27MAR26", imported.book) == 65_000)
  }

  @Test func theForwardIsTheMedianAndTheVolatilityOutOfTheMoney() throws {
    let scratch = try ImportScratch()
    var call = PanelRow()
    call.forward = 64_999
    call.volatility = 0.52
    var put = PanelRow()
    put.isCall = false
    put.volatility = 0.5
    var other = PanelRow()
    other.strike = 70_000
    other.forward = 65_003
    let path = try scratch.write("panel.csv", PanelRow.text([call, put, other]))
    let imported = try Importer.load(plan(path))
    let market = imported.book.market
    #expect(market.forwards.map(\.forward) == [65_000])
    #expect(market.volatilities.map(\.strike) == [60_000, 70_000])
    #expect(market.volatilities.map(\.volatilityAnnual) == [0.5, 0.5])
    #expect(imported.report.forwardSpreadMax == 65_003.0 / 65_000 - 1)
    let volatilities = market.marks.compactMap(\.impliedVolatilityAnnual)
    #expect(volatilities.sorted() == [0.5, 0.5, 0.52])
  }

  @Test func snapshotsWithoutIndexPriceTheCoinAtTheNearestForward() throws {
    let scratch = try ImportScratch()
    var row = SnapshotRow()
    row.exchange = "deribit"
    row.name = "BTC-26MAR27-90000-C"
    row.volatility = 41
    var near = row
    near.name = "BTC-31JUL26-90000-C"
    near.expiry = "2026-07-31"
    near.price = 62_000
    let path = try scratch.write("deribit.csv", SnapshotRow.text([row, near]))
    var plan = plan(path, at: instant("2026-07-05T04:40Z"))
    plan.chains = [ChainFile(path: path, shape: .deribitSnapshot)]
    let imported = try Importer.load(plan)
    #expect(imported.book.market.assets.first?.priceUSD == 62_000)
    #expect(imported.report.spotAtForward == ["BTC to 2026-07-31T08:00Z"])
    #expect(price("BTC-26MAR27", imported.book) == 62_827.9)
    #expect(imported.report.futureAtForwardCount == 2)
  }

  @Test func okxNamesAreItsOwnAndPerpetualsFollowTheStablecoin() throws {
    let scratch = try ImportScratch()
    let path = try scratch.write(
      "okx.csv", SnapshotRow.text(SnapshotRow.okxChain(forward: 64_500)))
    var plan = plan(path, at: instant("2026-07-05T04:40Z"))
    plan.chains = [ChainFile(path: path, shape: .okxSnapshot)]
    plan.otherAssets = [Asset(name: "USDC", priceUSD: 0.5, peg: "USD")]
    plan.trackingAssets = [TrackingAsset(name: "WBTC", tracks: "BTC", priceRatio: 0.5)]
    let imported = try Importer.load(plan)
    #expect(price("BTC-USD-SWAP", imported.book) == 62_827.9)
    #expect(price("BTC-USDC-SWAP", imported.book) == 125_655.8)
    #expect(imported.book.instruments.contains { $0.name == "BTC-USD-270326" })
    #expect(imported.report.inferredForwards.count == 1)
    let wrapped = try #require(imported.book.market.assets.first { $0.name == "WBTC" })
    #expect(wrapped.tracks == "BTC")
    #expect(wrapped.priceUSD == 31_413.95)
  }

  @Test func plansThatMakeNoBookAreRefused() throws {
    let scratch = try ImportScratch()
    let path = try scratch.write("panel.csv", PanelRow.text([PanelRow()]))
    func error(_ change: (inout ImportPlan) -> Void) -> ImportError? {
      var changed = plan(path)
      change(&changed)
      return #expect(throws: ImportError.self) { try Importer.load(changed) }
    }
    #expect(error { $0.chains = [] } == .noChains)
    #expect(error { $0.models = [] } == .noModel)
    #expect(error { $0.chains.append(ChainFile(path: path, shape: .okxSnapshot)) } == .mixedVenues)
    #expect(
      error { $0.currencies.append("ETH") } == .noOptions(currency: "ETH", at: Self.time))
    #expect(
      error { $0.otherAssets.append(Asset(name: "BTC", priceUSD: 1)) }
        == .invalidAsset(name: "BTC"))
    #expect(
      error { $0.trackingAssets = [TrackingAsset(name: "stETH", tracks: "ETH")] }
        == .invalidAsset(name: "stETH"))
    #expect(error { $0.models[0].name = "a: b" } == .invalidName("a: b"))
    #expect(error { $0.scenarioPaths = ["x/history.csv"] } == .invalidName("history"))
    #expect(
      error { $0.chains[0].path += ".absent" }?.description.contains("no such file") == true)
  }

  @Test func theFolderHoldsEveryFileAndTheSameBytesEachTime() throws {
    let scratch = try ImportScratch()
    let path = try scratch.write("panel.csv", PanelRow.text(PanelRow.chain(PanelRow())))
    let stress = try scratch.write("stress.csv", "scenario,factor,kind,shock\n")
    let terms = try scratch.write("terms.yaml", "family: scan\n")
    var plan = plan(path)
    plan.models = [ModelSource(name: "house", path: terms)]
    plan.scenarioPaths = [stress]
    try Importer.load(plan).write(to: scratch.path + "/one")
    try Importer.load(plan).write(to: scratch.path + "/two")
    let names = try FileManager.default.subpathsOfDirectory(atPath: scratch.path + "/one").sorted()
    #expect(
      names == [
        "accounts.csv", "balances.csv", "instruments.csv", "market", "market/assets.csv",
        "market/forwards.csv", "market/history.csv", "market/marks.csv", "market/vols.csv",
        "parameters",
        "parameters/house.yaml", "positions.csv", "run.yaml", "scenarios", "scenarios/stress.csv"
      ])
    for name in names where name.contains(".") {
      #expect(try scratch.read("one/" + name) == scratch.read("two/" + name))
    }
    #expect(try scratch.read("one/market/history.csv") == "time\n")
    #expect(try scratch.read("one/parameters/house.yaml") == "family: scan\n")
    let run = try scratch.read("one/run.yaml")
    #expect(run.contains("valuation_time: 2026-02-06T09:40Z\n"))
    #expect(run.contains("stress: {kind: user, file: scenarios/stress.csv, complete: none}"))
    #expect(!run.contains("monte_carlo"))
  }
}
