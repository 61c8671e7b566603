// The plain short-option formula as a rule set: every position on its own.

import PortfolioModel
import RiskNumerics

/// Venues that margin each short option and each future on its own.
///
/// Of equity the value of options does not count: what was paid for a long option is gone, and a
/// short one is charged its mark. Long options therefore count nothing at either level. Options
/// without a mark are taken at their model value; the underlying of the formula is the index. What
/// collateral loses counts at the initial level only. Not covered: underlyings and collaterals that
/// are not listed, futures where the venue lists none, contracts not quoted in dollars.
struct OptionSellerRule: AccountRule {
  let coverage: RuleCoverage
  private let table: ContractTable
  /// Terms by underlying. [assets]
  private let terms: [OptionSellerTerms?]
  private let haircuts: [Double]
  /// Requirement of one short contract of each option, USD. [instruments]
  private let shortUSD: [LevelPair]
  private let pricesUSD: [Double]
  private let base: UnitValue

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("option_value", .value),
      MarginComponent("haircut", .value), MarginComponent("short_options", .charge),
      MarginComponent("futures", .charge)
    ])

  init(_ rule: OptionSellerRuleTerms, _ context: RuleContext) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    self.table = table
    base = context.base
    let prices = market.assetPricesUSD.map { $0 ?? 0 }
    pricesUSD = prices
    let terms = market.assets.map { asset in
      rule.underlyings.first { $0.asset == asset.name }?.terms
    }
    self.terms = terms
    haircuts = market.assets.map { asset in
      firstIndex(in: rule.haircuts, named: asset.name, name: \.asset)
        .map { rule.haircuts[$0].fraction } ?? 0
    }
    shortUSD = table.contracts.enumerated().map { position, listed in
      guard let contract = listed, contract.isOption,
        let own = terms[contract.underlying.position]
      else { return .none }
      let spotUSD = prices[contract.underlying.position]
      let settlementUSD = prices[contract.pricing.settlement.position]
      let modelUSD = context.base.baseUSD[context.columns.assetCount + position]
      let coinUSD = settlementUSD * contract.pricing.multiplier
      let mark = contract.pricing.markOfOption ?? modelUSD / coinUSD
      return own.options.shortMargin(
        QuotedOption(
          underlyingUSD: spotUSD, strikeUSD: contract.pricing.strike,
          side: contract.pricing.side, mark: mark, isInverse: contract.isInverse),
        rateFactor: 1) * coinUSD
    }
    coverage = RuleCoverage(book: book, table: table) { asset in
      rule.haircuts.contains { $0.asset == asset.name } ? .ownedOrOwed : .unknown
    } contract: { instrument, listed in
      guard let own = terms[instrument.underlying.position],
        book.market.isDollar(instrument.quote)
      else { return false }
      return listed.isOption || own.futureInitial != nil
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var (optionsUSD, futuresUSD) = (LevelPair.none, LevelPair.none)
    for (instrument, quantity) in holdings.contracts {
      guard let contract = table.contracts[instrument.position] else { continue }
      if contract.isOption {
        if quantity < 0 { optionsUSD = optionsUSD + shortUSD[instrument.position] * -quantity }
      } else if let own = terms[contract.underlying.position] {
        futuresUSD = futuresUSD + futureUSD(contract, quantity: quantity, own)
      }
    }
    let equity = EquityReading(holdings, base: base)
    var haircutUSD = 0.0
    for (asset, amount) in holdings.amounts where amount > 0 {
      haircutUSD += amount * pricesUSD[asset.position] * haircuts[asset.position]
    }
    return MarginRow(
      account: holdings.account,
      levels: [
        LevelMargin(
          componentsUSD: [
            equity.equityUSD, 0 - equity.optionValueUSD, 0 - haircutUSD, 0 - optionsUSD.initial,
            0 - futuresUSD.initial
          ], schema: schema),
        LevelMargin(
          componentsUSD: [
            equity.equityUSD, 0 - equity.optionValueUSD, 0, 0 - optionsUSD.maintenance,
            0 - futuresUSD.maintenance
          ], schema: schema)
      ], worstScenario: nil)
  }

  private func futureUSD(
    _ contract: ListedContract, quantity: Double, _ own: OptionSellerTerms
  ) -> LevelPair {
    guard let initial = own.futureInitial, let maintenance = own.futureMaintenance else {
      return .none
    }
    let coins = contract.coins(quantity)
    // A linear contract is worth its mark in the quote, an inverse one its coins.
    let price =
      contract.isInverse
      ? pricesUSD[contract.underlying.position]
      : contract.pricing.basePrice * pricesUSD[contract.pricing.settlement.position]
    return LevelPair(
      initial: initial.requirement(coins: coins, price: price),
      maintenance: maintenance.requirement(coins: coins, price: price))
  }
}
