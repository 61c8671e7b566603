// Rule sets that judge accounts one at a time, and what they do not know.

import PortfolioModel

/// A rule set that judges accounts one at a time.
protocol AccountRule: MarginRule {
  /// What it knows of the book.
  var coverage: RuleCoverage { get }
  /// Margin of an account that holds only what is covered.
  func judge(_ holdings: AccountHoldings) -> MarginRow
}

extension AccountRule {
  var scenarios: [RuleScenario] { [] }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    accounts.map { holdings in
      if let gap = coverage.gap(in: holdings) { return .notCovered(gap) }
      return .margin(judge(holdings))
    }
  }
}

/// What a rule set knows of the assets and instruments of a book.
struct RuleCoverage: Sendable {
  /// How an asset may be held.
  enum AssetUse: Sendable {
    /// Not at all.
    case unknown
    /// As collateral only.
    case owned
    /// As collateral or debt.
    case ownedOrOwed
  }

  private let uses: [AssetUse]
  private let isKnown: [Bool]
  private let isPriced: [Bool]
  private let assetNames: [String]
  private let instrumentNames: [String]

  /// Asks once about every asset and every contract that can be valued.
  init(
    book: Book, table: ContractTable, asset: (Asset) -> AssetUse,
    contract: (Instrument, ListedContract) -> Bool
  ) {
    uses = book.market.assets.map(asset)
    isKnown = zip(book.instruments, table.contracts).map { instrument, listed in
      listed.map { contract(instrument, $0) } ?? true
    }
    isPriced = table.contracts.map { $0 != nil }
    assetNames = book.market.assets.map(\.name)
    instrumentNames = book.instruments.map(\.name)
  }

  /// The first asset, then the first instrument of an account that is not known; nil where all is.
  func gap(in holdings: AccountHoldings) -> MissingData? {
    for (asset, amount) in holdings.amounts where amount != 0 {
      let isAllowed =
        switch uses[asset.position] {
        case .unknown: false
        case .owned: amount > 0
        case .ownedOrOwed: true
        }
      if !isAllowed {
        return MissingData(subject: assetNames[asset.position], reason: .notCovered)
      }
    }
    for (instrument, quantity) in holdings.contracts
    where quantity != 0 && !isKnown[instrument.position] {
      return MissingData(subject: instrumentNames[instrument.position], reason: .notCovered)
    }
    return nil
  }

  /// The first instrument of some orders that is not known or has no price; nil where all have.
  func gap(in orders: ArraySlice<OpenOrder>) -> MissingData? {
    for order in orders {
      let place = order.instrument.position
      if isKnown[place] && isPriced[place] { continue }
      return MissingData(subject: instrumentNames[place], reason: .notCovered)
    }
    return nil
  }
}

extension MarketSnapshot {
  /// Whether an asset is the unit of all values or meant to be worth one of it.
  func isDollar(_ asset: AssetIndex) -> Bool {
    self[asset].name == "USD" || self[asset].peg == "USD"
  }

  /// A value of the venue's state; nil where the market has none.
  func state(_ subject: String, _ key: String) -> Double? {
    state.first { $0.subject == subject && $0.key == key }?.value
  }
}

/// Open orders by account, found once.
struct OrdersByAccount: Sendable {
  private let orders: [OpenOrder]

  init(_ book: Book) { orders = book.portfolio.orders }

  /// Orders of an account, in file order.
  func orders(of account: AccountIndex) -> ArraySlice<OpenOrder> {
    if orders.isEmpty { return [] }
    func first(notBelow account: Int32) -> Int {
      var (low, high) = (0, orders.count)
      while low < high {
        let middle = (low + high) / 2
        if orders[middle].account.rank < account { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return orders[first(notBelow: account.rank)..<first(notBelow: account.rank + 1)]
  }
}
