// Aave v3 as a rule set.

import PortfolioModel

/// Borrowing against collateral: a positive balance is supplied, a negative one is owed.
///
/// The initial level asks that debts stay within the loan-to-value, the maintenance level within the
/// liquidation thresholds; its health factor is what counts over what is asked. An account is in the
/// mode that `e_mode` names. Not covered: assets that are not listed, all contracts; an account in a
/// mode that the terms do not know, or with a debt outside its mode, is not covered either.
struct LendingRule: AccountRule {
  let coverage: RuleCoverage
  private let terms: LendingRuleTerms
  /// [assets]
  private let reserves: [LendingTerms?]
  private let pricesUSD: [Double]
  private let names: [String]
  private let modes: [String?]

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("collateral", .value), MarginComponent("haircut", .value),
      MarginComponent("debt", .charge)
    ])

  init(_ terms: LendingRuleTerms, _ context: RuleContext) {
    let (book, market) = (context.book, context.market)
    self.terms = terms
    pricesUSD = market.assetPricesUSD.map { $0 ?? 0 }
    names = market.assets.map(\.name)
    let reserves = market.assets.map { asset in
      firstIndex(in: terms.reserves, named: asset.name, name: \.asset)
        .map { terms.reserves[$0].terms }
    }
    self.reserves = reserves
    modes = book.portfolio.accounts.map(\.efficiencyMode)
    coverage = RuleCoverage(
      book: book, table: ContractTable(book: book, market: market),
      asset: { asset in
        terms.reserves.contains { $0.asset == asset.name } ? .ownedOrOwed : .unknown
      }, contract: { _, _ in false })
  }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    accounts.map { holdings in
      let gap = coverage.gap(in: holdings) ?? modeGap(holdings)
      return gap.map { .notCovered($0) } ?? .margin(judge(holdings))
    }
  }

  private func mode(_ holdings: AccountHoldings) -> LendingRuleTerms.Mode? {
    modes[holdings.account.position].flatMap { name in terms.modes.first { $0.name == name } }
  }

  private func modeGap(_ holdings: AccountHoldings) -> MissingData? {
    guard let name = modes[holdings.account.position] else { return nil }
    guard let mode = mode(holdings) else {
      return MissingData(subject: name, reason: .notCovered)
    }
    for (asset, amount) in holdings.amounts
    where amount < 0 && !mode.assets.contains(names[asset.position]) {
      return MissingData(subject: names[asset.position], reason: .notCovered)
    }
    return nil
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    let mode = mode(holdings)
    var account = LendingAccount(
      collateral: [], debts: [], mode: mode.map { LendingMode(terms: $0.terms, priceUSD: nil) })
    var collateralUSD = 0.0
    for (asset, amount) in holdings.amounts where amount != 0 {
      guard let terms = reserves[asset.position] else { continue }
      let balance = LendingBalance(
        tokens: abs(amount), priceUSD: pricesUSD[asset.position], terms: terms,
        isInMode: mode?.assets.contains(names[asset.position]) ?? false)
      if amount > 0 {
        account.collateral.append(balance)
        collateralUSD += balance.tokens * balance.priceUSD
      } else {
        account.debts.append(balance)
      }
    }
    let debtUSD = account.debtUSD
    return MarginRow(
      account: holdings.account,
      levels: [account.borrowLimitUSD, account.thresholdUSD].map {
        LevelMargin(
          componentsUSD: [collateralUSD, 0 - (collateralUSD - $0), 0 - debtUSD], schema: schema)
      }, worstScenario: nil)
  }
}
