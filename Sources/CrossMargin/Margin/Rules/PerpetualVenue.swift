// What rule sets of perpetual venues with one cash collateral share.

import PortfolioModel

/// A venue of perpetuals against one market.
struct PerpetualVenue<Market: Sendable & Equatable>: Sendable {
  let table: ContractTable
  let coverage: RuleCoverage
  let cash: AssetIndex?
  /// Terms by underlying; nil for what is not listed. [assets]
  let markets: [Market?]
  let pricesUSD: [Double]
  /// Leverage that accounts chose.
  let leverages: [Double?]

  /// - Parameters:
  ///   - listsOptions: whether options are covered beside perpetuals.
  ///   - asset: how assets other than cash may be held.
  ///   - accepts: whether a perpetual or option on a listed underlying is covered.
  init(
    _ terms: PerpetualRuleTerms<Market>, _ context: RuleContext, listsOptions: Bool = false,
    asset: (Asset) -> RuleCoverage.AssetUse = { _ in .unknown },
    accepts: (Instrument, ListedContract) -> Bool = { _, _ in true }
  ) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    let markets = market.assets.map { asset in
      firstIndex(in: terms.markets, named: asset.name, name: \.asset).map {
        terms.markets[$0].terms
      }
    }
    self.table = table
    self.markets = markets
    cash = book.market.assetIndex(named: terms.cashAsset)
    pricesUSD = market.assetPricesUSD.map { $0 ?? 0 }
    leverages = book.portfolio.accounts.map(\.leverage)
    coverage = RuleCoverage(book: book, table: table) { listed in
      listed.name == terms.cashAsset ? .ownedOrOwed : asset(listed)
    } contract: { instrument, listed in
      markets[instrument.underlying.position] != nil && !listed.isInverse
        && book.market[instrument.settlement].name == terms.cashAsset
        && book.market.isDollar(instrument.quote)
        && (listed.isPerpetual || listsOptions && listed.isOption)
        && accepts(instrument, listed)
    }
  }

  /// Cash with unsettled gains, in the venue's dollar: one unit of the cash asset.
  func cashUSD(_ holdings: AccountHoldings) -> Double {
    holdings.amounts.first { $0.asset == cash }?.amount ?? 0
  }

  /// Calls `body` with each perpetual of an account, in the order of instruments.
  func forEachPerpetual(
    _ holdings: AccountHoldings, _ body: (Int, ListedContract, Market, _ coins: Double) -> Void
  ) {
    for (instrument, quantity) in holdings.contracts where quantity != 0 {
      guard let contract = table.contracts[instrument.position], contract.isPerpetual,
        let market = markets[contract.underlying.position]
      else { continue }
      body(instrument.position, contract, market, contract.coins(quantity))
    }
  }
}
