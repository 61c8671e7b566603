// The liquidation study as a user meets it.

import Foundation
import Testing

@Suite struct LiquidateTests {
  let scratch: Scratch
  let book: String

  init() throws {
    scratch = try Scratch()
    book = try scratch.book()
  }

  @Test func aStudyLeavesItsTables() throws {
    let settings = book + "/run.yaml"
    var text = try String(contentsOfFile: settings, encoding: .utf8)
    text += "\nliquidation: {cost: 0.005, tiers: [{name: fund, capacity_usd: 10000}]}\n"
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    for threads in ["1", "2"] {
      let run = try Program(
        "liquidate", book, "--step", "0.1", "--refine", "3", "--threads", threads, "--output",
        scratch.place(threads))
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.output.contains("margined accounts are liquidatable"))
      #expect(run.output.contains("fund pays with"))
    }
    let names = [
      "distances.csv", "ladder.csv", "bad_debt.csv", "contributions.csv", "report.html"
    ]
    for name in names {
      #expect(
        FileManager.default.contentsEqual(
          atPath: scratch.place("1/" + name), andPath: scratch.place("2/" + name)), "\(name)")
    }
    let json = try Program(
      "liquidate", book, "--step", "0.1", "--json", "--output", scratch.place("json"))
    let nearest = try Nearest.read(json.output)
    #expect(!nearest.isEmpty && nearest.allSatisfy { $0.surplusUsd >= 0 })
    let ladder = try String(contentsOfFile: scratch.place("1/ladder.csv"), encoding: .utf8)
    #expect(ladder.contains("\ntogether,"))
    let report = try String(contentsOfFile: scratch.place("1/report.html"), encoding: .utf8)
    #expect(report.contains("What a move would liquidate") && report.hasSuffix("</html>\n"))
  }

  /// The study of `liquidate` and that of the nightly run are one.
  @Test func theNightlyRunContainsTheStudy() throws {
    let settings = book + "/run.yaml"
    var text = try String(contentsOfFile: settings, encoding: .utf8)
    text += """

      liquidation: {cost: 0.005, nightly: true, study: {step: 0.1, refine: 3},
        tiers: [{name: fund, capacity_usd: 10000}]}

      """
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    let alone = try Program("liquidate", book, "--output", scratch.place("alone"))
    #expect(alone.exitCode == 0, "\(alone.errors)")
    var hashes: Set<String> = []
    for threads in ["1", "2"] {
      let run = try Program(
        "run", book, "--threads", threads, "--output", scratch.place(threads))
      #expect(run.exitCode <= 1, "\(run.errors)")
      hashes.insert(try Program("export", scratch.place(threads), "--canonical", "--hash").output)
    }
    #expect(hashes.count == 1)
    let table = try Program(
      "export", scratch.place("1"), "--table", "liquidation_ladder"
    ).output
    let file = try String(contentsOfFile: scratch.place("alone/ladder.csv"), encoding: .utf8)
    #expect(table.split(separator: "\r\n").count == file.split(separator: "\n").count)
    let report = try String(contentsOfFile: scratch.place("1/report.html"), encoding: .utf8)
    #expect(report.contains("What a move would liquidate"))
    let again = try Program("report", scratch.place("1"), "--output", scratch.place("again.html"))
    #expect(again.exitCode == 0)
    #expect(report == (try String(contentsOfFile: scratch.place("again.html"), encoding: .utf8)))
  }

  @Test func mechanismsAreComparedAndWinnersPay() throws {
    let settings = book + "/run.yaml"
    var text = try String(contentsOfFile: settings, encoding: .utf8)
    text += """

      liquidation:
        cost: 0.005
        tiers: [{name: fund, capacity_usd: 1, share: 0.5, refill_usd_per_day: 2, target_usd: 3}]
        fund: {inflow_usd_per_day: 1, horizon_days: 2, ruin_probability: 0.1, sequences: 100}
        mechanics: {steps: 3, paths: 20, impact: square_root, keepers: {fixed_usd: 1}}

      """
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    for threads in ["1", "2"] {
      let run = try Program(
        "liquidate", book, "--step", "0.1", "--refine", "0", "--threads", threads, "--compare",
        "derive,at_market", "--output", scratch.place(threads))
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    for name in ["fund.csv", "waterfall.csv", "mechanics.csv", "mechanics_accounts.csv"] {
      #expect(
        FileManager.default.contentsEqual(
          atPath: scratch.place("1/" + name), andPath: scratch.place("2/" + name)), "\(name)")
    }
    let mechanics = try String(contentsOfFile: scratch.place("1/mechanics.csv"), encoding: .utf8)
    #expect(mechanics.split(separator: "\n").count == 5)
    let fund = try String(contentsOfFile: scratch.place("1/fund.csv"), encoding: .utf8)
    #expect(fund.contains("\ncover_2,") && fund.contains("\nruin,"))
    let unknown = try Program("liquidate", book, "--compare", "derive,nobody")
    #expect(unknown.exitCode == 2 && unknown.errors.contains("nobody"))
  }

  /// A run file whose comparison fits into memory with one mechanism, asked for all of them.
  @Test func comparisonsBeyondMemoryAreRefused() throws {
    let settings = book + "/run.yaml"
    var text = try String(contentsOfFile: settings, encoding: .utf8)
    text += "\nliquidation:\n  mechanics: {names: [at_market], steps: 1000, paths: 300}\n"
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    let check = try Program("check", book)
    #expect(!check.errors.contains("liquidation.mechanics"))
    let run = try Program("liquidate", book, "--compare", "all", "--output", scratch.place("all"))
    #expect(run.exitCode == 2 && run.errors.contains("lower paths, steps or the number of names"))
    #expect(!FileManager.default.fileExists(atPath: scratch.place("all")))
  }

  @Test func aPoolIsDeleveraged() throws {
    let pool = scratch.place("pool.csv")
    try """
    account,profit_usd,equity_usd,notional_usd,side,requirement_change_usd
    a,100,50,500,short,
    b,60,120,240,short,10
    c,40,400,400,long,-5

    """.write(toFile: pool, atomically: true, encoding: .utf8)
    let run = try Program(
      "deleverage", pool, "--need", "80", "--close", "600", "--output", scratch.place("pool"))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("wealth bitmex_whole: covered 100"))
    let rules = try String(
      contentsOfFile: scratch.place("pool/deleveraging.csv"), encoding: .utf8)
    let rows = rules.split(separator: "\n")
    #expect(rows.count == 21 && rows[0].hasSuffix(",unknown_requirement_winners"))
    // The first gives 50, of which nothing is known, the second 30 of 60.
    #expect(rows.contains { $0.hasPrefix("wealth,bitmex,") && $0.hasSuffix(",5,1") })
    let page = try String(contentsOfFile: scratch.place("pool/report.html"), encoding: .utf8)
    #expect(page.contains("unknown</th>"))
    let winners = try String(contentsOfFile: scratch.place("pool/winners.csv"), encoding: .utf8)
    #expect(winners.contains("\na,100,50,500,50,50,"))
    try "account,profit_usd,equity_usd,notional_usd,side\na,1,x,1,up\n".write(
      toFile: pool, atomically: true, encoding: .utf8)
    let bad = try Program("deleverage", pool, "--need", "1", "--output", scratch.place("bad"))
    #expect(bad.exitCode == 2 && bad.errors.contains("equity_usd") && bad.errors.contains("side"))
    #expect(!FileManager.default.fileExists(atPath: scratch.place("bad")))
  }

  @Test func badSettingsAreNamed() throws {
    let step = try Program("liquidate", book, "--step", "0")
    #expect(step.exitCode == 2 && step.errors.contains("--step"))
    let settings = book + "/run.yaml"
    var text = try String(contentsOfFile: settings, encoding: .utf8)
    text += "\nliquidation: {cost: 2, tiers: [{name: fund, capacity: 1}]}\n"
    try text.write(toFile: settings, atomically: true, encoding: .utf8)
    let run = try Program("liquidate", book)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("liquidation.cost") && run.errors.contains("capacity"))
    #expect(!FileManager.default.fileExists(atPath: book + "/liquidate"))
  }
}

/// Accounts that a study names as the nearest to liquidation.
private struct Nearest: Decodable {
  struct Account: Decodable { var surplusUsd: Double }

  var nearest: [Account]

  static func read(_ output: String) throws -> [Account] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Self.self, from: Data(output.utf8)).nearest
  }
}
