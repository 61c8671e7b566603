// The moves that a backtest replays, and the volatility that each factor had before each.

import PortfolioModel
import RiskNumerics

/// Moves over the horizon that do not overlap, oldest first.
struct BacktestHistory: Sendable {
  /// End of each move.
  let endTimes: [UTCTime]
  /// Factors, sorted by the bytes of their names.
  let factors: [FactorName]
  /// Moves; nil = missing. [factors][dates]
  let moves: [[Double?]]
  /// Standard deviation forecast before each move by exponential weights; nil before the first
  /// moves of a factor. [factors][dates]
  let deviations: [[Double?]]
  /// The same by GARCH, fitted again as time goes on. [factors][dates]
  let garchDeviations: [[Double?]]
  /// Weight of one date relative to the next.
  let lambda: Double

  init(
    _ history: FactorHistory, proxies: [FactorProxy], settings: BacktestSettings,
    covariance: CovarianceSettings, now: UTCTime, threadCount: Int
  ) {
    var all = FactorMoves(history, horizonDays: settings.horizonDays, windowDays: nil, now: now)
    all.apply(proxies)
    all.removeOverlaps(horizonDays: settings.horizonDays)
    endTimes = all.endTimes
    factors = all.factors
    let moves = all.moves
    self.moves = moves
    let lambda = ScalarMath.power(covariance.decayPerDay, settings.horizonDays)
    self.lambda = lambda
    let filters = Guarded(
      [(ewma: [Double?], garch: [Double?])](repeating: ([], []), count: moves.count))
    Parallel.forEach(count: moves.count, threadCount: threadCount) { factor in
      let ewma = FactorFilter.deviations(moves[factor], refitCount: nil) { _ in
        .exponential(lambda: lambda)
      }.before
      let garch = FactorFilter.deviations(moves[factor], refitCount: Self.refitCount) { past in
        .garch(fittedTo: Array(past.suffix(Self.garchWindowCount)))
      }.before
      filters.withLock { $0[factor] = (ewma, garch) }
    }
    (deviations, garchDeviations) = filters.withLock { all in
      (all.map(\.ewma), all.map(\.garch))
    }
  }

  /// Moves after which a rule is fitted again.
  private static let refitCount = 63
  /// Moves that a GARCH rule is fitted to: four years of days.
  private static let garchWindowCount = 1_000
}
