// The exact measures of quadratic losses on a thousand seeded portfolios: against the saddlepoint in
// its domain, plain and importance sampling; contributions of t moves; intervals; distances.

import Glibc
import RiskNumerics
import Testing

/// A random delta-gamma portfolio of 2 to 10 factors, from hardly any curvature to almost nothing
/// else.
private struct SeededPortfolio {
  let delta: [Double]
  let gamma: Matrix
  let factor: Matrix

  init(_ random: inout SeededGenerator, scale: Double = 1) {
    let size = Int.random(in: 2...10, using: &random)
    var root = Matrix(rowCount: size, columnCount: size)
    for column in 0..<size {
      for row in column..<size { root[row, column] = random.uniform(-0.05, 0.05) }
      root[column, column] = random.uniform(0.01, 0.08)
    }
    factor = root
    delta = (0..<size).map { _ in scale * random.uniform(-1, 1) }
    let strength = scale * pow(10, random.uniform(-2, 2))
    var gamma = Matrix(rowCount: size, columnCount: size)
    for column in 0..<size {
      for row in 0...column {
        gamma[row, column] = strength * random.uniform(-1, 1)
        gamma[column, row] = gamma[row, column]
      }
    }
    self.gamma = gamma
  }

  func loss() throws -> DeltaGammaLoss {
    try DeltaGammaLoss(delta: delta, gamma: gamma, factor: factor)
  }

  /// Contribution of each factor: half of a product belongs to each of the two.
  func contributions(_ moments: FactorMoments) -> [Double] {
    delta.indices.map { row in
      let curved = delta.indices.reduce(0) { $0 + gamma[row, $1] * moments.secondMoment[row, $1] }
      return -(delta[row] * moments.mean[row] + curved / 2)
    }
  }
}

@Suite struct AnalyticMeasureTests {
  private static let confidence = 0.99

