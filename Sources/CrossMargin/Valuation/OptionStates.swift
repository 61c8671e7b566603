// One option in the scenarios of a tile.

import PortfolioModel
import RiskNumerics

/// Shocked forward and volatility of one option in all rows of a tile.
struct OptionStates {
  private var forwards = [Double](repeating: 0, count: ShockedTile.rowCount)
  private var volatilities = [Double](repeating: 0, count: ShockedTile.rowCount)

  mutating func set(
    _ instrument: PricedInstrument, _ tile: ShockedTile, _ market: PricedMarket, rowCount: Int
  ) {
    let node = tile.nodes[instrument.node]
    let smile = tile.volatilityRule == .stickyDelta ? MovingSmile(instrument, market) : nil
    for row in 0..<rowCount {
      forwards[row] = instrument.basePrice * node.forwardRatios[row]
      let volatility =
        smile?.volatilityAnnual(forward: forwards[row]) ?? instrument.volatilityAnnual
      volatilities[row] = max(
        tile.volatilityFloors[row],
        node.volatilityScales[row] * volatility + node.volatilityShifts[row])
    }
  }

  /// Values in those states, USD per contract.
  func value(
    _ instrument: PricedInstrument, _ tile: ShockedTile, settlementUSD: Double, rowCount: Int,
    into values: inout [Double]
  ) {
    let node = tile.nodes[instrument.node]
    let settlementRatios = tile.assetRatios[instrument.settlement.position]
    var all = values.mutableSpan
    all.withPart(0, count: rowCount) { result in
      BlackKernel.values(
        forward: forwards.span.extracting(0..<rowCount),
        volatility: volatilities.span.extracting(0..<rowCount),
        option: instrument.optionTerms(expiryYears: node.expiryYears), into: &result)
      for row in 0..<rowCount {
        result[row] = instrument.optionValueUSD(
          black: result[row], forward: forwards[row], discount: node.discountFactors[row],
          settlementUSD: settlementUSD * settlementRatios[row])
      }
    }
  }
}

/// The volatility of an option whose smile moves along with its forward.
private struct MovingSmile {
  private let surface: VolatilitySurface
  private let expiryYears: Double
  private let strike: Double
  /// Volatility of the option less that of the surface at its place: a mark need not lie on it.
  private let distance: Double

  /// Nil where the pair has no surface, so that its volatilities have nothing to move along.
  init?(_ instrument: PricedInstrument, _ market: PricedMarket) {
    let node = market.nodes[instrument.node]
    guard let surface = market.surface(of: node.pair),
      let base = surface.volatility(
        logMoneyness: ScalarMath.log(instrument.strike / instrument.basePrice),
        expiryYears: node.expiryYears)
    else { return nil }
    self.surface = surface
    expiryYears = node.expiryYears
    strike = instrument.strike
    distance = instrument.volatilityAnnual - base.volatilityAnnual
  }

  /// At an unchanged forward exactly the option's own.
  func volatilityAnnual(forward: Double) -> Double? {
    surface.volatility(
      logMoneyness: ScalarMath.log(strike / forward), expiryYears: expiryYears
    ).map { max($0.volatilityAnnual + distance, 0) }
  }
}
