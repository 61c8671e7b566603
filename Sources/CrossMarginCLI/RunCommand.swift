// `crossmargin run`: the nightly run.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract:
      "Compute value, Greeks, scenario losses, margin and status of every account of a book.",
    discussion: """
      Example:
        crossmargin run Data/book
        crossmargin run BOOK --output /risk/2026-02-06 --threads 2 --pseudonyms key.bin

      Results go to a folder with results.sqlite, summary.json and report.html, which appears under
      its name when it is complete. Run again, a finished run does nothing and an interrupted one
      goes on where it stopped; other inputs are refused unless --replace is given.
      """)

  @OptionGroup var input: BookArgument
  @Option(
    name: .shortAndLong, help: "The folder of the results. Default: BOOK/results/<valuation time>.")
  var output: String?
  @OptionGroup var threads: ThreadOption
  @Option(help: "Seed of random numbers in place of the book's.")
  var seed: UInt64?
  @Flag(help: "Overwrite results of other inputs.")
  var replace = false
  @Option(
    help: "File whose bytes are a key: account names are stored as keyed hashes.",
    completion: .file())
  var pseudonyms: String?

  func run() throws {
    let blas = try Numerics.prepare()
    var options = RunOptions(bookFolder: input.book)
    options.outputFolder = output
    options.threadCount = threads.count
    options.seed = seed
    options.replaces = replace
    options.pseudonymKeyFile = pseudonyms
    let progress = ProgressLine()
    let job = RunJob(options, blas: blas)
    let outcome: RunOutcome
    do {
      defer { progress.finish() }
      outcome = try job.run { Self.show($0, on: progress) }
    }
    try conclude(outcome)
  }

  private static func show(_ step: RunProgress, on progress: ProgressLine) {
    switch step {
    case .reading: progress.stage("reading the book")
    case .stage(let stage): progress.stage(stage.rawValue)
    case .accounts(let done, let total): progress.update(done: done, of: total, unit: "accounts")
    case .liquidation(let step): progress.show(step)
    case .writing: progress.stage("writing")
    }
  }

  private func conclude(_ outcome: RunOutcome) throws {
    guard let book = outcome.book else {
      print("already done: \(outcome.outputFolder)")
      return
    }
    let totals = book.totals
    let counts = AccountStatus.allCases.map { "\(totals.count(of: $0)) \($0.rawValue)" }
    print("\(totals.accountCount) accounts: \(counts.joined(separator: ", "))")
    for set in book.sets {
      print(
        "\(set.name): the book loses at most \(set.worstLossUSD.toCents) USD (\(set.labels[set.worstScenario.position]))"
      )
    }
    print("\(outcome.alertCount) alerts")
    print("results: \(outcome.outputFolder)")
    if outcome.exceedsUnmarginedMax {
      throw CommandFailure(
        "\(totals.unmarginedFraction * 100) % of gross notional has no margin, more than the run allows"
      )
    }
    if outcome.alertCount > 0 || totals.count(of: .unmargined) > 0 {
      throw ExitStatus.doneWithFindings.code
    }
  }
}
