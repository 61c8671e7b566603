// Revaluation: 192 options in 1,024 scenarios, forwards and volatilities streaming.

import Glibc
import RiskNumerics

final class RevaluationWork: KernelWork {
  let name = "black76_value"
  let elementName = "cell"
  private static let scenarioCount = 1_024
  let elementCount = 192 * scenarioCount
  let bound = WorkBound.arithmetic(perEightElements: 197)
  private var forwards: [Double] = []
  private var volatilities: [Double] = []
  private var options: [OptionTerms] = []
  private var values: [[Double]]

  init() {
    var draws = SeededDraws(seed: 4, count: 4_096)
    for _ in 0..<Self.scenarioCount {
      forwards.append(100 * Glibc.exp(0.2 * draws.normal()))
      volatilities.append(0.6 * Glibc.exp(0.2 * draws.normal()))
    }
    for index in 0..<192 {
      options.append(
        OptionTerms(
          strike: draws.logUniform(50, 200), expiryYears: draws.logUniform(1 / 365.25, 3),
          side: index % 2 == 0 ? .call : .put))
    }
    values = options.map { _ in [Double](repeating: 0, count: Self.scenarioCount) }
  }

  var inputs: [InputArray] {
    [
      InputArray("reval_forward.f64", forwards), InputArray("reval_volatility.f64", volatilities),
      InputArray("reval_strike.f64", options.map(\.strike)),
      InputArray("reval_expiry_years.f64", options.map(\.expiryYears)),
      InputArray("reval_sign.f64", options.map(\.side.rawValue))
    ]
  }

  func run() {
    let (forwards, volatilities) = (forwards, volatilities)
    for (index, option) in options.enumerated() {
      withSpan(of: &values[index]) {
        BlackKernel.values(
          forward: forwards.span, volatility: volatilities.span, option: option, into: &$0)
      }
    }
  }

  func answer() -> [Double] { values.flatMap { $0 } }

  func check() throws {
    // Plain arithmetic cancels: it is right to some rounding errors of its larger term.
    let tolerance = 1e-13
    for (index, option) in options.enumerated() {
      for scenario in 0..<Self.scenarioCount {
        let forward = forwards[scenario]
        let deviation = volatilities[scenario] * option.expiryYears.squareRoot()
        let d1 = Glibc.log(forward / option.strike) / deviation + deviation / 2
        let sign = option.side.rawValue
        let expected =
          sign * (forward * plainCDF(sign * d1) - option.strike * plainCDF(sign * (d1 - deviation)))
        let got = values[index][scenario]
        guard abs(got - expected) <= tolerance * max(forward, option.strike) else {
          throw WrongAnswer(
            name, "cell", index: index * Self.scenarioCount + scenario, got: got,
            expected: expected)
        }
      }
    }
  }
}
