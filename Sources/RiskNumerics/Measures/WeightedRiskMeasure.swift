// Value at risk and expected shortfall where scenarios are not equally likely.

extension RiskMeasure {
  /// How many of the largest losses these levels need when scenarios have `weights`: enough for the
  /// least likely scenarios to come first.
  public static func tailCount(confidences: [Double], weights: ScenarioWeights) -> Int {
    let ascending = weights.probabilities.sorted()
    var needed = 1
    for confidence in confidences {
      let measure = RiskMeasure(confidence: confidence)
      let reach = max(1 - confidence, measure.errorLevels(weights).high)
      var (sum, count) = (0.0, 0)
      while count < ascending.count && sum <= reach + ScenarioWeights.slack {
        sum += ascending[count]
        count += 1
      }
      needed = max(needed, count)
    }
    return min(needed, ascending.count)
  }

  /// The measure where scenarios have `weights`, with what it needs worked out once.
  public func ofWeighted(_ weights: ScenarioWeights) -> WeightedMeasure {
    WeightedMeasure(confidence: confidence, weights: weights, errorLevels: errorLevels(weights))
  }

  /// Probabilities from the top between which VaR lies with one sigma on either side.
  private func errorLevels(_ weights: ScenarioWeights) -> (low: Double, high: Double) {
    let n = weights.effectiveCount
    let counts = BinomialDistribution(trialCount: n, probability: 1 - confidence)
    return (
      Double(counts.quantile(Self.minusOneSigma)) / Double(n),
      Double(min(counts.quantile(Self.plusOneSigma), n - 1)) / Double(n)
    )
  }
}

/// Value at risk and expected shortfall where scenarios are not equally likely.
public struct WeightedMeasure: Sendable {
  /// Confidence level alpha.
  public let confidence: Double
  /// Probabilities of the scenarios.
  public let weights: ScenarioWeights
  let errorLevels: (low: Double, high: Double)

  /// VaR: the loss at which the probability of the losses from the top first exceeds 1 - alpha.
  ///
  /// Standard error as for equal weights, with the effective number 1 / sum of squares of
  /// scenarios; nil if the tail is too short for it.
  public func valueAtRisk(_ tail: LossTail) -> RiskEstimate {
    guard let position = weights.position(in: tail, level: 1 - confidence) else {
      preconditionFailure("the tail is too short for this confidence level")
    }
    var error: Double?
    if let low = weights.position(in: tail, level: errorLevels.low),
      let high = weights.position(in: tail, level: errorLevels.high)
    {
      error = (tail.loss(rank: low) - tail.loss(rank: high)) / 2
    }
    return RiskEstimate(value: tail.loss(rank: position), standardError: error)
  }

  /// ES: the mean of the worst 1 - alpha of probability, the scenario at its border taken in part.
  public func expectedShortfall(_ tail: LossTail) -> RiskEstimate {
    let p = 1 - confidence
    guard let border = weights.position(in: tail, level: p) else {
      preconditionFailure("the tail is too short for this confidence level")
    }
    func mass(_ rank: Int) -> Double { weights.probabilities[tail.scenario(rank: rank)] }
    let rest = max(p - tail.orderedSum(ranksBelow: border, mass), 0)
    let boundary = tail.loss(rank: border)
    let sum = tail.orderedSum(ranksBelow: border) { mass($0) * tail.loss(rank: $0) }
    let mean = (sum + rest * boundary) / p
    let squares = tail.orderedSum(ranksBelow: border) {
      mass($0) * square(tail.loss(rank: $0) - mean)
    }
    let variance = (squares + rest * square(boundary - mean)) / p
    let error =
      (variance + confidence * square(mean - boundary)) / (Double(weights.effectiveCount) * p)
    return RiskEstimate(value: mean, standardError: error.squareRoot())
  }
}

/// Probabilities of the scenarios of a set, checked once.
public struct ScenarioWeights: Sendable, Equatable {
  /// Cumulated probabilities are sums of rounded numbers; a border is met within this.
  static let slack = 1e-12

  /// Probability of each scenario.
  public let probabilities: [Double]
  /// 1 / sum of squares, rounded down, at least one.
  public let effectiveCount: Int

  /// Weights from probabilities that are not negative and sum to one within 1e-9.
  public init(_ probabilities: [Double]) {
    precondition(
      !probabilities.isEmpty && probabilities.allSatisfy { $0 >= 0 && $0.isFinite },
      "probabilities are not negative")
    let total = OrderedSum.total(of: probabilities)
    precondition(abs(total - 1) <= 1e-9, "probabilities sum to \(total), not to 1")
    self.probabilities = probabilities
    let squares = OrderedSum.total(of: probabilities.map { $0 * $0 })
    effectiveCount = max(1, Int((1 / squares + 1e-6).rounded(.down)))
  }

  /// First place in the tail where the probability from the top exceeds `level`; nil beyond a tail
  /// that leaves scenarios out.
  func position(in tail: LossTail, level: Double) -> Int? {
    var sum = 0.0
    for place in 0..<tail.count {
      sum += probabilities[tail.scenario(rank: place)]
      if sum > level + Self.slack { return place }
    }
    return tail.count == probabilities.count ? tail.count - 1 : nil
  }
}
