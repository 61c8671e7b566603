// `crossmargin import`: venue dumps to a book.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a book of option chains and price files as venues and collectors dump them.",
    discussion: """
      Example:
        crossmargin import --chain chain_20260204_20260207.csv.gz --at 2026-02-05T21:36Z \\
          --history spot:BTC=BTC_1d.csv.gz --history vol:BTC=dvol_btc_1h.csv.gz \\
          --panel chain_panel_202601.csv.gz --parameters house=Data/parameters/house.yaml \\
          --scenarios Data/stress/events.csv --output BOOK

      The shape of each file is told from its header: Deribit panels and snapshots, OKX snapshots
      (whose forwards are inferred from put-call parity), hourly and daily prices, DVOL. The book has
      no accounts: `crossmargin generate` makes some. What was left out, cut or inferred is printed.
      """)

  @Option(help: "An option chain; may be repeated.", completion: .file())
  var chain: [String]
  @Option(help: "The valuation time: the last row of each instrument at or before it is taken.")
  var at: String
  @Option(help: "Age in minutes above which a row is not taken.")
  var window = 30.0
  @Option(help: "A coin whose options are imported; may be repeated. Default: BTC and ETH.")
  var currency: [String] = []
  @Option(
    help:
      "FACTOR=FILE: past levels of a factor; of a file of many assets FACTOR=FILE@SYMBOL. May be repeated."
  )
  var history: [String] = []
  @Option(
    help: "A chain whose 30-day at-the-money volatility is the past of vol:COIN; may be repeated.")
  var panel: [String] = []
  @Option(help: "FACTOR=FACTOR: the second stands in where a past move of the first is missing.")
  var proxy: [String] = []
  @Option(help: "Hour of the day, UTC, of the daily history. Default: that of the valuation time.")
  var historyHour: Int?
  @Option(help: "Days of history that are kept. Default: all.")
  var historyDays: Int?
  @Option(help: "ASSET=COIN: an asset that follows a coin at its price; may be repeated.")
  var track: [String] = []
  @Option(help: "NAME=FILE: a rule set; may be repeated, the first is the default one.")
  var parameters: [String]
  @Option(help: "A scenario file to copy into the book; may be repeated.", completion: .file())
  var scenarios: [String] = []
  @Option(name: .shortAndLong, help: "The folder to make; it must be absent or empty.")
  var output: String

  func run() throws {
    guard let time = TimeText.microseconds(at) else {
      throw CommandFailure("--at: found \"\(at)\", expected \(TimeText.expected)")
    }
    let imported = try Importer.load(try plan(at: UTCTime(microseconds: time)))
    try imported.write(to: output)
    for line in imported.report.lines { print(line) }
  }

  private func plan(at time: UTCTime) throws -> ImportPlan {
    let models = try parameters.map { text in
      let (name, path) = try Self.pair(text, option: "--parameters")
      return ModelSource(name: name, path: path)
    }
    var plan = ImportPlan(
      chains: try chain.map { try Self.chainFile($0) }, valuationTime: time, models: models)
    plan.windowMinutes = window
    if !currency.isEmpty { plan.currencies = currency }
    plan.series = try history.map { text in
      let (factor, place) = try Self.pair(text, option: "--history")
      let parts = place.split(separator: "@", maxSplits: 1).map(String.init)
      return try SeriesFile(
        recognizing: parts[0], symbol: parts.count == 2 ? parts[1] : nil,
        factor: try Self.factor(factor, option: "--history"))
    }
    plan.volatilityPanels = try panel.map { try Self.chainFile($0) }
    plan.proxies += try proxy.map { text in
      let (factor, proxy) = try Self.pair(text, option: "--proxy")
      return FactorProxy(
        factor: try Self.factor(factor, option: "--proxy"),
        proxy: try Self.factor(proxy, option: "--proxy"))
    }
    plan.trackingAssets = try track.map { text in
      let (asset, coin) = try Self.pair(text, option: "--track")
      return TrackingAsset(name: asset, tracks: coin)
    }
    plan.historyHour = historyHour
    plan.historyDaysMax = historyDays
    plan.scenarioPaths = scenarios
    return plan
  }

  private static func chainFile(_ path: String) throws -> ChainFile {
    guard let file = try ChainFile(recognizing: path) else {
      throw CommandFailure("\(path): the header is of no known shape of option chain")
    }
    return file
  }

  private static func factor(_ text: String, option: String) throws -> FactorName {
    guard let factor = FactorText.parse(text) else {
      throw CommandFailure("\(option): found \"\(text)\", expected \(FactorText.expected)")
    }
    return factor
  }

  private static func pair(_ text: String, option: String) throws -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw CommandFailure("\(option): found \"\(text)\", expected two parts with = between them")
    }
    return (parts[0], parts[1])
  }
}
