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
    var dates: [Int] = []
    for (date, end) in all.endTimes.enumerated() {
      if let last = dates.last,
        all.endTimes[last].days(to: end) < settings.horizonDays * (1 - FactorMoves.slack)
      {
        continue
      }
      dates.append(date)
    }
    endTimes = dates.map { all.endTimes[$0] }
    factors = all.factors
    let moves = all.moves.map { column in dates.map { column[$0] } }
    self.moves = moves
    let lambda = ScalarMath.power(covariance.decayPerDay, settings.horizonDays)
    self.lambda = lambda
    let filters = Guarded(
      [(ewma: [Double?], garch: [Double?])](repeating: ([], []), count: moves.count))
    Parallel.forEach(count: moves.count, threadCount: threadCount) { factor in
      let ewma = Self.deviations(moves[factor]) { _ in .exponential(lambda: lambda) }
      let garch = Self.deviations(moves[factor]) { past in
        .garch(fittedTo: Array(past.suffix(Self.garchWindowCount)))
      }
      filters.withLock { $0[factor] = (ewma, garch) }
    }
    (deviations, garchDeviations) = filters.withLock { all in
      (all.map(\.ewma), all.map(\.garch))
    }
  }

  /// Moves before the first volatility of a factor.
  private static let firstMoveCount = 50
  /// Moves after which a rule is fitted again.
  private static let refitCount = 63
  /// Moves that a GARCH rule is fitted to: four years of days.
  private static let garchWindowCount = 1_000

  /// The deviation forecast before each move by a rule that is fitted to the moves before it.
  private static func deviations(
    _ moves: [Double?], rule fitted: ([Double]) -> ConditionalVolatility
  ) -> [Double?] {
    var past: [Double] = []
    var rule: ConditionalVolatility?
    var variance = 0.0
    return moves.map { move in
      let forecast = rule == nil || variance == 0 ? nil : variance.squareRoot()
      guard let move else { return forecast }
      past.append(move)
      if let rule { variance = rule.next(after: move, variance: variance) }
      let squares = OrderedSum.total(of: past.suffix(firstMoveCount).map { $0 * $0 })
      guard past.count >= firstMoveCount, squares > 0 else { return forecast }
      if rule == nil || (past.count - firstMoveCount) % refitCount == 0 {
        if rule == nil { variance = squares / Double(firstMoveCount) }
        rule = fitted(past)
      }
      return forecast
    }
  }
}