  @Test func aThousandPortfoliosAgreeWithEverythingElse() throws {
    var random = SeededGenerator(seed: 41)
    var saddlepointErrors: [Double] = []
    for number in 0..<1_000 {
      let portfolio = SeededPortfolio(&random)
      let whole = try portfolio.loss()
      let loss = whole.quadratic
      let deviation = loss.cumulants.second.squareRoot()
      let exact = try loss.exactMeasures(confidence: Self.confidence)
      let tail = try loss.tail(beyond: exact.valueAtRisk)
      let approximate = loss.saddlepointMeasures(confidence: Self.confidence)
      if approximate.isInDomain {
        let errors = [
          abs(approximate.valueAtRisk - exact.valueAtRisk) / deviation,
          abs(approximate.expectedShortfall - exact.expectedShortfall) / deviation
        ]
        // The largest errors of 4,000 other portfolios were 0.052 deviations.
        #expect(errors.allSatisfy { $0 < 0.06 }, "portfolio \(number): \(errors)")
        saddlepointErrors += errors
      }

      let count = 32_768
      let normals = Philox.normals(
        seed: UInt64(number), stream: 3, scenarioCount: count, factorCount: loss.componentCount,
        threadCount: 1)
      var (hits, excess, squares) = (0.0, 0.0, 0.0)
      for scenario in 0..<count {
        let draw = (0..<loss.componentCount).map { normals[scenario: scenario, column: $0] }
        let beyond = loss.value(at: draw) - exact.valueAtRisk
        guard beyond > 0 else { continue }
        hits += 1
        excess += beyond
        squares += beyond * beyond
      }
      let n = Double(count)
      // 4,000 comparisons here and below: four standard errors are passed once in four such tests.
      #expect(abs(hits / n - 0.01) < 4 * (0.01 * 0.99 / n).squareRoot(), "portfolio \(number)")
      let mean = excess / n
      let error = ((squares / n - mean * mean) / n).squareRoot()
      #expect(abs(mean - tail.expectedExcess) < 4 * error, "portfolio \(number)")

      let sampling = TwistedSampling(loss: loss, around: exact.valueAtRisk)
      let estimate = sampling.estimate(
        beyond: exact.valueAtRisk, drawCount: 2_048, seed: UInt64(number), stream: 4,
        value: { loss.value(at: $0) })
      for (sampled, expected) in [
        (estimate.probability, 0.01), (estimate.expectedExcess, tail.expectedExcess)
      ] {
        let error = try #require(sampled.standardError)
        #expect(abs(sampled.value - expected) < 4 * error, "portfolio \(number)")
      }

      let moments = try whole.momentsAtRisk(valueAtRisk: exact.valueAtRisk)
      for (moments, total) in [
        (moments.valueAtRisk, exact.valueAtRisk),
        (moments.expectedShortfall, exact.expectedShortfall)
      ] {
        let sum = portfolio.contributions(moments).reduce(0, +)
        #expect(
          abs(sum - total) <= 1e-10 * max(abs(total), deviation), "portfolio \(number)")
      }
    }
    // The domain is most of what portfolios look like, and not all of it.
    let inDomain = saddlepointErrors.count / 2
    #expect(inDomain > 600 && inDomain < 1_000)
    #expect(saddlepointErrors.sorted()[inDomain] < 0.003)
  }

  @Test(arguments: [2.5, 3, 6, 40]) func contributionsOfStudentMovesAddUp(
    _ degrees: Double
  ) throws {
    var random = SeededGenerator(seed: 42)
    for number in 0..<100 {
      let portfolio = SeededPortfolio(&random)
      let whole = try portfolio.loss().scaled(moves: ((degrees - 2) / degrees).squareRoot())
      let loss = StudentQuadraticLoss(loss: whole.quadratic, degrees: degrees)
      let exact = try loss.exactMeasures(confidence: Self.confidence)
      let (border, beyond) = try loss.moments(at: exact.valueAtRisk)
      let size = max(abs(exact.valueAtRisk), whole.quadratic.cumulants.second.squareRoot())
      let atBorder = portfolio.contributions(
        FactorMoments(basis: whole.basis, components: border))
      #expect(
        abs(atBorder.reduce(0, +) - exact.valueAtRisk) <= 1e-10 * size, "portfolio \(number)")
      let inTail = portfolio.contributions(FactorMoments(basis: whole.basis, components: beyond))
      #expect(
        abs(inTail.reduce(0, +) - exact.expectedShortfall) <= 1e-10 * exact.expectedShortfall,
        "portfolio \(number)")
    }
  }

  @Test func contributionsOfStudentMovesAreDerivatives() throws {
    var random = SeededGenerator(seed: 43)
    let degrees = 5.0
    for _ in 0..<20 {
      let portfolio = SeededPortfolio(&random)
      func loss(_ step: Double) throws -> (DeltaGammaLoss, StudentQuadraticLoss) {
        var delta = portfolio.delta
        delta[0] *= 1 + step
        let whole = try DeltaGammaLoss(
          delta: delta, gamma: portfolio.gamma, factor: portfolio.factor)
        return (whole, StudentQuadraticLoss(loss: whole.quadratic, degrees: degrees))
      }
      let (whole, student) = try loss(0)
      let exact = try student.exactMeasures(confidence: Self.confidence)
      let (border, beyond) = try student.moments(at: exact.valueAtRisk)
      let step = 1e-4
      let up = try loss(step).1.exactMeasures(confidence: Self.confidence)
      let down = try loss(-step).1.exactMeasures(confidence: Self.confidence)
      let atBorder = FactorMoments(basis: whole.basis, components: border).mean[0]
      let inTail = FactorMoments(basis: whole.basis, components: beyond).mean[0]
      let scale = whole.quadratic.cumulants.second.squareRoot()
      #expect(
        abs(-portfolio.delta[0] * atBorder - (up.valueAtRisk - down.valueAtRisk) / (2 * step))
          < 1e-5 * scale)
      #expect(
        abs(
          -portfolio.delta[0] * inTail
            - (up.expectedShortfall - down.expectedShortfall) / (2 * step)) < 1e-5 * scale)
    }
  }

  /// Along a bent contour the integrand of this loss falls to 1e-18, rises to 1e-7 and falls again; the
  /// peak belongs to no tail. The probability is from contours of four other shapes, which agree in
  /// all digits.
  @Test func smallCurvaturesBesideLargeSlopesAreExact() throws {
    let loss = QuadraticLoss(
      constant: 0, linear: [0.14693694623446363, 0.4515338000010829],
      quadratic: [0.0004872343757984522, -0.005847221036428054])
    #expect(abs(try loss.tail(beyond: 1.085).probability - 0.009495835390484875) < 1e-15)
    try expectContributions(loss)
    // The same where it falls to 1e-11 only.
    try expectContributions(
      QuadraticLoss(
        constant: 0, linear: [-0.7728321271650389, 0.6167983867355133, -1.836531613883061],
        quadratic: [-0.003927409240219899, 0.019575845125199824, 0.043923777647834554]))
    // And on many others of this kind.
    var random = SeededGenerator(seed: 46)
    for _ in 0..<2_000 {
      let size = Int.random(in: 1...4, using: &random)
      let strength = pow(10, random.uniform(-3, 0))
      try expectContributions(
        QuadraticLoss(
          constant: 0, linear: (0..<size).map { _ in random.uniform(-1, 1) },
          quadratic: (0..<size).map { _ in strength * random.uniform(-1, 0.3) }))
    }
  }

  private func expectContributions(_ loss: QuadraticLoss) throws {
    let exact = try loss.exactMeasures(confidence: Self.confidence)
    let border = try loss.moments(at: exact.valueAtRisk).onBorder
    var sum = 0.0
    for index in loss.linear.indices {
      sum += loss.linear[index] * border.mean[index]
      sum += loss.quadratic[index] * border.secondMoment[index, index]
    }
    let deviation = loss.cumulants.second.squareRoot()
    #expect(abs(sum - exact.valueAtRisk) < 1e-11 * deviation, "\(loss)")
  }

  @Test func hugeAndTinyAmountsScale() throws {
    // Amounts far from one, as long as their fourth powers are numbers.
    for scale in [1e-60, 1e60] {
      var (one, other) = (SeededGenerator(seed: 44), SeededGenerator(seed: 44))
      let plain = try SeededPortfolio(&one).loss().quadratic.exactMeasures(confidence: 0.99)
      let scaled = try SeededPortfolio(&other, scale: scale).loss().quadratic
        .exactMeasures(confidence: 0.99)
      #expect(abs(scaled.valueAtRisk / scale / plain.valueAtRisk - 1) < 1e-9)
      #expect(abs(scaled.expectedShortfall / scale / plain.expectedShortfall - 1) < 1e-9)
    }
  }

  @Test func lossesWithoutCurvatureHaveClosedForms() throws {
    let loss = QuadraticLoss(constant: 2, linear: [3, 4], quadratic: [0, 0])
    #expect(loss.isLinear)
    let closed = loss.linearMeasures(confidence: 0.99)
    let exact = try loss.exactMeasures(confidence: 0.99)
    #expect(abs(closed.valueAtRisk - exact.valueAtRisk) < 1e-9)
    #expect(abs(closed.expectedShortfall - exact.expectedShortfall) < 1e-9)
    let student = StudentQuadraticLoss(loss: loss, degrees: 4)
    let heavy = student.linearMeasures(confidence: 0.99)
    let inverted = try student.exactMeasures(confidence: 0.99)
    #expect(abs(heavy.valueAtRisk - inverted.valueAtRisk) < 1e-8)
    #expect(abs(heavy.expectedShortfall - inverted.expectedShortfall) < 1e-7)
  }

  @Test func theSaddlepointKnowsWhereItFails() {
    // The loss of a sold straddle held against its bound from above: hardly any tail is left.
    let bounded = QuadraticLoss(constant: 0, linear: [0.01], quadratic: [-1])
    #expect(!bounded.saddlepointMeasures(confidence: 0.99).isInDomain)
    let normal = QuadraticLoss(constant: 0, linear: [1, 2], quadratic: [0, 0])
    #expect(abs(normal.saddlepointMeasures(confidence: 0.99).relativeCorrection) < 1e-9)
  }
}

