// Probabilities of events from features: ridge logistic regression.

/// `P(event) = 1 / (1 + e^-(b0 + b'x))`, fitted by iteratively reweighted least squares.
///
/// Source: McCullagh and Nelder 1989; step halving keeps the penalised likelihood rising.
public struct LogisticRegression: Sendable, Equatable {
  /// b0, then one coefficient per feature.
  public let coefficients: [Double]
  /// Standard errors of the coefficients, from the inverse of the penalised information.
  public let standardErrors: [Double]
  /// Minus twice the log likelihood, without the penalty.
  public let deviance: Double
  /// Steps taken.
  public let stepCount: Int

  /// Fits events to features.
  ///
  /// Shapes: features [observations x features], events [observations]. `ridge` is the weight of the
  /// squared coefficients, at least 0; the intercept is not penalised. `offsets` are log odds that
  /// each observation has before any coefficient [observations], none = 0: with them the ridge shrinks
  /// towards their forecast. Throws where the information is singular, as for features that are
  /// linearly dependent and a ridge of 0.
  public init(
    features: Matrix, events: [Bool], ridge: Double, offsets: [Double]? = nil
  ) throws(LinearAlgebraError) {
    precondition(features.rowCount == events.count, "features and events differ in count")
    precondition(offsets.map { $0.count == events.count } ?? true, "one offset per observation")
    precondition(ridge >= 0, "a ridge is not negative")
    var design = Matrix(rowCount: features.rowCount, columnCount: features.columnCount + 1)
    for row in 0..<features.rowCount {
      design[row, 0] = 1
      for column in 0..<features.columnCount { design[row, column + 1] = features[row, column] }
    }
    let fit = LogisticFit(
      design: design, events: events.map { $0 ? 1 : 0 }, ridge: ridge, offsets: offsets)
    var coefficients = [Double](repeating: 0, count: design.columnCount)
    var cost = fit.cost(coefficients)
    var steps = 0
    while steps < Self.stepCountMax {
      steps += 1
      let step = try fit.newtonStep(coefficients)
      var scale = 1.0
      var next = coefficients
      var nextCost = cost
      repeat {
        next = zip(coefficients, step).map { $0 + scale * $1 }
        nextCost = fit.cost(next)
        scale /= 2
      } while nextCost > cost && scale > 1e-10
      let gain = cost - nextCost
      if gain > 0 || cost == nextCost { (coefficients, cost) = (next, nextCost) }
      if gain <= 1e-14 * max(abs(cost), 1) { break }
    }
    self.coefficients = coefficients
    let inverse = try LinearAlgebra.solvePositiveDefinite(
      fit.information(coefficients), Matrix.identity(coefficients.count))
    standardErrors = inverse.diagonal.map { $0.squareRoot() }
    deviance = fit.deviance(coefficients)
    stepCount = steps
  }

  private static let stepCountMax = 100

  /// Probability of the event at features; `offset` is the log odds before any coefficient.
  public func probability(_ features: [Double], offset: Double = 0) -> Double {
    precondition(features.count + 1 == coefficients.count, "features differ in count")
    let score = OrderedSum.total(of: zip(features, coefficients.dropFirst()).map { $0 * $1 })
    return LogisticFit.probability(offset + coefficients[0] + score)
  }
}

/// The pieces of one fit.
private struct LogisticFit {
  let design: Matrix
  let events: [Double]
  let ridge: Double
  let offsets: [Double]?

  static func probability(_ score: Double) -> Double {
    // Both branches keep the small side exact.
    if score >= 0 { return 1 / (1 + ScalarMath.exp(-score)) }
    let power = ScalarMath.exp(score)
    return power / (1 + power)
  }

  private func scores(_ coefficients: [Double]) -> [Double] {
    let scores = LinearAlgebra.product(design, vector: coefficients)
    guard let offsets else { return scores }
    return zip(scores, offsets).map { $0 + $1 }
  }

  /// ln(1 + e^s) - y s, twice and summed.
  func deviance(_ coefficients: [Double]) -> Double {
    2
      * OrderedSum.total(
        of: zip(scores(coefficients), events).map { score, event in
          max(score, 0) + ScalarMath.logOfOnePlus(ScalarMath.exp(-abs(score))) - event * score
        })
  }

  /// The deviance with its penalty.
  func cost(_ coefficients: [Double]) -> Double {
    deviance(coefficients) + ridge
      * OrderedSum.total(of: coefficients.dropFirst().map { $0 * $0 })
  }

  private func ridgeOf(_ index: Int) -> Double { index == 0 ? 0 : ridge }

  /// X' W X + ridge.
  func information(_ coefficients: [Double]) -> Matrix {
    let probabilities = scores(coefficients).map(Self.probability)
    var weighted = design
    for row in 0..<design.rowCount {
      let weight = probabilities[row] * (1 - probabilities[row])
      for column in 0..<design.columnCount { weighted[row, column] *= weight }
    }
    var information = LinearAlgebra.product(design, .transposed, weighted)
    for index in coefficients.indices { information[index, index] += ridgeOf(index) }
    return information
  }

  /// (X' W X + ridge)^-1 (X' (y - p) - ridge b).
  func newtonStep(_ coefficients: [Double]) throws(LinearAlgebraError) -> [Double] {
    let residuals = zip(events, scores(coefficients)).map { $0 - Self.probability($1) }
    var gradient = LinearAlgebra.product(design, .transposed, vector: residuals)
    for index in coefficients.indices { gradient[index] -= ridgeOf(index) * coefficients[index] }
    let step = try LinearAlgebra.solvePositiveDefinite(
      information(coefficients),
      Matrix(rowCount: gradient.count, columnCount: 1, elements: gradient))
    return step.elements
  }
}
