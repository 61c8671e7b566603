// Reya's margin as a rule set.

import PortfolioModel
import RiskNumerics

/// Margin of linear exposures by one covariance over all underlyings.
///
/// Amounts are in the venue's dollar, one unit of the cash asset. The liquidation requirement itself
/// is the level `liquidation`. Not covered: underlyings outside the matrix, other assets, dated
/// futures, inverse contracts, options.
struct CovarianceRule: AccountRule {
  private let venue: PerpetualVenue<Int>
  private let margin: CovarianceMargin

  var coverage: RuleCoverage { venue.coverage }

  let schema = MarginSchema(
    levels: ["initial", "maintenance", "liquidation"],
    components: [MarginComponent("equity", .value), MarginComponent("covariance", .charge)])

  init(_ terms: CovarianceRuleTerms, _ context: RuleContext) {
    let places = terms.underlyings.enumerated().map { AssetTerms(asset: $1, terms: $0) }
    venue = PerpetualVenue(
      PerpetualRuleTerms(
        cashAsset: terms.cashAsset,
        markets: places.sorted { precedesByBytes($0.asset, $1.asset) }), context)
    var matrix = Matrix(rowCount: places.count, columnCount: places.count)
    for (row, values) in terms.riskMatrix.enumerated() {
      for (column, value) in values.enumerated() { matrix[row, column] = value }
    }
    margin = CovarianceMargin(
      riskMatrix: matrix, maintenanceFactor: terms.maintenanceFactor,
      initialFactor: terms.initialFactor)
  }

  func judge(_ holdings: AccountHoldings) -> MarginRow {
    var exposuresUSD = [Double](repeating: 0, count: margin.riskMatrix.rowCount)
    venue.forEachPerpetual(holdings) { _, contract, place, coins in
      exposuresUSD[place] += coins * contract.pricing.basePrice
    }
    let liquidationUSD = margin.liquidationUSD(exposuresUSD: exposuresUSD)
    let cashUSD = venue.cashUSD(holdings)
    return MarginRow(
      account: holdings.account,
      levels: [margin.initialFactor, margin.maintenanceFactor, 1].map {
        LevelMargin(componentsUSD: [cashUSD, 0 - liquidationUSD * $0], schema: schema)
      }, worstScenario: nil)
  }
}
