// Daily moves of the markets of a cascade, and what they become when accounts sell into them.

import PortfolioModel
import RiskNumerics

/// Covariances of daily log moves: of the history, and with the sales that losses force.
public struct StressedMoves: Sendable, Equatable {
  /// Names of the markets, those of the result of contagion.
  public let markets: [String]
  /// Covariance of the history, as the book's scenarios use it. [markets x markets]
  public let covariance: Matrix
  /// The same with all rounds of the linear cascade in the worst scenario, as in
  /// `Systemicness.stressedCovariance`. [markets x markets]
  public let stressedCovariance: Matrix

  /// What a result of contagion says of covariances; nil without a history, where a market has no
  /// price in it, and where nothing is liquidated in part or the linear cascade does not die out.
  public init?(_ contagion: ContagionResult, book: Book, settings: RunSettings) throws {
    guard let linear = contagion.systemicness?.linear,
      let history = book.market.history
    else { return nil }
    let model = try FactorModel(
      history: history, proxies: settings.historyProxies, settings: settings.covariance,
      set: "history")
    let names = contagion.markets.map(\.depth.name)
    let factors = names.compactMap { model.factors.firstIndex(of: FactorName(.spot, $0)) }
    guard factors.count == names.count else { return nil }
    var covariance = Matrix(rowCount: names.count, columnCount: names.count)
    for (row, factor) in factors.enumerated() {
      for (column, other) in factors.enumerated() {
        covariance[row, column] = model.covariance[factor, other]
      }
    }
    guard let stressed = try linear.stressedCovariance(covariance) else { return nil }
    (markets, self.covariance, stressedCovariance) = (names, covariance, stressed)
  }

  /// Deviations of daily moves, with and without sales. [markets]
  public var deviations: (history: [Double], stressed: [Double]) {
    (
      covariance.diagonal.map { $0.squareRoot() },
      stressedCovariance.diagonal.map { $0.squareRoot() }
    )
  }

  /// Correlations of moves, with and without sales. [markets x markets]
  public var correlations: (history: Matrix, stressed: Matrix) {
    (
      Covariance.correlation(covariance).matrix,
      Covariance.correlation(stressedCovariance).matrix
    )
  }
}
