// The nightly run as a user meets it: results, repeating, resuming, refusing.

import Foundation
import RiskNumerics
import Testing

@Suite struct RunTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  private var output: String { scratch.place("out") }

  @Test func aRunLeavesResultsForTheOwnerOnly() throws {
    let run = try Program("run", book, "--output", output)
    #expect(run.exitCode == 1, "the sample has a breached limit: \(run.errors)")
    #expect(run.errors.isEmpty, "no progress where nobody watches")
    #expect(run.output.contains("300 accounts"))
    for name in ["results.sqlite", "summary.json", "report.html"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: output + "/" + name)
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: output)
    #expect(!names.contains { $0.hasSuffix("-journal") || $0.hasSuffix("-wal") })
    #expect(!FileManager.default.fileExists(atPath: output + ".partial"))
  }

  @Test func resultsGoIntoTheBookByDefault() throws {
    _ = try Program("run", book)
    #expect(
      FileManager.default.fileExists(atPath: book + "/results/2026-02-06T00:00Z/results.sqlite"))
    #expect(try Program("run", book).output.hasPrefix("already done"))
  }

  @Test func aFinishedRunIsNotRepeated() throws {
    _ = try Program("run", book, "--output", output)
    let again = try Program("run", book, "--output", output)
    #expect(again.exitCode == 0)
    #expect(again.output == "already done: \(output)\n")
  }

  @Test func otherInputsAreRefusedUnlessReplaced() throws {
    _ = try Program("run", book, "--output", output)
    let before = try canonicalHash(output)
    let refused = try Program("run", book, "--output", output, "--seed", "99")
    #expect(refused.exitCode == 2)
    #expect(refused.errors.contains("--replace") || refused.errors.contains("other inputs"))
    #expect(try canonicalHash(output) == before)
    let replaced = try Program("run", book, "--output", output, "--seed", "99", "--replace")
    #expect(replaced.exitCode == 1)
    #expect(try canonicalHash(output) != before)
  }

  @Test func threadsAndKillsDoNotChangeBits() throws {
    let large = try scratch.book("large", accounts: 20_000)
    _ = try Program("run", large, "--output", scratch.place("one"), "--threads", "1")
    _ = try Program("run", large, "--output", scratch.place("two"), "--threads", "2")
    let hash = try canonicalHash(scratch.place("one"))
    #expect(try canonicalHash(scratch.place("two")) == hash)
    var random = SystemRandomNumberGenerator()
    var killCount = 0
    let killed = scratch.place("killed")
    for _ in 0..<200 where killCount < 20 {
      let seconds = Double.random(in: 0.01...0.6, using: &random)
      if try Program.killed(
        ["run", large, "--output", killed, "--threads", "2"], afterSeconds: seconds)
      {
        killCount += 1
      } else if FileManager.default.fileExists(atPath: killed) {
        // It ended before the kill: begin again, so that all kills hit a run.
        try FileManager.default.removeItem(atPath: killed)
      }
    }
    #expect(killCount == 20)
    _ = try Program("run", large, "--output", killed, "--threads", "2")
    #expect(try canonicalHash(killed) == hash)
  }

  @Test func kernelTargetsGiveTheSameBits() throws {
    let targets = ["generic", "avx2", "avx512"].filter { target in
      KernelTarget.available.contains { $0.rawValue == target }
    }
    #expect(targets.contains("generic"))
    var exports: [[String]] = []
    for target in targets {
      let place = scratch.place(target)
      let run = try Program(
        "run", book, "--output", place, environment: ["CROSSMARGIN_KERNELS": target])
      #expect(run.exitCode == 1)
      // All but the manifest, which names the target.
      exports.append(
        try ["account", "margin_house", "account_measure", "account_underlying", "book_scenario"]
          .map { try Program("export", place, "--table", $0).output })
    }
    for export in exports { #expect(export == exports[0]) }
    let wrong = try Program("run", book, environment: ["CROSSMARGIN_KERNELS": "sse9"])
    #expect(wrong.exitCode == 2)
    #expect(wrong.errors.contains("CROSSMARGIN_KERNELS"))
  }

  @Test func hostileNamesHarmNothing() throws {
    let names = [
      "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\"b", "Robert'); DROP TABLE account;--"
    ]
    try scratch.edit(book + "/balances.csv") { text in
      text
        + names.map { "\"" + $0.replacing("\"", with: "\"\"") + "\",USDC,100\n" }.joined()
    }
    let run = try Program("run", book, "--output", output)
    #expect(run.exitCode == 1, "\(run.errors)")
    let accounts = try Program("export", output, "--table", "account")
    #expect(accounts.output.contains("'=cmd|"))
    let report = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
    #expect(!report.contains("<script>alert(1)"))
    let canonical = try Program("export", output, "--canonical")
    for name in names { #expect(canonical.output.contains(name)) }
  }

  @Test func pseudonymsReplaceNames() throws {
    let key = scratch.place("key")
    try Data("a key of thirty-two bytes or more".utf8).write(to: URL(filePath: key))
    let run = try Program("run", book, "--output", output, "--pseudonyms", key)
    #expect(run.exitCode == 1, "\(run.errors)")
    let accounts = try Program("export", output, "--canonical").output
    #expect(!accounts.contains("A0000001"))
    for name in ["report.html", "summary.json"] {
      let text = try String(contentsOfFile: output + "/" + name, encoding: .utf8)
      #expect(!text.contains("A0000"), "\(name)")
    }
    try Data("short".utf8).write(to: URL(filePath: key))
    #expect(try Program("run", book, "--pseudonyms", key).exitCode == 2)
  }

  @Test func moreUnmarginedThanAllowedIsNotDone() throws {
    try scratch.edit(book + "/run.yaml") {
      $0.replacing("unmargined_max: 0.01", with: "unmargined_max: 0")
    }
    try scratch.edit(book + "/market/marks.csv") { text in
      text.split(separator: "\n").filter { !$0.hasPrefix("BTC-PERPETUAL") }.joined(separator: "\n")
        + "\n"
    }
    let run = try Program("run", book, "--output", output)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("without margin") || run.errors.contains("has no margin"))
  }
}
