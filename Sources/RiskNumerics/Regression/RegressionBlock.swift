// Observations of a regression, block by block, and the scale of their features.

/// Observations that came together, such as those of one day. Many blocks make a design that grows
/// by what is new; no block is changed or copied by a fit.
public struct RegressionBlock: Sendable, Equatable {
  /// Features as they were observed. [observations x features]
  public let features: Matrix
  /// Whether each event happened. [observations]
  public let events: [Bool]
  /// Log odds that each observation has before any coefficient. [observations]
  public let offsets: [Double]
  /// Mean of each feature over the block; 0 without observations. [features]
  let means: [Double]
  /// Sum of squared distances from that mean. [features]
  let squares: [Double]

  /// Observations; `offsets` without values are 0.
  public init(features: Matrix, events: [Bool], offsets: [Double]? = nil) {
    precondition(features.rowCount == events.count, "features and events differ in count")
    precondition(offsets.map { $0.count == events.count } ?? true, "one offset per observation")
    self.features = features
    self.events = events
    self.offsets = offsets ?? [Double](repeating: 0, count: events.count)
    let count = Double(max(events.count, 1))
    let means = (0..<features.columnCount).map { column in
      features.withColumn(column) { OrderedSum.total($0) } / count
    }
    squares = means.indices.map { column in
      features.withColumn(column) { values in
        var sum = OrderedSum()
        for row in values.indices {
          sum.add((values[row] - means[column]) * (values[row] - means[column]))
        }
        return sum.total
      }
    }
    self.means = means
  }
}

/// What is taken off each feature and what the rest is divided by before it is weighed.
public struct FeatureScale: Sendable, Equatable {
  /// What is taken off. [features]
  public let means: [Double]
  /// What the rest is divided by; infinite for a feature that never varied. [features]
  public let deviations: [Double]

  /// Features as they are.
  public init(unscaled count: Int) {
    means = [Double](repeating: 0, count: count)
    deviations = [Double](repeating: 1, count: count)
  }

  /// Mean 0 and variance 1 over all observations of some blocks, at least one; moments of blocks are
  /// merged [Chan, Golub and LeVeque 1983].
  public init(_ blocks: [RegressionBlock]) {
    precondition(blocks.contains { !$0.events.isEmpty }, "a mean needs an observation")
    var count = 0.0
    var means = [Double](repeating: 0, count: blocks[0].features.columnCount)
    var squares = means
    for block in blocks where !block.events.isEmpty {
      let added = Double(block.events.count)
      let whole = count + added
      for feature in means.indices {
        let apart = block.means[feature] - means[feature]
        means[feature] += apart * added / whole
        squares[feature] += block.squares[feature] + apart * apart * count * added / whole
      }
      count = whole
    }
    self.means = means
    deviations = means.indices.map { feature in
      let deviation = (squares[feature] / count).squareRoot()
      // A feature that never varied says nothing: its column is zero and its coefficient too.
      return deviation > 1e-12 * max(abs(means[feature]), 1) ? deviation : .infinity
    }
  }

  /// The features of one observation at this scale.
  func scaled(_ features: [Double]) -> [Double] {
    features.indices.map { (features[$0] - means[$0]) / deviations[$0] }
  }

  /// A column of ones, then the features of a block at this scale. [observations x features + 1]
  func design(_ block: RegressionBlock) -> Matrix {
    let rowCount = block.events.count
    var design = Matrix(rowCount: rowCount, columnCount: means.count + 1, repeating: 1)
    for feature in means.indices {
      block.features.withColumn(feature) { values in
        design.withMutableColumn(feature + 1) { column in
          for row in 0..<rowCount {
            column[row] = (values[row] - means[feature]) / deviations[feature]
          }
        }
      }
    }
    return design
  }
}
