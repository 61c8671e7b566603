// Value at risk and expected shortfall from the largest losses, with their standard errors.

/// How a quantile of n losses is read.
public enum QuantileConvention: String, Sendable, CaseIterable {
  /// Lower empirical quantile: the ceil(n alpha)-th smallest loss.
  case lowerInverse
  /// Linear between order statistics, type 7 of Hyndman and Fan (1996): the default of NumPy and R.
  case linearType7
}

/// An estimate and its standard error, both in the unit of the losses.
public struct RiskEstimate: Sendable, Equatable {
  /// The estimate; positive is a loss, not floored.
  public let value: Double
  /// Its standard error; nil where the tail is too short to know it.
  public let standardError: Double?

  /// An estimate.
  public init(value: Double, standardError: Double?) {
    self.value = value
    self.standardError = standardError
  }
}

/// Value at risk and expected shortfall at one confidence level.
///
/// Losses are positive. With losses l_1 >= l_2 >= ..., tail probability p = 1 - alpha and k =
/// floor(n p),
///   VaR = l_(k+1), the ceil(n alpha)-th smallest;
///   ES  = (l_1 + ... + l_k + (n p - k) l_(k+1)) / (n p)      [Acerbi and Tasche 2002].
public struct RiskMeasure: Sendable, Equatable {
  /// Confidence level alpha, between 0 and 1.
  public let confidence: Double

  /// A measure at a confidence level strictly between 0 and 1.
  public init(confidence: Double) {
    precondition(confidence > 0 && confidence < 1, "a confidence level lies between 0 and 1")
    self.confidence = confidence
  }

  private var tailProbability: Double { 1 - confidence }

  /// n p, and its whole part taken with the slack that n p in floating point needs.
  private func expectedExceedances(_ scenarioCount: Int) -> (exact: Double, whole: Int) {
    let exact = Double(scenarioCount) * tailProbability
    // 1 - alpha is off by up to half an ulp of 1, n times; 1e-12 covers small n.
    let slack = 1e-12 + Double(scenarioCount) * Double.ulpOfOne
    return (exact, min(Int((exact + slack).rounded(.down)), scenarioCount - 1))
  }

  /// How many of the largest losses VaR, ES and their standard errors at these levels need, of
  /// `scenarioCount` equally likely scenarios. At most `scenarioCount`.
  public static func tailCount(confidences: [Double], scenarioCount: Int) -> Int {
    precondition(scenarioCount >= 1, "a measure needs a scenario")
    var needed = 1
    for confidence in confidences {
      let measure = RiskMeasure(confidence: confidence)
      let ranks = measure.errorRanks(scenarioCount)
      let position = Double(scenarioCount - 1) * measure.tailProbability
      needed = max(needed, measure.expectedExceedances(scenarioCount).whole + 1, ranks.high + 1)
      needed = max(needed, Int(position.rounded(.down)) + 2)
    }
    return min(needed, scenarioCount)
  }

  /// The measure of samples of one size, with what it needs worked out once.
  public func ofSample(scenarioCount: Int) -> SampleMeasure {
    precondition(scenarioCount >= 1, "a measure needs a scenario")
    let (expected, whole) = expectedExceedances(scenarioCount)
    let ranks = errorRanks(scenarioCount)
    return SampleMeasure(
      confidence: confidence, scenarioCount: scenarioCount, expectedExceedances: expected,
      wholeExceedances: whole, lowErrorRank: ranks.low, highErrorRank: ranks.high)
  }

  /// Positions (from 0, in descending order) of the losses whose half distance is the standard
  /// error of VaR: the quantiles of the binomial number of exceedances at N(-1) and N(+1).
  private func errorRanks(_ scenarioCount: Int) -> (low: Int, high: Int) {
    let counts = BinomialDistribution(trialCount: scenarioCount, probability: tailProbability)
    let last = scenarioCount - 1
    return (
      min(counts.quantile(Self.minusOneSigma), last), min(counts.quantile(Self.plusOneSigma), last)
    )
  }

