// First passages, barriers, and a borrower seen through its equity: limits and ways back.

import RiskNumerics
import Testing

@Suite struct FirstPassageTests {
  @Test func withoutDriftItIsTwiceTheTerminalTail() {
    let passage = FirstPassage(distance: 0.3, drift: 0, deviation: 0.5)
    #expect(
      abs(
        passage.probability(within: 0.4) - 2
          * NormalDistribution.cdf(-0.3 / (0.5 * 0.4.squareRoot())))
        < 1e-14)
    #expect(passage.probability(within: 0) == 0)
    #expect(passage.probability(within: 0.4, seenEvery: 0.01) < passage.probability(within: 0.4))
  }

  @Test(arguments: [-200.0, -1, 1, 200]) func strongDriftStaysAProbability(_ drift: Double) {
    let passage = FirstPassage(distance: 1, drift: drift, deviation: 0.3)
    let probability = passage.probability(within: 3)
    #expect(probability >= 0 && probability <= 1)
    if drift == -200 { #expect(probability > 0.999_999) }
    // For ever: e^(-2 mu b / s^2).
    if drift == 1 {
      #expect(abs(passage.probability(within: 1e6) - ScalarMath.exp(-2 / 0.09)) < 1e-12)
    }
  }

  @Test func aBridgeNearZeroCrosses() {
    #expect(FirstPassage.bridgeProbability(from: 0, to: 1, variance: 1) == 1)
    #expect(FirstPassage.bridgeProbability(from: 1, to: 1, variance: 0) == 0)
    #expect(
      FirstPassage.bridgeProbability(from: 0.5, to: 2, variance: 1) == ScalarMath.exp(-2))
  }

  @Test func aBarrierFarAwayLeavesTheCall() {
    func call(_ strike: Double, _ barrier: Double) -> DownAndOutCall {
      DownAndOutCall(
        spot: 100, strike: strike, barrier: barrier, rateContinuous: 0.1, volatilityAnnual: 0.3,
        expiryYears: 0.2)
    }
    let plain = OptionSensitivities(
      SpotOption(
        terms: OptionTerms(strike: 100, expiryYears: 0.2, side: .call), spot: 100,
        volatilityAnnual: 0.3, rateContinuous: 0.1, dividendYieldContinuous: 0)
    ).price
    #expect(abs(call(100, 10).value - plain) < 1e-12)
    #expect(call(100, 100).value == 0)
    #expect(call(100, 99).value > 0)
    // A barrier above the strike is dearer to be alive at, and the value still falls to 0 there.
    #expect(call(80, 99.999).value < 0.01)
    #expect(call(80, 90).value(seenEveryYears: 0.01) > call(80, 90).value)
  }

  @Test(arguments: [(3.0, 0.8, 10.0), (50, 0.3, 10), (0.1, 2, 100)]) func equityComesBack(
    _ value: Double, _ volatility: Double, _ debt: Double
  ) {
    let firm = MertonFirm(
      MertonFirm.Equity(
        value: value, volatilityAnnual: volatility, debt: debt, rateContinuous: 0.05, years: 1))
    let call = OptionSensitivities(
      SpotOption(
        terms: OptionTerms(strike: debt, expiryYears: 1, side: .call), spot: firm.assets,
        volatilityAnnual: firm.assetVolatilityAnnual, rateContinuous: 0.05,
        dividendYieldContinuous: 0))
    #expect(abs(call.price - value) < 1e-9 * max(value, 1))
    #expect(
      abs(call.delta * firm.assetVolatilityAnnual * firm.assets - volatility * value) < 1e-9 * debt)
    #expect(abs(firm.distanceToDefault - call.d2) < 1e-9)
  }

  @Test func varianceForecastsApproachTheLongRun() {
    let rule = ConditionalVolatility.garch(
      moveWeight: 0.1, persistenceWeight: 0.8, longRunVariance: 4)
    var (sum, variance) = (0.0, 9.0)
    for _ in 0..<20 {
      sum += variance
      variance = 4 + 0.9 * (variance - 4)
    }
    #expect(abs(rule.expectedVarianceSum(count: 20, variance: 9) - sum) < 1e-10)
    let flat = ConditionalVolatility.exponential(lambda: 0.94)
    #expect(abs(flat.expectedVarianceSum(count: 5, variance: 9) - 45) < 1e-9)
  }

  @Test(arguments: [
    (4_501.000_000_000_001, 4_501.0, 4_501.0), (0.1 + 0.2, 0.3, 0.3),
    (-0.002_775_11, -0.002_775, -0.002_776), (1.000_000_5, 1.000_001, 1)
  ]) func stepsForgiveTheErrorOfADouble(_ value: Double, _ up: Double, _ down: Double) {
    #expect(DecimalStep.up(value, partsPerUnit: 1e6) == up)
    #expect(DecimalStep.down(value, partsPerUnit: 1e6) == down)
  }
}
