// Sensitivities of single options: every one against high-order differences of the one below it,
// relations between them, and the limits.

import RiskNumerics
import Testing

/// Derivative by the central difference of order eight.
private func derivative(at x: Double, step: Double, _ function: (Double) -> Double) -> Double {
  let weights = [4.0 / 5, -1.0 / 5, 4.0 / 105, -1.0 / 280]
  var sum = 0.0
  for (index, weight) in weights.enumerated() {
    let offset = Double(index + 1) * step
    sum += weight * (function(x + offset) - function(x - offset))
  }
  return sum / step
}

/// A random option with |d1| below about 3, on a spot of about 100.
private func randomOption(_ random: inout SeededGenerator) -> SpotOption {
  let (expiry, volatility) = (random.uniform(0.02, 2), random.uniform(0.1, 1.5))
  let deviation = volatility * expiry.squareRoot()
  let spot = random.uniform(50, 200)
  let strike = spot * ScalarMath.exp(random.uniform(-2.5, 2.5) * deviation)
  let side: OptionSide = Bool.random(using: &random) ? .call : .put
  return SpotOption(
    terms: OptionTerms(strike: strike, expiryYears: expiry, side: side), spot: spot,
    volatilityAnnual: volatility, rateContinuous: random.uniform(-0.1, 0.2),
    dividendYieldContinuous: random.uniform(-0.1, 0.2))
}

/// Every number of an option, by name.
private func numbers(_ option: OptionSensitivities) -> [String: Double] {
  [
    "price": option.price, "delta": option.delta, "gamma": option.gamma, "vega": option.vega,
    "theta": option.theta, "rho": option.rho, "dividendRho": option.dividendRho,
    "strikeSensitivity": option.strikeSensitivity, "strikeGamma": option.strikeGamma,
    "vanna": option.vanna, "volga": option.volga, "charm": option.charm, "speed": option.speed,
    "zomma": option.zomma, "color": option.color, "cash": option.cashProbability,
    "asset": option.assetProbability
  ]
}

@Suite struct OptionSensitivityTests {
  /// Relative to the size of the number where the density is at its peak. With steps of 2 % of a
  /// deviation, of volatility and of time, the ninth derivative leaves up to 1e-9 and the rounding
  /// of the kernel, 1e-14 over the step, less.
  private static let tolerance = 1e-8