@Suite struct TailIntervalTests {
  /// Losses of a t distribution with four degrees of freedom.
  @Test(arguments: [512, 2_048]) func intervalsHoldWhatTheyAreAbout(_ count: Int) throws {
    let student = StudentDistribution(degrees: 4)
    let quantile = student.quantile(0.99)
    let border = student.quantile(0.975)
    let shortfall = student.tailMean(border)
    let rule = TailIntervalRule(
      level: 0.95, valueAtRisk: RiskMeasure(confidence: 0.99),
      expectedShortfall: RiskMeasure(confidence: 0.975), scenarioCount: count)
    let repeats = 400
    let uniforms = Philox.normals(
      seed: 5, stream: 0, scenarioCount: count, factorCount: repeats, threadCount: 2)
    var (quantileHits, shortfallHits) = (0, 0)
    for sample in 0..<repeats {
      let losses = (0..<count).map {
        student.quantile(NormalDistribution.cdf(uniforms[scenario: $0, column: sample]))
      }
      let interval = rule.interval(LossTail(of: losses, keeping: rule.tailCount))
      if interval.valueAtRiskLow <= quantile && quantile <= interval.valueAtRiskHigh ?? .infinity {
        quantileHits += 1
      }
      if interval.expectedShortfallLow <= shortfall && shortfall <= interval.expectedShortfallHigh {
        shortfallHits += 1
      }
    }
    // At least 95 %, less three standard errors of 400 repeats.
    #expect(Double(quantileHits) / Double(repeats) > 0.95 - 3 * 0.011)
    // The largest of few losses stands in for what lies beyond: somewhat less there.
    #expect(Double(shortfallHits) / Double(repeats) > 0.88)
  }

