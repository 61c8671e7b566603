// Unit P&L: `U [scenarios x columns]` of one scenario set, by full revaluation.

import PortfolioModel
import RiskNumerics

/// A scenario set with the profit of one unit of each column in each scenario.
struct ValuedScenarios: Sendable {
  let set: ScenarioSet
  /// Profit per unit, USD. [scenarios x columns]
  let unitProfitUSD: ScenarioMatrix
  /// The delta-gamma form; only for samples, whose factors all move in every scenario.
  let deltaGamma: DeltaGammaForm?

  init(
    set: ScenarioSet, market: PricedMarket, base: UnitValue, term: VolatilityTermStructure?,
    threadCount: Int
  ) {
    let binding = ScenarioBinding(set: set, market: market, term: term)
    self.set = set
    unitProfitUSD = ScenarioMatrix.filled(
      scenarioCount: set.scenarioCount, columnCount: base.columns.count, threadCount: threadCount
    ) { (block: Int, elements: inout MutableSpan<Double>) in
      var tile = ShockedTile(market: market, set: set, binding: binding)
      var valuation = TileValuation(market: market, base: base)
      let firstScenario = block * ScenarioMatrix.blockRowCount
      tile.fill(firstScenario: firstScenario)
      let rowCount = min(ScenarioMatrix.blockRowCount, set.scenarioCount - firstScenario)
      valuation.writeProfits(tile, rowCount: rowCount, into: &elements)
    }
    deltaGamma =
      set.weighting == .sample
      ? DeltaGammaForm(set: set, market: market, base: base, binding: binding) : nil
  }
}
