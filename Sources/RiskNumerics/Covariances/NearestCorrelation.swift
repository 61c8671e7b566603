// The correlation matrix nearest to a symmetric one, and the nearest on the way to a chosen target.

/// How far a repaired correlation matrix is from what was asked for.
public struct CorrelationRepair: Sendable, Equatable {
  /// A correlation matrix: symmetric, unit diagonal, no eigenvalue below the floor but for rounding.
  public let matrix: Matrix
  /// Frobenius norm of the difference.
  public let frobeniusDistance: Double
  /// Largest change of one entry off the diagonal.
  public let largestChange: Double
  /// Row and column of that entry, the first in column order.
  public let largestChangeRow: Int
  /// Its column.
  public let largestChangeColumn: Int
  /// Smallest eigenvalue of the input.
  public let smallestEigenvalue: Double
  /// Newton steps or halvings that were needed.
  public let iterationCount: Int

  init(asked: Matrix, matrix: Matrix, smallestEigenvalue: Double, iterationCount: Int) {
    self.matrix = matrix
    self.smallestEigenvalue = smallestEigenvalue
    self.iterationCount = iterationCount
    frobeniusDistance = Covariance.difference(matrix, asked).frobeniusNorm
    var largest = (change: 0.0, row: 0, column: 0)
    for column in 0..<asked.columnCount {
      for row in 0..<asked.rowCount where row != column {
        let change = abs(matrix[row, column] - asked[row, column])
        if change > largest.change { largest = (change, row, column) }
      }
    }
    (largestChange, largestChangeRow, largestChangeColumn) = largest
  }
}

extension Covariance {
  /// The correlation matrix nearest to a symmetric matrix in the Frobenius norm, all entries of equal
  /// weight, with no eigenvalue below `floor`: Newton's method on the dual problem [Qi and Sun 2006]
  ///   min over y of |(A - floor I + Diag y)_+|^2 / 2 - (1 - floor) sum y,
  /// whose solution gives X = floor I + (A - floor I + Diag y)_+. The lower triangle of A is read.
  public static func nearestCorrelation(
    to matrix: Matrix, floor: Double = 0
  ) throws(LinearAlgebraError) -> CorrelationRepair {
    precondition(floor >= 0 && floor < 1, "an eigenvalue floor lies between 0 and 1")
    let asked = symmetric(matrix)
    let size = asked.rowCount
    let smallest = try LinearAlgebra.symmetricEigen(asked).values.first ?? 0
    let problem = DualProblem(asked, floor: floor)
    var y = asked.diagonal.map { 1 - $0 }
    var present = try problem.evaluated(y)
    var iterations = 0
    let tolerance = 1e-13 * max(Double(size).squareRoot(), asked.frobeniusNorm)
    while present.gradientNorm > tolerance && iterations < 60 {
      let direction = problem.newtonDirection(present)
      let slope = OrderedSum.total(of: zip(present.gradient, direction).map { $0 * $1 })
      var (length, next) = (1.0, present)
      // Armijo's rule; at the end, where the value has no digits left to fall, the gradient decides.
      for _ in 0..<40 {
        next = try problem.evaluated(zip(y, direction).map { $0 + length * $1 })
        if next.value <= present.value + 1e-4 * length * slope
          || next.gradientNorm < present.gradientNorm
        {
          break
        }
        length /= 2
      }
      if next.gradientNorm >= present.gradientNorm && next.value >= present.value { break }
      y = zip(y, direction).map { $0 + length * $1 }
      present = next
      iterations += 1
    }
    return CorrelationRepair(
      asked: asked, matrix: problem.solution(present), smallestEigenvalue: smallest,
      iterationCount: iterations)
  }

  /// share x target + (1 - share) x matrix with the smallest share, to 1e-12, that leaves no
  /// eigenvalue below `floor` [Higham, Strabic and Sego 2016].
  ///
  /// Entries that the target has from the matrix stay as they are: with a target that keeps a block,
  /// the block is kept. The target must itself be positive definite above the floor.
  public static func shrunkToDefinite(
    _ matrix: Matrix, target: Matrix, floor: Double = 1e-12
  ) throws(LinearAlgebraError) -> (repair: CorrelationRepair, share: Double) {
    let asked = symmetric(matrix)
    precondition(target.rowCount == asked.rowCount, "matrix and target differ in size")
    func mixed(_ share: Double) -> Matrix {
      Matrix(
        rowCount: asked.rowCount, columnCount: asked.columnCount,
        // In this form equal entries stay equal.
        elements: zip(target.elements, asked.elements).map { $1 + share * ($0 - $1) })
    }
    func isDefinite(_ share: Double) throws(LinearAlgebraError) -> Bool {
      var shifted = mixed(share)
      for index in 0..<shifted.rowCount { shifted[index, index] -= floor }
      do { _ = try LinearAlgebra.cholesky(shifted) } catch {
        if case .notPositiveDefinite = error { return false }
        throw error
      }
      return true
    }
    let smallest = try LinearAlgebra.symmetricEigen(asked).values.first ?? 0
    var (low, high, iterations) = (0.0, 1.0, 0)
    if try isDefinite(0) {
      high = 0
    } else if try !isDefinite(1) {
      throw .notPositiveDefinite(leadingMinor: asked.rowCount)
    }
    while high - low > 1e-12 {
      let middle = (low + high) / 2
      if try isDefinite(middle) { high = middle } else { low = middle }
      iterations += 1
    }
    let repair = CorrelationRepair(
      asked: asked, matrix: mixed(high), smallestEigenvalue: smallest, iterationCount: iterations)
    return (repair, high)
  }

