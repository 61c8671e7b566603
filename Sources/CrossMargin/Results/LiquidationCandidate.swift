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
  /// Number of blocks of accounts.
  var blockCount: Int {
    (book.portfolio.accounts.count + RiskRun.accountsPerBlock - 1) / RiskRun.accountsPerBlock
  }

  /// Accounts of a block.
  func accounts(ofBlock block: Int) -> Range<Int> {
    let first = block * RiskRun.accountsPerBlock
    return first..<min(first + RiskRun.accountsPerBlock, book.portfolio.accounts.count)
  }

  /// Those of some accounts that have margin under their own rule sets, in the order of accounts.
  func liquidationCandidates(
    _ accounts: some Sequence<Int>
  ) throws(RunError) -> [LiquidationCandidate] {
    let valued = accounts.map { holdings.holdings(of: AccountIndex($0)) }
      .filter { $0.missing == nil }
    var candidates: [LiquidationCandidate] = []
    for (model, rule) in rules.enumerated() {
      let own = valued.filter { modelOfAccount[$0.account.position] == model }
      if own.isEmpty { continue }
      for (holdings, outcome) in zip(own, try rule.outcomes(own)) {
        guard case .margin(let row) = outcome else { continue }
        candidates.append(LiquidationCandidate(holdings, row, base: base))
      }
    }
    return candidates.sorted { $0.account < $1.account }
  }
}
