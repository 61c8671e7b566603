// One rule set of the family *scan* against one market: what it needs, looked up once.

import PortfolioModel
import RiskNumerics

/// Terms of a rule set with haircuts and multipliers by asset.
struct ScanPlan: Sendable {
  let terms: ScanTerms
  /// The scanned grid, valued.
  let grid: ValuedScenarios
  /// Forwards up and down, valued.
  let forwardShift: ValuedScenarios
  /// Haircuts of positive balances at each level, fractions. [assets]
  let initialHaircuts: [Double]
  let maintenanceHaircuts: [Double]
  /// Whether a balance takes part in the scan of the asset it is or tracks. [assets]
  let isScannedCollateral: [Bool]
  /// Columns that are treated together.
  let groups: ScanGroups
  /// Multipliers of profit by scenario, per asset that groups are about. [assets][scenarios]
  let profitFactors: [[Double]]

  init(
    terms: ScanTerms, grid: ValuedScenarios, forwardShift: ValuedScenarios, market: PricedMarket,
    instruments: [Instrument]
  ) {
    self.terms = terms
    self.grid = grid
    self.forwardShift = forwardShift
    initialHaircuts = market.assets.map { terms.initial.haircutFraction(of: $0.name) }
    maintenanceHaircuts = market.assets.map { terms.maintenance.haircutFraction(of: $0.name) }
    let underlyings = Set(instruments.map { market.trackedAsset[$0.underlying.position] })
    isScannedCollateral = market.assets.indices.map { asset in
      terms.isCollateralScanned && underlyings.contains(market.trackedAsset[asset])
    }
    groups = ScanGroups(market: market, instruments: instruments)
    profitFactors = market.assets.map { grid.set.lossFactors(of: $0.name) }
  }

  /// Scenario sets that a rule set asks for.
  static func requests(_ terms: ScanTerms, name: String) -> (
    grid: ScenarioSetSettings, forwardShift: ScenarioSetSettings
  ) {
    (
      ScenarioSetSettings(name: "scan:" + name, source: .grid(terms.grid)),
      ScenarioSetSettings(name: "basis:" + name, source: .forwardShift(terms.basis))
    )
  }

  /// Fraction of a balance that counts in the scan: all of what is owed, what the maintenance
  /// haircut leaves of what is owned.
  func scannedAmount(_ amount: Double, of asset: AssetIndex) -> Double {
    amount < 0 ? amount : amount * (1 - maintenanceHaircuts[asset.position])
  }
}
