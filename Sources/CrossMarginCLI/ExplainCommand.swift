// `crossmargin explain`: why an account's numbers are what they are.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show the rows behind each number of an account; they sum to it to the last bit.",
    discussion: """
      Example:
        crossmargin explain Data/book A0000007
        crossmargin explain Data/book A0000007 --json

      What each holding has to do with a requirement stands twice: marginal is the requirement less that
      of the account without the holding; Euler contributions add up to the requirement, but for the
      components named below them, which do not grow in proportion with the holdings.
      The account is recomputed from the book by the same operations as in the run.
      """)

  @OptionGroup var input: BookArgument
  @Argument(help: "The account.")
  var account: String
  @OptionGroup var output: JSONFlag

  func run() throws {
    try Numerics.prepare()
    var loaded = try BookReader.load(folder: input.book)
    // A person who asks why wants to know how far to trust it, whatever the run stores.
    loaded.settings.confidence.interval = loaded.settings.confidence.interval ?? 0.95
    let accounts = loaded.book.portfolio.accounts
    guard let position = firstIndex(in: accounts, named: account, name: \.name) else {
      throw CommandFailure("\(input.book): no account \"\(account)\"")
    }
    let run = try RiskRun(book: loaded.book, settings: loaded.settings, comparesPrices: false)
    let explanation = try run.explain(AccountIndex(position))
    if output.json {
      try printJSON(ExplanationJSON(explanation, run: run, settings: loaded.settings))
    } else {
      ExplanationText(
        explanation: explanation, book: loaded.book, settings: loaded.settings,
        scenarioLabels: run.scenarioLabels
      ).write()
    }
  }
}

/// A failure in words.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
