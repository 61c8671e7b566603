// `crossmargin compare`: one book under several rule sets, or under two dates of one.

import ArgumentParser
import CrossMargin
import CrossMarginIO

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Judge every account by several rule sets; say what a change costs whom.",
    discussion: """
      Examples:
        crossmargin compare BOOK
        crossmargin compare BOOK --parameters next=house_2027.yaml --baseline house
        crossmargin compare BOOK --model house --parameters derive=derive_pm2.yaml --json

      Compares the rule sets of run.yaml and those added by --parameters, which need not be in force yet.
      The sums of a rule set are over the accounts that it and the first one cover. Results are accounts.csv, rules.csv,
      components.csv, transitions.csv and report.html.
      """)

  @OptionGroup var input: BookArgument
  @Option(name: .shortAndLong, help: "The folder of the results. Default: BOOK/compare.")
  var output: String?
  @Option(
    name: .customLong("model"),
    help: "A rule set of run.yaml; may be repeated. Default: all of them.")
  var models: [String] = []
  @Option(help: "NAME=FILE: a parameter file and the name it goes by; may be repeated.")
  var parameters: [String] = []
  @Option(help: "The rule set that the others are compared with. Default: that of run.yaml.")
  var baseline: String?
  @OptionGroup var threads: ThreadOption
  @OptionGroup var json: JSONFlag

  func validate() throws { _ = try files() }

  private func files() throws -> [(name: String, path: String)] {
    try parameters.map { text in
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw ValidationError("--parameters \(text): expected NAME=FILE.")
      }
      return (String(parts[0]), String(parts[1]))
    }
  }

  func run() throws {
    try Numerics.prepare()
    var options = CompareOptions(bookFolder: input.book)
    options.outputFolder = output
    options.models = models
    options.parameterFiles = try files()
    options.baseline = baseline
    options.threadCount = threads.count
    let job = CompareJob(options)
    let results = try ProgressLine.during("comparing", unit: "accounts") {
      try job.run(progress: $0)
    }
    try job.write(results)
    let rows = results.rules.indices.map { RuleJSON(results, rule: $0) }
    if json.json {
      try printJSON(rows)
    } else {
      print("\(results.totals.commonCount) accounts that all rule sets cover")
      for row in rows { print(row.text) }
      print("results: \(job.outputFolder)")
    }
  }
}

/// The sums of one rule set as JSON, and as a line.
private struct RuleJSON: Encodable {
  var ruleSet: String
  var coveredAccounts: Int
  var pairedAccounts: Int
  var firstInitialUsd: Double
  var initialUsd: Double
  var maintenanceUsd: Double
  var initialPerEs: Double?
  var raisedUsd: Double
  var loweredUsd: Double
  var liquidatableAccounts: Int

  init(_ results: CompareResults, rule: Int) {
    let totals = results.totals
    let own = totals.rules[rule]
    ruleSet = results.rules[rule].name
    coveredAccounts = own.coveredCount
    pairedAccounts = own.pairedCount
    firstInitialUsd = own.firstInitialUSD
    initialUsd = own.initialUSD
    maintenanceUsd = own.maintenanceUSD
    initialPerEs = own.expectedShortfallUSD.flatMap { $0 > 0 ? own.initialUSD / $0 : nil }
    raisedUsd = own.raisedUSD
    loweredUsd = own.loweredUSD
    liquidatableAccounts =
      AccountStatus.allCases.firstIndex(of: .liquidatable).map { own.statusCounts[$0] } ?? 0
  }

  var text: String {
    var line = "\(ruleSet): covers \(coveredAccounts), initial \(initialUsd.toCents) USD, "
    line += "maintenance \(maintenanceUsd.toCents) USD"
    if firstInitialUsd > 0 {
      let percent = (initialUsd / firstInitialUsd * 1_000).rounded() / 10
      line += ", \(percent) % of the first on \(pairedAccounts) accounts"
    }
    if let initialPerEs {
      line += ", initial per expected shortfall \((initialPerEs * 1_000).rounded() / 1_000)"
    }
    return line + ", \(liquidatableAccounts) liquidatable"
  }
}
