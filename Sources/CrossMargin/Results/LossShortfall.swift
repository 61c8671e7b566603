// The scenarios behind an expected shortfall, and who pays in them.

import RiskNumerics

/// The scenarios behind an expected shortfall with their weights, which sum to one.
struct LossShortfall {
  /// Weight of each scenario in the mean of the tail. [scenarios]
  let weights: [Double]

  /// The largest losses, of equals the lowest scenario first, the last one in part.
  init(_ losses: [Double], confidence: Double) {
    let order = losses.indices.sorted { (losses[$1], $0) < (losses[$0], $1) }
    var weights = [Double](repeating: 0, count: losses.count)
    let ranks = Self.rankWeights(scenarioCount: losses.count, confidence: confidence)
    for (scenario, weight) in zip(order, ranks) { weights[scenario] = weight }
    self.weights = weights
  }

  /// Weights by rank, the largest loss first; only those of the tail.
  static func rankWeights(scenarioCount: Int, confidence: Double) -> [Double] {
    let tailCount = Double(scenarioCount) * (1 - confidence)
    var weights: [Double] = []
    var left = tailCount
    while left > 0, weights.count < scenarioCount {
      weights.append(min(1, left) / tailCount)
      left -= 1
    }
    return weights
  }
}

/// What the tiers of a fund pay of losses in common scenarios.
struct TierPayments {
  /// Probability that each tier pays anything, in order, then that all of them do not suffice.
  let probabilities: [Double]
  /// Mean of what each tier pays in the tail, USD, then of what is left. [tiers + 1]
  let tailUSD: [Double]

  /// Payments in equally likely scenarios; losses are at least 0.
  init(waterfall: LossWaterfall, lossesUSD: [Double], shortfallWeights: [Double]) {
    var reachedCounts = [Int](repeating: 0, count: waterfall.tiers.count + 1)
    var tail = [Double](repeating: 0, count: waterfall.tiers.count + 1)
    for (scenario, loss) in lossesUSD.enumerated() {
      let payment = waterfall.payment(ofLossUSD: loss)
      for (tier, draw) in (payment.drawsUSD + [payment.residualUSD]).enumerated() {
        if draw > 0 { reachedCounts[tier] += 1 }
        tail[tier] += shortfallWeights[scenario] * draw
      }
    }
    probabilities = reachedCounts.map { Double($0) / Double(lossesUSD.count) }
    tailUSD = tail
  }
}
