// The parameter files of venues that come with the package load; what is wrong with one is named.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel
import Testing

@Suite struct VenueParameterTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Data/parameters")

  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted()

  private static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  private static func read(_ text: String) -> (terms: RuleSetTerms?, issues: [String]) {
    var issues = FieldIssues()
    let terms = ParameterReader.read(
      text, file: "venue.yaml", modelName: "venue", valuationTime: nil, issues: &issues)
    return (terms, issues.first.map(\.description))
  }

  @Test func thereAreFiles() { #expect(Self.names.count >= 2) }

  @Test(arguments: names) func everyFileLoads(_ name: String) throws {
    let read = try Self.read(Self.text(name))
    #expect(read.issues.isEmpty)
    #expect(read.terms != nil)
  }

  /// Every term of every file: without its source, with an unknown key, and without the term.
  @Test(arguments: names) func everyTermIsNeededAndHasASource(_ name: String) throws {
    let lines = try Self.text(name).components(separatedBy: "\n")
    let start = try #require(lines.firstIndex(of: "terms:"))
    for (place, line) in lines.enumerated() where place > start && Self.isTerm(line) {
      let key = String(line.dropFirst(2).prefix { $0 != ":" })
      var nameless = lines
      let sourceLine = line.contains("source:") ? place : place + 1
      nameless[sourceLine] = nameless[sourceLine].replacing("source:", with: "origin:")
      let issues = Self.read(nameless.joined(separator: "\n")).issues
      #expect(
        issues.contains { $0.hasPrefix("venue.yaml:") && $0.contains("terms.\(key).source") },
        "\(name) \(key)")
      #expect(issues.contains { $0.contains("terms.\(key).origin") }, "\(name) \(key)")
      var other = lines
      other[place] = line.replacing("  \(key):", with: "  \(key)_x:")
      let found = Self.read(other.joined(separator: "\n")).issues
      #expect(found.contains { $0.contains("terms.\(key)_x: found an unknown key") }, "\(name)")
      #expect(found.contains { $0.contains("terms.\(key): found no such key") }, "\(name) \(key)")
    }
  }

  private static func isTerm(_ line: String) -> Bool {
    line.hasPrefix("  ") && !line.hasPrefix("   ") && line.contains(":")
  }

  /// A broken relation between terms: file, text, what replaces it, the key that is named.
  @Test(arguments: [
    (
      "derive_pm2.yaml", "initial_factor: {value: 1,", "initial_factor: {value: 0.5,",
      "initial_factor"
    ),
    ("derive_pm2.yaml", "[0, tilt, 1]", "[0.1, tilt, 1]", "scenarios"),
    ("derive_pm2.yaml", "[0, tilt, 1]", "[0, sideways, 1]", "scenarios"),
    ("derive_pm2.yaml", "cancels_risk_of: ETH", "cancels_risk_of: SOL", "collaterals")
  ])
  func brokenRelationsAreNamed(
    _ name: String, _ text: String, _ replacement: String, _ key: String
  ) throws {
    let good = try Self.text(name)
    #expect(good.contains(text))
    let read = Self.read(good.replacing(text, with: replacement))
    #expect(read.terms == nil)
    #expect(
      read.issues.contains { $0.hasPrefix("venue.yaml:") && $0.contains("terms.\(key)") },
      "\(read.issues)")
  }
}
