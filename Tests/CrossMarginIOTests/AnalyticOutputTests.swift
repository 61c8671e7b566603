// The analytic section from run.yaml to the stored tables and the report.

import BookFixtures
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct AnalyticOutputTests {
  private static let section = """
    analytic:
      distribution: t
      degrees: 4
      horizon_days: 3
      compute: [measures, contributions, reverse_stress]
      draws: 500
      plausibility: 0.95

    """

  private static func read(_ section: String) -> (settings: RunSettings?, issues: [FieldIssue]) {
    var issues = FieldIssues()
    let run = RunFileReader.read(
      "valuation_time: 2026-02-06T00:00Z\nmodels: {house: parameters/house.yaml}\n" + section,
      file: "run.yaml", issues: &issues)
    return (run?.settings, issues.first)
  }

  @Test func theSectionIsRead() throws {
    let (settings, issues) = Self.read(Self.section + "confidence: {interval: 0.9}\n")
    #expect(issues.isEmpty)
    let analytic = try #require(settings?.analytic)
    #expect(analytic.distribution == .student(degrees: .fixed(4)))
    #expect(analytic.horizonDays == 3 && analytic.drawCount == 500)
    #expect(analytic.isMeasured && analytic.isAttributed)
    #expect(analytic.reverseStress?.plausibility == 0.95)
    #expect(settings?.confidence.interval == 0.9)
    #expect(try #require(Self.read("").settings).analytic == nil)
    #expect(try #require(Self.read("analytic: {}\n").settings?.analytic) == AnalyticSettings())
  }

  @Test(arguments: [
    "analytic: {degrees: 4}", "analytic: {distribution: t, degrees: 2}",
    "analytic: {compute: []}", "analytic: {compute: [contributions]}",
    "analytic: {compute: [measures, measures]}", "analytic: {plausibility: 0.9}",
    "analytic: {compute: [reverse_stress], plausibility: 1}", "analytic: {draws: 1}",
    "analytic: {horizon_days: 0}", "analytic: {colour: red}", "confidence: {interval: 1}"
  ]) func whatMakesNoSenseIsAnIssue(_ section: String) {
    #expect(Self.read(section + "\n").issues.count == 1)
  }

  /// A run over the sample book with the section, and its results.
  private static func results(in scratch: ScanScratch) throws -> ResultReader {
    let book = scratch.path + "/book"
    let events = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Data/stress/events.csv"), encoding: .utf8)
    try SampleBook.write(
      try SampleBook.files(stressEvents: events, accountCount: 40), to: book)
    let path = book + "/run.yaml"
    let text = try String(contentsOfFile: path, encoding: .utf8)
      .replacing("es: 0.975", with: "es: 0.975, interval: 0.95")
    try (text + section).write(toFile: path, atomically: true, encoding: .utf8)
    var options = RunOptions(bookFolder: book)
    options.outputFolder = scratch.path + "/results"
    _ = try RunJob(options, blas: BLASRuntime.prepare(repairingCore: false)).run { _ in }
    return try ResultReader(scratch.path + "/results")
  }

  @Test func tablesHoldWhatWasAskedFor() throws {
    let scratch = try ScanScratch()
    let reader = try Self.results(in: scratch)
    let names = CSVExport(reader).tableNames
    for name in [
      "account_analytic", "account_contribution", "account_reverse_stress",
      "account_measure_interval", "scenario_set_interval"
    ] {
      #expect(names.contains(name))
      var lines = 0
      try CSVExport(reader).write(table: name) { piece in
        lines += piece.count { $0 == UInt8(ascii: "\n") }
      }
      #expect(lines > 1, "\(name) is empty")
    }
    let account = try #require(try reader.account(AccountIndex(0)))
    let sampled = account.measures.compactMap { $0.tail }
    for tail in sampled {
      let interval = try #require(tail.interval)
      #expect(interval.valueAtRiskLow <= tail.valueAtRiskUSD)
      #expect(tail.valueAtRiskUSD <= interval.valueAtRiskHigh ?? .infinity)
      #expect(interval.expectedShortfallLow <= tail.expectedShortfallUSD)
      #expect(tail.expectedShortfallUSD <= interval.expectedShortfallHigh)
    }
    #expect(sampled.count == 2)
    let nearest = try reader.nearestStresses(.maintenance, limit: 5)
    #expect(nearest.count == 5)
    #expect(zip(nearest, nearest.dropFirst()).allSatisfy { $0.distance <= $1.distance })
    let page = ReportPage(try ReportData(reader)).text
    #expect(page.contains("Nearest breaches"))
    #expect(page.contains(nearest[0].account))
  }

  @Test func resultsWithoutTheSectionHaveNoneOfIt() throws {
    let scratch = try ScanScratch()
    try FabricatedRun(seed: 3, accountCount: 20, accountsPerBlock: 10).write(to: scratch.path)
    let reader = try ResultReader(scratch.path)
    let names = CSVExport(reader).tableNames
    #expect(!names.contains { $0.hasPrefix("account_analytic") || $0.hasSuffix("_interval") })
    #expect(try reader.nearestStresses(.equity, limit: 5).isEmpty)
    #expect(!ReportPage(try ReportData(reader)).text.contains("Nearest breaches"))
  }
}
