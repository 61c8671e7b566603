// Comparison of rule sets as a user meets it.

import Foundation
import Testing

@Suite struct CompareTests {
  let scratch: Scratch
  let book: String
  /// The house's terms with every requirement of risk half as large again, in force next year.
  let next: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
    next = scratch.place("next.yaml")
    var text = try String(contentsOfFile: book + "/parameters/house.yaml", encoding: .utf8)
    for (old, new) in [
      ("initial_factor: {value: 1,", "initial_factor: {value: 1.5,"),
      ("maintenance_factor: {value: 0.8,", "maintenance_factor: {value: 1.2,")
    ] {
      #expect(text.contains(old))
      text = text.replacing(old, with: new)
    }
    text = text.replacing(
      /effective_from: \S+/, with: "effective_from: 2027-01-01T00:00Z")
    try text.write(toFile: next, atomically: true, encoding: .utf8)
  }

  private func table(_ path: String) throws -> [[String: String]] {
    let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return rows.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(rows[0], $0)) }
  }

  private func number(_ row: [String: String], _ column: String) throws -> Double {
    let text = try #require(row[column], "\(column)")
    return try #require(Double(text), "\(column): \(text)")
  }

  @Test func aChangeOfTermsIsSaidAccountByAccount() throws {
    let output = scratch.place("compare")
    let run = try Program(
      "compare", book, "--parameters", "next=\(next)", "--baseline", "house", "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    let rules = try table(output + "/rules.csv")
    #expect(rules.map { $0["rule_set"] } == ["house", "next"])
    #expect(rules[1]["effective_from"] == "2027-01-01T00:00Z")

    let accounts = try table(output + "/accounts.csv")
    for (position, rule) in rules.enumerated() {
      let own = accounts.filter { $0["rule_set"] == rule["rule_set"] }
      #expect(own.count == 300)
      let sum = try own.filter { $0["status"] != "unmargined" }.reduce(0) {
        $0 + (try number($1, "initial_usd"))
      }
      let stated = try number(rule, "initial_usd")
      #expect(abs(sum / stated - 1) < 1e-12, "rule set \(position)")
    }
    // Where nothing is borrowed, risk is the whole requirement, which is half as large again.
    let pairs = stride(from: 0, to: accounts.count, by: 2).map { (accounts[$0], accounts[$0 + 1]) }
    for (house, other) in pairs where house["status"] != "unmargined" {
      let (before, after) = (try number(house, "initial_usd"), try number(other, "initial_usd"))
      #expect(after >= before && after <= 1.5 * before + 1e-9)
    }
    let (raised, lowered) = (
      try number(rules[1], "raised_usd"), try number(rules[1], "lowered_usd")
    )
    let difference = try number(rules[1], "initial_usd") - number(rules[0], "initial_usd")
    #expect(abs(raised - difference) < 1e-6 && lowered == 0)

    let moved = try table(output + "/transitions.csv").reduce(0) {
      $0 + (try number($1, "accounts"))
    }
    let common = try number(rules[0], "paired_accounts")
    #expect(moved == common)
    let report = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
    #expect(report.contains("next instead of house") && report.hasSuffix("</html>\n"))
  }

  /// What a rule set says in a comparison is what a run says under it.
  @Test func comparisonsAgreeWithRuns() throws {
    let results = scratch.place("results")
    // Some accounts of the fixture cannot be valued.
    #expect(try Program("run", book, "--output", results).exitCode == 1)
    let output = scratch.place("compare")
    _ = try Program("compare", book, "--parameters", "next=\(next)", "--output", output)
    let compared = try table(output + "/accounts.csv").filter { $0["rule_set"] == "house" }
    let exported = try Program("export", results, "--table", "margin_house").output
    let rows = exported.split(separator: "\r\n").dropFirst().map { $0.split(separator: ",") }
    let margined = compared.filter { $0["status"] != "unmargined" }
    #expect(rows.count == margined.count)
    for (row, account) in zip(rows, margined) {
      let initial = row[1...6].compactMap { Double($0) }.reduce(0, +)
      let surplus = try number(account, "initial_surplus_usd")
      #expect(initial == surplus)
    }
  }

  /// The venue that the documentation makes up is one, by its file alone.
  @Test func theDocumentedVenueIsARuleSet() throws {
    let article = Scratch.package + "/Sources/CrossMargin/CrossMargin.docc/RuleSets.md"
    let text = try String(contentsOfFile: article, encoding: .utf8)
    let blocks = text.components(separatedBy: "```yaml\n")
    #expect(blocks.count == 2)
    let file = scratch.place("lighthouse.yaml")
    try blocks[1].components(separatedBy: "```")[0].write(
      toFile: file, atomically: true, encoding: .utf8)
    let run = try Program(
      "compare", book, "--parameters", "lighthouse=\(file)", "--output", scratch.place("out"))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("lighthouse: covers"))
  }

  @Test func threadsChangeNothing() throws {
    for threads in ["1", "2"] {
      _ = try Program(
        "compare", book, "--parameters", "next=\(next)", "--threads", threads, "--output",
        scratch.place(threads))
    }
    for name in ["accounts.csv", "rules.csv", "components.csv", "transitions.csv", "report.html"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: scratch.place("1/" + name), andPath: scratch.place("2/" + name)), "\(name)")
    }
  }

  @Test func whatCannotBeComparedIsSaid() throws {
    func refusal(_ arguments: String...) throws -> String {
      let run = try Program(arguments: ["compare", book] + arguments)
      #expect(run.exitCode == 2)
      return run.errors
    }
    #expect(try refusal().contains("one rule set only"))
    #expect(try refusal("--model", "other").contains("no rule set \"other\"; there are house"))
    #expect(try refusal("--parameters", "house=\(next)").contains("two rule sets"))
    #expect(try refusal("--parameters", "next").contains("NAME=FILE"))
    #expect(try refusal("--parameters", "next=/nowhere.yaml").contains("cannot be read"))
    let broken = scratch.place("broken.yaml")
    try "family: scan\nname: x\neffective_from: 2026-01-01T00:00Z\nterms: {price_range: 2}\n".write(
      toFile: broken, atomically: true, encoding: .utf8)
    let errors = try refusal("--parameters", "next=\(broken)")
    #expect(errors.contains("broken.yaml:4") && errors.contains("price_range"))
    #expect(!FileManager.default.fileExists(atPath: book + "/compare"))
  }
}
