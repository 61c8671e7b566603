// How large a fund must be to outlast several periods of losses, and what its tiers go through.

import RiskNumerics

/// Sequences of losses: every period draws a scenario, independently and evenly.
///
/// What is owed already is part of every scenario's loss. It is paid once, in the first period;
/// later periods add what their scenarios lose beyond it. The book is the same in every period.
public struct LossSequences: Sendable {
  /// Loss in each scenario, USD, at least 0.
  public var lossesUSD: [Double]
  /// Part of it that is owed today, USD.
  public var standingUSD: Double
  /// Periods of one sequence.
  public var periodCount: Int
  /// Number of sequences.
  public var count: Int
  /// Seed of the draws.
  public var seed: UInt64

  /// Sequences.
  public init(
    lossesUSD: [Double], standingUSD: Double, periodCount: Int, count: Int, seed: UInt64
  ) {
    precondition(!lossesUSD.isEmpty && periodCount > 0 && count > 1, "sequences have losses")
    self.lossesUSD = lossesUSD
    self.standingUSD = standingUSD
    self.periodCount = periodCount
    self.count = count
    self.seed = seed
  }

  /// Stream of the draws among those of a seed.
  private static let stream: UInt32 = 0x66_75_6e_64

  /// The scenario that a period draws.
  public func scenario(sequence: Int, period: Int) -> Int {
    let uniform = Philox.uniform(
      seed: seed, stream: Self.stream, scenario: UInt64(sequence), coordinate: UInt32(period))
    return min(Int(uniform * Double(lossesUSD.count)), lossesUSD.count - 1)
  }

  /// What a period loses, USD.
  public func lossUSD(sequence: Int, period: Int) -> Double {
    let lossUSD = lossesUSD[scenario(sequence: sequence, period: period)]
    return period == 0 ? lossUSD : max(lossUSD - standingUSD, 0)
  }
}

/// The smallest fund that is ruined within the periods with no more than a given probability.
public struct RuinNeed: Sendable, Equatable {
  /// The need, USD.
  public let amountUSD: Double
  /// Its standard error; nil where too few sequences are ruined to know it.
  public let standardErrorUSD: Double?
  /// Scenario with the largest loss of the sequence that sets the need.
  public let scenario: Int

  /// A fund that receives `inflowUSD` after every period. A sequence needs `max_t (losses to t -
  /// inflows before t)`, at least 0; the need is the quantile of what sequences need.
  public init(_ sequences: LossSequences, inflowUSD: Double, ruinProbability: Double) {
    let needs = (0..<sequences.count).map { sequence in
      var (sumUSD, needUSD) = (0.0, 0.0)
      for period in 0..<sequences.periodCount {
        sumUSD += sequences.lossUSD(sequence: sequence, period: period)
        needUSD = max(needUSD, sumUSD)
        sumUSD -= inflowUSD
      }
      return needUSD
    }
    let confidence = 1 - ruinProbability
    let kept = RiskMeasure.tailCount(confidences: [confidence], scenarioCount: needs.count)
    let measure = RiskMeasure(confidence: confidence).ofSample(scenarioCount: needs.count)
    let tail = LossTail(of: needs, keeping: kept)
    let estimate = measure.valueAtRisk(tail)
    amountUSD = estimate.value
    standardErrorUSD = estimate.standardError
    let setting = measure.scenario(tail)
    var worst: (lossUSD: Double, scenario: Int) = (-1, 0)
    for period in 0..<sequences.periodCount {
      let lossUSD = sequences.lossUSD(sequence: setting, period: period)
      if lossUSD > worst.lossUSD {
        worst = (lossUSD, sequences.scenario(sequence: setting, period: period))
      }
    }
    scenario = worst.scenario
  }
}

/// What tiers go through over the periods, with their refills.
public struct WaterfallHorizon: Sendable, Equatable {
  /// Probability that each tier pays anything, then that all together do not suffice. [tiers + 1]
  public let drawProbabilities: [Double]
  /// Probability that each tier is empty after some period. [tiers]
  public let emptyProbabilities: [Double]

  /// Pays every period of every sequence; tiers are refilled after each by their refills per
  /// period.
  public init(_ sequences: LossSequences, waterfall: LossWaterfall) {
    let tierCount = waterfall.tiers.count
    var (drawn, emptied) = (
      [Int](repeating: 0, count: tierCount + 1), [Int](repeating: 0, count: tierCount)
    )
    for sequence in 0..<sequences.count {
      var left = waterfall
      var (isDrawn, isEmpty) = (
        [Bool](repeating: false, count: tierCount + 1), [Bool](repeating: false, count: tierCount)
      )
      for period in 0..<sequences.periodCount {
        let payment = left.pay(lossUSD: sequences.lossUSD(sequence: sequence, period: period))
        for tier in 0..<tierCount {
          if payment.drawsUSD[tier] > 0 { isDrawn[tier] = true }
          if left.tiers[tier].capacityUSD <= 0 { isEmpty[tier] = true }
        }
        if payment.residualUSD > 0 { isDrawn[tierCount] = true }
        left.refill()
      }
      for tier in 0...tierCount where isDrawn[tier] { drawn[tier] += 1 }
      for tier in 0..<tierCount where isEmpty[tier] { emptied[tier] += 1 }
    }
    let count = Double(sequences.count)
    drawProbabilities = drawn.map { Double($0) / count }
    emptyProbabilities = emptied.map { Double($0) / count }
  }
}
