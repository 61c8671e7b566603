// Rule sets on a market that moved.

import PortfolioModel

/// Rule sets on one moved market.
struct MovedRules: Sendable {
  let run: PreparedRun

  /// Rule sets where the market did not move.
  init(run: PreparedRun) { self.run = run }

  init(_ book: Book, _ settings: RunSettings, _ move: MarketMove) throws(RunError) {
    run = try PreparedRun(book: book.moved(move), settings: settings, threadCount: 1) { _ in }
  }

  /// Accounts that held this today, as they are on the moved market.
  func carried(_ accounts: [AccountHoldings], from today: PricedMarket) -> [AccountHoldings] {
    accounts.map { $0.missing == nil ? $0.carried(from: today, to: run.market) : $0 }
  }

  /// Health of accounts that held this today, in their order.
  func health(
    _ accounts: [AccountHoldings], today: PricedMarket
  ) throws(RunError) -> [AccountHealth?] {
    try run.health(carried(accounts, from: today))
  }
}
