// Paradex's portfolio margin as a rule set.

import PortfolioModel
import RiskNumerics

/// Portfolio margin of Paradex, underlying by underlying.
///
/// Option values are marks, or model values where there is none. Funding is that of the marks, taken
/// for eight hours. Amounts are in the venue's dollar, one unit of the cash asset. Holdings of
/// underlyings are part of equity and are charged in full. The worst scenario is that of the
/// underlying with the largest scan. Not covered: underlyings that are not listed, dated futures,
/// inverse contracts, contracts not quoted in dollars or not settled in the cash asset, other
/// assets, borrowed coins.
struct ParadexPortfolioRule: AccountRule {
  let coverage: RuleCoverage
  var countsOrders: Bool { true }
  let scenarios: [RuleScenario]
  private let terms: ParadexPortfolioTerms
  private let table: ContractTable
  private let orders: OrdersByAccount
  /// Markets of one coin; nil for what is not covered. [instruments]
  private let instruments: [ParadexInstrument?]
  private let cash: AssetIndex?
  private let pricesUSD: [Double]

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("cash", .value), MarginComponent("holdings", .value),
      MarginComponent("options", .value), MarginComponent("scan", .charge),
      MarginComponent("delta_floor", .charge), MarginComponent("funding", .charge),
      MarginComponent("fees", .charge), MarginComponent("spot_holdings", .charge)
    ])

  init(_ rule: ParadexRuleTerms, _ context: RuleContext) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    terms = rule.portfolio
    self.table = table
    orders = OrdersByAccount(book)
    cash = book.market.assetIndex(named: rule.cashAsset)
    let prices = market.assetPricesUSD.map { $0 ?? 0 }
    pricesUSD = prices
    scenarios = rule.portfolio.scenarios.map { $0.described() }
    var funding = [Double](repeating: 0, count: book.instruments.count)
    for mark in book.market.marks { funding[mark.instrument.position] = mark.fundingRate ?? 0 }
    instruments = table.contracts.enumerated().map { position, listed in
      guard let contract = listed, !contract.isInverse else { return nil }
      let spotUSD = prices[contract.underlying.position]
      if contract.isPerpetual {
        return .perpetual(
          markUSD: contract.pricing.basePrice, delta: 1, spotUSD: spotUSD,
          fundingFraction: funding[position], feeFraction: rule.perpetualFeeFraction,
          scenarios: rule.portfolio.scenarios)
      }
      return contract.isOption ? Self.option(contract, spotUSD: spotUSD, rule) : nil
    }
    coverage = RuleCoverage(book: book, table: table) { asset in
      if asset.name == rule.cashAsset { return .ownedOrOwed }
      return rule.underlyings.contains(asset.name) ? .owned : .unknown
    } contract: { instrument, listed in
      rule.underlyings.contains(book.market[instrument.underlying].name) && !listed.isInverse
        && book.market[instrument.settlement].name == rule.cashAsset
        && book.market.isDollar(instrument.quote) && (listed.isOption || listed.isPerpetual)
    }
  }

  /// An option, whose delta is that of Black and Scholes on the spot price.
  private static func option(
    _ contract: ListedContract, spotUSD: Double, _ rule: ParadexRuleTerms
  ) -> ParadexInstrument {
    let (node, pricing) = (contract.node, contract.pricing)
    let option = OptionSensitivities(
      SpotOption(
        terms: pricing.optionTerms(expiryYears: node.expiryYears), spot: spotUSD,
        volatilityAnnual: pricing.volatilityAnnual, rateContinuous: node.rateContinuous,
        dividendYieldContinuous: 0))
    return .option(
      contract.leg, markUSD: pricing.markOfOption ?? option.price, delta: option.delta,
      spotUSD: spotUSD, rateContinuous: node.rateContinuous,
      expirySeconds: node.expiryDays * 86_400, feeFraction: rule.optionFeeFraction,
      terms: rule.portfolio)
  }

  func outcomes(_ accounts: [AccountHoldings]) throws(RunError) -> [MarginOutcome] {
    accounts.map { holdings in
      let gap =
        coverage.gap(in: holdings) ?? coverage.gap(in: orders.orders(of: holdings.account))
      return gap.map { .notCovered($0) } ?? .margin(judge(holdings))
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var cashUSD = 0.0
    var holdingsUSD = 0.0
    for (asset, amount) in holdings.amounts {
      if asset == cash {
        cashUSD = amount
      } else {
        holdingsUSD += amount * pricesUSD[asset.position]
      }
    }
    var optionsUSD = 0.0
    for (instrument, quantity) in holdings.contracts {
      guard let contract = table.contracts[instrument.position], contract.isOption,
        let market = instruments[instrument.position]
      else { continue }
      optionsUSD += contract.coins(quantity) * market.markUSD
    }
    var (initial, maintenance) = (Charges(), Charges())
    var worst: (scanUSD: Double, scenario: Int?) = (0, nil)
    for portfolio in portfolios(holdings) {
      let margin = terms.margin(portfolio)
      initial.add(margin.initial)
      maintenance.add(margin.maintenance)
      if margin.initial.scanUSD > worst.scanUSD {
        worst = (margin.initial.scanUSD, margin.worstScenario)
      }
    }
    return MarginRow(
      account: holdings.account,
      levels: [initial, maintenance].map { charges in
        LevelMargin(
          componentsUSD: [cashUSD, holdingsUSD, optionsUSD] + charges.componentsUSD
            + [0 - holdingsUSD], schema: schema)
      }, worstScenario: worst.scenario.map(ScenarioIndex.init))
  }

  /// Charges added up over underlyings.
  private struct Charges {
    var componentsUSD = [Double](repeating: 0, count: 4)

    mutating func add(_ requirement: ParadexRequirement) {
      componentsUSD[0] -= requirement.scanUSD
      componentsUSD[1] -= requirement.deltaUSD
      componentsUSD[2] -= requirement.fundingUSD
      componentsUSD[3] -= requirement.feeUSD
    }
  }

  /// Positions and orders by underlying, in the order of assets.
  private func portfolios(_ holdings: AccountHoldings) -> [ParadexPortfolio] {
    var groups: [(underlying: AssetIndex, instruments: [Int], portfolio: ParadexPortfolio)] = []
    func place(of instrument: Int) -> (group: Int, market: Int)? {
      guard let contract = table.contracts[instrument], let market = instruments[instrument]
      else { return nil }
      let underlying = contract.underlying
      let group: Int
      if let known = groups.firstIndex(where: { $0.underlying == underlying }) {
        group = known
      } else {
        groups.append(
          (
            underlying, [],
            ParadexPortfolio(
              spotUSD: pricesUSD[underlying.position], instruments: [], coins: [], orders: [],
              spotHoldingsUSD: 0)
          ))
        group = groups.count - 1
      }
      if let known = groups[group].instruments.firstIndex(of: instrument) {
        return (group, known)
      }
      groups[group].instruments.append(instrument)
      groups[group].portfolio.instruments.append(market)
      groups[group].portfolio.coins.append(0)
      return (group, groups[group].instruments.count - 1)
    }
    for (instrument, quantity) in holdings.contracts where quantity != 0 {
      guard let place = place(of: instrument.position),
        let contract = table.contracts[instrument.position]
      else { continue }
      groups[place.group].portfolio.coins[place.market] += contract.coins(quantity)
    }
    for order in orders.orders(of: holdings.account) {
      guard let place = place(of: order.instrument.position),
        let contract = table.contracts[order.instrument.position]
      else { continue }
      groups[place.group].portfolio.orders.append(
        ParadexPortfolio.Order(
          instrument: place.market, coins: contract.coins(order.quantity),
          priceUSD: order.price))
    }
    groups.sort { $0.underlying < $1.underlying }
    return groups.map(\.portfolio)
  }
}

