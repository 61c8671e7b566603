// One account by itself: its rule set and what both need of the market, cheap to judge wherever the
// market may go.

import PortfolioModel

/// An account with the instruments that matter to it, whose requirement is scanned again on every
/// market that is asked about.
///
/// Kept of the book are all assets, all contracts that are not options, the options that the account
/// holds or has orders for, and the volatilities of their underlyings: everything that a rule set
/// reads for one account. The surplus is so that of the whole book to the last bits.
struct RescannedAccount: Sendable {
  /// The run of the account and its instruments alone, under its rule set, on today's market.
  let run: PreparedRun
  /// What it holds today, in indices of the run's book.
  let holdings: AccountHoldings

  /// The account and its instruments alone.
  var book: Book { run.book }

  /// The account as it is in `book`.
  static let index = AccountIndex(0)

  /// An account of a book; nil where it cannot be valued.
  init?(
    _ account: AccountIndex, of book: Book, settings: RunSettings, rule: RuleSetTerms
  ) throws(RunError) {
    let reduced = Self.reduced(book, to: account)
    var own = settings
    own.models = [rule]
    own.defaultModel = rule.name
    own.scenarioSets = []
    own.analytic = nil
    let run = try PreparedRun(book: reduced, settings: own, threadCount: 1) { _ in }
    let holdings = run.holdings.holdings(of: Self.index)
    guard holdings.missing == nil else { return nil }
    self.run = run
    self.holdings = holdings
  }

  /// Health on a moved market; nil where the rule set does not cover the account.
  func health(at move: MarketMove) throws(RunError) -> AccountHealth? {
    try run.moved(move).health([holdings], from: run.market)[0]
  }

  /// Margin on a moved market; nil where the rule set does not cover the account.
  func margin(at move: MarketMove) throws(RunError) -> MarginRow? {
    let moved = try run.moved(move)
    let carried = holdings.carried(from: run.market, to: moved.market)
    guard case .margin(let row) = try moved.rules[0].outcomes([carried])[0] else { return nil }
    return row
  }

  /// Margin of other holdings on today's market; nil where the rule set does not cover them.
  func margin(_ holdings: AccountHoldings) throws(RunError) -> MarginRow? {
    guard case .margin(let row) = try run.rules[0].outcomes([holdings])[0] else { return nil }
    return row
  }

  // MARK: What matters to it

  private static func reduced(_ book: Book, to account: AccountIndex) -> Book {
    let portfolio = book.portfolio
    let rows = portfolio.positions.rows(of: account)
    let orders = portfolio.orders(of: account)
    var isKept = book.instruments.map { instrument in
      if case .option = instrument.kind { return false }
      return true
    }
    for row in rows { isKept[portfolio.positions.instruments[row].position] = true }
    for order in orders { isKept[order.instrument.position] = true }
    var place = [InstrumentIndex?](repeating: nil, count: isKept.count)
    var instruments: [Instrument] = []
    for (old, instrument) in book.instruments.enumerated() where isKept[old] {
      place[old] = InstrumentIndex(instruments.count)
      instruments.append(instrument)
    }
    var market = book.market
    market.marks = market.marks.compactMap { mark in
      guard let index = place[mark.instrument.position] else { return nil }
      var mark = mark
      mark.instrument = index
      return mark
    }
    let named = orders.map(\.instrument) + rows.map { portfolio.positions.instruments[$0] }
    var isVolatile = [Bool](repeating: false, count: market.assets.count)
    for index in named { isVolatile[book[index].underlying.position] = true }
    market.volatilities.removeAll { !isVolatile[$0.pair.underlying.position] }
    market.surfaces.removeAll { !isVolatile[$0.pair.underlying.position] }

    var positions = PositionTable(
      accountOffsets: [0, rows.count],
      instruments: rows.compactMap { place[portfolio.positions.instruments[$0].position] },
      quantities: rows.map { portfolio.positions.quantities[$0] })
    positions.entryPrices = OptionalColumn(rows.map { portfolio.positions.entryPrices[$0] })
    positions.unsettledAmounts = OptionalColumn(
      rows.map { portfolio.positions.unsettledAmounts[$0] })
    let balanceRows = portfolio.balances.rows(of: account)
    var alone = Portfolio(
      accounts: [portfolio.accounts[account.position]], positions: positions,
      balances: BalanceTable(
        accountOffsets: [0, balanceRows.count],
        assets: balanceRows.map { portfolio.balances.assets[$0] },
        amounts: balanceRows.map { portfolio.balances.amounts[$0] }))
    alone.unknownHoldings = portfolio.unknownHoldings(of: account).map {
      UnknownHolding(account: index, name: $0.name, isAsset: $0.isAsset)
    }
    alone.orders = orders.compactMap { order in
      place[order.instrument.position].map {
        OpenOrder(
          account: index, instrument: $0, quantity: order.quantity, price: order.price,
          isReduceOnly: order.isReduceOnly)
      }
    }
    var reduced = book
    reduced.market = market
    reduced.instruments = instruments
    reduced.portfolio = alone
    return reduced
  }
}
