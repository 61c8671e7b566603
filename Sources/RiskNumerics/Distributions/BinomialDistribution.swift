// The number of losses beyond a level, where each one is beyond it with the same probability.

/// Number of successes in independent trials.
struct BinomialDistribution {
  let trialCount: Int
  let probability: Double

  /// The smallest count whose distribution function reaches `level`.
  ///
  /// Probabilities are summed upwards by their ratio from eleven standard deviations below the
  /// mean, where less than 1e-25 is left out.
  func quantile(_ level: Double) -> Int {
    let n = Double(trialCount)
    let mean = n * probability
    let deviation = (mean * (1 - probability)).squareRoot()
    var count = max(0, Int((mean - 11 * deviation).rounded(.down)))
    var mass = probabilityMass(count)
    var sum = mass
    while sum < level && count < trialCount {
      mass *= (n - Double(count)) / Double(count + 1) * probability / (1 - probability)
      count += 1
      sum += mass
    }
    return count
  }

  /// The distribution function: the probability of at most `count` successes.
  func cumulative(_ count: Int) -> Double {
    if count < 0 { return 0 }
    if count >= trialCount { return 1 }
    var sum = 0.0
    for successes in stride(from: count, through: 0, by: -1) {
      let mass = probabilityMass(successes)
      sum += mass
      // Below the mean masses fall from here on, faster than by half after few steps.
      if mass < sum * 1e-20 && Double(successes) < Double(trialCount) * probability { break }
    }
    return min(sum, 1)
  }

  private func probabilityMass(_ count: Int) -> Double {
    let (n, k) = (Double(trialCount), Double(count))
    let logarithm =
      logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)
      + k * ElementaryKernel.logarithm.value(at: probability)
      + (n - k) * ElementaryKernel.logarithm.value(at: 1 - probability)
    return ElementaryKernel.exponential.value(at: logarithm)
  }
}
