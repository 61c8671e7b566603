// Limits and laws of Black (1976), and the plain formula beside the kernel.

import Glibc
import RiskNumerics
import Testing

@Suite struct BlackKernelTests {
  private func value(
    _ forward: Double, _ strike: Double, _ expiry: Double, _ volatility: Double, _ side: OptionSide
  ) -> Double {
    BlackKernel.value(
      forward: forward, volatility: volatility,
      option: OptionTerms(strike: strike, expiryYears: expiry, side: side))
  }

  @Test func limitsAreIntrinsic() {
    for side in OptionSide.allCases {
      for forward in [80.0, 100, 125] {
        let intrinsic = max(side.rawValue * (forward - 100), 0)
        #expect(value(forward, 100, 0, 0.5, side) == intrinsic)
        #expect(value(forward, 100, 0.5, 0, side) == intrinsic)
        #expect(value(forward, 100, 0.5, -0.1, side) == intrinsic)
        #expect(value(forward, 100, 0, .infinity, side) == intrinsic)
      }
    }
    #expect(value(0, 100, 1, 0.5, .call) == 0)
    #expect(value(0, 100, 1, 0.5, .put) == 100)
    #expect(value(70, 0, 1, 0.5, .call) == 70)
    #expect(value(70, 0, 1, 0.5, .put) == 0)
  }

  @Test func wingsEndInZeroAndHugeVolatilityInForwardOrStrike() {
    #expect(value(1, 1e12, 0.01, 0.2, .call) == 0)
    #expect(value(1e12, 1, 0.01, 0.2, .put) == 0)
    #expect(value(1e12, 1, 0.01, 0.2, .call) == 1e12 - 1)
    for volatility in [200, 1e6, 1e200, Double.infinity] {
      #expect(value(90, 100, 1, volatility, .call) == 90)
      #expect(value(90, 100, 1, volatility, .put) == 100)
    }
    #expect(value(.nan, 100, 1, 0.2, .call).isNaN)
    #expect(value(90, 100, 1, .nan, .call).isNaN)
  }

  @Test func deltaAtTheLimits() {
    var streams = OptionStreams()
    for side in OptionSide.allCases {
      for forward in [80.0, 100, 125] {
        streams.append(
          forward: forward, volatility: 0.5,
          option: OptionTerms(strike: 100, expiryYears: 0, side: side))
      }
    }
    let greeks = BlackKernel.greeks(of: streams)
    #expect(greeks.delta == [0, 0.5, 1, -1, -0.5, 0])
    let higher = BlackKernel.higherGreeks(of: streams)
    let first = greeks.gamma + greeks.vega + greeks.theta
    let others = higher.vanna + higher.volga + higher.charm + higher.speed
    #expect((first + others).allSatisfy { $0 == 0 })
  }

  /// The formula as a textbook prints it, with the C library's functions.
  private func textbook(
    _ forward: Double, _ strike: Double, _ expiry: Double, _ volatility: Double, _ sign: Double
  ) -> Double {
    let deviation = volatility * expiry.squareRoot()
    let d1 = log(forward / strike) / deviation + deviation / 2
    let cdf = { (x: Double) in erfc(-x / 2.0.squareRoot()) / 2 }
    return sign * (forward * cdf(sign * d1) - strike * cdf(sign * (d1 - deviation)))
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func agreesWithTheTextbookFormula(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let strike = random.uniform(50, 200)
      let forward = strike * random.uniform(0.4, 2.5)
      let (expiry, volatility) = (random.uniform(0.01, 2), random.uniform(0.05, 2))
      let side: OptionSide = Bool.random(using: &random) ? .call : .put
      let expected = textbook(forward, strike, expiry, volatility, side.rawValue)
      // Difference of two products near F and K: each carries about 100 ulp of erfc's argument.
      #expect(
        abs(value(forward, strike, expiry, volatility, side) - expected)
          <= 1e-13 * max(forward, strike))
    }
  }

  @Test(arguments: [4, 5] as [UInt64]) func putAndCallDifferByForwardLessStrike(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let (strike, forward) = (random.uniform(1, 200), random.uniform(1, 200))
      let (expiry, volatility) = (random.uniform(0, 2), random.uniform(0, 3))
      let difference =
        value(forward, strike, expiry, volatility, .call)
        - value(forward, strike, expiry, volatility, .put)
      // One addition and one subtraction of numbers up to max(F, K).
      #expect(abs(difference - (forward - strike)) <= 2 * max(forward, strike).ulp)
    }
  }

  @Test(arguments: [6, 7] as [UInt64]) func greeksAreDerivatives(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let strike = 100.0
      let (forward, side) = (
        random.uniform(70, 140), OptionSide.allCases.randomElement(using: &random)
      )
      guard let side else { continue }
      let (expiry, volatility) = (random.uniform(0.1, 2), random.uniform(0.2, 1.5))
      func options(_ forward: Double, _ volatility: Double, _ expiry: Double) -> OptionStreams {
        var streams = OptionStreams()
        streams.append(
          forward: forward, volatility: volatility,
          option: OptionTerms(strike: strike, expiryYears: expiry, side: side))
        return streams
      }
      func greeks(_ forward: Double, _ volatility: Double, _ expiry: Double) -> GreekStreams {
        BlackKernel.greeks(of: options(forward, volatility, expiry))
      }
      // Central differences of relative step 1e-4: truncation near 1e-7, cancellation near 1e-12 of
      // the scale.
      let tolerance = 2e-6
      let (df, dv, dt) = (forward * 1e-4, volatility * 1e-4, expiry * 1e-4)
      let at = greeks(forward, volatility, expiry)
      let further = BlackKernel.higherGreeks(of: options(forward, volatility, expiry))
      let (up, down) = (
        greeks(forward + df, volatility, expiry), greeks(forward - df, volatility, expiry)
      )
      let (more, less) = (
        greeks(forward, volatility + dv, expiry), greeks(forward, volatility - dv, expiry)
      )
      let (later, sooner) = (
        greeks(forward, volatility, expiry + dt), greeks(forward, volatility, expiry - dt)
      )
      #expect(abs((up.value[0] - down.value[0]) / (2 * df) - at.delta[0]) < tolerance)
      #expect(abs((up.delta[0] - down.delta[0]) / (2 * df) - at.gamma[0]) < tolerance)
      #expect(abs((more.value[0] - less.value[0]) / (2 * dv) - at.vega[0]) < tolerance * 100)
      #expect(abs((more.delta[0] - less.delta[0]) / (2 * dv) - further.vanna[0]) < tolerance)
      #expect(abs((more.vega[0] - less.vega[0]) / (2 * dv) - further.volga[0]) < tolerance * 100)
      #expect(abs((sooner.value[0] - later.value[0]) / (2 * dt) - at.theta[0]) < tolerance * 100)
      #expect(abs((sooner.delta[0] - later.delta[0]) / (2 * dt) - further.charm[0]) < tolerance)
      #expect(abs((up.gamma[0] - down.gamma[0]) / (2 * df) - further.speed[0]) < tolerance)
    }
  }
}
