// Exact VaR and expected shortfall of delta-gamma portfolios, importance sampling of one of them, and
// the worst and nearest scenarios of their forms.

import Foundation
import RiskNumerics

/// Seeded delta-gamma portfolios whose curvature is a part of their risk.
struct SeededForms {
  struct Form {
    let delta: [Double]
    let gamma: Matrix
  }

  /// A with A A' = covariance, lower triangular.
  let factor: Matrix
  let forms: [Form]

  init(factorCount: Int, count: Int) {
    let square = factorCount * factorCount
    var draws = SeededDraws(seed: 17, count: square + count * (factorCount + square))
    var factor = Matrix(rowCount: factorCount, columnCount: factorCount)
    let unit = 0.03 / Double(factorCount).squareRoot()
    for column in 0..<factorCount {
      for row in column..<factorCount { factor[row, column] = unit * draws.normal() }
      factor[column, column] = 0.02
    }
    self.factor = factor
    forms = (0..<count).map { _ in
      let delta = (0..<factorCount).map { _ in draws.uniform(0.5, 1.5) }
      var gamma = Matrix(rowCount: factorCount, columnCount: factorCount)
      for column in 0..<factorCount {
        for row in 0...column {
          gamma[row, column] = 3 * draws.normal() / Double(factorCount).squareRoot()
          gamma[column, row] = gamma[row, column]
        }
      }
      return Form(delta: delta, gamma: gamma)
    }
  }

  func loss(_ index: Int) throws -> DeltaGammaLoss {
    try DeltaGammaLoss(delta: forms[index].delta, gamma: forms[index].gamma, factor: factor)
  }
}

/// Exact VaR at 99 % and expected shortfall at 97.5 %: two products, one eigen decomposition, two
/// quantiles by contour inversion.
final class DeltaGammaWork: KernelWork {
  static let factorCounts = [2, 10, 50]

  let name: String
  let elementName = "account"
  let elementCount = 64
  let bound: WorkBound
  let inputs: [InputArray] = []
  private let forms: SeededForms
  private var measures: [Double] = []

  init(factorCount: Int) {
    name = "delta_gamma_\(factorCount)"
    forms = SeededForms(factorCount: factorCount, count: elementCount)
    // A' gamma A and A U, and about nine cubes for all eigenvectors; nothing for the integrals.
    let cube = Double(factorCount * factorCount * factorCount)
    bound = .matrixProduct(operations: (6 + 9) * cube)
  }

  func run() throws {
    measures.removeAll(keepingCapacity: true)
    for index in 0..<elementCount {
      let loss = try forms.loss(index).quadratic
      measures.append(try loss.exactMeasures(confidence: 0.99).valueAtRisk)
      measures.append(try loss.exactMeasures(confidence: 0.975).expectedShortfall)
    }
  }

  func answer() -> [Double] { measures }

  /// P(L > VaR) is 1 % by a plain sum over the characteristic function on the real line
  /// [Imhof 1961].
  func check() throws {
    for index in stride(from: 0, to: elementCount, by: 8) {
      let loss = try forms.loss(index).quadratic
      let probability = Self.tail(loss, beyond: measures[2 * index])
      guard abs(probability - 0.01) < 1e-6 else {
        throw WrongAnswer(
          name, "tail probability", index: index, got: probability, expected: 0.01)
      }
      guard measures[2 * index + 1] > 0 else {
        throw WrongAnswer(
          name, "expected shortfall", index: index, got: measures[2 * index + 1], expected: 1)
      }
    }
  }

  /// 1/2 + 1/pi times the integral of sin(phase) modulus / u, by Simpson's rule.
  static func tail(_ loss: QuadraticLoss, beyond x: Double) -> Double {
    let deviation = loss.cumulants.second.squareRoot()
    func integrand(_ u: Double) -> Double {
      var (phase, logModulus) = (-(x - loss.constant) * u, 0.0)
      for (b, q) in zip(loss.linear, loss.quadratic) {
        let square = 1 + 4 * q * q * u * u
        phase += atan(2 * q * u) / 2 - b * b * q * u * u * u / square
        logModulus -= log(square) / 4 + b * b * u * u / square / 2
      }
      return sin(phase) * exp(logModulus) / u
    }
    let panels = 40_000
    let step = 80 / deviation / Double(panels)
    // The integrand starts at the mean less x.
    var sum = loss.cumulants.first - x
    for panel in 1...panels {
      sum += (panel == panels ? 1 : panel % 2 == 0 ? 2 : 4) * integrand(Double(panel) * step)
    }
    return 0.5 + sum * step / 3 / Double.pi
  }
}

