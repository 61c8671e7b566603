// Surfaces after the shocks of a scenario set: whether a density and an order of expiries are left.

import PortfolioModel
import RiskNumerics

/// Tests fitted slices in every scenario of a set and counts what a shock breaks.
///
/// A slice is tested over `ln(K/F')` of the shocked forward: under sticky strike it has moved there by
/// `ln(F'/F)`, under sticky delta it has not; its volatilities are scaled, shifted and floored as
/// those of options are. Places are equal steps over five deviations to each side, beyond which
/// options have no price. Slices of quotes are not tested: between them there is no curvature.
struct SurfaceTest {
  private let market: PricedMarket
  private let set: ScenarioSet
  private let binding: ScenarioBinding
  /// Nodes with a fitted slice, by pair and expiry.
  private let fitted: [(node: Int, slice: SVISlice)]
  private var butterflies = Noticed()
  private var calendars = Noticed()

  private static let placeCount = 41
  private static let tolerance = 1e-9

  /// What the shocks of a set break: `surface_butterfly` and `surface_calendar`, each with the number
  /// of slices and scenarios together.
  static func warnings(
    _ set: ScenarioSet, market: PricedMarket, slices: [SVISlice], term: VolatilityTermStructure?
  ) -> [RunWarning] {
    var test = SurfaceTest(set, market: market, slices: slices, term: term)
    guard !test.fitted.isEmpty else { return [] }
    test.run()
    return [
      test.butterflies.warning("surface_butterfly"), test.calendars.warning("surface_calendar")
    ].compactMap(\.self)
  }

  private init(
    _ set: ScenarioSet, market: PricedMarket, slices: [SVISlice], term: VolatilityTermStructure?
  ) {
    self.set = set
    self.market = market
    binding = ScenarioBinding(set: set, market: market, term: term)
    fitted = slices.compactMap { slice in
      market.nodes.firstIndex { $0.pair == slice.pair && $0.expiry == slice.expiry }
        .map { ($0, slice) }
    }
  }

  private mutating func run() {
    var tile = ShockedTile(market: market, set: set, binding: binding)
    for first in stride(from: 0, to: set.scenarioCount, by: ShockedTile.rowCount) {
      tile.fill(firstScenario: first)
      for row in 0..<min(ShockedTile.rowCount, set.scenarioCount - first) {
        test(tile, row: row, scenario: first + row)
      }
    }
  }

  private mutating func test(_ tile: ShockedTile, row: Int, scenario: Int) {
    var earlier: (pair: AssetPair, slice: MovedSlice)?
    for (node, slice) in fitted {
      let moved = MovedSlice(slice, node: tile.nodes[node], tile: tile, row: row)
      let name =
        "\(set.labels[scenario]): "
        + market.assets[slice.pair.underlying.position].name + " \(slice.expiry)"
      if moved.hasButterfly(places: Self.placeCount, tolerance: Self.tolerance) {
        butterflies.add(name)
      }
      if let earlier, earlier.pair == slice.pair,
        earlier.slice.exceeds(moved, places: Self.placeCount, tolerance: Self.tolerance)
      {
        calendars.add(name)
      }
      earlier = (slice.pair, moved)
    }
  }
}

/// A slice in one scenario.
private struct MovedSlice {
  let slice: RawSVI
  /// What is added to `ln(K/F')` to find the place on the slice of today.
  let shift: Double
  /// Years to expiry when it was fitted, of which its total variance is.
  let fittedYears: Double
  let expiryYears: Double
  let scale: Double
  let added: Double
  let floor: Double

  init(_ slice: SVISlice, node: ShockedTile.Node, tile: ShockedTile, row: Int) {
    self.slice = RawSVI(slice)
    let ratio = node.forwardRatios[row]
    shift = tile.volatilityRule == .stickyStrike ? ScalarMath.log(ratio) : 0
    fittedYears = node.fittedYears
    expiryYears = node.expiryYears
    scale = node.volatilityScales[row]
    added = node.volatilityShifts[row]
    floor = tile.volatilityFloors[row]
  }

  /// Total variance after volatilities moved, for the time that is left.
  func point(_ k: Double) -> SmilePoint {
    var point = slice.point(logMoneyness: k + shift)
    let share = expiryYears / fittedYears
    point.totalVariance *= share
    point.slope *= share
    point.curvature *= share
    return point.moved(scale: scale, shift: added, floor: floor, expiryYears: expiryYears)
  }

  private func places(_ count: Int) -> [Double] {
    let reach = 5 * max(point(0).totalVariance, 0).squareRoot()
    return (0..<count).map { reach * (2 * Double($0) / Double(count - 1) - 1) }
  }

  func hasButterfly(places count: Int, tolerance: Double) -> Bool {
    guard expiryYears > 0 else { return false }
    return places(count).contains { k in
      let point = point(k)
      return point.totalVariance > 0 && point.densityFactor(logMoneyness: k) < -tolerance
    }
  }

  /// Whether its total variance is above that of a later slice somewhere.
  func exceeds(_ later: MovedSlice, places count: Int, tolerance: Double) -> Bool {
    guard expiryYears > 0 else { return false }
    return places(count).contains {
      point($0).totalVariance > later.point($0).totalVariance * (1 + tolerance)
    }
  }
}
