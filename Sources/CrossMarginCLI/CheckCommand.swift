// `crossmargin check`: is the book sound?

import ArgumentParser
import CrossMargin
import CrossMarginIO
import Foundation
import RiskNumerics

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Read a book, make its scenarios, and say what is wrong without running it.",
    discussion: """
      Example:
        crossmargin check Data/book
        crossmargin check --print-defaults > BOOK/run.yaml

      Every error is told with file, line and field; nothing is written. Exit code: 0 sound; 1 sound,
      with accounts that cannot be margined; 2 not sound.
      """)

  @Argument(help: "The folder of the book.", completion: .directory)
  var book: String?
  @Flag(help: "Print a run.yaml with every key, its meaning and its default.")
  var printDefaults = false
  @OptionGroup var threads: ThreadOption

  func validate() throws {
    if printDefaults == (book != nil) { throw ValidationError("Give a book or --print-defaults.") }
  }

  func run() throws {
    guard let book else {
      print(DefaultRunFile.text, terminator: "")
      return
    }
    try Numerics.prepare()
    let loaded = try BookReader.load(folder: book)
    let run = try RiskRun(
      book: loaded.book, settings: loaded.settings, threadCount: threads.count,
      comparesPrices: false)
    let unmargined = run.unmarginedAccounts()
    let portfolio = loaded.book.portfolio
    print(
      "\(portfolio.accounts.count) accounts, \(portfolio.positions.quantities.count) positions, "
        + "\(portfolio.balances.amounts.count) balances, \(loaded.book.instruments.count) "
        + "instruments, \(loaded.settings.scenarioSets.count) scenario sets")
    for warning in loaded.warnings {
      print(
        "warning: \(warning.kind): \(warning.count), such as \(warning.examples.joined(separator: "; "))"
      )
    }
    for finding in try run.parameterFindings() { write(finding) }
    for account in unmargined.prefix(Self.listedCountMax) {
      print(
        "unmargined: \(account.name): \(account.missing.reason.rawValue) of "
          + account.missing.subject)
    }
    if unmargined.count > Self.listedCountMax {
      print("and \(unmargined.count - Self.listedCountMax) more")
    }
    if !unmargined.isEmpty { throw ExitStatus.doneWithFindings.code }
    print("sound")
  }

  /// A relation that does not hold, with the portfolio that shows it.
  private func write(_ finding: ParameterFinding) {
    func percent(_ fraction: Double) -> String { "\((fraction * 10_000).rounded() / 100) %" }
    let parameters = finding.parameters
    print(
      "warning: rule set \(finding.ruleSet): \(finding.violation.rawValue): \(finding.quantity) "
        + "\(finding.instrument) needs \(percent(parameters.initialFraction)) to open and "
        + "\(percent(parameters.maintenanceFraction)) to keep, closing costs "
        + "\(percent(parameters.closeoutCostFraction)), an hour moves "
        + percent(parameters.monitoringMoveFraction))
  }

  private static let listedCountMax = 100
}