  static let minusOneSigma = NormalDistribution.cdf(-1)
  static let plusOneSigma = NormalDistribution.cdf(1)
}

/// Value at risk and expected shortfall of samples of one size.
public struct SampleMeasure: Sendable, Equatable {
  /// Confidence level alpha.
  public let confidence: Double
  /// Number of equally likely scenarios.
  public let scenarioCount: Int
  /// n p.
  let expectedExceedances: Double
  /// k = floor(n p).
  let wholeExceedances: Int
  let lowErrorRank: Int
  let highErrorRank: Int

  /// VaR from the `RiskMeasure.tailCount` largest losses.
  ///
  /// Standard error: half the distance between the losses whose ranks are the -1 and +1 sigma
  /// quantiles of the binomial number of exceedances; nil if the tail is shorter than those ranks.
  public func valueAtRisk(
    _ tail: LossTail, convention: QuantileConvention = .lowerInverse
  ) -> RiskEstimate {
    checkTail(tail)
    let error =
      highErrorRank < tail.count
      ? (tail.loss(rank: lowErrorRank) - tail.loss(rank: highErrorRank)) / 2 : nil
    return RiskEstimate(value: quantile(tail, convention), standardError: error)
  }

  /// The scenario whose loss is VaR by the lower quantile; among equal losses scenarios ascend.
  public func scenario(_ tail: LossTail) -> Int {
    checkTail(tail)
    return tail.scenario(rank: wholeExceedances)
  }

  private func quantile(_ tail: LossTail, _ convention: QuantileConvention) -> Double {
    switch convention {
    case .lowerInverse: return tail.loss(rank: wholeExceedances)
    case .linearType7:
      let position = Double(scenarioCount - 1) * (1 - confidence)
      let above = min(Int((position + 1e-12).rounded(.down)), scenarioCount - 1)
      let fraction = max(position - Double(above), 0)
      if fraction == 0 || above + 1 >= scenarioCount { return tail.loss(rank: above) }
      precondition(tail.count > above + 1, "the tail is too short for this quantile")
      let loss = tail.loss(rank: above)
      return loss - fraction * (loss - tail.loss(rank: above + 1))
    }
  }

  /// ES from the `RiskMeasure.tailCount` largest losses.
  ///
  /// The whole scenarios of the tail are summed in scenario order, on eight lanes. Standard error:
  /// sqrt((Var(L | tail) + alpha (ES - VaR)^2) / (n p))  [Manistre and Hancock 2005].
  public func expectedShortfall(_ tail: LossTail) -> RiskEstimate {
    checkTail(tail)
    let (expected, whole) = (expectedExceedances, wholeExceedances)
    let fraction = max(expected - Double(whole), 0)
    let losses = tail.losses.span
    let boundary = losses[whole]
    let sum = tail.orderedSum(ranksBelow: whole) { losses[$0] }
    let mean = (sum + fraction * boundary) / expected
    let squares = tail.orderedSum(ranksBelow: whole) { square(losses[$0] - mean) }
    let variance = (squares + fraction * square(boundary - mean)) / expected
    let error = (variance + confidence * square(mean - boundary)) / expected
    return RiskEstimate(value: mean, standardError: error.squareRoot())
  }

  /// Plain mean of the losses at or beyond VaR, as some engines report ES; not coherent, for
  /// comparison only.
  ///
  /// Losses equal to VaR that the tail left out are missing from the mean.
  public func meanBeyondValueAtRisk(_ tail: LossTail) -> Double {
    let border = valueAtRisk(tail).value
    let beyond = tail.losses.filter { $0 >= border }
    return OrderedSum.total(of: beyond) / Double(beyond.count)
  }

  private func checkTail(_ tail: LossTail) {
    let needed = wholeExceedances + 1
    precondition(tail.count >= needed, "the tail has \(tail.count) losses, \(needed) are needed")
  }
}

func square(_ x: Double) -> Double { x * x }
