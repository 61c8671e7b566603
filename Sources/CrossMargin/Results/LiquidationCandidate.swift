// Accounts as the liquidation stage sees them: what they hold, their surplus and their equity.

import PortfolioModel

/// One account with margin today.
struct LiquidationCandidate: Sendable {
  var account: AccountIndex
  var holdings: AccountHoldings
  /// Surplus at the last level, USD.
  var surplusUSD: Double
  /// Requirement at the last level, USD.
  var requirementUSD: Double
  /// Equity before haircuts, USD.
  var equityUSD: Double

  /// An account with its margin.
  init(_ holdings: AccountHoldings, _ row: MarginRow, base: UnitValue) {
    account = holdings.account
    self.holdings = holdings
    surplusUSD = row.maintenance.surplusUSD
    requirementUSD = row.maintenance.requirementUSD
    equityUSD = EquityReading(holdings, base: base).equityUSD
  }
}

extension PreparedRun {
  /// Those of some accounts that have margin under their own rule sets, in their order.
  func liquidationCandidates(
    _ accounts: some Sequence<Int>
  ) throws(RunError) -> [LiquidationCandidate] {
    let holdings = accounts.map { self.holdings.holdings(of: AccountIndex($0)) }
    return zip(holdings, try margins(holdings)).compactMap { holdings, margin in
      margin.map { LiquidationCandidate(holdings, $0, base: base) }
    }
  }
}
