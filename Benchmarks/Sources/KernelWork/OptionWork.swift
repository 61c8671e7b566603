// Black-76 over arrays of 8,192 options: value and Greeks, and the implied volatility.

import Glibc
import RiskNumerics

/// Seeded options: a day to three years, volatilities of 20 to 150 %.
struct SeededOptions {
  static let count = 8_192
  private(set) var streams = OptionStreams()

  /// - Parameter outOfTheMoneyOnly: calls at or above the forward, puts below it, with values that
  ///   determine a volatility.
  init(outOfTheMoneyOnly: Bool) {
    var draws = SeededDraws(seed: outOfTheMoneyOnly ? 3 : 2, count: 20 * Self.count)
    while streams.count < Self.count {
      let strike = draws.logUniform(50, 200)
      let forward = strike * Glibc.exp(0.3 * draws.normal())
      let years = draws.logUniform(1 / 365.25, 3)
      let volatility = draws.uniform(0.2, 1.5)
      let isCall = outOfTheMoneyOnly ? strike >= forward : draws.uniform(0, 1) < 0.5
      let option = OptionTerms(strike: strike, expiryYears: years, side: isCall ? .call : .put)
      if outOfTheMoneyOnly {
        let value = BlackKernel.value(forward: forward, volatility: volatility, option: option)
        if value < 1e-12 * forward { continue }
      }
      streams.append(forward: forward, volatility: volatility, option: option)
    }
  }

  func inputs(_ prefix: String) -> [InputArray] {
    [
      InputArray("\(prefix)_forward.f64", streams.forward),
      InputArray("\(prefix)_strike.f64", streams.strike),
      InputArray("\(prefix)_expiry_years.f64", streams.expiryYears),
      InputArray("\(prefix)_sign.f64", streams.sign)
    ]
  }
}

final class GreeksWork: KernelWork {
  let name = "black76_greeks"
  let elementName = "option"
  let elementCount = SeededOptions.count
  let bound = WorkBound.arithmetic(perEightElements: 253)
  private let options = SeededOptions(outOfTheMoneyOnly: false)
  private var greeks = GreekStreams(count: SeededOptions.count)

  var inputs: [InputArray] {
    options.inputs("option") + [InputArray("option_volatility.f64", options.streams.volatility)]
  }

  func run() { BlackKernel.write(greeksOf: options.streams, into: &greeks) }

  func answer() -> [Double] {
    greeks.value + greeks.delta + greeks.gamma + greeks.vega + greeks.theta
  }

  func check() throws {
    // Plain arithmetic rounds d1; a density amplifies that by d1 squared, at most some hundreds
    // here. Differences are relative to the size of the terms.
    let tolerance = 1e-12
    for index in 0..<elementCount {
      let (forward, strike) = (options.streams.forward[index], options.streams.strike[index])
      let (years, sign) = (options.streams.expiryYears[index], options.streams.sign[index])
      let volatility = options.streams.volatility[index]
      let deviation = volatility * years.squareRoot()
      let d1 = Glibc.log(forward / strike) / deviation + deviation / 2
      let density = Glibc.exp(-d1 * d1 / 2) / (2 * Double.pi).squareRoot()
      let delta = sign * plainCDF(sign * d1)
      let vega = forward * density * years.squareRoot()
      let plain: [(Double, Double, Double)] = [
        (
          greeks.value[index], forward * delta - strike * sign * plainCDF(sign * (d1 - deviation)),
          max(forward, strike)
        ),
        (greeks.delta[index], delta, 1),
        (greeks.gamma[index], density / (forward * deviation), 1 / (forward * deviation)),
        (greeks.vega[index], vega, forward * years.squareRoot()),
        (
          greeks.theta[index], -vega * volatility / (2 * years),
          forward * volatility / years.squareRoot()
        )
      ]
      for (got, expected, scale) in plain where !(abs(got - expected) <= tolerance * scale) {
        throw WrongAnswer(name, "option", index: index, got: got, expected: expected)
      }
    }
  }
}

final class ImpliedVolatilityWork: KernelWork {
  let name = "implied_volatility"
  let elementName = "root"
  let elementCount = SeededOptions.count
  let bound = WorkBound.arithmetic(perEightElements: 1_360)
  private let options = SeededOptions(outOfTheMoneyOnly: true)
  private let prices: [Double]
  private var roots: ImpliedVolatilityStreams?

  init() { prices = BlackKernel.greeks(of: options.streams).value }

  var inputs: [InputArray] {
    options.inputs("implied") + [InputArray("implied_price.f64", prices)]
  }

  func run() { roots = ImpliedVolatility.solve(prices: prices, of: options.streams) }

  func answer() -> [Double] { roots?.volatility ?? [] }

  func check() throws {
    for (index, expected) in options.streams.volatility.enumerated() {
      let got = roots?.volatility[index] ?? .nan
      // Twice what the rounding of the price leaves open, and some ulp of the search itself.
      let tolerance = 2 * (roots?.attainableRelativeError[index] ?? 0) + 1e-14
      guard abs(got - expected) <= tolerance * expected else {
        throw WrongAnswer(name, "root", index: index, got: got, expected: expected)
      }
    }
  }
}
