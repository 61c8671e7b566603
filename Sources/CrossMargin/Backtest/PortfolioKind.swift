// Which way an account looks: the words that a backtest groups accounts by.

import PortfolioModel

/// Kinds of portfolio by the prices they are exposed to.
public enum PortfolioKind: String, Sendable, CaseIterable {
  /// Most of what moves gains when prices rise.
  case long
  /// Most of what moves gains when prices fall.
  case short
  /// Positions in the same asset offset each other.
  case hedged
  /// Positions in different assets offset each other.
  case spread
  /// Options whose curvature gains from large moves.
  case longOptions = "long_options"
  /// Options whose curvature loses from large moves.
  case shortOptions = "short_options"

  /// Share of the gross exposure from which a net exposure counts as a direction.
  private static let directionShare = 0.5

  /// The kind of an account.
  init(
    _ holdings: AccountHoldings, exposures: FixedExposures, factorNames: [FactorName],
    form: DeltaGammaForm, columns: UnitColumns, instruments: [Instrument]
  ) {
    let isSpot = exposures.factors.map { factorNames[$0].kind == .spot }
    if holdings.contracts.contains(where: {
      if case .option = instruments[$0.instrument.position].kind { true } else { false }
    }) {
      let common = isSpot.map { $0 ? 1.0 : 0 }
      let gain = exposures.profitUSD(common) + exposures.profitUSD(common.map(-))
      self = gain >= 0 ? .longOptions : .shortOptions
      return
    }
    var gross = 0.0
    holdings.forEachColumn(columns) { column, quantity in
      var terms = [Double](repeating: 0, count: form.termCount)
      var span = terms.mutableSpan
      form.add(column: column, quantity: quantity, to: &span)
      for factor in 0..<form.factorCount where factorNames[factor].kind == .spot {
        gross += abs(terms[factor])
      }
    }
    let bySpot = zip(exposures.gradientUSD, isSpot).filter(\.1).map(\.0)
    let net = bySpot.reduce(0, +)
    let byAsset = bySpot.reduce(0) { $0 + abs($1) }
    if abs(net) > Self.directionShare * gross {
      self = net > 0 ? .long : .short
    } else {
      self = byAsset > Self.directionShare * gross ? .spread : .hedged
    }
  }
}
