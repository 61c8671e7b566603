// Why an account's numbers are what they are: rows that add up to each stored figure.

import PortfolioModel
import RiskNumerics

/// One figure and the rows that add up to it, in their order, to the last bit.
public struct ExplainedSum: Sendable, Equatable {
  /// One addend.
  public struct Row: Sendable, Equatable {
    /// What it is.
    public var label: String
    /// How much of it; nil where that has no meaning.
    public var quantity: Double?
    /// Value of one, USD; nil where that has no meaning.
    public var unitUSD: Double?
    /// What it adds, USD.
    public var amountUSD: Double

    /// An addend.
    public init(
      label: String, quantity: Double? = nil, unitUSD: Double? = nil, amountUSD: Double
    ) {
      self.label = label
      self.quantity = quantity
      self.unitUSD = unitUSD
      self.amountUSD = amountUSD
    }
  }

  /// Name of the figure.
  public var title: String
  /// The addends.
  public var rows: [Row]
  /// The figure as stored, USD.
  public var totalUSD: Double

  /// A figure with its addends. Where these, added in their order, miss the figure by the rounding
  /// of its own computation, a row says so.
  public init(title: String, rows: [Row], totalUSD: Double) {
    self.title = title
    self.rows = rows
    self.totalUSD = totalUSD
    let sum = rows.reduce(0) { $0 + $1.amountUSD }
    if sum != totalUSD { self.rows.append(Row(label: "rounding", amountUSD: totalUSD - sum)) }
  }
}

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
  /// Profit in the worst scenario of the account's rule set before loss factors, USD.
  public var worstProfitUSD: Double
}

/// Explains single accounts by the same operations that the run makes.
struct Explainer {
  let run: PreparedRun
  let account: AccountIndex

  func explanation() throws(RunError) -> AccountExplanation {
    let block = try BlockRun(run: run, accounts: account.position..<account.position + 1)
      .result(blockIndex: 0)
    let row = block.accounts[0]
    let plan = run.plans[row.modelPosition]
    var result = AccountExplanation(
      name: run.book.portfolio.accounts[account.position].name, model: plan.terms.name,
      account: row)
    guard let margin = block.margins.first else { return result }
    let holdings = run.holdings.holdings(of: account)
    result.margin = margin
    result.worstScenarioLabel = plan.grid.set.labels[margin.worstScenario.position]
    result.measures = block.measures
    result.exposures = run.exposure.exposures(
      netQuantities: block.contribution.netQuantities)
    result.positions = positions(plan: plan, worst: margin.worstScenario)
    if let plan = run.analytic {
      result.analytic = block.analytic
      if plan.settings.isMeasured {
        result.holdingContributions = try BlockRun(run: run, accounts: 0..<0).analytic(plan)
          .holdings(holdings, label: label)
      }
    }
    result.sums = [equity(holdings, row), scan(holdings, plan, margin)]
    for (name, level) in [("initial", margin.initial), ("maintenance", margin.maintenance)] {
      result.sums += Self.level(name, level, equityUSD: row.equityUSD)
    }
    return result
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

  /// The loss of each holding in the worst scenario, after loss factors and gain offset.
  private func scan(
    _ holdings: AccountHoldings, _ plan: ScanPlan, _ margin: MarginRow
  ) -> ExplainedSum {
    let scenario = margin.worstScenario.position
    let units = ScanUnits.byUnderlying([holdings], plan: plan, columns: run.base.columns)
    var rows: [ExplainedSum.Row] = []
    for unit in units.units(ofAccountAt: 0) {
      let entries = Int(units.quantities.offsets[unit])..<Int(units.quantities.offsets[unit + 1])
      let profits = entries.map { entry in
        units.quantities.quantities[entry]
          * plan.grid.unitProfitUSD[
            scenario: scenario, column: Int(units.quantities.columns[entry])]
      }
      let isGain = profits.reduce(0, +) > 0
      let weight =
        plan.profitFactors[Int(units.groups[unit])][scenario]
        * (isGain ? plan.terms.gainOffsetFraction : 1)
      for (entry, profit) in zip(entries, profits) {
        rows.append(
          ExplainedSum.Row(
            label: label(ofColumn: Int(units.quantities.columns[entry])),
            quantity: units.quantities.quantities[entry], amountUSD: -(profit * weight)))
      }
    }
    let factor = plan.terms.maintenance.factor
    let lossUSD = factor > 0 ? margin.maintenance.scanUSD / factor : 0
    return ExplainedSum(
      title: "scan loss in scenario \(scenario) (\(plan.grid.set.labels[scenario]))",
      rows: lossUSD > 0 ? rows : [], totalUSD: lossUSD)
  }

  private func label(ofColumn column: Int) -> String {
    let columns = run.base.columns
    return column < columns.assetCount
      ? run.market.assets[column].name
      : run.book.instruments[column - columns.assetCount].name
  }

  private static func level(
    _ name: String, _ level: ScanRequirement, equityUSD: Double
  ) -> [ExplainedSum] {
    let surplus = level.surplusUSD(equityUSD: equityUSD)
    return [
      ExplainedSum(
        title: "\(name) requirement",
        rows: [
          ExplainedSum.Row(label: "scan", amountUSD: level.scanUSD),
          ExplainedSum.Row(label: "basis contingency", amountUSD: level.basisUSD),
          ExplainedSum.Row(label: "naked short floor", amountUSD: level.nakedShortUSD),
          ExplainedSum.Row(label: "borrowing", amountUSD: level.borrowUSD)
        ], totalUSD: level.totalUSD),
      ExplainedSum(
        title: "\(name) surplus",
        rows: [
          ExplainedSum.Row(label: "equity", amountUSD: equityUSD),
          ExplainedSum.Row(label: "haircuts", amountUSD: -level.haircutUSD),
          ExplainedSum.Row(label: "requirement", amountUSD: -level.totalUSD)
        ], totalUSD: surplus)
    ]
  }

  private func positions(plan: ScanPlan, worst: ScenarioIndex) -> [PositionResult] {
    let table = run.book.portfolio.positions
    return table.rows(of: account).map { row in
      let instrument = table.instruments[row]
      let quantity = table.quantities[row]
      let column = run.base.columns.column(of: instrument)
      var greeks = Greeks()
      greeks.add(run.exposure.greeks.greeks[column], quantity: quantity)
      let profit = plan.grid.unitProfitUSD[scenario: worst.position, column: column]
      return PositionResult(
        instrument: run.book[instrument].name, leg: table.legs.isEmpty ? "" : table.legs[row],
        quantity: quantity, valueUSD: quantity * run.base.baseUSD[column],
        gapToMarkUSD: gapToMark(instrument).map { quantity * $0 }, greeks: greeks,
        worstProfitUSD: quantity * profit)
    }
  }

  /// Model value less mark of one option contract, USD.
  private func gapToMark(_ index: InstrumentIndex) -> Double? {
    guard case .priced(let instrument) = run.market.pricings[index.position],
      instrument.isOption, let mark = instrument.markOfOption
    else { return nil }
    let markUSD = instrument.multiplier * mark * run.market.priceUSD(instrument.settlement)
    return run.base.baseUSD[run.base.columns.column(of: index)] - markUSD
  }
}
