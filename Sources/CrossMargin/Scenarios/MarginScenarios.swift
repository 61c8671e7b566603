// Scenarios of a venue's scan from a grid, and the weight of far moves.

extension MarginScenario {
  /// Weight of a far price move, `factor x range / |move|`, which keeps its linear loss at
  /// `factor` times that of the range. Deribit, Derive and Paradex share the form.
  public static func tailWeight(ofMove move: Double, range: Double, factor: Double) -> Double {
    factor * range / abs(move)
  }

  /// The scenarios of a price x volatility grid: price moves ascending, within each volatility
  /// levels descending, then the far moves with raised volatility and their tail weights.
  public static func grid(_ terms: PriceVolatilityGrid, asset: String) -> [MarginScenario] {
    let range = terms.range(of: asset)
    return GridPoint.all(terms).map { point in
      MarginScenario(
        priceRatio: 1 + point.priceMove(range: range), volatility: .move(point.volatilityMove),
        weight: point.lossFactor(terms, range: range))
    }
  }
}
