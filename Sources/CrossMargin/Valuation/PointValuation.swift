// Single portfolios at chosen moves of the factors, by the kernels that value scenario sets.

import PortfolioModel
import RiskNumerics

/// Values portfolios at up to 64 points at a time; owns the scratch memory of one worker.
///
/// What is asked for goes through the same tile and kernels as a scenario set of the same moves.
struct PointValuation {
  /// Points that one pass values.
  static let pointCountMax = ShockedTile.rowCount

  /// Quantities by column of `U`.
  typealias Portfolio = [(column: Int, quantity: Double)]

  private let market: PricedMarket
  private let columns: UnitColumns
  /// Points without moves, of which the moved factors are replaced for each pass.
  private var points: ScenarioSet
  private let unmoved: [FactorColumn]
  private var tile: ShockedTile
  private var valuation: TileValuation
  private var profits: [Double] = []

  /// Factors sorted by the bytes of their names; their moves spread over expiries by `term`.
  init(
    factors: [FactorName], market: PricedMarket, base: UnitValue, term: VolatilityTermStructure?
  ) {
    self.market = market
    columns = base.columns
    let none = [Double](repeating: 0, count: Self.pointCountMax)
    points = ScenarioSet(
      name: "points", kind: "points", labels: none.map { _ in "" },
      columns: factors.map { FactorColumn(name: $0, moves: none, presence: .spread) })
    precondition(points.columns.map(\.name) == factors, "factors are sorted")
    unmoved = points.columns
    let binding = ScenarioBinding(set: points, market: market, term: term)
    tile = ShockedTile(market: market, set: points, binding: binding)
    valuation = TileValuation(market: market, base: base)
  }

  /// Profits of a portfolio at each point, USD.
  ///
  /// Shapes: `moves` [moved factors][points], at most 64 points; `factors` are the positions of the
  /// moved factors, the others stay.
  mutating func profitsUSD(
    _ held: Portfolio, factors: [Int], moves: [[Double]]
  ) -> [Double] {
    precondition(factors.count == moves.count, "one list of moves for each factor")
    let pointCount = moves.first?.count ?? 1
    precondition(pointCount <= Self.pointCountMax, "points of one pass")
    for (factor, column) in zip(factors, moves) {
      for (point, move) in column.enumerated() {
        points.columns[factor].set(move: move, scenario: point, presence: .spread)
      }
    }
    let needed = needed(held)
    tile.fill(from: points, rowCount: pointCount, assets: needed.assets, nodes: needed.nodes)
    for factor in factors { points.columns[factor] = unmoved[factor] }
    let count = held.count * ShockedTile.rowCount
    // The memory is taken out for the pass, so that it and the valuation can be written to at once.
    var scratch: [Double] = []
    swap(&scratch, &profits)
    if scratch.count < count { scratch = [Double](repeating: 0, count: count) }
    var block = scratch.mutableSpan
    var sums = [Double](repeating: 0, count: pointCount)
    for (place, position) in held.enumerated() {
      valuation.writeProfit(
        ofColumn: position.column, tile, rowCount: pointCount, at: place, into: &block)
      for point in 0..<pointCount {
        let unitUSD = block[place * ShockedTile.rowCount + point]
        // One chain of fused multiply-adds, as the products of scenario sets.
        sums[point] = sums[point].addingProduct(position.quantity, unitUSD)
      }
    }
    swap(&scratch, &profits)
    return sums
  }

  /// Assets and nodes that the columns depend on, each once.
  private func needed(_ held: Portfolio) -> (assets: [Int], nodes: [Int]) {
    var assets = [Bool](repeating: false, count: market.assets.count)
    var nodes = [Bool](repeating: false, count: market.nodes.count)
    for (column, _) in held {
      guard column >= columns.assetCount else {
        assets[column] = true
        continue
      }
      guard case .priced(let instrument) = market.pricings[column - columns.assetCount] else {
        continue
      }
      let node = market.nodes[instrument.node]
      nodes[instrument.node] = true
      for asset in [node.pair.underlying, node.pair.quote, instrument.settlement] {
        assets[asset.position] = true
      }
    }
    return (assets.indices.filter { assets[$0] }, nodes.indices.filter { nodes[$0] })
  }
}
