// Rule sets on a market that moved.

import PortfolioModel

/// Rule sets on one moved market.
struct MovedRules: Sendable {
  let run: PreparedRun

  init(_ book: Book, _ settings: RunSettings, _ move: MarketMove) throws(RunError) {
    run = try PreparedRun(book: book.moved(move), settings: settings, threadCount: 1) { _ in }
  }

  /// Health of accounts that held this today, in their order.
  func health(
    _ accounts: [AccountHoldings], today: PricedMarket
  ) throws(RunError) -> [AccountHealth?] {
    try run.health(
      accounts.map { $0.missing == nil ? $0.carried(from: today, to: run.market) : $0 })
  }
}

extension PreparedRun {
  /// Health of some accounts that hold this on the market of the run, in their order; nil where they
  /// cannot be valued or their rule set does not cover them.
  func health(_ accounts: [AccountHoldings]) throws(RunError) -> [AccountHealth?] {
    var result = [AccountHealth?](repeating: nil, count: accounts.count)
    for (model, rule) in rules.enumerated() {
      let places = accounts.indices.filter {
        accounts[$0].missing == nil && modelOfAccount[accounts[$0].account.position] == model
      }
      if places.isEmpty { continue }
      for (place, outcome) in zip(places, try rule.outcomes(places.map { accounts[$0] })) {
        guard case .margin(let row) = outcome else { continue }
        result[place] = AccountHealth(
          equityUSD: EquityReading(accounts[place], base: base).equityUSD,
          surplusUSD: row.maintenance.surplusUSD)
      }
    }
    return result
  }
}
