// Probabilities of events from features: ridge logistic regression.

/// `P(event) = 1 / (1 + e^-(b0 + b'x))`, fitted by iteratively reweighted least squares.
///
/// Source: McCullagh and Nelder 1989; step halving keeps the penalised likelihood rising.
public struct LogisticRegression: Sendable, Equatable {
  /// The scale of features.
  public let scale: FeatureScale
  /// b0, then one coefficient per feature at that scale.
  public let coefficients: [Double]
  /// Standard errors of the coefficients, from the inverse of the penalised information.
  public let standardErrors: [Double]
  /// Minus twice the log likelihood, without the penalty.
  public let deviance: Double
  /// Steps taken.
  public let stepCount: Int

  /// Fits events to features as they are.
  ///
  /// Shapes: features [observations x features], events [observations]. `ridge` and `offsets` as in
  /// `init(_:scale:ridge:)`, no offset = 0.
  public init(
    features: Matrix, events: [Bool], ridge: Double, offsets: [Double]? = nil
  ) throws(LinearAlgebraError) {
    try self.init(
      [RegressionBlock(features: features, events: events, offsets: offsets)],
      scale: FeatureScale(unscaled: features.columnCount), ridge: ridge)
  }

  /// Fits events to features at a scale, over all observations of some blocks, at least one.
  ///
  /// `ridge` is the weight of the squared coefficients, at least 0; the intercept is not penalised.
  /// With offsets the ridge shrinks towards their forecast. Beside the blocks a fit holds one of them
  /// at scale at a time. Throws where the information is singular, as for features that are linearly
  /// dependent and a ridge of 0.
  public init(
    _ blocks: [RegressionBlock], scale: FeatureScale, ridge: Double
  ) throws(LinearAlgebraError) {
    precondition(ridge >= 0, "a ridge is not negative")
    let likelihood = LogisticLikelihood(blocks: blocks, scale: scale, ridge: ridge)
    var point = likelihood.point([Double](repeating: 0, count: scale.means.count + 1))
    var steps = 0
    while steps < Self.stepCountMax {
      steps += 1
      let step = try LinearAlgebra.solvePositiveDefinite(
        point.information,
        Matrix(rowCount: point.gradient.count, columnCount: 1, elements: point.gradient)
      ).elements
      var share = 1.0
      var next = point
      repeat {
        next = likelihood.point(zip(point.coefficients, step).map { $0 + share * $1 })
        share /= 2
      } while next.cost > point.cost && share > 1e-10
      let gain = point.cost - next.cost
      if gain >= 0 { point = next }
      if gain <= 1e-14 * max(abs(point.cost), 1) { break }
    }
    self.scale = scale
    coefficients = point.coefficients
    let inverse = try LinearAlgebra.solvePositiveDefinite(
      point.information, Matrix.identity(coefficients.count))
    standardErrors = inverse.diagonal.map { $0.squareRoot() }
    deviance = point.deviance
    stepCount = steps
  }

  private static let stepCountMax = 100

  /// Probability of the event at features as they are observed; `offset` is the log odds before any
  /// coefficient.
  public func probability(_ features: [Double], offset: Double = 0) -> Double {
    precondition(features.count + 1 == coefficients.count, "features differ in count")
    let score = OrderedSum.total(
      of: zip(scale.scaled(features), coefficients.dropFirst()).map { $0 * $1 })
    return LogisticLikelihood.probability(offset + coefficients[0] + score)
  }
}

/// The penalised likelihood of a fit.
private struct LogisticLikelihood {
  let blocks: [RegressionBlock]
  let scale: FeatureScale
  let ridge: Double

  /// The likelihood at coefficients.
  struct Point {
    let coefficients: [Double]
    /// Sum of ln(1 + e^s) - y s, twice.
    var deviance = 0.0
    /// The deviance with its penalty.
    var cost = 0.0
    /// X' (y - p) - ridge b.
    var gradient: [Double]
    /// X' W X + ridge.
    var information: Matrix
  }

  static func probability(_ score: Double) -> Double {
    // Both branches keep the small side exact.
    if score >= 0 { return 1 / (1 + ScalarMath.exp(-score)) }
    let power = ScalarMath.exp(score)
    return power / (1 + power)
  }

  func point(_ coefficients: [Double]) -> Point {
    let size = coefficients.count
    var point = Point(
      coefficients: coefficients, gradient: [Double](repeating: 0, count: size),
      information: Matrix(rowCount: size, columnCount: size))
    var deviance = OrderedSum()
    for block in blocks where !block.events.isEmpty { add(block, to: &point, &deviance) }
    point.deviance = 2 * deviance.total
    point.cost =
      point.deviance + ridge * OrderedSum.total(of: coefficients.dropFirst().map { $0 * $0 })
    for index in coefficients.indices.dropFirst() {
      point.gradient[index] -= ridge * coefficients[index]
      point.information[index, index] += ridge
    }
    return point
  }

  private func add(
    _ block: RegressionBlock, to point: inout Point, _ deviance: inout OrderedSum
  ) {
    var design = scale.design(block)
    let scores = zip(
      LinearAlgebra.product(design, vector: point.coefficients), block.offsets
    ).map { $0 + $1 }
    let probabilities = scores.map(Self.probability)
    for (score, isEvent) in zip(scores, block.events) {
      deviance.add(
        max(score, 0) + ScalarMath.logOfOnePlus(ScalarMath.exp(-abs(score)))
          - (isEvent ? score : 0))
    }
    let residuals = zip(block.events, probabilities).map { ($0 ? 1 : 0) - $1 }
    let gradient = LinearAlgebra.product(design, .transposed, vector: residuals)
    for index in gradient.indices { point.gradient[index] += gradient[index] }
    // Both sides of X' W X have the roots of the weights, so that one matrix serves.
    let roots = probabilities.map { ($0 * (1 - $0)).squareRoot() }
    for column in gradient.indices {
      design.withMutableColumn(column) { values in
        for row in values.indices { values[row] *= roots[row] }
      }
    }
    let information = LinearAlgebra.product(design, .transposed, design)
    for column in gradient.indices {
      for row in gradient.indices { point.information[row, column] += information[row, column] }
    }
  }
}
