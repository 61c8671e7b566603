// What the tests of importing share: a folder of their own, dumps in every shape, and the Black
// formula by the C library as a reference independent of our kernels.

import CrossMarginIO
import Foundation
import PortfolioModel

/// A folder of a test's own, removed at its end.
final class ImportScratch {
  let path =
    FileManager.default.temporaryDirectory.path + "/crossmargin-import-"
    + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let place = path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: place))
    return place
  }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
  }
}

/// An instant from its text.
func instant(_ text: String) -> UTCTime {
  guard let microseconds = TimeText.microseconds(text) else {
    preconditionFailure("\(text) is no time")
  }
  return UTCTime(microseconds: microseconds)
}

/// Value in coins and N(d1) of an undiscounted inverse option [Black 1976, over F].
struct PlainCoinOption {
  let valueCoin: Double
  /// Delta of the USD value: N(d1) of a call, N(d1) - 1 of a put.
  let forwardDelta: Double

  init(forward: Double, strike: Double, years: Double, volatility: Double, type: OptionType) {
    let deviation = volatility * years.squareRoot()
    let d1 = log(forward / strike) / deviation + deviation / 2
    let sign = type.sign
    let first = Self.normal(sign * d1)
    valueCoin = sign * (first - strike / forward * Self.normal(sign * (d1 - deviation)))
    forwardDelta = sign * first
  }

  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}

/// A row of a Deribit panel, with marks that fit its forward and volatility.
struct PanelRow {
  var time = "2026-02-06T09:35:16.484631+00:00"
  var coin = "BTC"
  var day = "27MAR26"
  var expiry = "2026-03-27T08:00:00+00:00"
  var strike = 60_000.0
  var isCall = true
  var forward = 65_000.0
  var index = "64900"
  var future = "BTC-27MAR26"
  var futurePrice = "65010"
  var volatility = 0.5
  var mark: Double?

  static let header =
    "timestamp,instrument_name,underlying,underlying_name,option_type,strike,expiry_datetime,"
    + "time_to_maturity,bid_price,ask_price,mark_price,mid_price,futures_price,"
    + "futures_instrument_name,implied_volatility,delta,vega,open_interest,volume,bid_ask_spread,"
    + "currency,index_price,volume_usd\n"

  var name: String { "\(coin)-\(day)-\(Int(strike))-\(isCall ? "C" : "P")" }

  var line: String {
    let years = instant(time).years(to: instant(expiry))
    let option = PlainCoinOption(
      forward: forward, strike: strike, years: years, volatility: volatility,
      type: isCall ? .call : .put)
    let fields = [
      time, name, "\(forward)", future, isCall ? "call" : "put", "\(strike)", expiry, "\(years)",
      "", "0.2", "\(mark ?? option.valueCoin)", "", futurePrice, future, "\(volatility)",
      "\(option.forwardDelta)", "1", "12.5", "0", "", coin, index, "0"
    ]
    return fields.joined(separator: ",") + "\n"
  }

  /// Calls and puts at strikes 50,000 to 80,000 around a forward.
  static func chain(_ template: PanelRow) -> [PanelRow] {
    stride(from: 50_000.0, through: 80_000, by: 5_000).flatMap { strike in
      [true, false].map { isCall in
        var row = template
        row.strike = strike
        row.isCall = isCall
        return row
      }
    }
  }

  static func text(_ rows: [PanelRow]) -> String { header + rows.map(\.line).joined() }
}

/// A row of the shape that Deribit's and OKX's snapshots share.
struct SnapshotRow {
  var exchange = "okx"
  var name = "BTC-USD-270326-90000-C"
  var expiry = "2027-03-26"
  var strike = 90_000.0
  var isCall = true
  var mark = 0.03
  var volatility = 0.41
  var price = 62_827.9
  var delta = ""

  static let header =
    "snapshot_utc,exchange,underlying,instrument,expiry,strike,type,mark_price,bid,ask,mark_iv,"
    + "delta,gamma,vega,theta,open_interest,volume_24h,underlying_price\n"

  var line: String {
    "2026-07-05 04:31:54,\(exchange),BTC,\(name),\(expiry),\(Int(strike)),"
      + "\(isCall ? "call" : "put"),\(mark),,,\(volatility),\(delta),,,,2906,3,\(price)\n"
  }

  static func text(_ rows: [SnapshotRow]) -> String { header + rows.map(\.line).joined() }

  /// An OKX chain of one expiry with a true forward; `noise` is added to the marks of calls.
  static func okxChain(forward: Double, noise: (Int) -> Double = { _ in 0 }) -> [SnapshotRow] {
    let years = instant("2026-07-05T04:31:54Z").years(to: instant("2027-03-26T08:00Z"))
    return stride(from: 40_000.0, through: 100_000, by: 2_500).enumerated().flatMap {
      number, strike in
      [true, false].map { isCall in
        let option = PlainCoinOption(
          forward: forward, strike: strike, years: years, volatility: 0.41,
          type: isCall ? .call : .put)
        var row = SnapshotRow()
        row.strike = strike
        row.isCall = isCall
        row.name = "BTC-USD-270326-\(Int(strike))-\(isCall ? "C" : "P")"
        row.mark = option.valueCoin + (isCall ? noise(number) : 0)
        return row
      }
    }
  }
}
