// Joint distributions beside plain integration, chi-square beside known values, shortfall and
// procyclicality by hand.

import Glibc
import RiskNumerics
import Testing

@Suite struct DistributionTests {
  /// int_-inf^x phi(s) N((y - rho s) / sqrt(1 - rho^2)) ds by a fine midpoint sum.
  private func plainNormal(_ x: Double, _ y: Double, _ rho: Double) -> Double {
    let (low, count) = (-9.0, 40_000)
    let step = (x - low) / Double(count)
    let root = (1 - rho * rho).squareRoot()
    return (0..<count).reduce(0.0) { sum, index in
      let s = low + (Double(index) + 0.5) * step
      return sum + step * NormalDistribution.density(s)
        * NormalDistribution.cdf((y - rho * s) / root)
    }
  }

  @Test func normalsBesidePlainIntegration() {
    for rho in [-0.99, -0.6, -0.1, 0, 0.3, 0.8, 0.97] {
      for (x, y) in [(0.0, 0.0), (1.0, -2), (-1.5, -1.5), (2.5, 0.3), (-0.2, 3)] {
        let value = BivariateDistribution.normal(x, y, correlation: rho)
        #expect(abs(value - plainNormal(x, y, rho)) < 2e-8, "\(x) \(y) \(rho)")
        #expect(value == BivariateDistribution.normal(y, x, correlation: rho))
        // P(X <= x, Y <= y) + P(X <= x, -Y < -y) = P(X <= x).
        let other = BivariateDistribution.normal(x, -y, correlation: -rho)
        #expect(abs(value + other - NormalDistribution.cdf(x)) < 1e-14)
      }
    }
    #expect(abs(BivariateDistribution.normal(0, 0, correlation: 0.5) - 1.0 / 3) < 1e-15)
    #expect(BivariateDistribution.normal(0.3, 1, correlation: 1) == NormalDistribution.cdf(0.3))
  }

  @Test func studentTendsToNormal() {
    for rho in [-0.7, 0.2, 0.9] {
      let normal = BivariateDistribution.normal(-1, 0.4, correlation: rho)
      let near = BivariateDistribution.student(-1, 0.4, correlation: rho, degrees: 1e7)
      #expect(abs(normal - near) < 1e-6)
      // A quarter and asin(rho) / 2 pi at the origin, for every elliptical distribution.
      let origin = BivariateDistribution.student(0, 0, correlation: rho, degrees: 3)
      #expect(abs(origin - 0.25 - asin(rho) / (2 * .pi)) < 1e-14)
    }
  }

  @Test func chiSquareTails() {
    // One and two degrees in closed form; 18.307 is the tabulated 5 % point of ten degrees.
    #expect(abs(ChiSquareDistribution(degrees: 2).tailProbability(3) - exp(-1.5)) < 4e-16)
    #expect(
      abs(ChiSquareDistribution(degrees: 1).tailProbability(3.841_458_820_694_124) - 0.05) < 1e-15)
    #expect(abs(ChiSquareDistribution(degrees: 10).tailProbability(18.307) - 0.05) < 1e-6)
    #expect(abs(ChiSquareDistribution(degrees: 5).tailProbability(11.0705) - 0.05) < 1e-6)
    #expect(ChiSquareDistribution(degrees: 7).tailProbability(0) == 1)
    #expect(ChiSquareDistribution(degrees: 200).tailProbability(1e-3) == 1)
  }

  @Test(arguments: [0.4, 1, 2.5, 4, 7.3, 30, 900])
  func chiSquareQuantilesGoBack(degrees: Double) {
    let distribution = ChiSquareDistribution(degrees: degrees)
    for probability in [1e-12, 1e-6, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9] {
      let x = distribution.quantile(probability)
      let (low, high) = (distribution.cumulative(x), distribution.tailProbability(x))
      #expect(abs(low + high - 1) < 1e-14)
      #expect(abs(low / probability - 1) < 1e-12 || abs(high / (1 - probability) - 1) < 1e-7)
    }
  }

  @Test func shortfallStatisticsByHand() {
    let test = ExpectedShortfallBacktest(
      losses: [1, 3, -2, 5], valueAtRisk: [2, 2, 2, 2], expectedShortfall: [4, 4, 4, 2.5],
      probability: 0.25)
    // Days 1 and 3: 3/4 and 5/2.5.
    #expect(test.firstStatistic == 1 - (0.75 + 2) / 2)
    #expect(test.secondStatistic == 1 - (0.75 + 2) / 1)
    let calm = ExpectedShortfallBacktest(
      losses: [1], valueAtRisk: [2], expectedShortfall: [3], probability: 0.1)
    #expect(calm.firstStatistic == nil)
    #expect(calm.secondStatistic == 1)
  }

  @Test func criticalValuesDoNotDependOnThreads() {
    let one = ExpectedShortfallBacktest.secondStatisticQuantiles(
      [0.05, 0.5], dayCount: 250, probability: 0.025, pathCount: 5_000, seed: 4)
    let two = ExpectedShortfallBacktest.secondStatisticQuantiles(
      [0.05, 0.5], dayCount: 250, probability: 0.025, pathCount: 5_000, seed: 4, threadCount: 2)
    #expect(one == two)
    // Fatter tails make large losses more likely under a right model too.
    let fat = ExpectedShortfallBacktest.secondStatisticQuantiles(
      [0.05], dayCount: 250, probability: 0.025, of: StudentDistribution(degrees: 3),
      pathCount: 5_000, seed: 4)
    #expect(fat[0] < one[0])
  }

  @Test func procyclicalityByHand() {
    let series = Procyclicality(margins: [2, 1, 3, 2])
    #expect(series.peakToTrough == 3)
    #expect(series.largestIncrease(dayCount: 1) == 2)
    #expect(series.largestIncrease(dayCount: 2) == 1)
    #expect(series.largestIncrease(dayCount: 9) == 0)
    #expect(Procyclicality(margins: [5]).changeDeviation == 0)
    let (a, b) = (log(0.5), log(3.0))
    let pair = Procyclicality(margins: [2, 1, 3]).changeDeviation
    #expect(abs(pair - abs(a - b) / 2.0.squareRoot()) < 1e-15)
    #expect(AntiProcyclicalityTool.buffer(share: 0.25, isExhausted: true).applied(to: 8) == 8)
  }
}