  private static func symmetric(_ matrix: Matrix) -> Matrix {
    precondition(matrix.rowCount == matrix.columnCount, "a correlation matrix is square")
    var result = matrix
    for column in 0..<matrix.columnCount {
      for row in 0..<column { result[row, column] = matrix[column, row] }
    }
    return result
  }
}

/// The dual of the nearest correlation matrix.
private struct DualProblem {
  private let shifted: Matrix
  private let floor: Double

  init(_ asked: Matrix, floor: Double) {
    var shifted = asked
    for index in 0..<asked.rowCount { shifted[index, index] -= floor }
    (self.shifted, self.floor) = (shifted, floor)
  }

  struct Point {
    let value: Double
    let gradient: [Double]
    let gradientNorm: Double
    let eigen: LinearAlgebra.SymmetricEigen
    let positivePart: Matrix
  }

  func evaluated(_ y: [Double]) throws(LinearAlgebraError) -> Point {
    var matrix = shifted
    for index in y.indices { matrix[index, index] += y[index] }
    let eigen = try LinearAlgebra.symmetricEigen(matrix)
    let kept = eigen.values.map { max($0, 0) }
    let positive = Covariance.rebuilt(eigen.vectors, kept)
    let gradient = positive.diagonal.map { $0 - (1 - floor) }
    return Point(
      value: OrderedSum.total(of: kept.map { $0 * $0 }) / 2 - (1 - floor)
        * OrderedSum.total(of: y),
      gradient: gradient,
      gradientNorm: OrderedSum.total(of: gradient.map { $0 * $0 }).squareRoot(), eigen: eigen,
      positivePart: positive)
  }

  /// floor I + the positive part, with a diagonal of exactly 1.
  func solution(_ point: Point) -> Matrix {
    var matrix = point.positivePart
    for index in 0..<matrix.rowCount { matrix[index, index] += floor }
    return Covariance.unitDiagonal(matrix)
  }

  /// Conjugate gradients on V h = -gradient, where V h = diag(P (W o (P' Diag(h) P)) P') with the
  /// divided differences W of max(lambda, 0), regularised by its own gradient.
  func newtonDirection(_ point: Point) -> [Double] {
    let size = point.gradient.count
    let (vectors, values) = (point.eigen.vectors, point.eigen.values)
    var weights = Matrix(rowCount: size, columnCount: size)
    for column in 0..<size {
      for row in 0..<size {
        let (a, b) = (values[row], values[column])
        weights[row, column] =
          a > 0 && b > 0 ? 1 : a <= 0 && b <= 0 ? 0 : max(a, b) / abs(a - b)
      }
    }
    let regularisation = min(1e-3, 0.1 * point.gradientNorm)
    func applied(_ h: [Double]) -> [Double] {
      var scaled = vectors
      for column in 0..<size {
        scaled.withMutableColumn(column) { vector in
          for row in vector.indices { vector[row] *= h[row] }
        }
      }
      var inner = LinearAlgebra.product(vectors, .transposed, scaled)
      inner.withMutableElements { elements in
        for index in elements.indices { elements[index] *= weights.elements[index] }
      }
      let outer = LinearAlgebra.product(vectors, .plain, inner)
      return (0..<size).map { row in
        var sum = OrderedSum()
        for column in 0..<size { sum.add(outer[row, column] * vectors[row, column]) }
        return sum.total + regularisation * h[row]
      }
    }
    func dot(_ left: [Double], _ right: [Double]) -> Double {
      OrderedSum.total(of: zip(left, right).map { $0 * $1 })
    }
    var direction = [Double](repeating: 0, count: size)
    var residual = point.gradient.map { -$0 }
    var search = residual
    var size2 = dot(residual, residual)
    let goal = size2 * 1e-12
    for _ in 0..<(2 * size + 20) where size2 > goal {
      let image = applied(search)
      let curvature = dot(search, image)
      if curvature <= 0 { break }
      let length = size2 / curvature
      direction = zip(direction, search).map { $0 + length * $1 }
      residual = zip(residual, image).map { $0 - length * $1 }
      let next = dot(residual, residual)
      search = zip(residual, search).map { $0 + next / size2 * $1 }
      size2 = next
    }
    return direction
  }
}
