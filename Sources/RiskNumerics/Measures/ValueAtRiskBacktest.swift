// Value at risk against what happened: were losses beyond it as frequent as promised, and did they
// come by themselves or in clusters.

/// A statistic that is large where a forecast is wrong, and how likely one as large is where it is
/// right.
public struct LikelihoodRatioTest: Sendable, Equatable {
  /// Twice the logarithm of the ratio of likelihoods, never below zero but for rounding.
  public let statistic: Double
  /// Probability of a statistic at least as large under a right forecast, by the chi-square
  /// distribution that it has for many observations.
  public let pValue: Double

  fileprivate init(statistic: Double, degreesOfFreedom: Int) {
    self.statistic = statistic
    let x = max(statistic, 0)
    pValue =
      degreesOfFreedom == 1
      ? 2 * NormalDistribution.cdf(-x.squareRoot())
      : ElementaryKernel.exponential.value(at: -x / 2)
  }
}

/// Days of one length that do not overlap, and on which of them the loss was larger than VaR.
public struct ValueAtRiskBacktest: Sendable, Equatable {
  /// Whether each day's loss was larger than the VaR forecast for it, day after day.
  public let isExceeded: [Bool]
  /// Promised probability of that: 1 less the confidence of VaR.
  public let probability: Double

  /// A backtest of at least one day; the probability lies strictly between 0 and 1.
  public init(isExceeded: [Bool], probability: Double) {
    precondition(!isExceeded.isEmpty, "a backtest needs a day")
    precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
    self.isExceeded = isExceeded
    self.probability = probability
  }

  /// Number of days.
  public var dayCount: Int { isExceeded.count }

  /// Number of days with a loss larger than VaR.
  public var exceedanceCount: Int { isExceeded.count { $0 } }

  // MARK: Frequency

  /// Whether exceedances are as frequent as promised [Kupiec 1995], by chi-square with 1 degree of
  /// freedom.
  public var unconditionalCoverage: LikelihoodRatioTest {
    Self.unconditionalCoverage(
      exceedanceCount: exceedanceCount, dayCount: dayCount, probability: probability)
  }

  /// The same from counts: LR = 2 ((n - x) ln((1 - x/n) / (1 - p)) + x ln((x/n) / p)).
  public static func unconditionalCoverage(
    exceedanceCount: Int, dayCount: Int, probability: Double
  ) -> LikelihoodRatioTest {
    precondition(exceedanceCount >= 0 && exceedanceCount <= dayCount, "more exceedances than days")
    let (n, x) = (Double(dayCount), Double(exceedanceCount))
    let statistic =
      2
      * (weightedLogarithm(n - x, (1 - x / n) / (1 - probability))
        + weightedLogarithm(x, x / n / probability))
    return LikelihoodRatioTest(statistic: statistic, degreesOfFreedom: 1)
  }

  /// The numbers of exceedances whose statistic is at most a critical value; nil if there are none.
  public static func acceptedCounts(
    dayCount: Int, probability: Double, criticalValue: Double
  ) -> ClosedRange<Int>? {
    let accepted = (0...dayCount).filter {
      unconditionalCoverage(exceedanceCount: $0, dayCount: dayCount, probability: probability)
        .statistic <= criticalValue
    }
    // The statistic falls up to n p and rises from there, so that no number within is left out.
    guard let first = accepted.first, let last = accepted.last else { return nil }
    return first...last
  }

  // MARK: Clusters

  /// Numbers of days that follow a day: `calm` or `exceeded` is the day before.
  public struct Transitions: Sendable, Equatable {
    /// Days without an exceedance after days without.
    public var calmToCalm = 0
    /// Days with an exceedance after days without.
    public var calmToExceeded = 0
    /// Days without an exceedance after days with.
    public var exceededToCalm = 0
    /// Days with an exceedance after days with.
    public var exceededToExceeded = 0
  }

  /// How days follow each other.
  public var transitions: Transitions {
    var counts = Transitions()
    for (before, after) in zip(isExceeded, isExceeded.dropFirst()) {
      switch (before, after) {
      case (false, false): counts.calmToCalm += 1
      case (false, true): counts.calmToExceeded += 1
      case (true, false): counts.exceededToCalm += 1
      case (true, true): counts.exceededToExceeded += 1
      }
    }
    return counts
  }

  /// Whether the chance of an exceedance is the same after a day with one as after a day without
  /// [Christoffersen 1998], by chi-square with 1 degree of freedom.
  public var independence: LikelihoodRatioTest {
    let counts = transitions
    let calm = Self.logLikelihood(counts.calmToCalm, counts.calmToExceeded)
    let exceeded = Self.logLikelihood(counts.exceededToCalm, counts.exceededToExceeded)
    let pooled = Self.logLikelihood(
      counts.calmToCalm + counts.exceededToCalm, counts.calmToExceeded + counts.exceededToExceeded)
    return LikelihoodRatioTest(statistic: 2 * (calm + exceeded - pooled), degreesOfFreedom: 1)
  }

  /// Frequency and independence together: the sum of both statistics, by chi-square with 2 degrees of
  /// freedom.
  public var conditionalCoverage: LikelihoodRatioTest {
    LikelihoodRatioTest(
      statistic: unconditionalCoverage.statistic + independence.statistic, degreesOfFreedom: 2)
  }

  /// Largest log-likelihood of two counts: a ln(a/(a+b)) + b ln(b/(a+b)).
  private static func logLikelihood(_ a: Int, _ b: Int) -> Double {
    let (a, b) = (Double(a), Double(b))
    return weightedLogarithm(a, a / (a + b)) + weightedLogarithm(b, b / (a + b))
  }

  /// weight x ln(value), 0 for a weight of 0.
  private static func weightedLogarithm(_ weight: Double, _ value: Double) -> Double {
    weight == 0 ? 0 : weight * ScalarMath.log(value)
  }
}

/// Zones of the Basel Committee for the number of losses beyond VaR
/// [Supervisory framework for the use of backtesting, January 1996].
public enum BaselZone: String, Sendable, CaseIterable {
  /// Below the count that a right model stays below with 95 %.
  case green
  /// From there on.
  case yellow
  /// From the count on that a right model stays below with 99.99 %.
  case red

  /// Probability of at most so many exceedances under a right model.
  public static func cumulativeProbability(
    exceedanceCount: Int, dayCount: Int, probability: Double
  ) -> Double {
    BinomialDistribution(trialCount: dayCount, probability: probability).cumulative(exceedanceCount)
  }

  /// The smallest counts that are yellow and red.
  public static func starts(dayCount: Int, probability: Double) -> (yellow: Int, red: Int) {
    let counts = BinomialDistribution(trialCount: dayCount, probability: probability)
    return (counts.quantile(0.95), counts.quantile(0.9999))
  }

  /// The zone of a number of exceedances.
  public init(exceedanceCount: Int, dayCount: Int, probability: Double) {
    let starts = Self.starts(dayCount: dayCount, probability: probability)
    self = exceedanceCount < starts.yellow ? .green : exceedanceCount < starts.red ? .yellow : .red
  }

  /// Factor of capital for a number of exceedances in 250 days of VaR at 99 %.
  public static func capitalMultiplier(exceedanceCount: Int) -> Double {
    precondition(exceedanceCount >= 0, "no negative number of exceedances")
    let yellow = [3.4, 3.5, 3.65, 3.75, 3.85]
    return exceedanceCount < 5 ? 3 : exceedanceCount < 10 ? yellow[exceedanceCount - 5] : 4
  }
}
