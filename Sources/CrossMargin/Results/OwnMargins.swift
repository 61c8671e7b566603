// Accounts judged each by its own rule set.

import PortfolioModel

extension PreparedRun {
  /// Margins of some accounts that hold this on the market of the run, each under its own rule set, in
  /// their order; nil where they cannot be valued or their rule set does not cover them.
  func margins(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginRow?] {
    var result = [MarginRow?](repeating: nil, count: accounts.count)
    for (model, rule) in rules.enumerated() {
      let places = accounts.indices.filter {
        accounts[$0].missing == nil && modelOfAccount[accounts[$0].account.position] == model
      }
      if places.isEmpty { continue }
      for (place, outcome) in zip(places, try rule.outcomes(places.map { accounts[$0] })) {
        if case .margin(let row) = outcome { result[place] = row }
      }
    }
    return result
  }

  /// Health of the same accounts.
  func health(_ accounts: [AccountHoldings]) throws(RunError) -> [AccountHealth?] {
    zip(accounts, try margins(accounts)).map { holdings, margin in
      margin.map { margin in
        AccountHealth(
          equityUSD: EquityReading(holdings, base: base).equityUSD,
          surplusUSD: margin.maintenance.surplusUSD)
      }
    }
  }
}
