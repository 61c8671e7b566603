// Rule sets on a market that moved.

import PortfolioModel

/// Rule sets on one moved market.
struct MovedRules: Sendable {
  let run: PreparedRun

  init(_ book: Book, _ settings: RunSettings, _ move: MarketMove) throws(RunError) {
    run = try PreparedRun(book: book.moved(move), settings: settings, threadCount: 1) { _ in }
  }

  /// Health of accounts, in their order.
  func health(
    _ accounts: [AccountHoldings], modelOfAccount: [Int], today: PricedMarket
  ) throws(RunError) -> [AccountHealth?] {
    var result = [AccountHealth?](repeating: nil, count: accounts.count)
    let carried = accounts.map {
      $0.missing == nil ? $0.carried(from: today, to: run.market) : $0
    }
    for (model, rule) in run.rules.enumerated() {
      let places = accounts.indices.filter {
        accounts[$0].missing == nil && modelOfAccount[accounts[$0].account.position] == model
      }
      if places.isEmpty { continue }
      for (place, outcome) in zip(places, try rule.outcomes(places.map { carried[$0] })) {
        guard case .margin(let row) = outcome else { continue }
        result[place] = AccountHealth(
          equityUSD: EquityReading(carried[place], base: run.base).equityUSD,
          surplusUSD: row.maintenance.surplusUSD)
      }
    }
    return result
  }
}
