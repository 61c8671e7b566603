// The market in one tile of scenarios: ratios of asset prices and the state of each node.

import PortfolioModel
import RiskNumerics

/// Shocked levels of up to 64 consecutive scenarios, refilled for each tile.
///
/// Rows beyond the last scenario of the set hold an unchanged market.
struct ShockedTile {
  /// One node in each scenario of the tile.
  struct Node {
    /// Years to expiry after time has passed.
    var expiryYears: Double
    /// Years to expiry at the base point.
    var fittedYears: Double
    /// Shocked forward over base forward.
    var forwardRatios: [Double]
    /// Shocked volatility is `max(floor, scale x volatility + shift, 0)`.
    var volatilityScales: [Double]
    var volatilityShifts: [Double]
    /// Discount factors of the quote asset.
    var discountFactors: [Double]
  }

  static let rowCount = ScenarioMatrix.blockRowCount

  /// Shocked over base price by asset.
  private(set) var assetRatios: [[Double]]
  private(set) var nodes: [Node]
  private(set) var volatilityFloors: [Double]
  /// What volatilities do when forwards move.
  var volatilityRule: VolatilityRule { self.set.volatilityRule }
  private let market: PricedMarket
  private var set: ScenarioSet
  private let binding: ScenarioBinding

  init(market: PricedMarket, set: ScenarioSet, binding: ScenarioBinding) {
    self.market = market
    self.set = set
    self.binding = binding
    let ones = [Double](repeating: 1, count: Self.rowCount)
    let zeros = [Double](repeating: 0, count: Self.rowCount)
    assetRatios = market.assets.map { _ in ones }
    volatilityFloors = zeros
    nodes = market.nodes.map { node in
      let passedYears = UTCTime.years(ofDays: set.rollDays)
      let years = node.expiry == nil ? 0 : max(node.expiryYears - passedYears, 0)
      let discount = ScalarMath.exp(-node.rateContinuous * years)
      return Node(
        expiryYears: years, fittedYears: node.expiryYears, forwardRatios: ones,
        volatilityScales: ones, volatilityShifts: zeros,
        discountFactors: [Double](repeating: discount, count: Self.rowCount))
    }
  }

  /// Fills the tile with scenarios from `firstScenario` on.
  mutating func fill(firstScenario: Int) {
    fill(
      firstScenario: firstScenario,
      rows: 0..<min(Self.rowCount, set.scenarioCount - firstScenario),
      assets: Array(market.assets.indices), nodes: Array(nodes.indices))
  }

  /// Fills what some assets and nodes need with the first scenarios of another set, which has the
  /// same factors; the prices of the underlyings and quotes of the nodes are among `assets`.
  mutating func fill(from other: ScenarioSet, rowCount: Int, assets: [Int], nodes: [Int]) {
    precondition(other.columns.count == set.columns.count, "a set with the same factors")
    precondition(rowCount <= min(Self.rowCount, other.scenarioCount), "rows of one tile")
    set = other
    fill(firstScenario: 0, rows: 0..<rowCount, assets: assets, nodes: nodes)
  }

  private mutating func fill(firstScenario: Int, rows: Range<Int>, assets: [Int], nodes: [Int]) {
    for row in rows where !set.volatilityFloorsAnnual.isEmpty {
      volatilityFloors[row] = set.volatilityFloorsAnnual[firstScenario + row]
    }
    for asset in assets {
      for row in rows { assetRatios[asset][row] = priceRatio(asset, firstScenario + row) }
    }
    for node in nodes {
      fillForwards(node, rows: rows, firstScenario: firstScenario)
      fillVolatilities(node, rows: rows, firstScenario: firstScenario)
      fillDiscounts(node, rows: rows, firstScenario: firstScenario)
    }
  }

  private func priceRatio(_ asset: Int, _ scenario: Int) -> Double {
    guard let column = named(binding.spot[asset], binding.trackedSpot[asset], scenario) else {
      return 1
    }
    let (scale, shift) = (set.columns[column].scale[scenario], set.columns[column].shift[scenario])
    // Only a pure ratio is exact without knowing the level.
    if shift == 0 { return scale }
    // What needs the price of an asset without one is not valued, so its ratio is never read.
    guard let level = market.assetPricesUSD[asset] else { return 1 }
    return (scale * level + shift) / level
  }

  private mutating func fillForwards(_ index: Int, rows: Range<Int>, firstScenario: Int) {
    let node = market.nodes[index]
    let columns = binding.nodes[index]
    let underlying = node.pair.underlying.position
    let quote = node.pair.quote.position
    let passedGrowth = node.carryContinuous * (nodes[index].expiryYears - node.expiryYears)
    for row in rows {
      let scenario = firstScenario + row
      var growth = passedGrowth
      if let basis = named(columns.basisOfExpiry, columns.basis, scenario) {
        let (scale, shift) = (
          set.columns[basis].scale[scenario], set.columns[basis].shift[scenario]
        )
        // b' T' - b T = (b' - b) T' + b (T' - T), which is exactly 0 where nothing moves.
        let change = (scale - 1) * node.carryContinuous + shift
        growth += change * nodes[index].expiryYears
      }
      let ratio = assetRatios[underlying][row] / assetRatios[quote][row]
      nodes[index].forwardRatios[row] = growth == 0 ? ratio : ratio * ScalarMath.exp(growth)
    }
  }

  private mutating func fillVolatilities(_ index: Int, rows: Range<Int>, firstScenario: Int) {
    let columns = binding.nodes[index]
    for row in rows {
      let scenario = firstScenario + row
      guard let factor = named(columns.volatilityOfExpiry, columns.volatility, scenario) else {
        nodes[index].volatilityScales[row] = 1
        nodes[index].volatilityShifts[row] = 0
        continue
      }
      let scale = set.columns[factor].scale[scenario]
      let spreads = set.columns[factor].presence[scenario] == .spread
      nodes[index].volatilityScales[row] =
        spreads ? ScalarMath.power(scale, columns.volatilitySpread) : scale
      nodes[index].volatilityShifts[row] = set.columns[factor].shift[scenario]
    }
  }

  private mutating func fillDiscounts(_ index: Int, rows: Range<Int>, firstScenario: Int) {
    guard let rate = binding.nodes[index].rate.map({ set.columns[$0] }) else { return }
    let base = market.nodes[index].rateContinuous
    for row in rows {
      let scenario = firstScenario + row
      let shocked = rate.scale[scenario] * base + rate.shift[scenario]
      nodes[index].discountFactors[row] = ScalarMath.exp(-shocked * nodes[index].expiryYears)
    }
  }

  /// The first of two columns that a scenario names.
  private func named(_ first: Int?, _ second: Int?, _ scenario: Int) -> Int? {
    if let first, set.columns[first].presence[scenario] != .absent { return first }
    if let second, set.columns[second].presence[scenario] != .absent { return second }
    return nil
  }
}
