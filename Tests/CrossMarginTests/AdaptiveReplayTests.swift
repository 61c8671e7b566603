// Requirements that follow the market, over prices whose outcome is known.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct AdaptiveReplayTests {
  private static func prices(seed: UInt64, count: Int, size: Double) -> [Double] {
    var random = SeededGenerator(seed: seed)
    var prices = [100.0]
    for day in 1..<count {
      // Every hundred days a storm of ten.
      let scale = day % 100 < 10 ? 4 * size : size
      prices.append(
        prices[day - 1] * ScalarMath.exp(scale * .random(in: -1.7...1.7, using: &random)))
    }
    return prices
  }

  /// Equity of 0.15 against 0.1: the long position of the first day falls below at 100 / 1.1 x 0.95,
  /// and one day later nothing is left below 85.
  @Test func oneFallByHand() throws {
    var replay = AdaptiveReplay()
    replay.firstMoveCount = 2
    replay.holdingDays = 3
    let policy = AdaptivePolicy(name: "fixed", words: "fixed", terms: nil, fixedFraction: 0.1)
    // Opened at 100 (the third price) and at 100.
    let prices = [100.0, 100, 100, 100, 92, 80, 80, 80]
    let score = try #require(replay.scores([policy], pricesUSD: prices).first)
    // Openings on days 0 and 1 of six: two long and two short ones.
    #expect(score.positionCount == 4)
    #expect(score.liquidatedFraction == 0.5)
    // Both long positions are closed at 80: equity 0.15 - 0.2.
    #expect(abs(score.badDebtFraction - 2 * 0.05 / 4) < 1e-12)
    #expect(score.falseFraction == 0 && score.raisedFraction == 0)
    #expect(score.peakToTrough == 1 && abs(score.meanFraction - 0.1) < 1e-15)
    // Moves of 0, -8 %, -13 %, 0, 0: one beyond.
    #expect(abs(score.coverage - 0.8) < 1e-12)
    #expect(replay.scores([policy], pricesUSD: Array(prices.prefix(7))).isEmpty)
  }

  @Test(arguments: [UInt64(1), 2])
  func boundsOfStepsHoldAndRampsLiquidateNoMoreByThemselves(seed: UInt64) throws {
    let prices = Self.prices(seed: seed, count: 800, size: 0.02)
    let scores = AdaptiveReplay().scores(AdaptivePolicy.standard, pricesUSD: prices)
    func score(_ name: String) throws -> AdaptiveScore {
      try #require(scores.first { $0.policy.name == name })
    }
    #expect(scores.count == 5)
    let fixed = try score("fixed")
    #expect(fixed.raisedFraction == 0 && fixed.peakToTrough == 1)
    #expect(try score("floor").peakToTrough <= score("free").peakToTrough)
    #expect(
      try score("floor_steps").largestRiseOfFive <= 1.25 * 1.25 * 1.25 * 1.25 * 1.25 - 1 + 1e-12)
    #expect(try score("floor_steps_ramp").raisedFraction <= score("floor_steps").raisedFraction)
    #expect(try score("floor_steps").peakToTrough == score("floor_steps_ramp").peakToTrough)
    for score in scores {
      #expect((0...1).contains(score.falseFraction) && (0...1).contains(score.coverage))
      #expect(score.badDebtFraction >= 0)
    }
  }

  /// A higher fixed requirement covers more and never leaves more unpaid.
  @Test func moreMarginLeavesLessUnpaid() {
    let prices = Self.prices(seed: 3, count: 600, size: 0.03)
    let policies = [0.05, 0.1, 0.2].map {
      AdaptivePolicy(name: "fixed", words: "fixed", terms: nil, fixedFraction: $0)
    }
    let scores = AdaptiveReplay().scores(policies, pricesUSD: prices)
    for (one, other) in zip(scores, scores.dropFirst()) {
      #expect(one.coverage <= other.coverage)
      #expect(one.badDebtFraction >= other.badDebtFraction)
    }
    #expect((scores.first?.badDebtFraction ?? 0) > 0)
  }
}
