// The worst quadratic loss within a distance, and the nearest scenario that loses a given amount.

/// A profit g'y + y'Hy/2 in whitened factors y, of which |y| is the Mahalanobis distance.
///
/// One eigen decomposition answers every question: the minimum in the ball |y| <= r solves
/// (H + mu I) y = -g with mu >= max(0, -smallest eigenvalue) and mu (|y| - r) = 0
/// [More and Sorensen 1983].
public struct EllipsoidStress: Sendable, Equatable {
  /// Eigenvalues of H, ascending.
  private let curvatures: [Double]
  /// Eigenvectors, column by column.
  private let directions: Matrix
  /// g in the directions of the eigenvectors.
  private let slopes: [Double]
  private let curvatureScale: Double

  /// Shapes: gradient [factors], curvature [factors x factors], symmetric, of which the lower
  /// triangle is read. Units: value per standard deviation and per its square.
  public init(gradient: [Double], curvature: Matrix) throws(LinearAlgebraError) {
    precondition(gradient.count == curvature.rowCount, "gradient and curvature differ")
    precondition(!gradient.isEmpty, "a stress needs a factor")
    let eigen = try LinearAlgebra.symmetricEigen(curvature)
    curvatures = eigen.values
    directions = eigen.vectors
    slopes = LinearAlgebra.product(eigen.vectors, .transposed, vector: gradient)
    curvatureScale = eigen.values.reduce(0) { max($0, abs($1)) }
  }

  /// The stress of a loss in its own independent normals: the profit is the constant less the loss,
  /// and no eigen decomposition is needed.
  public init(_ loss: QuadraticLoss) {
    precondition(loss.componentCount > 0, "a stress needs a factor")
    let order = loss.quadratic.indices.sorted {
      (-loss.quadratic[$0], $0) < (-loss.quadratic[$1], $1)
    }
    curvatures = order.map { -2 * loss.quadratic[$0] }
    slopes = order.map { -loss.linear[$0] }
    var directions = Matrix(rowCount: order.count, columnCount: order.count)
    for (column, component) in order.enumerated() { directions[component, column] = 1 }
    self.directions = directions
    curvatureScale = curvatures.reduce(0) { max($0, abs($1)) }
  }

  /// A scenario on the border or inside of a ball.
  public struct WorstCase: Sendable, Equatable {
    /// y [factors], in standard deviations.
    public let scenario: [Double]
    /// A second scenario that is as bad, in the hard case: the gradient has no part in the lowest
    /// directions, and both signs of it are worst.
    public let twin: [Double]?
    /// Profit there.
    public let profit: Double
    /// The multiplier mu: by how much the worst profit falls per unit of r^2 / 2.
    public let multiplier: Double
    /// |y|.
    public let distance: Double
  }

  /// The smallest profit with |y| <= `radius`, radius >= 0.
  public func worstCase(radius: Double) -> WorstCase {
    precondition(radius >= 0 && radius.isFinite, "a radius is not negative")
    let lowest = curvatures[0]
    let floor = max(0, -lowest)
    // Directions of the lowest curvature, which the multiplier may leave without any.
    let tolerance = 1e-12 * curvatureScale
    let slopeScale = slopes.reduce(0) { max($0, abs($1)) }
    func isLowest(_ index: Int) -> Bool { curvatures[index] - lowest <= tolerance }
    let isOrthogonal = slopes.indices.allSatisfy {
      !isLowest($0) || abs(slopes[$0]) <= 1e-13 * slopeScale
    }
    func components(_ multiplier: Double, withoutLowest: Bool) -> [Double] {
      slopes.indices.map { index in
        if withoutLowest && isLowest(index) { return 0 }
        return slopes[index] == 0 ? 0 : -slopes[index] / (curvatures[index] + multiplier)
      }
    }
    if lowest > tolerance {
      let inside = components(0, withoutLowest: false)
      if Self.norm(inside) <= radius { return made(inside, nil, multiplier: 0) }
    }
    if isOrthogonal && lowest <= tolerance {
      let short = components(floor, withoutLowest: true)
      let length = Self.norm(short)
      if length <= radius {
        if lowest >= -tolerance { return made(short, nil, multiplier: 0) }
        let rest = (radius * radius - length * length).squareRoot()
        var (first, second) = (short, short)
        first[0] += rest
        second[0] -= rest
        return made(first, second, multiplier: floor)
      }
    }
    let multiplier = secularRoot(radius: radius, floor: floor)
    return made(components(multiplier, withoutLowest: false), nil, multiplier: multiplier)
  }

