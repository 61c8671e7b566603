// Elementary functions of 8,192 numbers.

import Glibc
import RiskNumerics

final class ElementaryWork: KernelWork {
  static let names = ["exp", "log", "normal_cdf", "normal_quantile"]

  let name: String
  let elementName = "point"
  let elementCount = 8_192
  let bound: WorkBound
  private let kernel: ElementaryKernel
  private let points: [Double]
  private var results: [Double]

  init?(named name: String) {
    var draws = SeededDraws(seed: 1, count: 8_192)
    var points: [Double] = []
    let draw: () -> Double
    let operations: Double
    switch name {
    case "exp":
      (kernel, operations) = (.exponential, 27)
      draw = { draws.uniform(-30, 0) }
    case "log":
      (kernel, operations) = (.logarithm, 44)
      draw = { draws.logUniform(1e-3, 1e3) }
    case "normal_cdf":
      (kernel, operations) = (.normalCDF, 131)
      draw = { draws.uniform(-8, 8) }
    case "normal_quantile":
      (kernel, operations) = (.normalQuantile, 52)
      draw = { draws.uniform(0, 1) }
    default: return nil
    }
    for _ in 0..<elementCount { points.append(draw()) }
    self.name = name
    self.points = points
    bound = .arithmetic(perEightElements: operations)
    results = [Double](repeating: 0, count: elementCount)
  }

  var inputs: [InputArray] { [InputArray("\(name)_x.f64", points)] }

  func run() {
    let points = points
    withSpan(of: &results) { kernel.apply(points.span, into: &$0) }
  }

  func answer() -> [Double] { results }

  func check() throws {
    // The C library's exp and log are right to an ulp; its erfc takes x / sqrt 2 rounded, which far
    // out costs x squared half ulps. A quantile is checked by the distribution of it.
    let tolerance = kernel == .exponential || kernel == .logarithm ? 4e-16 : 2e-14
    for (index, point) in points.enumerated() {
      let got = kernel == .normalQuantile ? plainCDF(results[index]) : results[index]
      let expected =
        switch kernel {
        case .exponential: Glibc.exp(point)
        case .logarithm: Glibc.log(point)
        case .normalCDF: plainCDF(point)
        default: point
        }
      guard abs(got - expected) <= tolerance * abs(expected) else {
        throw WrongAnswer(name, "point", index: index, got: got, expected: expected)
      }
    }
  }
}

/// N(x) by the C library.
func plainCDF(_ x: Double) -> Double { 0.5 * Glibc.erfc(-x / 2.0.squareRoot()) }