/// Draws of ten normals under the twist, their weights, and the loss of the form in each.
final class ImportanceWork: KernelWork {
  let name = "importance_draws"
  let elementName = "draw"
  let elementCount = 16_384
  private static let factorCount = 10
  // The normals alone: 45 operations each.
  let bound = WorkBound.arithmetic(perEightElements: 45 * Double(factorCount))
  let inputs: [InputArray] = []
  private let forms = SeededForms(factorCount: factorCount, count: 1)
  private var prepared: (sampling: TwistedSampling, x: Double)?
  private var estimate: TwistedSampling.Estimate?

  func run() throws {
    let (sampling, x) = try prepared ?? make()
    prepared = (sampling, x)
    estimate = sampling.estimate(
      beyond: x, drawCount: elementCount, seed: 3, stream: 0,
      value: { sampling.loss.value(at: $0) })
  }

  private func make() throws -> (TwistedSampling, Double) {
    let loss = try forms.loss(0).quadratic
    let x = try loss.exactMeasures(confidence: 0.999).valueAtRisk
    return (TwistedSampling(loss: loss, around: x), x)
  }

  func answer() -> [Double] {
    [estimate?.probability.value ?? 0, estimate?.expectedExcess.value ?? 0]
  }

  /// Five standard errors of what the exact distribution says.
  func check() throws {
    guard let estimate, let x = prepared?.x else { return }
    let tail = try forms.loss(0).quadratic.tail(beyond: x)
    for (index, (sampled, exact)) in [
      (estimate.probability, tail.probability), (estimate.expectedExcess, tail.expectedExcess)
    ].enumerated() {
      guard abs(sampled.value - exact) < 5 * (sampled.standardError ?? 0) else {
        throw WrongAnswer(name, "estimate", index: index, got: sampled.value, expected: exact)
      }
    }
  }
}

/// Worst case of 99 % and nearest scenario that loses its double, of forms of ten factors: two
/// products, one eigen decomposition, scalar equations.
final class FormStressWork: KernelWork {
  let name = "form_stress"
  let elementName = "account"
  let elementCount = 64
  private static let factorCount = 10
  let bound = WorkBound.matrixProduct(
    operations: 15 * Double(factorCount * factorCount * factorCount))
  let inputs: [InputArray] = []
  private let forms = SeededForms(factorCount: factorCount, count: 64)
  private var results: [Double] = []
  private static let radius = MoveDistance(factorCount: factorCount).quantile(0.99)

  func run() throws {
    results.removeAll(keepingCapacity: true)
    for index in 0..<elementCount {
      let stress = EllipsoidStress(try forms.loss(index).quadratic)
      let worst = stress.worstCase(radius: Self.radius)
      let nearest = stress.nearest(losing: -2 * worst.profit)
      results += [worst.profit, nearest?.profit ?? 0, nearest?.distance ?? 0]
    }
  }

  func answer() -> [Double] { results }

  /// No random scenario of the same distance is worse, and the nearest one loses what it should.
  func check() throws {
    var draws = SeededDraws(seed: 5, count: elementCount * 100 * Self.factorCount)
    for index in 0..<elementCount {
      let loss = try forms.loss(index).quadratic
      let worst = results[3 * index]
      for _ in 0..<100 {
        let point = (0..<Self.factorCount).map { _ in draws.normal() }
        let length = point.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let profit = -loss.value(at: point.map { $0 * Self.radius / length })
        guard profit >= worst else {
          throw WrongAnswer(name, "worst profit", index: index, got: worst, expected: profit)
        }
      }
      guard abs(results[3 * index + 1] - 2 * worst) < 1e-9 * abs(worst) else {
        throw WrongAnswer(
          name, "nearest loss", index: index, got: results[3 * index + 1], expected: 2 * worst)
      }
    }
  }
}
