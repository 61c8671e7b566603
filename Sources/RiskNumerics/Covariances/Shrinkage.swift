// Sample covariances pulled towards a simpler matrix, as far as the sample is too short to trust.

extension Covariance {
  /// A covariance shrunk towards a target.
  public struct Shrunk: Sendable, Equatable {
    /// intensity x target + (1 - intensity) x sample covariance [factors x factors].
    public let matrix: Matrix
    /// Weight of the target, from 0 to 1.
    public let intensity: Double
  }

  /// What the sample covariance is pulled to.
  public enum ShrinkageTarget: String, Sendable, CaseIterable {
    /// A multiple of the unit matrix with the mean variance [Ledoit and Wolf 2004, Journal of
    /// Multivariate Analysis].
    case scaledIdentity
    /// The same target with the intensity that is best for normal moves [Chen, Wiesel, Eldar and
    /// Hero 2010], in the form d = (tr S^2 + tr^2 S) / ((T + 1) (tr S^2 - tr^2 S / N)), which leaves
    /// out terms of 2/N and is the one that statistical packages compute.
    case oracleApproximating
    /// The sample's variances with the mean correlation everywhere [Ledoit and Wolf 2004, Journal of
    /// Portfolio Management].
    case constantCorrelation
  }

  /// Sample covariance of moves with their means removed, divided by the number of dates.
  ///
  /// Shapes: moves [dates x factors], at least one date; the result [factors x factors].
  public static func sample(_ moves: Matrix) -> Matrix {
    precondition(moves.rowCount >= 1, "a covariance needs a date")
    let centred = centred(moves)
    var matrix = LinearAlgebra.product(
      centred, .transposed, centred, .plain, scale: 1 / Double(moves.rowCount))
    for column in 0..<matrix.columnCount {
      for row in 0..<column { matrix[column, row] = matrix[row, column] }
    }
    return matrix
  }

  /// The sample covariance of moves [dates x factors] shrunk towards a target.
  public static func shrunk(_ moves: Matrix, towards target: ShrinkageTarget) -> Shrunk {
    let sample = sample(moves)
    let (dates, size) = (Double(moves.rowCount), Double(moves.columnCount))
    if moves.columnCount == 0 { return Shrunk(matrix: sample, intensity: 0) }
    switch target {
    case .scaledIdentity:
      let distance = square(difference(sample, scaledIdentity(sample)).frobeniusNorm)
      let error = min(distance, samplingVariance(centred(moves), sample) / dates)
      return mixed(sample, scaledIdentity(sample), distance > 0 ? error / distance : 0)
    case .oracleApproximating:
      let trace = OrderedSum.total(of: sample.diagonal)
      let squares = square(sample.frobeniusNorm)
      let spread = (dates + 1) * (squares - trace * trace / size)
      let intensity = spread > 0 ? min((squares + trace * trace) / spread, 1) : 1
      return mixed(sample, scaledIdentity(sample), intensity)
    case .constantCorrelation:
      return towardsConstantCorrelation(centred(moves), sample)
    }
  }

  /// The mean of the correlations between different factors; 0 for a single factor.
  ///
  /// Factors without variance are uncorrelated.
  public static func meanCorrelation(_ covariance: Matrix) -> Double {
    let size = covariance.rowCount
    if size < 2 { return 0 }
    let (matrix, _) = correlation(covariance)
    let total = OrderedSum.total(of: matrix.elements) - Double(size)
    return total / Double(size * (size - 1))
  }

  // MARK: Parts

  private static func centred(_ moves: Matrix) -> Matrix {
    var centred = moves
    for factor in 0..<moves.columnCount {
      let mean = moves.withColumn(factor) { OrderedSum.total($0) } / Double(moves.rowCount)
      centred.withMutableColumn(factor) { column in
        for date in column.indices { column[date] -= mean }
      }
    }
    return centred
  }

  private static func scaledIdentity(_ sample: Matrix) -> Matrix {
    var target = Matrix.identity(sample.rowCount)
    let mean = OrderedSum.total(of: sample.diagonal) / Double(sample.rowCount)
    for index in 0..<sample.rowCount { target[index, index] = mean }
    return target
  }

  /// Sum over all entries of the variance of one date's product: T^-1 sum_t (x_ti x_tj)^2 - s_ij^2.
  private static func samplingVariance(_ centred: Matrix, _ sample: Matrix) -> Double {
    var squares = centred
    squares.withMutableElements { elements in
      for index in elements.indices { elements[index] *= elements[index] }
    }
    let products = LinearAlgebra.product(
      squares, .transposed, squares, .plain, scale: 1 / Double(centred.rowCount))
    return OrderedSum.total(of: products.elements) - square(sample.frobeniusNorm)
  }

  /// The closed form of the second paper, appendix B: intensity (pi - rho) / (gamma T).
  private static func towardsConstantCorrelation(_ centred: Matrix, _ sample: Matrix) -> Shrunk {
    let (dates, size) = (Double(centred.rowCount), sample.rowCount)
    let mean = meanCorrelation(sample)
    let deviations = sample.diagonal.map { $0.squareRoot() }
    var target = sample
    for column in 0..<size {
      for row in 0..<size where row != column {
        target[row, column] = mean * deviations[row] * deviations[column]
      }
    }
    var cubes = centred
    cubes.withMutableElements { elements in
      for index in elements.indices {
        elements[index] = elements[index] * elements[index] * elements[index]
      }
    }
    // T^-1 sum_t x_ti^3 x_tj [i x j].
    let mixedMoments = LinearAlgebra.product(
      cubes, .transposed, centred, .plain, scale: 1 / dates)
    let total = samplingVariance(centred, sample)
    var towards = OrderedSum()
    for column in 0..<size {
      let fourth = centred.withColumn(column) { moves in
        var sum = OrderedSum()
        for date in moves.indices { sum.add(square(moves[date] * moves[date])) }
        return sum.total / dates
      }
      towards.add(fourth - square(sample[column, column]))
      for row in 0..<size where row != column && deviations[row] > 0 && deviations[column] > 0 {
        let byRow = mixedMoments[row, column] - sample[row, row] * sample[row, column]
        let byColumn = mixedMoments[column, row] - sample[column, column] * sample[row, column]
        let ratio = deviations[column] / deviations[row]
        towards.add(mean / 2 * (ratio * byRow + byColumn / ratio))
      }
    }
    let distance = square(difference(target, sample).frobeniusNorm)
    if distance == 0 { return Shrunk(matrix: sample, intensity: 0) }
    let intensity = (total - towards.total) / (distance * dates)
    return mixed(sample, target, min(max(intensity, 0), 1))
  }

  private static func mixed(_ sample: Matrix, _ target: Matrix, _ intensity: Double) -> Shrunk {
    var matrix = sample
    matrix.withMutableElements { elements in
      for index in elements.indices {
        elements[index] = intensity * target.elements[index] + (1 - intensity) * elements[index]
      }
    }
    return Shrunk(matrix: matrix, intensity: intensity)
  }

  static func difference(_ left: Matrix, _ right: Matrix) -> Matrix {
    Matrix(
      rowCount: left.rowCount, columnCount: left.columnCount,
      elements: zip(left.elements, right.elements).map { $0 - $1 })
  }
}
