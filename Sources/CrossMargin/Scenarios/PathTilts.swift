// Paths drawn where rare things happen, and the weights that undo it.

import RiskNumerics

/// Mean shifts of the normals behind paths, one of a mixture for each path.
///
/// Every other path is not shifted. The rest share the most likely joint moves in which one factor
/// moves by 2.5 or 4.5 standard deviations of the horizon, up or down, spread evenly over the steps.
/// The weight of a path is the density without shifts over that of the mixture, which the path's sum
/// of normals decides: the balance heuristic [Veach and Guibas 1995], bounded by 2.
struct PathTilts: Sendable {
  /// Shifts of the sum of a path's normals over the root of the number of steps. [shifts][normals]
  private let shifts: [[Double]]
  private let halfSquares: [Double]

  private static let deviations = [2.5, 4.5]

  /// Shifts along the rows of a factor of the covariance: moves = factor x normals.
  init(factor: Matrix) {
    var shifts: [[Double]] = []
    for row in 0..<factor.rowCount {
      let direction = (0..<factor.columnCount).map { factor[row, $0] }
      let length = OrderedSum.total(of: direction.map { $0 * $0 }).squareRoot()
      guard length > 0 else { continue }
      for size in Self.deviations {
        for sign in [-1.0, 1] { shifts.append(direction.map { $0 * (sign * size / length) }) }
      }
    }
    self.shifts = shifts
    halfSquares = shifts.map { OrderedSum.total(of: $0.map { $0 * $0 }) / 2 }
  }

  /// The shift of a path over its whole length; nil where it has none. [normals]
  func shift(ofPath path: Int) -> [Double]? {
    shifts.isEmpty || path.isMultiple(of: 2) ? nil : shifts[path / 2 % shifts.count]
  }

  /// Weights of paths by the sums of their normals over the root of the number of steps.
  /// Shapes: sums [normals][paths], result [paths].
  func weights(sums: [[Double]], pathCount: Int) -> [Double] {
    var counts = [Int](repeating: 0, count: shifts.count)
    for path in stride(from: 1, to: pathCount, by: 2) where !shifts.isEmpty {
      counts[path / 2 % shifts.count] += 1
    }
    let unshifted = Double(pathCount - counts.reduce(0, +))
    return (0..<pathCount).map { path in
      var density = unshifted
      for (index, shift) in shifts.enumerated() where counts[index] > 0 {
        var exponent = -halfSquares[index]
        for (normal, size) in shift.enumerated() { exponent += size * sums[normal][path] }
        density += Double(counts[index]) * ScalarMath.exp(exponent)
      }
      return Double(pathCount) / density
    }
  }
}
