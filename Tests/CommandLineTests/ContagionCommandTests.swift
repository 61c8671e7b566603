// Contagion as a user of the liquidation study meets it.

import Foundation
import Testing

@Suite struct ContagionCommandTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  private static let tables = [
    "contagion.csv", "contagion_prices.csv", "cascade.csv", "direction_cascade.csv",
    "forced_volume.csv", "systemic.csv", "contagion_margin.csv", "contagion_margin_by_asset.csv"
  ]

  /// Replaces volume and depth of all assets.
  private func setDepth(_ fields: String) throws {
    try scratch.edit(book + "/market/assets.csv") { text in
      let rows = text.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      guard let volume = rows[0].firstIndex(of: "adv_usd"),
        rows[0].dropFirst(volume + 1).first == "depth_usd_1pct"
      else { throw CocoaError(.featureUnsupported) }
      return rows.enumerated().map { line, row in
        var row = row.map(String.init)
        if line > 0 { row.replaceSubrange(volume...volume + 1, with: [fields]) }
        return row.joined(separator: ",") + "\n"
      }.joined()
    }
  }

  private func text(_ place: String) throws -> String {
    try String(contentsOfFile: scratch.place(place), encoding: .utf8)
  }

  @Test func marketsWithoutDepthAreNamed() throws {
    try setDepth(",")
    let run = try Program(
      "liquidate", book, "--step", "0.5", "--paths", "2", "--output", scratch.place("out"))
    #expect(run.exitCode == 0, "\(run.errors)")
    let report = try text("out/report.html")
    #expect(report.contains("Not computed: assets.csv gives neither") && report.contains("BTC"))
    for table in Self.tables {
      #expect(!FileManager.default.fileExists(atPath: scratch.place("out/" + table)))
    }
  }

  /// With depths of the size of the book its liquidations move prices; all threads leave the same.
  @Test func cascadesLeaveTheirTables() throws {
    try setDepth("100000000,200000")
    try scratch.edit(book + "/run.yaml") {
      $0
        + "\nliquidation: {cost: 0.005, contagion: {impact: saturating, limit: 0.5, depth: 0.5, "
        + "response: to_requirement, buffer: 0.1, moves: [-0.2], compare: 5, "
        + "tolerance: 1.0e-6}}\n"
    }
    for threads in ["1", "2"] {
      let run = try Program(
        "liquidate", book, "--step", "0.5", "--paths", "2", "--threads", threads, "--output",
        scratch.place(threads))
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    for table in Self.tables + ["report.html"] {
      #expect(try text("1/" + table) == text("2/" + table), "\(table)")
    }
    let rounds = try text("1/cascade.csv").split(separator: "\n")
    #expect(rounds.count > 6 && rounds[1].contains(",0,") && rounds[1].contains(",BTC,"))
    #expect(try text("1/direction_cascade.csv").contains(",rescanned,"))
    let report = try text("1/report.html")
    #expect(report.contains("What liquidations do to prices"))
    #expect(report.contains("after contagion"))
  }

  @Test func badSettingsAreNamed() throws {
    try scratch.edit(book + "/run.yaml") {
      $0 + "\nliquidation: {contagion: {impact: saturating, depth: 0, response: some, "
        + "tolerance: 0}}\n"
    }
    let run = try Program("liquidate", book)
    #expect(run.exitCode == 2)
    for key in [
      "limit", "liquidation.contagion.depth", "liquidation.contagion.response",
      "liquidation.contagion.tolerance"
    ] {
      #expect(run.errors.contains(key), "\(key)")
    }
  }
}
