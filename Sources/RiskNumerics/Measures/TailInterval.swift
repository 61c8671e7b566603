// Intervals of VaR and expected shortfall that no distribution is assumed for: order statistics.

/// Bounds of VaR and expected shortfall, in the unit of the losses.
public struct TailInterval: Sendable, Equatable {
  /// Lower bound of VaR.
  public let valueAtRiskLow: Double
  /// Upper bound of VaR; nil where the sample is too small to have one.
  public let valueAtRiskHigh: Double?
  /// Lower bound of expected shortfall.
  public let expectedShortfallLow: Double
  /// Upper bound of expected shortfall. Beyond the largest loss nothing is known; where a bound
  /// would lie there the largest loss stands in.
  public let expectedShortfallHigh: Double

  /// All bounds in order.
  public init(
    valueAtRiskLow: Double, valueAtRiskHigh: Double?, expectedShortfallLow: Double,
    expectedShortfallHigh: Double
  ) {
    self.valueAtRiskLow = valueAtRiskLow
    self.valueAtRiskHigh = valueAtRiskHigh
    self.expectedShortfallLow = expectedShortfallLow
    self.expectedShortfallHigh = expectedShortfallHigh
  }
}

/// Ranks of the order statistics between which quantiles of n equally likely losses lie.
///
/// The number of losses beyond the quantile of tail probability u is binomial (n, u). With a and b
/// its quantiles at (1 - level) / 2 and (1 + level) / 2, the quantile lies between the (b+1)-th and
/// the a-th largest loss with a probability of at least `level` [Dowd 2010]. Expected shortfall is the mean of the quantiles of its tail;
/// its bounds are the means of theirs, as if all erred to the same side, which makes the interval
/// wide rather than narrow.
public struct TailIntervalRule: Sendable, Equatable {
  /// Probability that an interval holds what it is about.
  public let level: Double
  private let valueAtRisk: Ranks
  private let shortfall: [Ranks]

  /// Ranks, counted from 0, of the losses that bound one quantile; nil = beyond the largest.
  private struct Ranks: Sendable, Equatable {
    let low: Int
    let high: Int?

    init(scenarioCount: Int, tailProbability: Double, level: Double) {
      let counts = BinomialDistribution(
        trialCount: scenarioCount, probability: tailProbability)
      low = min(counts.quantile((1 + level) / 2), scenarioCount - 1)
      let above = counts.quantile((1 - level) / 2)
      high = above > 0 ? above - 1 : nil
    }
  }

  /// Cells into which the tail of expected shortfall is cut.
  private static let cellCount = 64

  /// The rule for samples of one size.
  public init(
    level: Double, valueAtRisk: RiskMeasure, expectedShortfall: RiskMeasure, scenarioCount: Int
  ) {
    precondition(level > 0 && level < 1, "a level lies between 0 and 1")
    precondition(scenarioCount >= 1, "an interval needs a scenario")
    self.level = level
    func ranks(_ tailProbability: Double) -> Ranks {
      Ranks(scenarioCount: scenarioCount, tailProbability: tailProbability, level: level)
    }
    self.valueAtRisk = ranks(1 - valueAtRisk.confidence)
    shortfall = (0..<Self.cellCount).map { cell in
      ranks((1 - expectedShortfall.confidence) * (Double(cell) + 0.5) / Double(Self.cellCount))
    }
  }

  /// How many of the largest losses the intervals need.
  public var tailCount: Int { (shortfall + [valueAtRisk]).reduce(1) { max($0, $1.low + 1) } }

  /// The intervals of a sample from its `tailCount` largest losses.
  public func interval(_ tail: LossTail) -> TailInterval {
    precondition(tail.count >= tailCount, "the tail is too short for these intervals")
    var (low, high) = (OrderedSum(), OrderedSum())
    for ranks in shortfall {
      low.add(tail.loss(rank: ranks.low))
      high.add(tail.loss(rank: ranks.high ?? 0))
    }
    return TailInterval(
      valueAtRiskLow: tail.loss(rank: valueAtRisk.low),
      valueAtRiskHigh: valueAtRisk.high.map { tail.loss(rank: $0) },
      expectedShortfallLow: low.total / Double(Self.cellCount),
      expectedShortfallHigh: high.total / Double(Self.cellCount))
  }
}
