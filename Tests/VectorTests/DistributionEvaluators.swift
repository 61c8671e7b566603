// Distributions of two variables, even points, and quadratic forms of normals.

import RiskNumerics
import VectorReading

enum DistributionEvaluators {
  static let all: [String: Evaluator] = [
    "bivariate_normal": normal, "bivariate_student": student, "t_copula_tail": dependence,
    "sobol": sobol, "quadratic_form_cdf": quadraticForm, "quadratic_form_tail": quadraticFormTails
  ]

  private static let normal: Evaluator = { inputs in
    let probability = BivariateDistribution.normal(
      try inputs.number("a"), try inputs.number("b"), correlation: try inputs.number("rho"))
    return ["cdf": .number(probability)]
  }

  private static let student: Evaluator = { inputs in
    let (degrees, correlation) = (try inputs.number("nu"), try inputs.number("rho"))
    let values = try inputs.numbers("x").map {
      JSONValue.number(
        BivariateDistribution.student($0, $0, correlation: correlation, degrees: degrees))
    }
    return ["cdf": .list(values)]
  }

  private static let dependence: Evaluator = { inputs in
    let value = TailDependence.student(
      correlation: try inputs.number("rho"), degrees: try inputs.number("nu"))
    return ["lambda_tail": .number(value)]
  }

  private static let sobol: Evaluator = { inputs in
    let sequence = SobolSequence(dimensionCount: Int(try inputs.number("dimensions")))
    let first = UInt32(try inputs.number("first_index", absent: 0))
    let points = (0..<UInt32(try inputs.number("count"))).map { offset in
      JSONValue.list(
        (0..<sequence.dimensionCount).map {
          .number(sequence.coordinate(index: first + offset, dimension: $0))
        })
    }
    return ["points": .list(points)]
  }

  private static let quadraticForm: Evaluator = { inputs in
    let form = try form(inputs, weights: "lambda_", degrees: "dof")
    let x = try inputs.number("x")
    return [
      "cdf": .number(try form.distribution(x)), "sf": .number(try form.tail(beyond: x).probability)
    ]
  }

  private static let quadraticFormTails: Evaluator = { inputs in
    let form = try form(inputs, weights: "lam", degrees: "df")
    let tails = try inputs.numbers("x").map {
      JSONValue.number(try form.tail(beyond: $0).probability)
    }
    return ["value": .list(tails)]
  }

  /// A square of a normal with a mean is a square, a slope and a constant of one without.
  private static func form(
    _ inputs: Inputs, weights: String, degrees: String
  ) throws -> QuadraticLoss {
    let (weights, degrees) = (try inputs.numbers(weights), try inputs.numbers(degrees))
    let noncentralities = try inputs.numbers("ncp")
    var (constant, linear, quadratic) = (0.0, [Double](), [Double]())
    for (index, weight) in weights.enumerated() {
      for copy in 0..<Int(degrees[index]) {
        let noncentrality = copy == 0 ? noncentralities[index] : 0
        constant += weight * noncentrality
        linear.append(2 * weight * noncentrality.squareRoot())
        quadratic.append(weight)
      }
    }
    return QuadraticLoss(constant: constant, linear: linear, quadratic: quadratic)
  }
}
