// Chains in each shape: what a row means, forwards from parity, and what is refused.

import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct ImportChainTests {
  @Test func panelRowsCarryForwardIndexAndFuture() throws {
    let scratch = try ImportScratch()
    var unlisted = PanelRow()
    unlisted.day = "10APR26"
    unlisted.expiry = "2026-04-10T08:00:00+00:00"
    unlisted.futurePrice = ""
    unlisted.future = ""
    var synthetic = unlisted
    synthetic.strike = 61_000
    synthetic.future = "SYN.BTC-10APR26"
    synthetic.futurePrice = "65100"
    let path = try scratch.write("panel.csv", PanelRow.text([PanelRow(), unlisted, synthetic]))
    let chain = try ChainFile(path: path, shape: .deribitPanel).load()
    let row = try #require(chain.rows.first)
    #expect(row.instrument == "BTC-27MAR26-60000-C")
    #expect(row.time == instant("2026-02-06T09:35:16.484631Z"))
    #expect(row.expiry == instant("2026-03-27T08:00Z"))
    #expect(row.forwardUSD == 65_000)
    #expect(row.indexUSD == 64_900)
    #expect(row.future == ListedFuture(name: "BTC-27MAR26", priceUSD: 65_010))
    #expect(row.impliedVolatilityAnnual == 0.5)
    #expect(row.bidCoin == nil)
    #expect(row.askCoin == 0.2)
    #expect(row.openInterestCoin == 12.5)
    #expect(chain.rows[1].future == nil)
    #expect(chain.rows[1].forwardUSD == 65_000)
    #expect(chain.rows[2].future == nil)
  }

  @Test(arguments: [0, -0.0001]) func marksThatAreNotPositiveGiveNoVolatility(mark: Double) throws {
    let scratch = try ImportScratch()
    var row = PanelRow()
    row.mark = mark
    let path = try scratch.write("panel.csv", PanelRow.text([row]))
    let chain = try ChainFile(path: path, shape: .deribitPanel).load()
    #expect(chain.rows.map(\.markCoin) == [mark])
    #expect(chain.rows.map(\.impliedVolatilityAnnual) == [nil])
  }

  @Test func deribitSnapshotsArePercentAndForward() throws {
    let scratch = try ImportScratch()
    var row = SnapshotRow()
    row.exchange = "deribit"
    row.name = "BTC-26MAR27-90000-C"
    row.volatility = 41.25
    let path = try scratch.write("deribit.csv", SnapshotRow.text([row]))
    let chain = try ChainFile(path: path, shape: .deribitSnapshot).load()
    let read = try #require(chain.rows.first)
    #expect(read.impliedVolatilityAnnual == 0.4125)
    #expect(read.forwardUSD == 62_827.9)
    #expect(read.indexUSD == nil)
    #expect(read.delta == nil)
    #expect(read.time == instant("2026-07-05T04:31:54Z"))
    #expect(read.expiry == instant("2027-03-26T08:00Z"))
    #expect(read.openInterestCoin == 2_906)
  }

  @Test func otherContractsAreCountedAndLeftOut() throws {
    let scratch = try ImportScratch()
    var linear = SnapshotRow()
    linear.name = "BTC-USDC-270326-90000-C"
    let path = try scratch.write(
      "okx.csv", SnapshotRow.text(SnapshotRow.okxChain(forward: 64_500) + [linear]))
    let chain = try ChainFile(path: path, shape: .okxSnapshot).load()
    #expect(chain.otherContractCount == 1)
    #expect(chain.rows.count == 50)
  }

  /// Exact marks give the forward back but for the rounding of `K / (1 - (C - P))`.
  private static let exactTolerance = 1e-12

  @Test func parityGivesTheForwardNotTheIndex() throws {
    let scratch = try ImportScratch()
    let path = try scratch.write(
      "okx.csv", SnapshotRow.text(SnapshotRow.okxChain(forward: 64_500)))
    let chain = try ChainFile(path: path, shape: .okxSnapshot).load()
    #expect(chain.rows.allSatisfy { $0.indexUSD == 62_827.9 })
    #expect(chain.rows.allSatisfy { abs(($0.forwardUSD ?? 0) / 64_500 - 1) < Self.exactTolerance })
    let inferred = try #require(chain.inferredForwards.first)
    #expect(chain.inferredForwards.count == 1)
    #expect(inferred.pairCount == 9)
    #expect(inferred.deviationMax < Self.exactTolerance)
    #expect(chain.rows.allSatisfy { $0.openInterestCoin == nil })
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func parityWithstandsNoiseAndFourWrongMarks(seed: UInt64) throws {
    let scratch = try ImportScratch()
    // Marks are off by up to 1e-4 coin; every sixth by a tenth of a coin, as a stale quote is. Of the
    // nine strikes nearest the money at most two are of that kind, the others move the median by no
    // more than their own error times F/K, below 1.35 within the window.
    var state = seed
    let path = try scratch.write(
      "okx.csv",
      SnapshotRow.text(
        SnapshotRow.okxChain(forward: 64_500) { number in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let uniform = Double(state >> 11) / 0x1p53
          return number % 6 == 0 ? 0.1 : (uniform - 0.5) * 2e-4
        }))
    let chain = try ChainFile(path: path, shape: .okxSnapshot).load()
    let forward = try #require(chain.rows.first?.forwardUSD)
    #expect(abs(forward / 64_500 - 1) < 1.35e-4)
    #expect(chain.inferredForwards.allSatisfy { $0.deviationMax > 0 })
  }

  @Test func anExpiryWithoutPairsHasNoForward() throws {
    let scratch = try ImportScratch()
    let calls = SnapshotRow.okxChain(forward: 64_500).filter(\.isCall)
    let path = try scratch.write("okx.csv", SnapshotRow.text(calls))
    let chain = try ChainFile(path: path, shape: .okxSnapshot).load()
    #expect(chain.rows.allSatisfy { $0.forwardUSD == nil })
    #expect(chain.inferredForwards.isEmpty)
  }

  @Test func shapesAreRecognized() throws {
    let scratch = try ImportScratch()
    try scratch.write("b.csv", SnapshotRow.text([SnapshotRow()]))
    var deribit = SnapshotRow()
    deribit.exchange = "deribit"
    try scratch.write("c.csv", SnapshotRow.text([deribit]))
    try scratch.write("a.csv", PanelRow.text([PanelRow()]))
    try scratch.write("prices.csv", "ts_utc,open,high,low,close,volume\n")
    try scratch.write("notes.txt", "no table")
    let files = try ChainFile.all(in: scratch.path)
    #expect(files.map(\.shape) == [.deribitPanel, .okxSnapshot, .deribitSnapshot])
    #expect(throws: ImportError.self) { try ChainFile.all(in: scratch.path + "/absent") }
  }

  /// A dump that is wrong in one place, and what the message says.
  struct Damage: Sendable, CustomStringConvertible {
    let description: String
    let shape: ChainShape
    let text: String
    let expected: String
  }

  private static let panel = PanelRow.text([PanelRow()])
  private static let okx = SnapshotRow.text([SnapshotRow()])

  @Test(arguments: [
    Damage(
      description: "unknown column", shape: .deribitPanel,
      text: panel.replacing("volume_usd", with: "turnover"),
      expected: ":1: turnover: found an unknown column"),
    Damage(
      description: "missing column", shape: .deribitPanel,
      text: panel.replacing("index_price", with: "x_index"),
      expected: ":1: index_price: found no such column"),
    Damage(
      description: "shape of another venue", shape: .deribitSnapshot, text: okx,
      expected: ":2: exchange: found \"okx\", expected deribit"),
    Damage(
      description: "another shape", shape: .okxSnapshot, text: panel,
      expected: "snapshot_utc: found no such column"),
    Damage(
      description: "no zone", shape: .deribitPanel,
      text: panel.replacing("484631+00:00", with: "4"),
      expected: ":2: timestamp: found"),
    Damage(
      description: "strike", shape: .okxSnapshot, text: okx.replacing(",90000,", with: ",-1,"),
      expected: ":2: strike: found \"-1\", expected a positive number"),
    Damage(
      description: "type", shape: .okxSnapshot, text: okx.replacing("call", with: "C"),
      expected: ":2: type: found \"C\", expected call or put"),
    Damage(
      description: "date", shape: .okxSnapshot, text: okx.replacing("2027-03-26", with: "26.3.27"),
      expected: "expected a date such as 2026-07-05"),
    Damage(
      description: "not finite", shape: .okxSnapshot, text: okx.replacing("0.41", with: "nan"),
      expected: ":2: mark_iv: found \"nan\", expected a finite number"),
    Damage(
      description: "empty file", shape: .okxSnapshot, text: "", expected: "found an empty file")
  ])
  func faultsNamePlaceAndReason(damage: Damage) throws {
    let scratch = try ImportScratch()
    let path = try scratch.write("dump.csv", damage.text)
    do {
      _ = try ChainFile(path: path, shape: damage.shape).load()
      Issue.record("no error")
    } catch {
      #expect(error.description.contains(damage.expected), "\(error)")
      #expect(error.description.contains("dump.csv"))
    }
  }

  @Test func allFaultsOfAFileAreNamed() throws {
    let scratch = try ImportScratch()
    var rows = SnapshotRow.okxChain(forward: 64_500)
    rows[3].strike = 0
    rows[8].volatility = .infinity
    let path = try scratch.write("okx.csv", SnapshotRow.text(rows))
    let error = #expect(throws: ImportError.self) {
      try ChainFile(path: path, shape: .okxSnapshot).load()
    }
    guard case .malformed(let issues) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(issues.first.map(\.line) == [5, 10])
    #expect(issues.totalCount == 2)
  }
}
