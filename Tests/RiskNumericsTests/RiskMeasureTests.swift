// Measures from tails: laws, weights, standard errors against simulation, tail lengths.

import RiskNumerics
import Testing

@Suite struct RiskMeasureTests {
  private func losses(_ count: Int, seed: UInt64) -> [Double] {
    Philox.normals(
      seed: seed, stream: 1, scenarioCount: count, factorCount: 1, threadCount: 1
    ).column(0)
  }

  @Test(arguments: [1, 20, 250, 1_000, 4_096], [0.5, 0.9, 0.975, 0.99, 0.999])
  func theTailLengthSufficesAndIsAllThatMatters(_ count: Int, _ confidence: Double) throws {
    let all = losses(count, seed: 4)
    let needed = RiskMeasure.tailCount(confidences: [confidence], scenarioCount: count)
    #expect(needed <= count)
    let (short, long) = (LossTail(of: all, keeping: needed), LossTail(of: all, keeping: count))
    let measure = RiskMeasure(confidence: confidence)
    for convention in QuantileConvention.allCases {
      let value = measure.ofSample(scenarioCount: count).valueAtRisk(short, convention: convention)
      #expect(
        value == measure.ofSample(scenarioCount: count).valueAtRisk(long, convention: convention))
      #expect(value.standardError != nil)
    }
    let shortfall = measure.ofSample(scenarioCount: count).expectedShortfall(short)
    #expect(shortfall == measure.ofSample(scenarioCount: count).expectedShortfall(long))
    #expect(shortfall.value >= measure.ofSample(scenarioCount: count).valueAtRisk(short).value)
  }

  @Test func quantileIndexSurvivesRoundingOfTheLevel() {
    // n p is whole in decimals and not in binary: the ceil(n alpha)-th smallest must not slip by
    // one.
    for (count, confidence, exceedances) in [
      (1_000, 0.9, 100), (1_000_000, 0.9, 100_000), (1_000, 0.99, 10), (1_000_000, 0.999, 1_000),
      (40_000, 0.975, 1_000)
    ] {
      let all = (0..<count).map { Double($0) }
      let tail = LossTail(of: all, keeping: exceedances + 1)
      let value = RiskMeasure(confidence: confidence).ofSample(scenarioCount: count).valueAtRisk(
        tail)
      #expect(value.value == Double(count - 1 - exceedances))
    }
  }

  @Test(arguments: [20, 333, 1_000]) func equalWeightsAreTheUnweightedCase(_ count: Int) throws {
    let all = losses(count, seed: 5)
    let weights = [Double](repeating: 1 / Double(count), count: count)
    let tail = LossTail(of: all, keeping: count)
    for confidence in [0.9, 0.95, 0.975] {
      let measure = RiskMeasure(confidence: confidence)
      let (plain, weighted) = (
        measure.ofSample(scenarioCount: count).valueAtRisk(tail),
        measure.ofWeighted(ScenarioWeights(weights)).valueAtRisk(tail)
      )
      #expect(plain == weighted)
      let (mean, weightedMean) = (
        measure.ofSample(scenarioCount: count).expectedShortfall(tail),
        measure.ofWeighted(ScenarioWeights(weights)).expectedShortfall(tail)
      )
      // A thousand weights, each rounded once.
      #expect(relativeDistance(weightedMean.value, mean.value) < 1e-12)
      let (error, weightedError) = (
        try #require(mean.standardError), try #require(weightedMean.standardError)
      )
      #expect(relativeDistance(weightedError, error) < 1e-10)
      let needed = RiskMeasure.tailCount(
        confidences: [confidence], weights: ScenarioWeights(weights))
      let short = LossTail(of: all, keeping: needed)
      #expect(measure.ofWeighted(ScenarioWeights(weights)).valueAtRisk(short) == weighted)
    }
  }

  @Test func weightedMeasuresByHand() {
    let tail = LossTail(of: [10, 20, 30, 40], keeping: 4)
    let weights = [0.5, 0.3, 0.15, 0.05]
    let measure = RiskMeasure(confidence: 0.9)
    // The worst 10 %: 5 % at 40 and 5 % of the 15 % at 30.
    #expect(measure.ofWeighted(ScenarioWeights(weights)).valueAtRisk(tail).value == 30)
    let mean = measure.ofWeighted(ScenarioWeights(weights)).expectedShortfall(tail).value
    #expect(relativeDistance(mean, 35) < 1e-14)
  }

  @Test func standardErrorsAreThoseOfRepeatedSamples() throws {
    let (repetitions, count) = (400, 2_000)
    let measure = RiskMeasure(confidence: 0.95)
    let needed = RiskMeasure.tailCount(confidences: [0.95], scenarioCount: count)
    var (values, means, valueErrors, meanErrors): ([Double], [Double], [Double], [Double]) =
      ([], [], [], [])
    for repetition in 0..<repetitions {
      let tail = LossTail(of: losses(count, seed: 1_000 + UInt64(repetition)), keeping: needed)
      let (value, mean) = (
        measure.ofSample(scenarioCount: count).valueAtRisk(tail),
        measure.ofSample(scenarioCount: count).expectedShortfall(tail)
      )
      values.append(value.value)
      means.append(mean.value)
      valueErrors.append(try #require(value.standardError))
      meanErrors.append(try #require(mean.standardError))
    }
    func spread(_ x: [Double]) -> Double {
      let mean = OrderedSum.total(of: x) / Double(x.count)
      let squares = x.map { ($0 - mean) * ($0 - mean) }
      return (OrderedSum.total(of: squares) / Double(x.count - 1)).squareRoot()
    }
    // A standard deviation of 400 samples is known to 3.5 %; four of those, and 2 % for finite n.
    let allowed = 0.16
    let (valueMean, meanMean) = (
      OrderedSum.total(of: valueErrors) / Double(repetitions),
      OrderedSum.total(of: meanErrors) / Double(repetitions)
    )
    #expect(abs(valueMean / spread(values) - 1) < allowed)
    #expect(abs(meanMean / spread(means) - 1) < allowed)
    let exact = NormalLoss().expectedShortfall(confidence: 0.95, drawCount: count)
    #expect(abs(meanMean / (try #require(exact.standardError)) - 1) < allowed)
  }

  @Test(arguments: [1.0, 2, 3, 4.5, 10, 200]) func studentQuantileInverts(_ degrees: Double) {
    let student = StudentDistribution(degrees: degrees)
    for tail in [1e-12, 1e-6, 0.01, 0.2, 0.49] {
      let x = -student.quantile(tail)
      #expect(relativeDistance(student.tailProbability(x), tail) < 1e-11)
      #expect(student.quantile(1 - 0.25) == -student.quantile(0.25))
    }
    #expect(student.quantile(0.5) == 0)
    #expect(abs(student.tailProbability(0) - 0.5) < 1e-15)
  }

  @Test func studentHasKnownCases() {
    let cauchy = StudentDistribution(degrees: 1)
    #expect(relativeDistance(cauchy.quantile(0.75), 1) < 1e-12)
    // Two degrees: quantile (2p - 1) / sqrt(2 p (1 - p)).
    let two = StudentDistribution(degrees: 2)
    let exact = 0.98 / (2 * 0.99 * 0.01).squareRoot()
    #expect(relativeDistance(two.quantile(0.99), exact) < 1e-12)
  }
}
