// Accounts on a market that moved.

import PortfolioModel

extension PreparedRun {
  /// Accounts that held this on an earlier market, as they are on this one.
  func carried(_ accounts: [AccountHoldings], from earlier: PricedMarket) -> [AccountHoldings] {
    accounts.map { $0.missing == nil ? $0.carried(from: earlier, to: market) : $0 }
  }

  /// Health of accounts that held this on an earlier market, in their order.
  func health(
    _ accounts: [AccountHoldings], from earlier: PricedMarket
  ) throws(RunError) -> [AccountHealth?] {
    try health(carried(accounts, from: earlier))
  }
}
