// Volatility that follows the moves: by exponential weights, and by GARCH.

/// A rule that forecasts the volatility of the next move from the moves before it.
public struct ConditionalVolatility: Sendable, Equatable {
  /// Weight of the long-run variance, of the last squared move and of the last variance; they sum to
  /// at most 1.
  public let longRunWeight: Double
  /// Weight of the last squared move.
  public let moveWeight: Double
  /// Weight of the last variance.
  public let persistenceWeight: Double
  /// Variance that the rule returns to, per move.
  public let longRunVariance: Double

  /// Exponential weights lambda^age [RiskMetrics Technical Document 1996]: no long run.
  public static func exponential(lambda: Double) -> ConditionalVolatility {
    precondition(lambda > 0 && lambda < 1, "lambda lies between 0 and 1")
    return ConditionalVolatility(
      longRunWeight: 0, moveWeight: 1 - lambda, persistenceWeight: lambda, longRunVariance: 0)
  }

  /// GARCH(1,1) [Bollerslev 1986] by quasi maximum likelihood with the long-run variance set to the
  /// mean square of the moves [Engle and Mezrich 1996].
  ///
  /// The persistence alpha + beta and the share alpha / (alpha + beta) are searched on a grid and
  /// refined by shrinking crosses. Precondition: at least two moves, not all zero.
  public static func garch(fittedTo moves: [Double]) -> ConditionalVolatility {
    precondition(moves.count >= 2, "a fit needs two moves")
    let longRun = OrderedSum.total(of: moves.map(square)) / Double(moves.count)
    precondition(longRun > 0 && longRun.isFinite, "a fit needs moves that move")
    func rule(_ logGap: Double, _ share: Double) -> ConditionalVolatility {
      let persistence = 1 - ScalarMath.exp(logGap)
      return ConditionalVolatility(
        longRunWeight: 1 - persistence, moveWeight: persistence * share,
        persistenceWeight: persistence * (1 - share), longRunVariance: longRun)
    }
    var best = (gap: 0.0, share: 0.0, cost: Double.infinity)
    func consider(_ gap: Double, _ share: Double) -> Bool {
      guard logGaps.contains(gap), shares.contains(share) else { return false }
      let cost = rule(gap, share).negativeLogLikelihood(moves)
      guard cost < best.cost else { return false }
      best = (gap, share, cost)
      return true
    }
    var steps = (
      gap: (logGaps.upperBound - logGaps.lowerBound) / 5,
      share: (shares.upperBound - shares.lowerBound) / 5
    )
    for column in 0...5 {
      for row in 0...5 {
        _ = consider(
          logGaps.lowerBound + Double(column) * steps.gap,
          shares.lowerBound + Double(row) * steps.share)
      }
    }
    while steps.share > 1e-3 {
      let centre = best
      var isBetter = false
      for (x, y) in [(1.0, 0.0), (-1, 0), (0, 1), (0, -1)]
      where consider(centre.gap + x * steps.gap, centre.share + y * steps.share) {
        isBetter = true
      }
      if !isBetter { steps = (steps.gap / 2, steps.share / 2) }
    }
    return rule(best.gap, best.share)
  }

  /// ln(1 - alpha - beta): persistence from 0.63 to 0.9997.
  private static let logGaps = -8.0 ... -1.0
  private static let shares = 0.0...0.5

  private func negativeLogLikelihood(_ moves: [Double]) -> Double {
    var variance = longRunVariance
    var sum = OrderedSum()
    for move in moves {
      sum.add(ScalarMath.log(variance) + move * move / variance)
      variance = next(after: move, variance: variance)
    }
    return sum.total / 2
  }

  /// The variance of the move after `move`, which had `variance`.
  public func next(after move: Double, variance: Double) -> Double {
    longRunWeight * longRunVariance + moveWeight * move * move + persistenceWeight * variance
  }

  /// Sum of the expected variances of the next `count` moves, the first of which has `variance`:
  /// `n v + (variance - v) (1 - p^n) / (1 - p)` with the long-run variance v and the persistence p =
  /// alpha + beta [Engle and Bollerslev 1986]; without a long run (p = 1) it stays as it is.
  public func expectedVarianceSum(count: Int, variance: Double) -> Double {
    let persistence = moveWeight + persistenceWeight
    let moves = Double(count)
    if persistence == 1 { return moves * variance }
    let decay = (1 - ScalarMath.power(persistence, moves)) / (1 - persistence)
    return moves * longRunVariance + (variance - longRunVariance) * decay
  }

  /// A GARCH(1,1) rule by its weights and long-run variance: `v' = (1 - alpha - beta) v + alpha
  /// r^2 + beta v_t`.
  public static func garch(
    moveWeight: Double, persistenceWeight: Double, longRunVariance: Double
  ) -> ConditionalVolatility {
    precondition(
      moveWeight >= 0 && persistenceWeight >= 0 && moveWeight + persistenceWeight <= 1,
      "weights are not negative and sum to at most 1")
    return ConditionalVolatility(
      longRunWeight: 1 - moveWeight - persistenceWeight, moveWeight: moveWeight,
      persistenceWeight: persistenceWeight, longRunVariance: longRunVariance)
  }
}
