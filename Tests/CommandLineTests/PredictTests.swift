// Forecasts of liquidation as a user meets them.

import Foundation
import Testing

@Suite struct PredictTests {
  let scratch: Scratch
  let books: [String]

  /// Three days of one book whose prices fall by a tenth a day.
  init() throws {
    scratch = try Scratch()
    let first = try scratch.sample("day-0", accounts: 200)
    // Prices keep their times, and are not stale on the last day.
    try Self.edit(first + "/run.yaml") { $0.replacing("age_max: P1D", with: "age_max: P30D") }
    var books = [first]
    for day in 1...2 {
      let next = scratch.place("day-\(day)")
      try FileManager.default.copyItem(atPath: books[day - 1], toPath: next)
      try Self.advance(next)
      books.append(next)
    }
    self.books = books
  }

  private static func edit(_ file: String, _ change: (String) throws -> String) throws {
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try change(text).write(toFile: file, atomically: true, encoding: .utf8)
  }

  /// The book a day later, coins and what is written on them a tenth cheaper; the history stays.
  private static func advance(_ book: String) throws {
    try edit(book + "/run.yaml") { text in
      let found = try #require(text.firstMatch(of: /valuation_time: (\d{4}-\d{2}-)(\d{2})/))
      let day = try #require(Int(found.2)) + 1
      return text.replacing(found.0, with: "valuation_time: \(found.1)\(day < 10 ? "0" : "")\(day)")
    }
    try cheapen(book + "/market/assets.csv", column: 1) { (Double($0[1]) ?? 0) > 10 }
    try cheapen(book + "/market/forwards.csv", column: 3) { _ in true }
    // Rows of futures and perpetuals have no volatility.
    try cheapen(book + "/market/marks.csv", column: 1) { $0[2].isEmpty }
  }

  private static func cheapen(
    _ file: String, column: Int, where isMoved: ([String]) -> Bool
  ) throws {
    try edit(file) { text in
      text.split(separator: "\n").enumerated().map { line, row in
        var fields = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard line > 0, isMoved(fields), let price = Double(fields[column]) else {
          return String(row)
        }
        fields[column] = "\(price * 0.9)"
        return fields.joined(separator: ",")
      }.joined(separator: "\n") + "\n"
    }
  }

  @Test func forecastsLeaveTheirTables() throws {
    for threads in ["1", "2"] {
      let run = try Program(
        arguments: [
          "predict", "--first-days", "1", "--first-liquidations", "1", "--threads", threads
        ]
          + ["--output", scratch.place(threads)] + books)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.output.contains("hazard: "))
    }
    for name in [
      "predictions.csv", "scores.csv", "reliability.csv", "days.csv", "coefficients.csv",
      "report.html"
    ] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: scratch.place("1/" + name), andPath: scratch.place("2/" + name)), "\(name)")
    }
    let scores = try String(contentsOfFile: scratch.place("1/scores.csv"), encoding: .utf8)
    #expect(scores.contains("\nall,structural,1,"))
    let report = try String(contentsOfFile: scratch.place("1/report.html"), encoding: .utf8)
    #expect(report.contains("What came of forecasts of each size") && report.hasSuffix("</html>\n"))
  }

  @Test func whatCannotBeForecastIsNamed() throws {
    let one = try Program(arguments: ["predict", "--output", scratch.place("out"), books[0]])
    #expect(one.exitCode == 2 && one.errors.contains("two books"))
    let backwards = try Program(
      arguments: ["predict", "--output", scratch.place("out"), books[1], books[0]])
    #expect(backwards.exitCode == 2 && backwards.errors.contains("not after"))
    let few = try Program(arguments: ["predict", "--output", scratch.place("out")] + books)
    #expect(few.exitCode == 2 && few.errors.contains("too few"))
    #expect(!FileManager.default.fileExists(atPath: scratch.place("out")))
  }
}