  private func expectClose(
    _ name: String, _ value: Double, _ difference: Double, scale: Double, _ option: SpotOption
  ) {
    #expect(
      abs(value - difference) <= Self.tolerance * scale,
      "\(name): \(value), by differences \(difference), scale \(scale), \(option)")
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func sensitivitiesAreDerivatives(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let option = randomOption(&random)
      let (spot, strike) = (option.spot, option.terms.strike)
      let (expiry, volatility) = (option.terms.expiryYears, option.volatilityAnnual)
      let (rate, yield) = (option.rateContinuous, option.dividendYieldContinuous)
      let deviation = volatility * expiry.squareRoot()
      let at = OptionSensitivities(option)
      typealias Field = KeyPath<OptionSensitivities, Double>
      func slope(
        _ field: Field, _ parameter: WritableKeyPath<SpotOption, Double>, step: Double
      ) -> Double {
        derivative(at: option[keyPath: parameter], step: step) { value in
          var moved = option
          moved[keyPath: parameter] = value
          return OptionSensitivities(moved)[keyPath: field]
        }
      }
      let inSpot = { (field: Field) in slope(field, \.spot, step: 0.02 * spot * deviation) }
      let inVolatility = { (field: Field) in
        slope(field, \.volatilityAnnual, step: 0.02 * volatility)
      }
      let inTime = { (field: Field) in -slope(field, \.terms.expiryYears, step: 0.02 * expiry) }
      let inStrike = { (field: Field) in
        slope(field, \.terms.strike, step: 0.02 * strike * deviation)
      }
      func check(_ name: String, _ value: Double, _ difference: Double, scale: Double) {
        expectClose(name, value, difference, scale: scale, option)
      }
      let money = max(spot, strike)
      let decay = 1 / expiry + (abs(rate) + abs(yield)) * (1 + 1 / deviation)
      let gamma = 1 / (spot * deviation)
      check("delta", at.delta, inSpot(\.price), scale: money / spot / deviation)
      check("strike", at.strikeSensitivity, inStrike(\.price), scale: money / strike / deviation)
      check("vega", at.vega, inVolatility(\.price), scale: money / volatility)
      check("theta", at.theta, inTime(\.price), scale: money * decay)
      // Rates move the price through e^(-rT) and d1: a step in b T of 2 % of a deviation.
      let rateStep = 0.02 * min(deviation, 1) / expiry
      let rateScale = money * expiry / min(deviation, 1)
      check("rho", at.rho, slope(\.price, \.rateContinuous, step: rateStep), scale: rateScale)
      check(
        "dividend rho", at.dividendRho,
        slope(\.price, \.dividendYieldContinuous, step: rateStep), scale: rateScale)
      check("gamma", at.gamma, inSpot(\.delta), scale: gamma)
      check(
        "strike gamma", at.strikeGamma, inStrike(\.strikeSensitivity),
        scale: 1 / (strike * deviation))
      check("vanna", at.vanna, inVolatility(\.delta), scale: 1 / volatility)
      check("vanna by vega", at.vanna, inSpot(\.vega), scale: 1 / volatility)
      check("volga", at.volga, inVolatility(\.vega), scale: at.vega / volatility + 1e-3 * money)
      check("charm", at.charm, inTime(\.delta), scale: decay)
      check("charm by theta", at.charm, inSpot(\.theta), scale: decay / deviation)
      check("speed", at.speed, inSpot(\.gamma), scale: gamma / (spot * deviation))
      check("zomma", at.zomma, inVolatility(\.gamma), scale: gamma / volatility)
      check("zomma by vanna", at.zomma, inSpot(\.vanna), scale: gamma / volatility)
      check("color", at.color, inTime(\.gamma), scale: gamma * decay)
      check("color by charm", at.color, inSpot(\.charm), scale: gamma * decay)
    }
  }

  @Test(arguments: [4, 5] as [UInt64]) func callAndPutDifferByTheForward(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      var option = randomOption(&random)
      option.terms.side = .call
      let call = OptionSensitivities(option)
      option.terms.side = .put
      let put = OptionSensitivities(option)
      let expiry = option.terms.expiryYears
      let discount = ScalarMath.exp(-option.rateContinuous * expiry)
      let yieldDiscount = ScalarMath.exp(-option.dividendYieldContinuous * expiry)
      let (spot, strike) = (option.spot, option.terms.strike)
      // Each side is a sum of terms of this size, rounded a few times.
      let tolerance = 1e-14 * 100
      let asset = spot * yieldDiscount
      let cash = strike * discount
      let scale = asset + cash
      #expect(abs(call.price - put.price - (asset - cash)) <= tolerance * scale)
      #expect(abs(call.delta - put.delta - yieldDiscount) <= tolerance)
      #expect(abs(call.strikeSensitivity - put.strikeSensitivity + discount) <= tolerance)
      #expect(abs(call.rho - put.rho - expiry * cash) <= tolerance * scale * expiry)
      let theta = option.dividendYieldContinuous * asset - option.rateContinuous * cash
      #expect(abs(call.theta - put.theta - theta) <= tolerance * (scale + abs(call.theta)))
      let charm = option.dividendYieldContinuous * yieldDiscount
      #expect(abs(call.charm - put.charm - charm) <= tolerance * (1 + abs(call.charm)))
      for field in [
        \OptionSensitivities.gamma, \.vega, \.vanna, \.volga, \.speed, \.zomma, \.color,
        \.strikeGamma, \.d1, \.d2
      ] {
        #expect(call[keyPath: field] == put[keyPath: field])
      }
      #expect(abs(call.cashProbability + put.cashProbability - 1) <= tolerance)
      #expect(abs(call.assetProbability + put.assetProbability - 1) <= tolerance)
    }
  }

  /// V is homogeneous of degree one in spot and strike [Reiss and Wystup 2001].
  @Test(arguments: [6, 7] as [UInt64]) func pricesScaleWithTheUnit(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      let option = randomOption(&random)
      let at = OptionSensitivities(option)
      let (spot, strike) = (option.spot, option.terms.strike)
      let euler = spot * at.delta + strike * at.strikeSensitivity
      // Two terms of the size of spot and strike cancel to the price.
      #expect(abs(euler - at.price) <= 1e-12 * (spot + strike))
      let (left, right) = (spot * spot * at.gamma, strike * strike * at.strikeGamma)
      #expect(abs(left - right) <= 1e-12 * left)
      // Black and Scholes (1973): theta, carry, convexity and financing add to nothing.
      let (rate, yield) = (option.rateContinuous, option.dividendYieldContinuous)
      let variance = option.volatilityAnnual * option.volatilityAnnual
      let terms = [
        at.theta, (rate - yield) * spot * at.delta, variance * spot * spot * at.gamma / 2,
        -rate * at.price
      ]
      let size = terms.map { abs($0) }.reduce(0, +) + spot + strike
      #expect(abs(terms.reduce(0, +)) <= 1e-12 * size)
    }
  }

  @Test(arguments: [8, 9] as [UInt64]) func aForwardIsASpotThatPaysItsRate(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      var option = randomOption(&random)
      option.dividendYieldContinuous = option.rateContinuous
      let expiry = option.terms.expiryYears
      let discount = ScalarMath.exp(-option.rateContinuous * expiry)
      let spot = OptionSensitivities(option)
      let forwardOption = ForwardOption(
        terms: option.terms, forward: option.spot, volatilityAnnual: option.volatilityAnnual,
        discountFactor: discount)
      let forward = OptionSensitivities(forwardOption)
      let (left, right) = (numbers(spot), numbers(forward))
      for (name, value) in left where name != "rho" && name != "dividendRho" {
        // The rate is read back from the factor: a few roundings of a number near 1.
        let tolerance = 1e-12 * (abs(value) + abs(spot.theta) / 1e3)
        #expect(abs((right[name] ?? .nan) - value) <= tolerance, "\(name)")
      }
      #expect(forward.rho == -expiry * forward.price)
      #expect(forward.dividendRho == 0)
    }
  }
}

