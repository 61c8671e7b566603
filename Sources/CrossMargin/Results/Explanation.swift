// Why an account's numbers are what they are: rows that add up to each stored figure.

import PortfolioModel
import RiskNumerics

/// Everything a run says about one account, with the sums behind it.
public struct AccountExplanation: Sendable, Equatable {
  /// Name of the account.
  public var name: String
  /// Name of its rule set.
  public var model: String
  /// The account.
  public var account: AccountRow
  /// Its requirements; nil where unmargined.
  public var margin: MarginRow?
  /// Label of the worst scenario of the rule set's grid.
  public var worstScenarioLabel = ""
  /// Equity, scan, requirements and surpluses.
  public var sums: [ExplainedSum] = []
  /// What each holding has to do with the requirement of each level, strictest first.
  public var requirements: [RequirementContributions] = []
  /// Losses by scenario set, in the order of the settings.
  public var measures: [MeasureRow] = []
  /// Sensitivities by underlying and expiry.
  public var exposures: [BookExposure] = []
  /// Positions.
  public var positions: [PositionResult] = []
  /// Analytic measures, contributions and stresses; nil where the run asks for none.
  public var analytic: AnalyticResult?
  /// What each holding has to do with the analytic measures; empty where the run asks for none.
  public var holdingContributions: [HoldingContribution] = []
}

/// One position of an account.
public struct PositionResult: Sendable, Equatable {
  /// Name of the instrument.
  public var instrument: String
  /// Name of the leg; empty where it has none.
  public var leg: String
  /// Signed number of contracts.
  public var quantity: Double
  /// Model value of options, USD; 0 for others.
  public var valueUSD: Double
  /// Model value less mark of options, USD; nil without a mark.
  public var gapToMarkUSD: Double?
  /// Sensitivities.
  public var greeks: Greeks
  /// Profit in the worst scenario of the account's rule set before loss factors, USD; nil where the
  /// rule set names none.
  public var worstProfitUSD: Double?
}

/// Explains single accounts by the same operations that the run makes.
struct Explainer {
  let run: PreparedRun
  let account: AccountIndex

  func explanation() throws(RunError) -> AccountExplanation {
    let block = try BlockRun(run: run, accounts: account.position..<account.position + 1)
      .result(blockIndex: 0)
    let row = block.accounts[0]
    let rule = run.rules[row.modelPosition]
    var result = AccountExplanation(
      name: run.book.portfolio.accounts[account.position].name,
      model: run.settings.models[row.modelPosition].name,
      account: row)
    guard let margin = block.margins.first else { return result }
    let holdings = run.holdings.holdings(of: account)
    result.margin = margin
    result.worstScenarioLabel =
      margin.worstScenario.map { rule.scenarios[$0.position].label } ?? ""
    result.measures = block.measures
    result.exposures = run.exposure.exposures(
      netQuantities: block.contribution.netQuantities)
    result.positions = positions(rule, worst: margin.worstScenario)
    if let plan = run.analytic {
      result.analytic = block.analytic
      if plan.settings.isMeasured {
        result.holdingContributions = try BlockRun(run: run, accounts: 0..<0).analytic(plan)
          .holdings(holdings) { run.base.columns.name(ofColumn: $0, in: run.book) }
      }
    }
    result.sums = [equity(holdings, row)] + rule.explanation(holdings, margin)
    for (name, level) in zip(rule.schema.levels, margin.levels) {
      result.sums.append(Self.level(name, level, rule.schema))
    }
    result.requirements =
      try ContributionFinder(rule: rule).contributions(holdings, name: name) ?? []
    return result
  }

  private func name(_ holding: Holding) -> String {
    switch holding {
    case .amount(let asset, _): run.book.market[asset].name
    case .contracts(let instrument, _): run.book[instrument].name
    }
  }

  private func equity(_ holdings: AccountHoldings, _ row: AccountRow) -> ExplainedSum {
    let base = run.base
    let balances = holdings.amounts.map { asset, amount in
      let price = base.baseUSD[base.columns.column(of: asset)]
      return ExplainedSum.Row(
        label: run.market.assets[asset.position].name + " with unsettled gains", quantity: amount,
        unitUSD: price, amountUSD: amount * price)
    }
    let options = holdings.contracts.compactMap { instrument, quantity -> ExplainedSum.Row? in
      let value = base.baseUSD[base.columns.column(of: instrument)]
      guard value != 0 else { return nil }
      return ExplainedSum.Row(
        label: run.book[instrument].name, quantity: quantity, unitUSD: value,
        amountUSD: quantity * value)
    }
    return ExplainedSum(
      title: "equity", rows: balances + options, totalUSD: row.equityUSD)
  }

  private static func level(
    _ name: String, _ level: LevelMargin, _ schema: MarginSchema
  ) -> ExplainedSum {
    ExplainedSum(
      title: "\(name) surplus",
      rows: zip(schema.components, level.componentsUSD).map { component, amount in
        ExplainedSum.Row(
          label: component.name.split(separator: "_").joined(separator: " "), amountUSD: amount)
      }, totalUSD: level.surplusUSD)
  }

  private func positions(_ rule: any MarginRule, worst: ScenarioIndex?) -> [PositionResult] {
    let table = run.book.portfolio.positions
    return table.rows(of: account).map { row in
      let instrument = table.instruments[row]
      let quantity = table.quantities[row]
      let column = run.base.columns.column(of: instrument)
      var greeks = Greeks()
      greeks.add(run.exposure.greeks.greeks[column], quantity: quantity)
      let profit = worst.flatMap {
        rule.unitProfitUSD(column: column, scenario: $0.position)
      }
      return PositionResult(
        instrument: run.book[instrument].name, leg: table.legs.isEmpty ? "" : table.legs[row],
        quantity: quantity, valueUSD: quantity * run.base.baseUSD[column],
        gapToMarkUSD: run.gapToMarkUSD(instrument).map { quantity * $0 }, greeks: greeks,
        worstProfitUSD: profit.map { quantity * $0 })
    }
  }
}