// MARK: - For people

extension ParadexPortfolioRule {
  func unitProfitUSD(column: Int, scenario: Int) -> Double? {
    let instrument = column - (pricesUSD.count)
    guard instrument >= 0, let contract = table.contracts[instrument],
      let market = instruments[instrument]
    else { return nil }
    return contract.coins(1) * (market.shockedPricesUSD[scenario] - market.markUSD)
      * market.openShare
  }

  /// What the positions and the orders of the underlying with the largest scan lose in the worst
  /// scenario, weighted.
  func explanation(_ holdings: AccountHoldings, _ row: MarginRow) -> [ExplainedSum] {
    guard let scenario = row.worstScenario?.position else { return [] }
    let margins = portfolios(holdings).map { ($0, terms.margin($0)) }
    guard let largest = margins.map(\.1.initial.scanUSD).max(),
      let (portfolio, margin) = margins.first(where: { $0.1.initial.scanUSD == largest })
    else { return [] }
    let weight = terms.scenarios[scenario].weight
    var rows: [ExplainedSum.Row] = []
    for (market, coins) in zip(portfolio.instruments, portfolio.coins) where coins != 0 {
      let gainUSD =
        (market.shockedPricesUSD[scenario] - market.markUSD) * coins * market.openShare
      rows.append(
        ExplainedSum.Row(
          label: "position at \(market.markUSD)", quantity: coins, amountUSD: 0 - gainUSD * weight))
    }
    if !portfolio.orders.isEmpty {
      let positionsUSD = rows.reduce(0) { $0 + $1.amountUSD }
      rows.append(
        ExplainedSum.Row(label: "orders", amountUSD: margin.initial.scanUSD - positionsUSD))
    }
    return [
      ExplainedSum(
        title: "scan loss in scenario \(scenario) (\(scenarios[scenario].label))", rows: rows,
        totalUSD: margin.initial.scanUSD)
    ]
  }
}
