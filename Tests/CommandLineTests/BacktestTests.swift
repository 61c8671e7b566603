// The backtest as a user meets it.

import Foundation
import Testing

@Suite struct BacktestCommandTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  @Test func aBacktestLeavesItsTables() throws {
    let output = scratch.place("backtest")
    let run = try Program("backtest", book, "--accounts-per-kind", "1", "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("ewma_normal") && run.output.contains("filtered_garch"))
    let scores = try String(contentsOfFile: output + "/scores.csv", encoding: .utf8)
    #expect(scores.hasPrefix("account,kind,model,period,dates,exceedances,"))
    let accounts = Set(scores.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } })
    #expect(accounts.count >= 4)
    let forecasts = try String(contentsOfFile: output + "/forecasts.csv", encoding: .utf8)
    #expect(forecasts.split(separator: "\n").count > 1_000)
    let report = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
    #expect(report.contains("Which model fails where") && report.hasSuffix("</html>\n"))
    // Threads change nothing.
    let again = scratch.place("again")
    _ = try Program(
      "backtest", book, "--accounts-per-kind", "1", "--output", again, "--threads", "1")
    for name in ["scores.csv", "forecasts.csv", "report.html"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: output + "/" + name, andPath: again + "/" + name), "\(name)")
    }
  }

  @Test func toolsChangeMarginsAlone() throws {
    func scores(_ tool: String) throws -> [[Substring]] {
      let output = scratch.place(tool)
      let run = try Program(
        "backtest", book, "--account", "A0000007", "--tool", tool, "--output", output)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try String(contentsOfFile: output + "/scores.csv", encoding: .utf8)
        .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    }
    let (plain, buffered) = (try scores("none"), try scores("buffer"))
    let exceedances = try #require(plain[0].firstIndex(of: "exceedances"))
    let margin = try #require(plain[0].firstIndex(of: "mean_margin_usd"))
    for (left, right) in zip(plain, buffered).dropFirst() {
      #expect(left[exceedances] == right[exceedances])
      let (before, after) = (
        try #require(Double(left[margin])), try #require(Double(right[margin]))
      )
      #expect(after > before)
    }
  }

  @Test func wrongArgumentsAreNamed() throws {
    let unknown = try Program("backtest", book, "--account", "nobody")
    #expect(unknown.exitCode == 2 && unknown.errors.contains("nobody"))
    #expect(try Program("backtest", book, "--tool", "hope").exitCode == 2)
    #expect(try Program("backtest", book, "--horizon-days", "0").exitCode == 2)
    #expect(!FileManager.default.fileExists(atPath: book + "/backtest"))
  }

  @Test func aBookWithoutAPastIsNamed() throws {
    try FileManager.default.removeItem(atPath: book + "/market/history.csv")
    let run = try Program("backtest", book)
    #expect(run.exitCode == 2 && run.errors.contains("history"))
  }
}
