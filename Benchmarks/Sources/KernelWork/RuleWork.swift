// One rule set of a venue on the 2,048 accounts of a block of the synthetic book.

import CrossMargin
import CrossMarginIO
import Foundation
import PortfolioModel

/// Margin of accounts under one file of `Data/parameters`, holdings read from the book included.
///
/// What the rule set does not cover is taken out of all accounts first: an account that is refused at
/// once costs nothing and tells nothing.
final class RuleWork: KernelWork {
  let name: String
  let elementName = "account"
  let elementCount = RiskRun.accountsPerBlock
  // What an account holds is read at least: a column and a quantity of twelve holdings.
  let bound = WorkBound.cacheLoads(bytes: 12 * 16)
  let inputs: [InputArray] = []
  private let file: URL
  private var comparison: MarginComparison?
  private var accounts: [ComparedAccount] = []
  /// Positions and balances of all accounts that are left.
  private(set) var holdingCount = 0

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Data/parameters")

  /// `rule_` and the name of each file.
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.sorted().map { "rule_" + $0.dropLast(5) }

  /// The work of a name; nil where there is no such file.
  init?(named name: String) {
    guard Self.names.contains(name) else { return nil }
    self.name = name
    file = Self.folder.appending(path: name.dropFirst(5) + ".yaml")
  }

  func run() throws {
    let comparison = try comparison ?? make()
    self.comparison = comparison
    accounts = try comparison.block(0)
  }

  func answer() -> [Double] {
    accounts.map { $0.margins.first??.maintenance.requirementUSD ?? 0 }
  }

  /// Every account is covered, and its surplus is what it is worth less what is asked.
  func check() throws {
    for (index, account) in accounts.enumerated() {
      guard let margin = account.margins.first ?? nil else {
        throw WrongAnswer(name, "margin of account", index: index, got: .nan, expected: 0)
      }
      for level in margin.levels {
        let (expected, size) = (
          level.valueUSD - level.requirementUSD,
          level.componentsUSD.reduce(0) { $0 + abs($1) }
        )
        guard abs(level.surplusUSD - expected) <= 1e-12 * size else {
          throw WrongAnswer(
            name, "surplus of account", index: index, got: level.surplusUSD, expected: expected)
        }
      }
    }
  }

  private func make() throws -> MarginComparison {
    let loaded = try load()
    var book = loaded.book
    // Charges for closing need volumes, which the synthetic market does not state.
    for place in book.market.assets.indices {
      book.market.assets[place].averageDailyVolumeUSD = 1e9
    }
    while true {
      let comparison = try MarginComparison(book: book, settings: loaded.settings)
      let gaps = Set(
        try comparison.block(0).compactMap { account in
          switch account.outcomes.first {
          case .notCovered(let missing): missing.subject
          case .margin: nil
          case nil: account.missing?.subject
          }
        })
      if gaps.isEmpty {
        holdingCount =
          book.portfolio.positions.quantities.count + book.portfolio.balances.amounts.count
        return comparison
      }
      let before = book.portfolio
      book.portfolio = without(gaps, in: book)
      if book.portfolio == before {
        throw WrongAnswer(
          name, "accounts without margin, number", index: 0, got: Double(gaps.count), expected: 0)
      }
    }
  }

  /// The accounts without holdings of some names.
  private func without(_ names: Set<String>, in book: Book) -> Portfolio {
    let (positions, balances) = (book.portfolio.positions, book.portfolio.balances)
    return Portfolio(
      book.portfolio.accounts.enumerated().map { place, account in
        AccountRecord(
          account,
          positions: positions.rows(of: AccountIndex(place)).compactMap { row in
            let instrument = positions.instruments[row]
            if names.contains(book[instrument].name) { return nil }
            return HeldPosition(
              instrument, quantity: positions.quantities[row],
              entryPrice: positions.entryPrices[row])
          },
          balances: balances.rows(of: AccountIndex(place)).compactMap { row in
            let asset = balances.assets[row]
            if names.contains(book.market[asset].name) { return nil }
            return HeldBalance(asset, amount: balances.amounts[row])
          })
      })
  }

  /// The synthetic book with the file in the place of its own parameters. Dates of the file are left
  /// out of account: some files hold from a later day than that of the book.
  private func load() throws -> LoadedBook {
    let text = try String(contentsOf: file, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false
    ).filter { !$0.hasPrefix("superseded_on") }.map {
      $0.hasPrefix("effective_from") ? "effective_from: 2020-01-01T00:00Z" : String($0)
    }.joined(separator: "\n")
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "crossmargin-rules-" + UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let events = "scenario,factor,kind,shock\nfall,spot:BTC,relative,-0.3\n"
    var files = try SampleBook.files(stressEvents: events, accountCount: elementCount)
    for place in files.indices where files[place].name == "parameters/house.yaml" {
      files[place].bytes = Array(text.utf8)
    }
    try SampleBook.write(files, to: folder)
    var loaded = try BookReader.load(folder: folder)
    loaded.settings.scenarioSets = []
    return loaded
  }
}

extension KernelWorks {
  /// Rule sets with seconds per account, the least of some rounds, and holdings per account.
  public static func ruleTimes(
    rounds: Int
  ) throws -> [(name: String, seconds: Double, holdingCount: Double)] {
    try RuleWork.names.map { name in
      guard let work = RuleWork(named: name) else { throw UnknownKernel(name: name) }
      try work.run()
      try work.check()
      let seconds = try (0..<rounds).map { _ in try work.secondsPerElement() }.min()
      return (
        name, seconds ?? .nan, Double(work.holdingCount) / Double(work.elementCount)
      )
    }
  }
}
