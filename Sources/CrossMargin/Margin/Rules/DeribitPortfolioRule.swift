// Deribit's portfolio margin as a rule set of an account margined across its currencies.

import PortfolioModel
import RiskNumerics

/// Cross portfolio margin of Deribit.
///
/// Each underlying has an inverse part in its own coin and a linear part in dollars. In a scenario
/// the counted profits of both are added in USD at the present index; underlyings do not offset each
/// other. Equity is that of all listed assets with option values; what collateral loses counts at
/// the initial level only. The worst scenario counts the scenarios of all underlyings one after
/// another, in the order of their names. Market maker protection and open orders are not counted.
/// Not covered: underlyings and collaterals that are not listed, contracts not quoted in dollars.
struct DeribitPortfolioRule: AccountRule {
  let coverage: RuleCoverage
  let scenarios: [RuleScenario]
  private let table: ContractTable
  private let plans: [Plan]
  private let haircuts: [Double]
  private let deltas: [Double]
  private let pricesUSD: [Double]
  private let base: UnitValue

  let schema = MarginSchema(
    levels: ["initial", "maintenance"],
    components: [
      MarginComponent("equity", .value), MarginComponent("haircut", .value),
      MarginComponent("scan", .charge), MarginComponent("roll_shock", .charge),
      MarginComponent("delta_shock", .charge)
    ])

  /// One underlying with its scenarios, valued.
  private struct Plan: Sendable {
    let asset: AssetIndex
    let terms: DeribitPortfolioTerms
    let scenarios: [MarginScenario]
    let units: OptionUnits
    /// First of its scenarios in those of the rule set.
    let firstScenario: Int
  }

  init(_ terms: DeribitRuleTerms, _ context: RuleContext) {
    let (book, market) = (context.book, context.market)
    let table = ContractTable(book: book, market: market)
    self.table = table
    base = context.base
    pricesUSD = market.assetPricesUSD.map { $0 ?? 0 }
    haircuts = market.assets.map { asset in
      firstIndex(in: terms.haircuts, named: asset.name, name: \.asset)
        .map { terms.haircuts[$0].fraction } ?? 0
    }
    deltas = UnitGreeks.derivatives(market).map(\.delta)
    var plans: [Plan] = []
    var described: [RuleScenario] = []
    for own in terms.underlyings {
      guard let asset = book.market.assetIndex(named: own.asset) else { continue }
      let grid = own.terms.grid
      let scenarios = MarginScenario.grid(grid, asset: own.asset)
      let units = OptionUnits(
        table: table, scenarios: scenarios,
        shock: VolatilityShock(
          term: grid.volatilityTerm, raisedVolatilityAnnualMin: grid.raisedVolatilityAnnualMin),
        skew: nil
      ) { contract in
        guard contract.underlying == asset else { return nil }
        return OptionChain(
          expirySeconds: contract.node.expiryDays * 86_400,
          variableForward: contract.node.forward, fixedForward: 0,
          payment: contract.isInverse ? .coin : .quote(discountFactor: 1), legs: [contract.leg])
      }
      plans.append(
        Plan(
          asset: asset, terms: own.terms, scenarios: scenarios, units: units,
          firstScenario: described.count))
      described += scenarios.map { $0.described(own.asset + " ") }
    }
    self.plans = plans
    scenarios = described
    coverage = RuleCoverage(book: book, table: table) { asset in
      terms.haircuts.contains { $0.asset == asset.name } ? .ownedOrOwed : .unknown
    } contract: { instrument, listed in
      plans.contains { $0.asset == instrument.underlying }
        && book.market.isDollar(instrument.quote)
    }
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var (scanUSD, rollUSD, deltaUSD) = (LevelPair.none, LevelPair.none, LevelPair.none)
    var worst: (lossUSD: Double, scenario: Int?) = (0, nil)
    for held in table.split(holdings) {
      guard let plan = plans.first(where: { $0.asset == held.underlying }) else { continue }
      let risk = risk(held, plan)
      let factors = LevelPair(initial: 1, maintenance: plan.terms.maintenanceFactor)
      scanUSD = scanUSD + factors * risk.scanUSD
      rollUSD = rollUSD + factors * risk.rollUSD
      deltaUSD = deltaUSD + factors * risk.deltaUSD
      if risk.scanUSD > worst.lossUSD {
        worst = (risk.scanUSD, risk.scenario.map { plan.firstScenario + $0 })
      }
    }
    let equityUSD = EquityReading(holdings, base: base).equityUSD
    var haircutUSD = 0.0
    for (asset, amount) in holdings.amounts where amount > 0 {
      haircutUSD += amount * pricesUSD[asset.position] * haircuts[asset.position]
    }
    return MarginRow(
      account: holdings.account,
      levels: [
        LevelMargin(
          componentsUSD: [
            equityUSD, 0 - haircutUSD, 0 - scanUSD.initial, 0 - rollUSD.initial,
            0 - deltaUSD.initial
          ], schema: schema),
        LevelMargin(
          componentsUSD: [
            equityUSD, 0, 0 - scanUSD.maintenance, 0 - rollUSD.maintenance,
            0 - deltaUSD.maintenance
          ], schema: schema)
      ], worstScenario: worst.scenario.map(ScenarioIndex.init))
  }

