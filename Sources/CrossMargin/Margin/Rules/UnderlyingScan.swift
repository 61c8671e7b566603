// What rule sets share that scan each underlying in USD.

import PortfolioModel
import RiskNumerics

/// One underlying with its scenarios, every option valued once.
struct UnderlyingScan: Sendable {
  let asset: AssetIndex
  let spotUSD: Double
  let scenarios: [MarginScenario]
  /// First of its scenarios in those of the rule set.
  let firstScenario: Int
  private let units: OptionUnits

  init(
    _ asset: AssetIndex, scenarios: [MarginScenario], shock: VolatilityShock,
    firstScenario: Int, spotUSD: Double, table: ContractTable
  ) {
    self.asset = asset
    self.spotUSD = spotUSD
    self.scenarios = scenarios
    self.firstScenario = firstScenario
    units = OptionUnits(table: table, scenarios: scenarios, shock: shock, skew: nil) { contract in
      guard contract.underlying == asset else { return nil }
      let node = contract.node
      let discount = ScalarMath.exp(-node.rateContinuous * node.expiryYears)
      return OptionChain(
        expirySeconds: node.expiryDays * 86_400, variableForward: node.forward, fixedForward: 0,
        payment: contract.isInverse ? .coin : .quote(discountFactor: discount),
        legs: [contract.leg])
    }
  }

  /// Profit of contracts in each scenario, unweighted, USD: what is paid in coin at the shocked
  /// price, what is paid in a stablecoin at its present price.
  func profitsUSD(_ held: HeldUnderlying, _ table: ContractTable, pricesUSD: [Double]) -> [Double] {
    var profits = [Double](repeating: 0, count: scenarios.count)
    for chain in held.chains {
      for entry in chain.contracts {
        let contract = table.contract(entry)
        let coins = contract.coins(entry.quantity)
        let settlementUSD = pricesUSD[contract.pricing.settlement.position]
        for (scenario, terms) in scenarios.enumerated() {
          let ratio = terms.priceRatio
          switch contract.pricing.form {
          case .linearFuture:
            profits[scenario] +=
              FutureProfit.linear(coins, price: contract.pricing.basePrice, priceRatio: ratio)
              * settlementUSD
          case .inverseFuture:
            profits[scenario] += coins * settlementUSD * (ratio - 1)
          case .linearOption:
            let gain =
              units.shocked(entry.instrument, scenario: scenario) - units.base(entry.instrument)
            profits[scenario] += coins * gain * settlementUSD
          case .inverseOption:
            let gain =
              units.shocked(entry.instrument, scenario: scenario) * ratio
              - units.base(entry.instrument)
            profits[scenario] += coins * gain * settlementUSD
          }
        }
      }
    }
    return profits
  }
}

/// A rule set that scans underlyings one by one, against one market.
struct ScanVenue<Terms: Sendable & Equatable>: Sendable {
  let table: ContractTable
  let coverage: RuleCoverage
  let pricesUSD: [Double]
  let plans: [(scan: UnderlyingScan, terms: Terms)]
  let described: [RuleScenario]
  private let haircuts: [Double]
  private let derivatives: [BlackDerivatives]
  private let base: UnitValue

  /// `scenarios` makes those of an underlying with their volatility shock.
  init(
    _ rule: UnderlyingRuleTerms<Terms>, _ context: RuleContext, listsInverse: Bool,
    scenarios: (Terms, String) -> ([MarginScenario], VolatilityShock)
  ) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    let prices = market.assetPricesUSD.map { $0 ?? 0 }
    var plans: [(scan: UnderlyingScan, terms: Terms)] = []
    var described: [RuleScenario] = []
    for own in rule.underlyings {
      guard let asset = book.market.assetIndex(named: own.asset) else { continue }
      let (list, shock) = scenarios(own.terms, own.asset)
      plans.append(
        (
          UnderlyingScan(
            asset, scenarios: list, shock: shock, firstScenario: described.count,
            spotUSD: prices[asset.position], table: table), own.terms
        ))
      described += list.map { $0.described(own.asset + " ") }
    }
    self.table = table
    self.plans = plans
    self.described = described
    pricesUSD = prices
    base = context.base
    derivatives = UnitGreeks.derivatives(market)
    haircuts = market.assets.map { asset in
      firstIndex(in: rule.haircuts, named: asset.name, name: \.asset)
        .map { rule.haircuts[$0].fraction } ?? 0
    }
    let underlyings = plans.map(\.scan.asset)
    coverage = RuleCoverage(book: book, table: table) { asset in
      rule.haircuts.contains { $0.asset == asset.name } ? .ownedOrOwed : .unknown
    } contract: { instrument, listed in
      underlyings.contains(instrument.underlying) && book.market.isDollar(instrument.quote)
        && (listsInverse || !listed.isInverse)
    }
  }

  /// Plan and holdings of each underlying of an account.
  func forEachUnderlying(
    _ holdings: AccountHoldings, _ body: (UnderlyingScan, Terms, HeldUnderlying) -> Void
  ) {
    for held in table.split(holdings) {
      guard let plan = plans.first(where: { $0.scan.asset == held.underlying }) else { continue }
      body(plan.scan, plan.terms, held)
    }
  }

  /// Equity, the value of options in it, and what collateral loses, USD.
  func value(_ holdings: AccountHoldings) -> (equity: EquityReading, haircutUSD: Double) {
    var haircutUSD = 0.0
    for (asset, amount) in holdings.amounts where amount > 0 {
      haircutUSD += amount * pricesUSD[asset.position] * haircuts[asset.position]
    }
    return (EquityReading(holdings, base: base), haircutUSD)
  }

  /// Net delta of a chain, coins: of options that of Black in the forward.
  func deltaCoins(_ chain: HeldChain) -> Double {
    chain.contracts.reduce(0) { $0 + deltaCoins($1) }
  }

  func deltaCoins(_ entry: HeldContract) -> Double {
    let contract = table.contract(entry)
    let coins = contract.coins(entry.quantity)
    return contract.isOption ? coins * derivatives[entry.instrument].delta : coins
  }

  /// Net vega of a chain, coins per unit of volatility.
  func vegaCoins(_ chain: HeldChain) -> Double {
    chain.contracts.reduce(0) { sum, entry in
      let contract = table.contract(entry)
      guard contract.isOption else { return sum }
      return sum + contract.coins(entry.quantity) * derivatives[entry.instrument].vega
        / contract.pricing.basePrice
    }
  }

  /// Unpaired short coins of options.
  func nakedShortCoins(_ held: HeldUnderlying) -> Double {
    held.chains.reduce(0) { $0 + NakedShorts.coins(table.legs($1.contracts)) }
  }

  /// Signed coins of perpetuals and futures, in the order of chains.
  func futureCoins(_ held: HeldUnderlying) -> [Double] {
    held.chains.flatMap { chain in
      chain.contracts.compactMap { entry in
        let contract = table.contract(entry)
        return contract.isOption ? nil : contract.coins(entry.quantity)
      }
    }
  }
}

/// The scenario with the largest loss over underlyings.
struct WorstScan {
  private var lossUSD = 0.0
  private(set) var scenario: ScenarioIndex?

  mutating func consider(lossUSD: Double, scenario: Int?, of scan: UnderlyingScan) {
    guard lossUSD > self.lossUSD, let scenario else { return }
    self.lossUSD = lossUSD
    self.scenario = ScenarioIndex(scan.firstScenario + scenario)
  }
}
