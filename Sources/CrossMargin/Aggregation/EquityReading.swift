// The equity of an account.

import PortfolioModel

/// What an account is worth before haircuts.
struct EquityReading {
  private(set) var optionValueUSD = 0.0
  private(set) var equityUSD = 0.0

  init(_ holdings: AccountHoldings, base: UnitValue) {
    var balancesUSD = 0.0
    for (asset, amount) in holdings.amounts {
      balancesUSD += amount * base.baseUSD[base.columns.column(of: asset)]
    }
    for (instrument, quantity) in holdings.contracts {
      optionValueUSD += quantity * base.baseUSD[base.columns.column(of: instrument)]
    }
    equityUSD = balancesUSD + optionValueUSD
  }
}
