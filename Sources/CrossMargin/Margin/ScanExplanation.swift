// The sum behind the scan of an account, for people.

import PortfolioModel
import RiskNumerics

extension ScanMargin {
  /// The loss of each holding in the worst scenario, after loss factors and gain offset.
  func explanation(_ holdings: AccountHoldings, _ row: MarginRow) -> [ExplainedSum] {
    guard let scenario = row.worstScenario?.position else { return [] }
    let units = ScanUnits.byUnderlying([holdings], plan: plan, columns: columns)
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
            label: columns.name(ofColumn: Int(units.quantities.columns[entry]), in: book),
            quantity: units.quantities.quantities[entry], amountUSD: -(profit * weight)))
      }
    }
    let factor = plan.terms.maintenance.factor
    let lossUSD = -row.maintenance.componentsUSD[2] / factor
    return [
      ExplainedSum(
        title: "scan loss in scenario \(scenario) (\(plan.grid.set.labels[scenario]))",
        rows: lossUSD > 0 ? rows : [], totalUSD: lossUSD)
    ]
  }

  func unitProfitUSD(column: Int, scenario: Int) -> Double? {
    plan.grid.unitProfitUSD[scenario: scenario, column: column]
  }
}