@Suite struct OptionSensitivityLimitTests {
  private func option(
    _ spot: Double, _ strike: Double, _ expiry: Double, _ volatility: Double, _ side: OptionSide
  ) -> SpotOption {
    SpotOption(
      terms: OptionTerms(strike: strike, expiryYears: expiry, side: side), spot: spot,
      volatilityAnnual: volatility, rateContinuous: 0.03, dividendYieldContinuous: 0.01)
  }

  @Test func atExpiryAnOptionIsItsPayoff() {
    for side in OptionSide.allCases {
      for spot in [80.0, 100, 125] {
        let at = OptionSensitivities(option(spot, 100, 0, 0.5, side))
        let gain = side.rawValue * (spot - 100)
        let share = gain > 0 ? 1 : gain == 0 ? 0.5 : 0
        #expect(at.price == max(gain, 0))
        #expect(at.delta == side.rawValue * share)
        #expect(at.strikeSensitivity == -side.rawValue * share)
        #expect(at.cashProbability == share)
        #expect(at.assetProbability == share)
        #expect(at.d1 == (spot == 100 ? 0 : (spot > 100 ? 1 : -1) * .infinity))
        // What remains of time is the carry of a certain payment.
        #expect(at.theta == 0.01 * spot * at.delta + 0.03 * 100 * at.strikeSensitivity)
        #expect(at.charm == 0.01 * at.delta)
        for field in [
          \OptionSensitivities.gamma, \.vega, \.vanna, \.volga, \.speed, \.zomma, \.color,
          \.strikeGamma
        ] {
          #expect(at[keyPath: field] == 0)
        }
      }
    }
  }

  @Test func withoutVolatilityTheForwardDecides() {
    // Spot below the strike, forward above it.
    let at = OptionSensitivities(option(99.5, 100, 1, 0, .call))
    let (asset, cash) = (99.5 * ScalarMath.exp(-0.01), 100 * ScalarMath.exp(-0.03))
    #expect(abs(at.price - (asset - cash)) < 1e-13 * asset)
    #expect(at.cashProbability == 1)
    // Price is r cash - q asset away from its value a moment later.
    #expect(abs(at.theta - (0.01 * asset - 0.03 * cash)) < 1e-14 * asset)
    #expect(abs(at.rho - cash) < 1e-14 * cash)
    #expect(OptionSensitivities(option(99.5, 100, 1, 0, .put)).price == 0)
  }

  @Test func zeroSpotAndZeroStrike() {
    let dead = OptionSensitivities(option(0, 100, 1, 0.5, .call))
    #expect(numbers(dead).values.allSatisfy { $0 == 0 })
    let strikeless = OptionSensitivities(option(70, 0, 1, 0.5, .call))
    #expect(abs(strikeless.price - 70 * ScalarMath.exp(-0.01)) < 1e-13)
    #expect(strikeless.vega == 0)
  }

  @Test func nothingIsEverNotANumber() {
    let sizes = [0, .leastNonzeroMagnitude, 1e-300, 1e-9, 1, 100, 1e12, 1e150]
    let deviations = [0, .leastNonzeroMagnitude, 1e-200, 1e-9, 0.3, 50, 1e6, 1e150]
    for side in OptionSide.allCases {
      for (spot, strike) in sizes.flatMap({ spot in sizes.map { (spot, $0) } }) {
        for (expiry, volatility) in deviations.flatMap({ t in deviations.map { (t, $0) } }) {
          let terms = OptionTerms(strike: strike, expiryYears: expiry, side: side)
          let at = OptionSensitivities(
            ForwardOption(terms: terms, forward: spot, volatilityAnnual: volatility))
          let undefined = numbers(at).filter { $0.value.isNaN }.keys.sorted()
          #expect(
            undefined.isEmpty && !at.d1.isNaN && !at.d2.isNaN,
            "\(undefined): \(spot), \(strike), \(expiry), \(volatility), \(side)")
        }
      }
    }
  }

  @Test func theDiscountFactorScalesAPaymentThatIsDue() {
    let terms = OptionTerms(strike: 90, expiryYears: 0, side: .call)
    let at = OptionSensitivities(
      ForwardOption(terms: terms, forward: 100, volatilityAnnual: 0.5, discountFactor: 0.5))
    #expect(at.price == 5)
    #expect(at.delta == 0.5)
    #expect(at.theta == 0)
  }
}
