// The nearest zero of a surplus in independent standard moves, by full revaluation.

import RiskNumerics

/// Searches the point nearest to none at which the surplus of an account is zero, led by the
/// second-order form of its profit.
///
/// Starts are the nearest points of the form, both directions of every eigenvector of its curvature,
/// and the rays that are handed over. What is asked of the surplus is its value at points, so that it
/// may contain a requirement that is scanned again.
package struct NearestSearch {
  /// A zero that was found.
  package struct Zero: Sendable, Equatable {
    /// z [components].
    package var point: [Double]
    /// A second point as near [components].
    package var twin: [Double]?
    /// |z|.
    package var distance: Double
    /// Slope of the surplus there, USD per standard deviation [components].
    package var slopesUSD: [Double]
  }

  /// Distances beyond have no meaning: nothing is searched there.
  package static let distanceMax = 40.0

  private let surplusUSD: Double
  private let search: StressSearch
  /// z = turn y, where y are the own directions of the form.
  private let turn: Matrix
  private let surplus: ([Double]) -> Double

  /// - Parameters:
  ///   - surplusUSD: the surplus without moves, positive.
  ///   - slopesUSD: slope of the form in z [components].
  ///   - curvatureUSD: its curvature, symmetric [components x components].
  ///   - rays: directions in z to start from, in both signs.
  ///   - surplus: the surplus at z, USD; where it is not finite nothing is lost.
  package init(
    surplusUSD: Double, slopesUSD: [Double], curvatureUSD: Matrix, rays: [[Double]],
    surplus: @escaping ([Double]) -> Double
  ) throws(LinearAlgebraError) {
    precondition(surplusUSD > 0, "an account without surplus is there already")
    let count = slopesUSD.count
    let form = try DeltaGammaLoss(
      delta: slopesUSD.map { $0 / surplusUSD },
      gamma: Matrix(
        rowCount: count, columnCount: count,
        elements: curvatureUSD.elements.map { $0 / surplusUSD }), factor: .identity(count))
    let turn = form.basis
    self.surplusUSD = surplusUSD
    self.turn = turn
    self.surplus = surplus
    var search = StressSearch(form: form.quadratic) { points in
      points.map { point in
        let loss = 1 - surplus(LinearAlgebra.product(turn, vector: point)) / surplusUSD
        return loss.isFinite ? loss : 0
      }
    }
    search.distanceMax = Self.distanceMax
    search.rays = rays.flatMap { ray in
      let length = StressSearch.norm(ray)
      if !(length > 0) { return [] as [[Double]] }
      let own = LinearAlgebra.product(
        turn, .transposed, vector: StressSearch.scaled(ray, 1 / length))
      return [own, own.map(-)]
    }
    self.search = search
  }

  /// The nearest zero within `distanceMax`; nil where none was found.
  package func nearest() -> Zero? {
    let found = search.nearest(losing: 1)
    guard let best = found.first else { return nil }
    let point = LinearAlgebra.product(turn, vector: best.point)
    // A search ends within 1e-9 of its optimum: two that end so near each other are as near.
    let twin = found.dropFirst().first { $0.distance <= best.distance * (1 + 1e-6) }
    return Zero(
      point: point, twin: twin.map { LinearAlgebra.product(turn, vector: $0.point) },
      distance: best.distance, slopesUSD: slopes(at: point))
  }

  /// Step of central differences, standard deviations.
  private static let slopeStep = 1e-4
  /// Of second ones: wide enough that the kinks of a requirement do not stand for its bend.
  private static let bendStep = 0.05

  private func slopes(at point: [Double]) -> [Double] {
    point.indices.map { component in
      var (up, down) = (point, point)
      up[component] += Self.slopeStep
      down[component] -= Self.slopeStep
      return (surplus(up) - surplus(down)) / (2 * Self.slopeStep)
    }
  }

  /// Curvatures kappa of the border at a zero, per standard deviation, positive bending away: second
  /// differences of the surplus across the slope, over its length. [components - 1]
  package func curvatures(at zero: Zero) throws(LinearAlgebraError) -> [Double] {
    let length = StressSearch.norm(zero.slopesUSD)
    guard length > 0, length.isFinite else { return [] }
    let tangents = Self.tangents(to: zero.slopesUSD)
    let step = Self.bendStep
    func value(_ left: Int, _ a: Double, _ right: Int, _ b: Double) -> Double {
      surplus(
        zero.point.indices.map {
          zero.point[$0] + step * (a * tangents[left][$0] + b * tangents[right][$0])
        })
    }
    let centre = surplus(zero.point)
    var bend = Matrix(rowCount: tangents.count, columnCount: tangents.count)
    for row in tangents.indices {
      for column in 0...row {
        let second =
          row == column
          ? value(row, 1, row, 0) + value(row, -1, row, 0) - 2 * centre
          : (value(row, 1, column, 1) + value(row, -1, column, -1) - value(row, 1, column, -1)
            - value(row, -1, column, 1)) / 4
        bend[row, column] = second / (step * step * length)
        bend[column, row] = bend[row, column]
      }
    }
    guard bend.isFinite else { return [] }
    return try LinearAlgebra.symmetricEigen(bend).values
  }

  /// Unit vectors across a direction and each other, by Gram and Schmidt. [components - 1]
  private static func tangents(to direction: [Double]) -> [[Double]] {
    var basis = [StressSearch.scaled(direction, 1 / StressSearch.norm(direction))]
    for component in direction.indices where basis.count < direction.count {
      var vector = direction.indices.map { $0 == component ? 1.0 : 0 }
      // Twice, so that rounding leaves nothing of the others.
      for _ in 0..<2 {
        for known in basis {
          let along = zip(vector, known).reduce(0) { $0 + $1.0 * $1.1 }
          vector = zip(vector, known).map { $0 - along * $1 }
        }
      }
      let length = StressSearch.norm(vector)
      // Of the unit vectors at most one lies nearly within the span of the others.
      if length > 1e-3 { basis.append(StressSearch.scaled(vector, 1 / length)) }
    }
    return Array(basis.dropFirst())
  }
}
