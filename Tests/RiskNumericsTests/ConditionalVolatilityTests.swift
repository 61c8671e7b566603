// Volatility rules and tails fitted to moves that are made by a known rule.

import RiskNumerics
import Testing

@Suite struct ConditionalVolatilityTests {
  @Test func exponentialWeightsAreThoseOfTheirDefinition() {
    let rule = ConditionalVolatility.exponential(lambda: 0.9)
    let moves = [0.01, -0.02, 0.03, 0.005]
    var variance = 0.0004
    for move in moves { variance = rule.next(after: move, variance: variance) }
    var expected = 0.0004 * 0.9 * 0.9 * 0.9 * 0.9
    for (age, move) in moves.reversed().enumerated() {
      expected += 0.1 * (0..<age).reduce(1.0) { product, _ in product * 0.9 } * move * move
    }
    #expect(abs(variance / expected - 1) < 1e-14)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func garchIsFound(seed: UInt64) {
    let (alpha, beta, longRun) = (0.08, 0.9, 0.0009)
    let normals = Philox.normals(
      seed: seed, stream: 0, scenarioCount: 20_000, factorCount: 1, threadCount: 1
    ).column(0)
    var variance = longRun
    let moves = normals.map { normal -> Double in
      let move = variance.squareRoot() * normal
      variance = longRun * (1 - alpha - beta) + alpha * move * move + beta * variance
      return move
    }
    let rule = ConditionalVolatility.garch(fittedTo: moves)
    // Asymptotic errors of 20,000 moves are about 0.005 and 0.007.
    #expect(abs(rule.moveWeight - alpha) < 0.02)
    #expect(abs(rule.persistenceWeight - beta) < 0.025)
    #expect(abs(rule.longRunWeight + rule.moveWeight + rule.persistenceWeight - 1) < 1e-12)
  }

  @Test(arguments: [3.0, 5, 12])
  func degreesOfFreedomAreFound(degrees: Double) {
    let distribution = StudentDistribution(degrees: degrees)
    let scale = ((degrees - 2) / degrees).squareRoot()
    let moves = (0..<20_000).map { draw in
      scale
        * distribution.quantile(Philox.uniform(seed: 5, scenario: UInt64(draw), coordinate: 0))
    }
    let fitted = StudentDistribution.fitted(toStandardised: moves).degrees
    // The error of 20,000 moves grows with the degrees: 2 % at 3, about 7 % at 12.
    #expect(abs(fitted / degrees - 1) < 0.02 * degrees)
  }

  @Test func normalMovesHaveNoHeavyTail() {
    let normals = Philox.normals(
      seed: 3, stream: 0, scenarioCount: 20_000, factorCount: 1, threadCount: 1
    ).column(0)
    #expect(StudentDistribution.fitted(toStandardised: normals).degrees > 40)
  }

  @Test func searchesFindZerosAndMinima() {
    let zero = ScalarSearch.zero(0, 2, isRising: true) { $0 * $0 - 2 }
    #expect(abs(zero - 2.0.squareRoot()) <= 2 * 2.0.squareRoot().ulp)
    let minimum = ScalarSearch.minimum(-3, 5) { ($0 - 1) * ($0 - 1) }
    #expect(abs(minimum - 1) < 1e-7)
  }
}
