// Expected shortfall against what happened.

/// Days with a forecast of VaR and ES, and the loss that came; losses are positive.
public struct ExpectedShortfallBacktest: Sendable, Equatable {
  /// Loss of each day.
  public let losses: [Double]
  /// VaR forecast for it.
  public let valueAtRisk: [Double]
  /// ES forecast for it, positive.
  public let expectedShortfall: [Double]
  /// 1 less the confidence of both.
  public let probability: Double

  /// A backtest of at least one day.
  public init(
    losses: [Double], valueAtRisk: [Double], expectedShortfall: [Double], probability: Double
  ) {
    precondition(!losses.isEmpty, "a backtest needs a day")
    precondition(
      losses.count == valueAtRisk.count && losses.count == expectedShortfall.count,
      "days differ in number")
    precondition(probability > 0 && probability < 1, "a probability lies between 0 and 1")
    self.losses = losses
    self.valueAtRisk = valueAtRisk
    self.expectedShortfall = expectedShortfall
    self.probability = probability
  }

  /// Losses over ES on the days where they exceed VaR.
  private var ratios: [Double] {
    losses.indices.filter { losses[$0] > valueAtRisk[$0] }
      .map { losses[$0] / expectedShortfall[$0] }
  }

  /// Z1 = 1 - mean of L / ES over the days beyond VaR [Acerbi and Szekely 2014]: 0 is expected,
  /// negative means that ES is too small. Nil without such a day.
  public var firstStatistic: Double? {
    let ratios = ratios
    return ratios.isEmpty ? nil : 1 - OrderedSum.total(of: ratios) / Double(ratios.count)
  }

  /// Z2 = 1 - sum of L / ES over the days beyond VaR, divided by their expected number
  /// [Acerbi and Szekely 2014]: 0 is expected; negative means more or larger losses than forecast.
  public var secondStatistic: Double {
    1 - OrderedSum.total(of: ratios) / (Double(losses.count) * probability)
  }

  /// Values of Z2 that a right model falls short of with the given probabilities, for losses of
  /// which the forecast knows the distribution, by simulation of `pathCount` paths.
  ///
  /// Only days beyond VaR count, so that a path is a binomial number of draws from the tail. Draws
  /// are addressed by (seed, path, rank).
  public static func secondStatisticQuantiles(
    _ probabilities: [Double], dayCount: Int, probability: Double,
    of distribution: some TailDistribution = NormalLoss(), pathCount: Int = 1_000_000,
    seed: UInt64 = 0, threadCount: Int = 1
  ) -> [Double] {
    precondition(pathCount >= 1 && dayCount >= 1, "a simulation needs a path and a day")
    let valueAtRisk = distribution.quantile(1 - probability)
    let shortfall = distribution.tailMean(valueAtRisk)
    let counts = BinomialDistribution(trialCount: dayCount, probability: probability)
    let expected = Double(dayCount) * probability
    // Numbers of exceedances by their cumulative probabilities, so that a draw is a short search.
    let cumulative = (0...dayCount).map { counts.cumulative($0) }
    let block = ScenarioMatrix.blockRowCount
    let paths = ScenarioMatrix.filled(
      scenarioCount: pathCount, columnCount: 1, threadCount: threadCount
    ) { (index: Int, values: inout MutableSpan<Double>) in
      for row in 0..<min(block, pathCount - index * block) {
        let path = UInt64(index * block + row)
        func uniform(_ rank: Int) -> Double {
          Philox.uniform(seed: seed, scenario: path, coordinate: UInt32(rank))
        }
        let draw = uniform(0)
        let count = cumulative.firstIndex { draw <= $0 } ?? cumulative.count - 1
        var sum = 0.0
        for rank in 0..<count {
          sum += distribution.quantile(1 - probability * uniform(rank + 1)) / shortfall
        }
        values[row] = 1 - sum / expected
      }
    }
    let sorted = paths.column(0).sorted()
    return probabilities.map { sorted[min(Int(Double(pathCount) * $0), pathCount - 1)] }
  }
}
