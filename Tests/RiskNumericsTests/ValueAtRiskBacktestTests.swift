// Backtests of VaR: limits of their statistics, and how often a right forecast is rejected.

import RiskNumerics
import Testing

@Suite struct ValueAtRiskBacktestTests {
  @Test func asManyAsPromisedIsNoEvidence() {
    let test = ValueAtRiskBacktest.unconditionalCoverage(
      exceedanceCount: 10, dayCount: 1_000, probability: 0.01)
    #expect(abs(test.statistic) < 1e-12)
    #expect(test.pValue > 1 - 1e-6)
  }

  @Test func allOrNothing() {
    let never = ValueAtRiskBacktest(
      isExceeded: [Bool](repeating: false, count: 100), probability: 0.05)
    // Both likelihoods are powers of one number.
    #expect(abs(never.unconditionalCoverage.statistic + 200 * ScalarMath.log(0.95)) < 1e-12)
    #expect(never.independence.statistic == 0)
    #expect(never.independence.pValue == 1)
    let always = ValueAtRiskBacktest(
      isExceeded: [Bool](repeating: true, count: 100), probability: 0.05)
    #expect(abs(always.unconditionalCoverage.statistic + 200 * ScalarMath.log(0.05)) < 1e-11)
    #expect(always.transitions.exceededToExceeded == 99)
  }

  /// 5 % of right forecasts are rejected at 5 %, within four standard errors of 2,000 of them. The
  /// level is low, so that many exceedances follow each other, as the chi-square needs.
  @Test func rightForecastsAreSeldomRejected() {
    var generator = SeededGenerator(seed: 12)
    var rejected = (frequency: 0, clusters: 0)
    for _ in 0..<2_000 {
      let days = (0..<1_000).map { _ in generator.uniform(0, 1) < 0.2 }
      let test = ValueAtRiskBacktest(isExceeded: days, probability: 0.2)
      if test.unconditionalCoverage.pValue < 0.05 { rejected.frequency += 1 }
      if test.independence.pValue < 0.05 { rejected.clusters += 1 }
    }
    #expect((61...139).contains(rejected.frequency))
    #expect((61...139).contains(rejected.clusters))
  }

  @Test func zonesFollowTheirCumulativeProbability() {
    for (days, probability) in [(250, 0.01), (250, 0.025), (500, 0.01), (1_000, 0.05)] {
      let starts = BaselZone.starts(dayCount: days, probability: probability)
      for (start, level) in [(starts.yellow, 0.95), (starts.red, 0.9999)] {
        func reached(_ count: Int) -> Double {
          BaselZone.cumulativeProbability(
            exceedanceCount: count, dayCount: days, probability: probability)
        }
        #expect(reached(start) >= level)
        #expect(reached(start - 1) < level)
      }
      let last = BaselZone(
        exceedanceCount: starts.yellow - 1, dayCount: days, probability: probability)
      #expect(last == .green)
    }
    #expect(
      abs(
        BaselZone.cumulativeProbability(exceedanceCount: 250, dayCount: 250, probability: 0.01) - 1)
        < 1e-15)
  }
}
