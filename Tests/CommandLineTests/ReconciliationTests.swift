// Figures beside those that a venue reports, and what changes of an account would do.

import CrossMarginIO
import Foundation
import Testing

@Suite struct ReconciliationTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  private func summaries() throws -> [[Substring]] {
    #expect(try Program("run", book, "--output", scratch.place("plain")).exitCode == 1)
    let text = try Program("export", scratch.place("plain"), "--table", "margin_house").output
    return text.split(separator: "\r\n").dropFirst().map { $0.split(separator: ",") }
  }

  @Test func differencesAreClassified() throws {
    let rows = try summaries()
    let names = try ResultReader(scratch.place("plain"))
    var lines = ["account,equity,im,mm"]
    for (place, row) in rows.prefix(30).enumerated() {
      let numbers = row.compactMap { Double($0) }
      let name = try #require(
        try names.account(named: String(format: "A%07d", Int(numbers[0]) + 1)))
      let margin = try #require(name.margin)
      var (equity, initial) = (name.row.equityUSD, margin.initial.requirementUSD)
      if place == 3 { initial *= 1.1 }
      if place == 4 { equity += 1_000 }
      lines.append("\(name.name),\(equity),\(initial),\(margin.maintenance.requirementUSD)")
    }
    try (lines.joined(separator: "\n") + "\n").write(
      toFile: book + "/reported.csv", atomically: true, encoding: .utf8)
    let settings = book + "/run.yaml"
    var text = try String(contentsOfFile: settings, encoding: .utf8)
    #expect(text.contains("limits:"))
    text = text.replacing("limits:", with: "limits:\n  reconciliation_fraction_max: 0.05")
    if text.contains("limits:\n  reconciliation_fraction_max: 0.05 {") {
      text = text.replacing(
        "limits:\n  reconciliation_fraction_max: 0.05 {",
        with: "limits: {reconciliation_fraction_max: 0.05, ")
    }
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    let run = try Program("run", book, "--output", scratch.place("out"))
    #expect(run.exitCode == 1, "\(run.errors)")
    let results = try ResultReader(scratch.place("out"))
    let summary = try #require(try results.reconciliation(limit: 5))
    // Equity: 29 agree and one differs by what nothing explains.
    #expect(summary.counts[0] == [29, 0, 1, 0, 0, 0])
    // Initial: one differs by the rule; where the equity differs the requirement still agrees.
    #expect(summary.counts[1] == [29, 0, 0, 0, 1, 0])
    #expect(summary.counts[2] == [30, 0, 0, 0, 0, 0])
    #expect(
      summary.largest.contains {
        $0.cause == .ruleOrParameters && abs($0.relativeDifference - 1 / 11.0) < 1e-9
      })
    #expect(try results.alerts().contains { $0.limit.figure == .reconciliationFractionMax })
    let page = try String(contentsOfFile: scratch.place("out/report.html"), encoding: .utf8)
    #expect(page.contains("Agrees with the venue") && page.contains("rule or parameters"))
    // Without the venue's figures there is no table.
    #expect(try ResultReader(scratch.place("plain")).reconciliation(limit: 5) == nil)
  }

  @Test func aChangeIsThatOfTheChangedBook() throws {
    let effect = try Program(
      "whatif", book, "A0000007", "--deposit", "USDT=1000", "--json")
    #expect(effect.exitCode == 0, "\(effect.errors)")
    #expect(effect.output.contains("\"maintenance surplus\""))
    let unknown = try Program("whatif", book, "nobody", "--deposit", "USDT=1000")
    #expect(unknown.exitCode == 2 && unknown.errors.contains("no account \"nobody\""))
    let asset = try Program("whatif", book, "A0000007", "--deposit", "XYZ=1")
    #expect(asset.exitCode == 2 && asset.errors.contains("no asset \"XYZ\""))
    let nothing = try Program("whatif", book, "A0000007")
    #expect(nothing.exitCode == 2 && nothing.errors.contains("--deposit"))
  }
}
