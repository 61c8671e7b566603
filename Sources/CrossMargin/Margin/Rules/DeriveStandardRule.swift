// Derive's Standard Manager as a rule set.

import PortfolioModel
import RiskNumerics

/// Standard margin of Derive: many underlyings in one account, without offsets between them.
///
/// Amounts are in the venue's dollar, one unit of the cash asset, as its contracts count them.
/// Unsettled gains of perpetuals are part of cash. Confidences that the market does not state are
/// full ones. Not covered: markets that are not listed, dated futures, inverse contracts, contracts
/// not quoted in dollars or not settled in the cash asset, a second perpetual of an underlying,
/// borrowed coins.
struct DeriveStandardRule: AccountRule {
  let coverage: RuleCoverage
  private let terms: DeriveStandardRuleTerms
  private let table: ContractTable
  private let cash: AssetIndex?
  /// Terms by asset. [assets]
  private let markets: [StandardMarginTerms?]
  private let pricesUSD: [Double]
  private let confidences: [Double]

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("cash", .value), MarginComponent("collateral", .value),
      MarginComponent("perpetual", .charge), MarginComponent("perpetual_confidence", .charge),
      MarginComponent("options", .charge), MarginComponent("option_confidence", .charge),
      MarginComponent("depeg", .charge), MarginComponent("collateral_confidence", .charge)
    ])

  init(_ terms: DeriveStandardRuleTerms, _ context: RuleContext) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    self.terms = terms
    self.table = table
    cash = book.market.assetIndex(named: terms.cashAsset)
    pricesUSD = market.assetPricesUSD.map { $0 ?? 0 }
    confidences = market.assets.map { $0.confidence ?? 1 }
    markets = market.assets.map { asset in
      terms.markets.first { $0.asset == asset.name }?.terms
    }
    coverage = .derive(
      book: book, table: table, cashAsset: terms.cashAsset,
      isListed: { name in terms.markets.contains { $0.asset == name } }
    ) { asset in
      if asset.name == terms.cashAsset {
        return terms.isBorrowingAllowed ? .ownedOrOwed : .owned
      }
      return terms.markets.contains { $0.asset == asset.name } ? .owned : .unknown
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    let account = account(holdings)
    let levels = [MarginLevel.initial, .maintenance].map { level in
      let surplus = account.surplus(level)
      return LevelMargin(
        componentsUSD: [
          surplus.cashUSD, surplus.baseUSD, 0 + surplus.perpetualUSD,
          0 + surplus.perpetualConfidenceUSD, 0 + surplus.optionUSD,
          0 + surplus.optionConfidenceUSD, 0 + surplus.depegUSD, 0 + surplus.baseConfidenceUSD
        ], schema: schema)
    }
    return MarginRow(account: holdings.account, levels: levels, worstScenario: nil)
  }

  private func account(_ holdings: AccountHoldings) -> StandardMarginAccount {
    var markets: [(asset: AssetIndex, market: StandardMarket)] = []
    func place(of asset: AssetIndex) -> Int? {
      if let known = markets.firstIndex(where: { $0.asset == asset }) { return known }
      guard let terms = self.markets[asset.position] else { return nil }
      markets.append(
        (
          asset,
          StandardMarket(
            spotUSD: pricesUSD[asset.position], spotConfidence: confidences[asset.position],
            perpetual: .none, baseCoins: 0, expiries: [], terms: terms)
        ))
      return markets.count - 1
    }
    var cashUSD = 0.0
    for (asset, amount) in holdings.amounts where amount != 0 {
      if asset == cash {
        cashUSD = amount
      } else if let place = place(of: asset) {
        markets[place].market.baseCoins = amount
      }
    }
    for held in table.split(holdings) {
      guard let place = place(of: held.underlying) else { continue }
      for chain in held.chains { add(chain, to: &markets[place].market) }
    }
    markets.sort { $0.asset < $1.asset }
    return StandardMarginAccount(
      cashUSD: cashUSD, stablePriceUSD: cash.map { pricesUSD[$0.position] } ?? 1,
      markets: markets.map(\.market), isBorrowingAllowed: terms.isBorrowingAllowed)
  }

  private func add(_ held: HeldChain, to market: inout StandardMarket) {
    let chain = table.chains[held.chain]
    if chain.expiry == nil {
      market.perpetual = DerivePerpetual(held, in: table)
    } else {
      market.expiries.append(
        StandardExpiry(
          expiryYears: chain.node.expiryYears, forwardUSD: chain.node.forward,
          forwardConfidence: chain.forwardConfidence,
          volatilityConfidence: chain.volatilityConfidence, options: table.legs(held.contracts)))
    }
  }
}
