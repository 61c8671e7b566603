// Logistic regression and scores: normal equations, shrinkage, ties.

import RiskNumerics
import Testing

@Suite struct RegressionTests {
  private static let features = Matrix(
    rowCount: 8, columnCount: 2, elements: [1, 2, 3, 4, 5, 6, 7, 8, 3, 1, 4, 1, 5, 9, 2, 6])
  private static let events = [false, true, false, false, true, true, false, true]

  @Test func residualsAreOrthogonalToFeatures() throws {
    let fit = try LogisticRegression(features: Self.features, events: Self.events, ridge: 0)
    var sums = [0.0, 0, 0]
    for row in 0..<8 {
      let x = [Self.features[row, 0], Self.features[row, 1]]
      let residual = (Self.events[row] ? 1 : 0) - fit.probability(x)
      sums[0] += residual
      sums[1] += residual * x[0]
      sums[2] += residual * x[1]
    }
    #expect(sums.allSatisfy { abs($0) < 1e-9 })
    #expect(fit.stepCount < 20)
  }

  @Test func aRidgeShrinksAndTamesSeparation() throws {
    let separated = [false, false, false, false, true, true, true, true]
    let weak = try LogisticRegression(features: Self.features, events: separated, ridge: 0.1)
    let strong = try LogisticRegression(features: Self.features, events: separated, ridge: 10)
    #expect(weak.coefficients.allSatisfy { $0.isFinite })
    #expect(abs(strong.coefficients[1]) < abs(weak.coefficients[1]))
    #expect(strong.deviance > weak.deviance)
  }

  /// What an offset holds already a coefficient need not find.
  @Test func offsetsTakeTheirShareOfTheLogOdds() throws {
    let offsets = (0..<8).map { 0.3 * Self.features[$0, 0] - 1 }
    let plain = try LogisticRegression(features: Self.features, events: Self.events, ridge: 0)
    let moved = try LogisticRegression(
      features: Self.features, events: Self.events, ridge: 0, offsets: offsets)
    for (coefficient, share) in [(0, -1.0), (1, 0.3), (2, 0)] {
      let sum = moved.coefficients[coefficient] + share
      #expect(abs(sum - plain.coefficients[coefficient]) < 1e-7)
    }
    #expect(abs(moved.deviance - plain.deviance) < 1e-9)
    let strong = try LogisticRegression(
      features: Self.features, events: Self.events, ridge: 1e9, offsets: offsets)
    #expect(strong.coefficients.dropFirst().allSatisfy { abs($0) < 1e-6 })
    let sum = (0..<8).reduce(0.0) { sum, row in
      sum + strong.probability([Self.features[row, 0], Self.features[row, 1]], offset: offsets[row])
    }
    #expect(abs(sum - 4) < 1e-5)
  }

  @Test func dependentFeaturesAreAnError() {
    let twice = Matrix(rowCount: 4, columnCount: 2, elements: [1, 2, 3, 4, 0, 0, 0, 0])
    #expect(throws: LinearAlgebraError.self) {
      try LogisticRegression(features: twice, events: [false, true, false, true], ridge: 0)
    }
  }

  /// Blocks at scale against the plain fit of one matrix that was scaled by hand: a feature whose mean
  /// is a million deviations away, one that never varies, an empty block.
  @Test(arguments: [UInt64(1), 2]) func blocksAreOneDesign(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let counts = [150, 0, 1, 249]
    var blocks: [RegressionBlock] = []
    var columns = [[Double]](repeating: [], count: 3)
    var (events, offsets): ([Bool], [Double]) = ([], [])
    for count in counts {
      let first = events.count
      for _ in 0..<count {
        columns[0].append(Double.random(in: -2...2, using: &random))
        columns[1].append(1e6 + Double.random(in: -1...1, using: &random))
        columns[2].append(0.1)
        offsets.append(Double.random(in: -3...1, using: &random))
        events.append(Bool.random(using: &random))
      }
      blocks.append(
        RegressionBlock(
          features: Matrix(
            rowCount: count, columnCount: 3, elements: columns.flatMap { $0[first...] }),
          events: Array(events[first...]), offsets: Array(offsets[first...])))
    }
    let scale = FeatureScale(blocks)
    let fit = try LogisticRegression(blocks, scale: scale, ridge: 2)
    let scaled = columns.map { values in
      let mean = values.reduce(0, +) / 400
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400
      return values.map { variance > 1e-20 ? ($0 - mean) / variance.squareRoot() : 0 }
    }
    let plain = try LogisticRegression(
      features: Matrix(rowCount: 400, columnCount: 3, elements: scaled.flatMap(\.self)),
      events: events, ridge: 2, offsets: offsets)
    // A plain sum of 400 millions rounds its mean by up to 4e-8, of a deviation of 0.58.
    for (one, other) in zip(fit.coefficients, plain.coefficients) {
      #expect(abs(one - other) < 1e-7)
    }
    #expect(abs(fit.deviance - plain.deviance) < 1e-7)
    #expect(fit.coefficients[3] == 0 && scale.deviations[2] == .infinity)
    let row = columns.map { $0[200] }
    #expect(
      abs(fit.probability(row, offset: -1) - plain.probability(scaled.map { $0[200] }, offset: -1))
        < 1e-7)
  }

  @Test func scoresByHand() {
    let events = [true, false, true, false]
    #expect(ProbabilityScores.areaUnderCurve(scores: [1, 1, 1, 1], events: events) == 0.5)
    #expect(ProbabilityScores.areaUnderCurve(scores: [4, 1, 3, 2], events: events) == 1)
    #expect(ProbabilityScores.areaUnderCurve(scores: [1], events: [true]) == nil)
    let probabilities = [0.9, 0.2, 0.6, 0.5]
    let brier = ProbabilityScores.brier(probabilities: probabilities, events: events)
    #expect(abs(brier - (0.01 + 0.04 + 0.16 + 0.25) / 4) < 1e-15)
    #expect(
      ProbabilityScores.logarithmic(probabilities: [1, 0], events: [true, true]) == .infinity)
    #expect(ProbabilityScores.skill(score: 0.1, reference: 0.2) == 0.5)
  }
}