  /// The mu > floor with |y(mu)| = radius: 1/|y| - 1/r is nearly straight in mu
  /// [More and Sorensen 1983], Newton with a bracket.
  private func secularRoot(radius: Double, floor: Double) -> Double {
    let slope = Self.norm(slopes)
    if slope == 0 || radius == 0 { return radius == 0 ? .infinity : floor }
    var low = floor
    var high = floor + slope / radius + curvatureScale
    var multiplier = max(slope / radius - curvatures[0], floor * (1 + 1e-3))
    if !(multiplier > low && multiplier < high) { multiplier = low + (high - low) / 2 }
    for _ in 0..<200 {
      var (squares, cubes) = (OrderedSum(), OrderedSum())
      for (slope, curvature) in zip(slopes, curvatures) where slope != 0 {
        let gap = curvature + multiplier
        squares.add(square(slope / gap))
        cubes.add(square(slope / gap) / gap)
      }
      let length = squares.total.squareRoot()
      if length > radius { low = multiplier } else { high = multiplier }
      let newton = multiplier + (length - radius) / radius * squares.total / cubes.total
      let next = newton > low && newton < high ? newton : low + (high - low) / 2
      if abs(next - multiplier) <= 1e-15 * abs(next) || next == low || next == high { return next }
      multiplier = next
    }
    return multiplier
  }

  private func made(_ components: [Double], _ twin: [Double]?, multiplier: Double) -> WorstCase {
    let scenario = LinearAlgebra.product(directions, vector: components)
    var profit = OrderedSum()
    for (index, y) in components.enumerated() {
      profit.add((slopes[index] + curvatures[index] * y / 2) * y)
    }
    return WorstCase(
      scenario: scenario, twin: twin.map { LinearAlgebra.product(directions, vector: $0) },
      profit: profit.total, multiplier: multiplier, distance: Self.norm(components))
  }

  private static func norm(_ vector: [Double]) -> Double {
    OrderedSum.total(of: vector.map { $0 * $0 }).squareRoot()
  }

  /// The nearest scenario that loses `loss` > 0; nil if none does. The worst profit falls with the
  /// radius, steadily and at the rate mu r, so that Newton with a bracket finds where it is -loss.
  public func nearest(losing loss: Double) -> WorstCase? {
    precondition(loss > 0 && loss.isFinite, "a loss is positive")
    let slope = Self.norm(slopes)
    var high = 1.0
    var doublings = 0
    while worstCase(radius: high).profit > -loss {
      if worstCase(radius: high).multiplier == 0 { return nil }
      high *= 2
      doublings += 1
      if doublings > 1_000 { return nil }
    }
    if slope == 0 && curvatures[0] >= 0 { return nil }
    var low = doublings == 0 ? 0 : high / 2
    var radius = low + (high - low) / 2
    for _ in 0..<200 {
      let worst = worstCase(radius: radius)
      let missing = worst.profit + loss
      if missing > 0 { low = radius } else { high = radius }
      let rate = worst.multiplier * radius
      let newton = radius + missing / rate
      let next = newton > low && newton < high ? newton : low + (high - low) / 2
      if abs(next - radius) <= 1e-15 * next || next == low || next == high {
        return worstCase(radius: next)
      }
      radius = next
    }
    return worstCase(radius: radius)
  }

  /// Probability that normal factors lie farther away than `distance`.
  public func probabilityOutside(distance: Double) -> Double {
    ChiSquareDistribution(degrees: Double(slopes.count)).tailProbability(distance * distance)
  }
}
