// Implied volatilities: round trips over the whole domain, statuses, and the same bits everywhere.

import RiskNumerics
import Testing

@Suite struct ImpliedVolatilityTests {
  private func solve(
    _ price: Double, _ forward: Double, _ strike: Double, _ expiry: Double, _ side: OptionSide
  ) -> (volatility: Double, status: ImpliedVolatilityStatus) {
    var options = OptionStreams()
    options.append(
      forward: forward, volatility: 0,
      option: OptionTerms(strike: strike, expiryYears: expiry, side: side))
    let result = ImpliedVolatility.solve(prices: [price], of: options)
    return (result.volatility[0], result.status[0])
  }

  @Test func statusesOfWhatHasNoRoot() {
    #expect(solve(10, 100, 90, 0.5, .call) == (0, .zeroVolatility))
    #expect(solve(0, 100, 120, 0.5, .call) == (0, .zeroVolatility))
    for (price, status) in [
      (9.99, ImpliedVolatilityStatus.belowIntrinsic), (100, .aboveMaximum), (101, .aboveMaximum),
      (-1, .invalid), (.nan, .invalid), (.infinity, .invalid)
    ] {
      let result = solve(price, 100, 90, 0.5, .call)
      #expect(result.status == status && result.volatility.isNaN)
    }
    #expect(solve(90, 80, 90, 0.5, .put).status == .aboveMaximum)
    #expect(solve(9, 80, 90, 0.5, .put).status == .belowIntrinsic)
    #expect(solve(20, 100, 90, 0, .call).status == .invalid)
    #expect(solve(20, .nan, 90, 1, .call).status == .invalid)
    #expect(solve(20, 100, 0, 1, .call).status == .invalid)
  }

  /// Options of every kind out of the money: deviations from 1e-6 to 12, values down to 1e-280.
  private func options(seed: UInt64, count: Int) -> (options: OptionStreams, prices: [Double]) {
    var random = SeededGenerator(seed: seed)
    var options = OptionStreams()
    while options.count < count {
      let deviation = ScalarMath.exp(random.uniform(-13.8, 2.5))
      let expiry = ScalarMath.exp(random.uniform(-12, 1))
      let forward = ScalarMath.exp(random.uniform(-6, 11))
      let distance = random.uniform(0, 34)
      let strike = forward * ScalarMath.exp(random.uniform(-1, 1) * distance * deviation)
      guard strike > 1e-200, strike < 1e200 else { continue }
      let terms = OptionTerms(
        strike: strike, expiryYears: expiry, side: strike > forward ? .call : .put)
      options.append(
        forward: forward, volatility: deviation / expiry.squareRoot(), option: terms)
    }
    return (options, BlackKernel.greeks(of: options).value)
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func roundTripsReachTheAttainableError(_ seed: UInt64) {
    let (options, prices) = options(seed: seed, count: 20_003)
    let result = ImpliedVolatility.solve(prices: prices, of: options)
    var solved = 0
    for index in prices.indices where prices[index] > 1e-280 {
      guard result.status[index] == .ok else {
        // Beyond the largest deviations the value is the limit itself.
        #expect(result.status[index] == .aboveMaximum)
        continue
      }
      solved += 1
      let (volatility, truth) = (result.volatility[index], options.volatility[index])
      // Prices carry about ten times the half unit that the attainable error speaks of.
      let allowed = (20 * result.attainableRelativeError[index] + 1e-15) * truth
      #expect(
        abs(volatility - truth) <= allowed,
        "\(options.forward[index]), \(options.strike[index]), \(options.expiryYears[index])")
    }
    #expect(solved > 15_000)
  }

  @Test(arguments: KernelTarget.available) func targetsAgree(_ target: KernelTarget) {
    let (options, prices) = options(seed: 9, count: 5_001)
    let left = ImpliedVolatility.solve(prices: prices, of: options, target: target)
    let right = ImpliedVolatility.solve(prices: prices, of: options, target: .generic)
    #expect(bits(left.volatility) == bits(right.volatility))
    #expect(bits(left.attainableRelativeError) == bits(right.attainableRelativeError))
    #expect(left.status == right.status)
    // A root does not depend on the options beside it.
    for index in stride(from: 0, to: 5_000, by: 97) {
      var one = OptionStreams()
      let side: OptionSide = options.sign[index] > 0 ? .call : .put
      one.append(
        forward: options.forward[index], volatility: 0,
        option: OptionTerms(
          strike: options.strike[index], expiryYears: options.expiryYears[index], side: side))
      let alone = ImpliedVolatility.solve(prices: [prices[index]], of: one, target: target)
      #expect(alone.volatility[0].bitPattern == left.volatility[index].bitPattern)
    }
  }
}