  private struct Risk {
    var scanUSD = 0.0
    var scenario: Int?
    var rollUSD = 0.0
    var deltaUSD = 0.0
  }

  private func risk(_ held: HeldUnderlying, _ plan: Plan) -> Risk {
    let indexUSD = pricesUSD[plan.asset.position]
    var coin = Part(scenarioCount: plan.scenarios.count)
    var linear = coin
    for chain in held.chains {
      coin.begin(table.chains[chain.chain].node)
      linear.begin(table.chains[chain.chain].node)
      for entry in chain.contracts {
        if table.contract(entry).isInverse {
          add(entry, plan, to: &coin)
        } else {
          add(entry, plan, to: &linear)
        }
      }
    }
    var risk = Risk()
    var profitsUSD = [Double](repeating: 0, count: plan.scenarios.count)
    var deltaCoins = 0.0
    for (part, settlement) in [(coin, DeribitPortfolio.Settlement.coin), (linear, .linear)]
    where !part.isEmpty {
      let requirement = plan.terms.requirement(
        DeribitPortfolio(
          settlement: settlement, indexUSD: indexUSD, profits: part.profits, deltas: part.deltas),
        scenarios: plan.scenarios)
      let unitUSD = settlement == .coin ? indexUSD : 1
      for scenario in profitsUSD.indices {
        profitsUSD[scenario] += requirement.countedProfits[scenario] * unitUSD
      }
      risk.rollUSD += requirement.rollShock * unitUSD
      for expiry in part.deltas { deltaCoins += expiry.delta }
    }
    let worst = WorstProfit(profitsUSD)
    if worst.profit < 0 { (risk.scanUSD, risk.scenario) = (-worst.profit, worst.scenario) }
    risk.deltaUSD = plan.terms.deltaShock.chargeUSD(deltaUSD: deltaCoins * indexUSD)
    return risk
  }

  /// Profits and deltas in one settlement currency.
  private struct Part {
    var profits: [Double]
    var deltas: [ExpiryDelta] = []
    var isEmpty = true

    init(scenarioCount: Int) { profits = [Double](repeating: 0, count: scenarioCount) }

    mutating func begin(_ node: PricingNode) {
      deltas.append(ExpiryDelta(expiryYears: node.expiryYears, delta: 0))
    }
  }

  private func add(_ entry: HeldContract, _ plan: Plan, to part: inout Part) {
    let contract = table.contract(entry)
    let coins = contract.coins(entry.quantity)
    let last = part.deltas.count - 1
    part.isEmpty = false
    if contract.isOption {
      plan.units.addProfits(entry.instrument, coins: coins, to: &part.profits)
      part.deltas[last].delta += coins * deltas[entry.instrument]
      return
    }
    part.deltas[last].delta += coins
    for (scenario, terms) in plan.scenarios.enumerated() {
      part.profits[scenario] +=
        contract.isInverse
        ? FutureProfit.coins(coins, priceRatio: terms.priceRatio)
        : FutureProfit.linear(
          coins, price: contract.pricing.basePrice, priceRatio: terms.priceRatio)
    }
  }
}
