// The loss of a portfolio that is quadratic in normal factor moves, turned to independent normals.

/// L = -(drift + delta'x + x'gamma x / 2) for x ~ N(0, A A'), as a quadratic loss of independent
/// normals z with x = basis z.
public struct DeltaGammaLoss: Sendable, Equatable {
  /// The loss in z.
  public let quadratic: QuadraticLoss
  /// A U [factors x components], where U diag(q) U' = -A' gamma A / 2.
  public let basis: Matrix

  /// The loss of a portfolio.
  ///
  /// Shapes: delta [factors], gamma [factors x factors], symmetric, of which the lower triangle of
  /// A' gamma A is read; `factor` is A [factors x components]. `driftUSD` is the profit without
  /// moves. Units: value per move and per move squared.
  public init(
    driftUSD: Double = 0, delta: [Double], gamma: Matrix, factor: Matrix
  ) throws(LinearAlgebraError) {
    precondition(delta.count == factor.rowCount, "delta and factor differ")
    let curvature = LinearAlgebra.product(
      factor, .transposed, LinearAlgebra.product(gamma, .plain, factor), .plain, scale: -0.5)
    let eigen = try LinearAlgebra.symmetricEigen(curvature)
    basis = LinearAlgebra.product(factor, .plain, eigen.vectors)
    quadratic = QuadraticLoss(
      constant: -driftUSD,
      linear: LinearAlgebra.product(basis, .transposed, vector: delta).map(-),
      quadratic: eigen.values)
  }

  private init(quadratic: QuadraticLoss, basis: Matrix) {
    self.quadratic = quadratic
    self.basis = basis
  }

  /// The loss where all moves are `scale` times as large, as under a covariance `scale` squared
  /// times as large.
  public func scaled(moves scale: Double) -> DeltaGammaLoss {
    DeltaGammaLoss(
      quadratic: QuadraticLoss(
        constant: quadratic.constant, linear: quadratic.linear.map { $0 * scale },
        quadratic: quadratic.quadratic.map { $0 * scale * scale }),
      basis: Matrix(
        rowCount: basis.rowCount, columnCount: basis.columnCount,
        elements: basis.elements.map { $0 * scale }))
  }

  /// What a part of the portfolio contributes to E[L], given E[x] and E[x x'] under a condition:
  /// -(drift + delta'E[x] + <gamma, E[x x']> / 2).
  ///
  /// Shapes: delta [factors], gamma [factors x factors].
  public static func expectedLoss(
    driftUSD: Double = 0, delta: [Double], gamma: Matrix, under moments: FactorMoments
  ) -> Double {
    let first = OrderedSum.total(of: zip(delta, moments.mean).map { $0 * $1 })
    let second = OrderedSum.total(
      of: zip(gamma.elements, moments.secondMoment.elements).map { $0 * $1 })
    return -(driftUSD + first + second / 2)
  }
}

/// First and second moments of factor moves under a condition.
public struct FactorMoments: Sendable, Equatable {
  /// E[x | condition] [factors].
  public let mean: [Double]
  /// E[x x' | condition] [factors x factors].
  public let secondMoment: Matrix

  /// Moments of x = basis z from those of z. Shape: basis [factors x components].
  public init(basis: Matrix, components: ComponentMoments) {
    self.init(basis: basis, mean: components.mean, secondMoment: components.secondMoment)
  }

  /// The same from the parts.
  init(basis: Matrix, mean: [Double], secondMoment: Matrix) {
    self.mean = LinearAlgebra.product(basis, vector: mean)
    self.secondMoment = LinearAlgebra.product(
      LinearAlgebra.product(basis, .plain, secondMoment), .plain, basis, .transposed)
  }
}