  @Test func boundsAreOrderStatistics() {
    // Losses 1,000 to 1: the loss of rank r, from 0, is 1,000 - r. With n p = 10 the binomial
    // quantiles at 2.5 % and 97.5 % are 4 and 17.
    let losses = (1...1_000).map(Double.init)
    let measure = RiskMeasure(confidence: 0.99)
    let rule = TailIntervalRule(
      level: 0.95, valueAtRisk: measure, expectedShortfall: measure, scenarioCount: 1_000)
    let interval = rule.interval(LossTail(of: losses, keeping: rule.tailCount))
    #expect(interval.valueAtRiskLow == 983.0)
    #expect(interval.valueAtRiskHigh == 997.0)
    #expect(interval.expectedShortfallLow < interval.expectedShortfallHigh)
    #expect(interval.expectedShortfallLow > interval.valueAtRiskLow)
  }

  @Test func aSampleCanBeTooSmallForAnUpperBound() {
    let measure = RiskMeasure(confidence: 0.99)
    let rule = TailIntervalRule(
      level: 0.95, valueAtRisk: measure, expectedShortfall: measure, scenarioCount: 50)
    let interval = rule.interval(
      LossTail(of: (1...50).map(Double.init), keeping: rule.tailCount))
    #expect(interval.valueAtRiskHigh == nil)
    #expect(interval.expectedShortfallHigh == 50)
  }
}

@Suite struct MoveDistanceTests {
  @Test func linearLossesAreLostAtTheirDistanceInDeviations() throws {
    let stress = EllipsoidStress(QuadraticLoss(constant: 0, linear: [3, -4], quadratic: [0, 0]))
    let nearest = try #require(stress.nearest(losing: 20))
    #expect(abs(nearest.distance - 20 / 5) < 1e-12)
    #expect(abs(nearest.scenario[0] - 4 * 3 / 5) < 1e-12)
    #expect(abs(nearest.scenario[1] + 4 * 4 / 5) < 1e-12)
  }

  @Test func oneEigenDecompositionServesBoth() throws {
    var random = SeededGenerator(seed: 45)
    for _ in 0..<50 {
      let portfolio = SeededPortfolio(&random)
      let loss = try portfolio.loss()
      let own = EllipsoidStress(loss.quadratic).worstCase(radius: 3)
      let gradient = LinearAlgebra.product(
        portfolio.factor, .transposed, vector: portfolio.delta)
      let curvature = LinearAlgebra.product(
        portfolio.factor, .transposed,
        LinearAlgebra.product(portfolio.gamma, .plain, portfolio.factor))
      let other = try EllipsoidStress(gradient: gradient, curvature: curvature)
        .worstCase(radius: 3)
      #expect(abs(own.profit - other.profit) < 1e-10 * abs(other.profit))
    }
  }

  @Test func probabilitiesOfDistances() {
    let plain = MoveDistance(factorCount: 2)
    // Two normals: e^(-d^2 / 2).
    #expect(abs(plain.tailProbability(3) - exp(-4.5)) < 1e-14)
    #expect(abs(plain.quantile(0.99) - (2 * log(100)).squareRoot()) < 1e-12)
    // One t move of unit variance: twice the tail.
    let degrees = 5.0
    let heavy = MoveDistance(factorCount: 1, degrees: degrees)
    let student = StudentDistribution(degrees: degrees)
    let unit = (degrees / (degrees - 2)).squareRoot()
    for distance in [0.5, 2, 7] {
      let expected = 2 * student.tailProbability(distance * unit)
      #expect(abs(heavy.tailProbability(distance) - expected) < 1e-12)
    }
    #expect(abs(heavy.tailProbability(heavy.quantile(0.99)) - 0.01) < 1e-12)
    // Many degrees of freedom are normal.
    let near = MoveDistance(factorCount: 4, degrees: 1e7)
    #expect(
      abs(near.tailProbability(3) / MoveDistance(factorCount: 4).tailProbability(3) - 1) < 1e-4)
  }
}
