// Nonlinear least squares by damped Gauss-Newton steps [Levenberg 1944; Marquardt 1963].

/// Parameters that make a sum of squares small.
public struct LeastSquaresSearch: Sendable, Equatable {
  /// The parameters.
  public private(set) var parameters: [Double]
  /// Sum of squares there.
  public private(set) var sumOfSquares: Double
  /// Steps taken.
  public private(set) var stepCount = 0

  /// Relative change of a parameter by which derivatives are taken, about the square root of a
  /// rounding.
  private static let differenceStep = 1e-7
  private static let dampingMax = 1e12

  /// Goes downhill from `start` until the sum falls by less than `tolerance` of itself in a step,
  /// no damping helps, or `stepCountMax` is reached. Residuals may be any number, the same at each
  /// point; a point where one is not finite counts as infinitely bad. `start` must be finite.
  public init(
    start: [Double], stepCountMax: Int = 60, tolerance: Double = 1e-9,
    _ residuals: ([Double]) -> [Double]
  ) {
    parameters = start
    var current = residuals(start)
    sumOfSquares = Self.sumOfSquares(current)
    var damping = 1e-3
    while stepCount < stepCountMax, damping < Self.dampingMax {
      let jacobian = Self.jacobian(parameters, current, residuals)
      let gradient = LinearAlgebra.product(jacobian, .transposed, vector: current)
      var normal = LinearAlgebra.product(jacobian, .transposed, jacobian, .plain)
      let diagonal = normal.diagonal
      let largest = diagonal.max() ?? 0
      guard largest > 0, normal.isFinite else { return }
      var improved = false
      while !improved, damping < Self.dampingMax {
        for index in diagonal.indices {
          normal[index, index] = diagonal[index] + damping * max(diagonal[index], 1e-12 * largest)
        }
        let right = Matrix(
          rowCount: gradient.count, columnCount: 1, elements: gradient.map { -$0 })
        if let step = try? LinearAlgebra.solvePositiveDefinite(normal, right) {
          let trial = zip(parameters, step.elements).map { $0 + $1 }
          let values = residuals(trial)
          let sum = Self.sumOfSquares(values)
          if sum < sumOfSquares {
            let fall = (sumOfSquares - sum) / sumOfSquares
            (parameters, current, sumOfSquares) = (trial, values, sum)
            stepCount += 1
            damping = max(damping / 10, 1e-12)
            improved = true
            if fall < tolerance { return }
            continue
          }
        }
        damping *= 10
      }
    }
  }

  private static func jacobian(
    _ parameters: [Double], _ current: [Double], _ residuals: ([Double]) -> [Double]
  ) -> Matrix {
    var elements: [Double] = []
    elements.reserveCapacity(parameters.count * current.count)
    for index in parameters.indices {
      var moved = parameters
      moved[index] += differenceStep * max(abs(parameters[index]), 1)
      let step = moved[index] - parameters[index]
      elements += zip(residuals(moved), current).map { ($0 - $1) / step }
    }
    return Matrix(rowCount: current.count, columnCount: parameters.count, elements: elements)
  }

  private static func sumOfSquares(_ values: [Double]) -> Double {
    let sum = OrderedSum.total(of: values.map { $0 * $0 })
    return sum.isFinite ? sum : .infinity
  }
}
