// Price feeds of a book in the study and in the nightly run.

import CrossMarginIO
import Foundation
import Testing

@Suite struct OracleCommandTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  private static let tables = ["oracles.csv", "oracle_errors.csv", "oracle_opening.csv"]

  private func study(_ name: String, threads: String = "1") throws -> [String] {
    let run = try Program(
      "liquidate", book, "--step", "0.2", "--refine", "0", "--threads", threads, "--output",
      scratch.place(name))
    #expect(run.exitCode == 0, "\(run.errors)")
    return try FileManager.default.contentsOfDirectory(atPath: scratch.place(name)).sorted()
  }

  private func isSame(_ left: String, _ right: String) -> Bool {
    FileManager.default.contentsEqual(
      atPath: scratch.place(left), andPath: scratch.place(right))
  }

  @Test func aStudyShowsWhatOraclesDo() throws {
    let names = try study("one")
    #expect(try study("two", threads: "2") == names)
    for name in names { #expect(isSame("one/" + name, "two/" + name), "\(name)") }
    let prices = try String(contentsOfFile: scratch.place("one/oracles.csv"), encoding: .utf8)
    #expect(prices.split(separator: "\n").count == 7)
    #expect(prices.contains("\nBTC,68250,") && prices.contains(",agreed,5,3,1,1,dune,elm\n"))
    #expect(prices.contains("\nstETH,") && prices.contains(",degraded,3,2,1,0,"))
    let errors = try String(contentsOfFile: scratch.place("one/oracle_errors.csv"), encoding: .utf8)
    // The book's and the sources' prices, two ends of six ranges and of all.
    #expect(errors.split(separator: "\n").count == 1 + 2 + 12 + 2)
    let report = try String(contentsOfFile: scratch.place("one/report.html"), encoding: .utf8)
    #expect(report.contains("What oracles do to the book") && report.contains("source-stray"))
  }

  /// Without the file there is nothing about oracles, and everything else is the same.
  @Test func aBookWithoutFeedsIsAsBefore() throws {
    let names = try study("with")
    try FileManager.default.removeItem(atPath: book + "/market/feeds.csv")
    let left = try study("without")
    #expect(left == names.filter { !Self.tables.contains($0) })
    for name in left where name != "report.html" {
      #expect(isSame("with/" + name, "without/" + name), "\(name)")
    }
    let report = try String(contentsOfFile: scratch.place("without/report.html"), encoding: .utf8)
    #expect(!report.contains("id=\"oracles\""))
  }

  @Test func theNightlyRunContainsThem() throws {
    try scratch.edit(book + "/run.yaml") {
      $0 + "\nliquidation: {nightly: true, study: {step: 0.2, refine: 0}}\n"
    }
    #expect(try study("alone").contains("oracle_errors.csv"))
    var hashes: Set<String> = []
    for threads in ["1", "2"] {
      let run = try Program("run", book, "--threads", threads, "--output", scratch.place(threads))
      #expect(run.exitCode <= 1, "\(run.errors)")
      hashes.insert(try canonicalHash(scratch.place(threads)))
    }
    #expect(hashes.count == 1)
    let stored = try Program(
      "export", scratch.place("1"), "--table", "liquidation_oracle_errors"
    ).output
    let file = try String(
      contentsOfFile: scratch.place("alone/oracle_errors.csv"), encoding: .utf8)
    #expect(stored.split(separator: "\r\n").count == file.split(separator: "\n").count)
    let report = try String(contentsOfFile: scratch.place("1/report.html"), encoding: .utf8)
    #expect(report.contains("What oracles do to the book"))
    let entry = try ResultReader(scratch.place("1")).manifest().first {
      $0.key == "input:market/feeds.csv"
    }
    #expect(try entry?.value == FileHash.sha256(book + "/market/feeds.csv"))
  }
}
