// `crossmargin whatif`: what a deposit, a withdrawal or a trade would change for an account.

import ArgumentParser
import CrossMargin
import CrossMarginIO
import PortfolioModel

struct WhatIfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whatif",
    abstract: "What a deposit, a withdrawal or a trade would change for an account.",
    discussion: """
      Examples:
        crossmargin whatif Data/book A0000007 --deposit USDT=1000
        crossmargin whatif Data/book A0000007 --deposit BTC=-0.001 --trade BTC-PERPETUAL=1311

      Amounts are added to balances, negative ones withdrawn; trades are added to positions at the mark, a
      trade of the opposite size closing one. Everything is computed anew under the account's rule set.
      """)

  @OptionGroup var input: BookArgument
  @Argument(help: "The account.")
  var account: String
  @Option(help: "ASSET=AMOUNT, negative = withdrawn; may be repeated.")
  var deposit: [String] = []
  @Option(help: "INSTRUMENT=QUANTITY, negative = sold; may be repeated.")
  var trade: [String] = []
  @OptionGroup var output: JSONFlag

  func validate() throws {
    if deposit.isEmpty && trade.isEmpty {
      throw ValidationError("Give --deposit or --trade.")
    }
    _ = try changes(deposit, "--deposit")
    _ = try changes(trade, "--trade")
  }

  private func changes(_ texts: [String], _ option: String) throws -> [AccountChange.Amount] {
    try texts.map { text in
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let amount = Double(parts[1]), amount.isFinite, amount != 0 else {
        throw ValidationError("\(option) \(text): expected NAME=NUMBER, a number that is not 0.")
      }
      return AccountChange.Amount(name: String(parts[0]), amount: amount)
    }
  }

  func run() throws {
    try Numerics.prepare()
    let loaded = try BookReader.load(folder: input.book)
    let change = AccountChange(
      account: account, deposits: try changes(deposit, "--deposit"),
      trades: try changes(trade, "--trade"))
    let effect: ChangeEffect
    do throws(AccountChangeError) {
      effect = try change.effect(on: loaded.book, settings: loaded.settings)
    } catch {
      throw CommandFailure("\(input.book): \(error)")
    }
    if output.json {
      try printJSON(EffectJSON(effect))
    } else {
      EffectJSON(effect).write()
    }
  }
}

/// The figures before and after as JSON and as lines.
private struct EffectJSON: Encodable {
  struct Figure: Encodable {
    var name: String
    var before: Double
    var after: Double
    var change: Double
  }

  var account: String
  var model: String
  var statusBefore: String
  var statusAfter: String
  var figures: [Figure]

  init(_ effect: ChangeEffect) {
    account = effect.account
    model = effect.model
    statusBefore = effect.before.status.rawValue
    statusAfter = effect.after.status.rawValue
    figures = effect.figures.map {
      Figure(name: $0.name, before: $0.beforeUSD, after: $0.afterUSD, change: $0.changeUSD)
    }
  }

  func write() {
    print("account \(account), rule set \(model): \(statusBefore) -> \(statusAfter)")
    print(
      "  " + "USD".padded(to: 34)
        + ["before", "after", "change"].map { $0.aligned(to: 18) }.joined())
    for figure in figures {
      print(
        "  " + figure.name.padded(to: 34)
          + [figure.before, figure.after, figure.change].map { $0.toCents.aligned(to: 18) }.joined()
      )
    }
  }
}
