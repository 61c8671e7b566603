// Exports of results: the canonical text, CSV for spreadsheets, the summary.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

/// A table of results as its CSV gives it, by name of the column.
struct OutputTable {
  private let table: ScannedTable
  var count: Int { table.rows.count }

  init(_ results: String, _ name: String) throws {
    var bytes: [UInt8] = []
    try CSVExport(ResultReader(results)).write(table: name) { bytes += $0 }
    table = try ScannedTable(bytes: bytes)
    if let error = table.error { throw error }
  }

  subscript(row: Int, column: String) -> String {
    table.header.firstIndex(of: column).map { table.rows[row].fields[$0] } ?? ""
  }
}

@Suite struct OutputExportTests {
  private let scratch: ScanScratch
  private let run = FabricatedRun(seed: 11, accountCount: 20, accountsPerBlock: 8)
  private let results: ResultReader

  init() throws {
    scratch = try ScanScratch()
    try run.write(to: scratch.path)
    results = try ResultReader(scratch.path)
  }

  private func canonicalLines() throws -> [String] {
    var bytes: [UInt8] = []
    try CanonicalExport(results).write { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
  }

  @Test func canonicalTextIsOneLineARowInOrder() throws {
    let lines = try canonicalLines()
    let tables = lines.filter { $0.hasPrefix("# ") }.map {
      String($0.dropFirst(2).prefix { $0 != "\t" })
    }
    #expect(tables == tables.sorted() && tables.count == 17)
    #expect(lines.last == "")
    // No name begins a line: each row begins with its key.
    let start = try #require(lines.firstIndex { $0.hasPrefix("# account\t") })
    for rank in 0..<20 {
      let fields = lines[start + 1 + rank].components(separatedBy: "\t")
      #expect(fields.count == 10 && fields[0] == String(rank))
    }
    #expect(lines[start + 4].contains("\ttwo\\nlines\\r\\nand\\ttabs\\\\N\t"))
    #expect(lines.contains("0\tBTC\t80000\t0.25"))
    #expect(lines.contains("1\tETH\t2000\t\\N"))
  }

  @Test func canonicalNumbersReadBackToTheSameBits() throws {
    let lines = try canonicalLines()
    let start = try #require(lines.firstIndex { $0.hasPrefix("# account_underlying\t") })
    let rows = run.blocks.flatMap(\.underlyings)
    for (position, row) in rows.enumerated() {
      let fields = lines[start + 1 + position].components(separatedBy: "\t")
      #expect(Double(fields[2])?.bitPattern == row.greeks.deltaUSD.bitPattern)
      // SQLite has one zero only.
      #expect(fields[8] == "0" && row.greeks.vannaUSDPerPoint == 0)
      #expect(Double(fields[9])?.bitPattern == row.greeks.volgaUSDPerPoint.bitPattern)
    }
  }

  @Test func clocksDoNotReachTheHashAndFactsDo() throws {
    let before = try CanonicalExport(results).sha256()
    func hash(_ change: (inout FabricatedRun) -> Void) throws -> String {
      var other = run
      change(&other)
      return try other.straightHash()
    }
    #expect(try hash { $0.manifest[1].value = "2027-01-01T00:00Z" } == before)
    #expect(try hash { $0.manifest[0].value = "2" } != before)
    #expect(try hash { $0.blocks[1].accounts[0].equityUSD = 1.nextUp } != before)
    #expect(try !canonicalLines().contains { $0.hasPrefix("started_at") })
  }

  @Test func hashIsThatOfTheText() throws {
    var bytes: [UInt8] = []
    try CanonicalExport(results).write { bytes += $0 }
    let file = try scratch.write("canonical.txt", bytes)
    #expect(try CanonicalExport(results).sha256() == FileHash.sha256(file))
  }

  @Test func spreadsheetsFindNoFormula() throws {
    let names = try (0..<20).map { try OutputTable(scratch.path, "account")[$0, "name"] }
    for (stored, given) in zip(names, run.plan.accountNames) {
      let isFormula = given.first.map { "=+-@\t\r".contains($0) } ?? false
      #expect(Array(stored.utf8) == Array(((isFormula ? "'" : "") + given).utf8))
    }
    #expect(names.filter { $0.hasPrefix("'") }.count == 5)
    // Numbers stay numbers, the negative ones too.
    let exposure = try OutputTable(scratch.path, "account_underlying")
    let deltas = (0..<exposure.count).map { Double(exposure[$0, "delta_usd"]) }
    #expect(deltas == run.blocks.flatMap(\.underlyings).map(\.greeks.deltaUSD))
    #expect(deltas.contains { $0 ?? 0 < 0 })
  }

  @Test func everyTableBecomesAFile() throws {
    let folder = scratch.place("csv")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try CSVExport(results).write(to: folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(files == CSVExport(results).tableNames.map { $0 + ".csv" }.sorted())
    var bytes: [UInt8] = []
    try CSVExport(results).write(table: "margin_house") { bytes += $0 }
    let file = try Data(contentsOf: URL(fileURLWithPath: folder + "/margin_house.csv"))
    #expect([UInt8](file) == bytes)
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix(
        "account,initial_equity_usd,initial_haircut_usd,"))
    #expect(
      throws: OutputError.notResults(path: results.path, detail: "no table sqlite_master")
    ) { try CSVExport(results).write(table: "sqlite_master") { _ in } }
  }

  @Test func summaryIsJSONInAFixedOrder() throws {
    let path = scratch.place("summary.json")
    try SummaryJSON(results).write(to: path)
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(String(decoding: data, as: UTF8.self) == (try SummaryJSON(results).text))
    let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let book = try #require(summary["book"] as? [String: Double])
    #expect(book["equity_usd"] == run.book.totals.equityUSD)
    #expect(book["count_healthy"] == Double(run.book.totals.count(of: .healthy)))
    let sets = try #require(summary["scenario_sets"] as? [[String: Any]])
    #expect(sets[0]["worst_scenario"] as? String == "down")
    #expect(sets[0]["es_usd"] is NSNull)
    #expect(sets[1]["es_usd"] as? Double == run.book.sets[1].tail?.expectedShortfallUSD)
    let warnings = try #require(summary["warnings"] as? [[String: Any]])
    #expect(warnings[0]["examples"] as? [String] == run.book.warnings[0].examples)
    let alerts = try #require(summary["alerts"] as? [[String: Any]])
    #expect(alerts.map { $0["subject"] as? String }.contains(FabricatedRun.hostileNames[0]))
    let facts = try #require(summary["manifest"] as? [String: String])
    #expect(facts["seed"] == "1" && facts["started_at"] == nil)
    #expect(!String(decoding: data, as: UTF8.self).contains("<script>"))
  }
}
