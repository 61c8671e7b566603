// `crossmargin deleverage`: who of a pool of winners pays a loss, by every rule.

import ArgumentParser
import CrossMargin
import CrossMarginIO

struct DeleverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deleverage",
    abstract: "Share a loss among the winners of a pool by all rules of deleveraging.",
    discussion: """
      Examples:
        crossmargin deleverage POOL.csv --need 23200000
        crossmargin deleverage POOL.csv --need 23200000 --close 500000000 --json

      The pool has the columns account, profit_usd, equity_usd, notional_usd, side (long or short)
      and, where it is known, requirement_change_usd: what closing the whole position does to the
      winner's own requirement; winners of whom it is not known give last where hedges count. With --need alone profits are cut, as far as equity goes. With
      --close so much notional is closed as well, at the price that spreads the loss over it. Results
      are deleveraging.csv, winners.csv and report.html.
      """)

  @Argument(help: "The pool (CSV, plain or gzip).", completion: .file())
  var pool: String
  @Option(help: "Money that is missing, USD.")
  var need: Double
  @Option(help: "Notional that must be closed, USD.")
  var close: Double?
  @Option(name: .shortAndLong, help: "The folder of the results.")
  var output = "deleverage"
  @OptionGroup var json: JSONFlag

  func validate() throws {
    if !(need > 0 && need.isFinite) { throw ValidationError("--need must be positive.") }
    if let close, !(close > 0 && close.isFinite) {
      throw ValidationError("--close must be positive.")
    }
  }

  func run() throws {
    let job = DeleverageJob(
      DeleverageOptions(
        poolFile: pool, outputFolder: output, lossUSD: need, closingUSD: close))
    let results = try job.run()
    try job.write(results)
    let rules = results.outcomes.map(RuleJSON.init)
    if json.json { return try printJSON(rules) }
    for rule in rules {
      print(
        "\(rule.numeraire) \(rule.rule): covered \((rule.coveredShare * 1_000).rounded() / 10) %, "
          + "overshoot \(rule.overshootUsd.toCents) USD, Gini "
          + "\((rule.haircutGini * 1_000).rounded() / 1_000), \(rule.touchedWinners) winners")
    }
    print("results: \(job.outputFolder)")
  }
}

/// A rule as JSON.
private struct RuleJSON: Encodable {
  var numeraire: String
  var rule: String
  var coveredShare: Double
  var overshootUsd: Double
  var winnersLossUsd: Double
  var haircutGini: Double
  var largestHaircut: Double
  var touchedWinners: Int

  init(_ outcome: DeleveragingOutcome) {
    numeraire = outcome.numeraire.rawValue
    rule = outcome.rule.rawValue
    coveredShare = outcome.coveredFraction
    overshootUsd = outcome.overshootUSD
    winnersLossUsd = outcome.wealthUSD
    haircutGini = outcome.haircutGini
    largestHaircut = outcome.largestHaircutFraction
    touchedWinners = outcome.touchedCount
  }
}
