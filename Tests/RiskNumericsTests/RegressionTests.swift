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
