// The exact distribution of quadratic losses beside sampling, saddlepoints and closed forms, on
// seeded random portfolios.

import Glibc
import RiskNumerics
import Testing

/// A random quadratic portfolio of 1 to 12 factors.
private struct RandomPortfolio {
  var delta: [Double]
  var gamma: Matrix
  let factor: Matrix

  init(_ random: inout SeededGenerator) throws {
    let size = Int.random(in: 1...12, using: &random)
    var root = Matrix(rowCount: size, columnCount: size)
    for column in 0..<size {
      for row in column..<size { root[row, column] = random.uniform(-0.05, 0.05) }
      root[column, column] = random.uniform(0.01, 0.08)
    }
    factor = root
    delta = (0..<size).map { _ in random.uniform(-1, 1) }
    // From hardly any curvature to almost nothing else.
    let strength = pow(10, random.uniform(-2, 2))
    gamma = Matrix(rowCount: size, columnCount: size)
    for column in 0..<size {
      for row in 0...column {
        let value = strength * random.uniform(-1, 1)
        gamma[row, column] = value
        gamma[column, row] = value
      }
    }
  }

  func loss() throws -> DeltaGammaLoss {
    try DeltaGammaLoss(delta: delta, gamma: gamma, factor: factor)
  }
}

@Suite struct DeltaGammaTests {
  @Test func thousandPortfoliosAgreeWithSamplingWithinItsError() throws {
    var random = SeededGenerator(seed: 71)
    var saddlepointErrors: [Double] = []
    for number in 0..<1_000 {
      let loss = try RandomPortfolio(&random).loss().quadratic
      let exact = try loss.exactMeasures(confidence: 0.99)
      let deviation = loss.cumulants.second.squareRoot()
      #expect(exact.expectedShortfall > exact.valueAtRisk)
      // The root itself: P(L > VaR) = 1 %.
      let tail = try loss.tail(beyond: exact.valueAtRisk)
      #expect(abs(tail.probability - 0.01) < 1e-11, "portfolio \(number)")

      let sampling = TwistedSampling(loss: loss, around: exact.valueAtRisk)
      let estimate = sampling.estimate(
        beyond: exact.valueAtRisk, drawCount: 4_096, seed: UInt64(number), stream: 0,
        value: { loss.value(at: $0) })
      let excess = (exact.expectedShortfall - exact.valueAtRisk) * 0.01
      // 2,000 comparisons: five standard errors are passed once in 900 runs of this test.
      for (sampled, true_) in [(estimate.probability, 0.01), (estimate.expectedExcess, excess)] {
        let error = try #require(sampled.standardError)
        #expect(abs(sampled.value - true_) < 5 * error, "portfolio \(number)")
        // Twisted draws are worth at least ten times as many plain ones.
        if true_ == 0.01 { #expect(error < 0.01 * (0.99 / 0.01 / 4_096 / 10).squareRoot() * 3.2) }
      }
      let saddlepoint = loss.saddlepointQuantile(confidence: 0.99)
      saddlepointErrors.append(abs(saddlepoint - exact.valueAtRisk) / deviation)
    }
    saddlepointErrors.sort()
    // RISK: 0.05 % to 1 % of VaR, which is two to four deviations.
    #expect(saddlepointErrors[500] < 0.02)
    #expect(saddlepointErrors[990] < 0.12)
  }

  @Test func plainSamplingAgreesToo() throws {
    var random = SeededGenerator(seed: 72)
    for number in 0..<30 {
      let loss = try RandomPortfolio(&random).loss().quadratic
      let exact = try loss.exactMeasures(confidence: 0.975)
      let count = 65_536
      let normals = Philox.normals(
        seed: UInt64(number), stream: 1, scenarioCount: count, factorCount: loss.componentCount,
        threadCount: 2)
      let losses = (0..<count).map { scenario in
        loss.value(at: (0..<loss.componentCount).map { normals[scenario: scenario, column: $0] })
      }
      let measure = RiskMeasure(confidence: 0.975).ofSample(scenarioCount: count)
      let tail = LossTail(
        of: losses, keeping: RiskMeasure.tailCount(confidences: [0.975], scenarioCount: count))
      let (value, mean) = (measure.valueAtRisk(tail), measure.expectedShortfall(tail))
      #expect(abs(value.value - exact.valueAtRisk) < 4.5 * (value.standardError ?? 0))
      #expect(abs(mean.value - exact.expectedShortfall) < 4.5 * (mean.standardError ?? 0))
    }
  }

  @Test func contributionsAddUp() throws {
    var random = SeededGenerator(seed: 73)
    for _ in 0..<200 {
      let portfolio = try RandomPortfolio(&random)
      let loss = try portfolio.loss()
      let exact = try loss.quadratic.exactMeasures(confidence: 0.99)
      let moments = try loss.momentsAtRisk(valueAtRisk: exact.valueAtRisk)
      // Split into a part and the rest.
      let share = random.uniform(-2, 2)
      var part = portfolio
      part.delta = portfolio.delta.map { $0 * share }
      part.gamma.withMutableElements { for index in $0.indices { $0[index] *= 1 - share } }
      var rest = portfolio
      rest.delta = zip(portfolio.delta, part.delta).map { $0 - $1 }
      rest.gamma = Matrix(
        rowCount: part.gamma.rowCount, columnCount: part.gamma.columnCount,
        elements: zip(portfolio.gamma.elements, part.gamma.elements).map { $0 - $1 })
      let deviation = loss.quadratic.cumulants.second.squareRoot()
      for (moments, total) in [
        (moments.valueAtRisk, exact.valueAtRisk),
        (moments.expectedShortfall, exact.expectedShortfall)
      ] {
        let sum =
          DeltaGammaLoss.expectedLoss(delta: part.delta, gamma: part.gamma, under: moments)
          + DeltaGammaLoss.expectedLoss(delta: rest.delta, gamma: rest.gamma, under: moments)
        #expect(abs(sum - total) < 1e-10 * max(abs(total), deviation))
      }
    }
  }

  @Test func contributionsAreDerivatives() throws {
    var random = SeededGenerator(seed: 74)
    for _ in 0..<40 {
      let portfolio = try RandomPortfolio(&random)
      let loss = try portfolio.loss()
      let exact = try loss.quadratic.exactMeasures(confidence: 0.95)
      let moments = try loss.momentsAtRisk(valueAtRisk: exact.valueAtRisk)
      let direction = portfolio.delta.indices.map { _ in random.uniform(-1, 1) }
      let none = Matrix(rowCount: direction.count, columnCount: direction.count)
      // Exact to 1e-11, so that a central difference with 1e-4 is exact to about 1e-7.
      let step = 1e-4
      func measures(_ size: Double) throws -> (valueAtRisk: Double, expectedShortfall: Double) {
        try DeltaGammaLoss(
          delta: zip(portfolio.delta, direction).map { $0 + size * $1 }, gamma: portfolio.gamma,
          factor: portfolio.factor
        ).quadratic.exactMeasures(confidence: 0.95)
      }
      let (up, down) = (try measures(step), try measures(-step))
      let scale = loss.quadratic.cumulants.second.squareRoot() + 0.1
      let value = DeltaGammaLoss.expectedLoss(
        delta: direction, gamma: none, under: moments.valueAtRisk)
      #expect(abs((up.valueAtRisk - down.valueAtRisk) / (2 * step) - value) < 2e-5 * scale)
      let mean = DeltaGammaLoss.expectedLoss(
        delta: direction, gamma: none, under: moments.expectedShortfall)
      #expect(
        abs((up.expectedShortfall - down.expectedShortfall) / (2 * step) - mean) < 2e-5 * scale)
    }
  }

  @Test func linearLossesAreNormal() throws {
    let loss = QuadraticLoss(constant: 3, linear: [3, -4], quadratic: [0, 0])
    for confidence in [0.6, 0.95, 0.99, 0.9999] {
      let exact = try loss.exactMeasures(confidence: confidence)
      let z = NormalDistribution.quantile(confidence)
      #expect(abs(exact.valueAtRisk - (3 + 5 * z)) < 1e-10)
      let shortfall = 3 + 5 * NormalDistribution.density(z) / (1 - confidence)
      #expect(abs(exact.expectedShortfall - shortfall) < 1e-9)
      #expect(abs(loss.saddlepointQuantile(confidence: confidence) - (3 + 5 * z)) < 1e-9)
      #expect(abs(loss.saddlepointShortfall(confidence: confidence) - shortfall) < 1e-8)
      #expect(abs(loss.cornishFisherQuantile(confidence: confidence) - (3 + 5 * z)) < 1e-12)
    }
    #expect(loss.isCornishFisherMonotone)
  }

  @Test(arguments: [1.0, -1.0]) func oneSquareIsChiSquare(_ sign: Double) throws {
    let loss = QuadraticLoss(constant: 0, linear: [0], quadratic: [sign * 2])
    for probability in [1e-6, 0.01, 0.3, 0.7] {
      let confidence = 1 - probability
      let exact = try loss.exactMeasures(confidence: confidence).valueAtRisk
      // P(2 z^2 > x) = 2 N(-sqrt(x / 2)), and the same for -2 z^2 from the other side.
      let z =
        sign > 0
        ? NormalDistribution.quantile(probability / 2)
        : NormalDistribution.quantile((1 - probability) / 2)
      let expected = sign > 0 ? 2 * z * z : -2 * z * z
      #expect(abs(exact - expected) < 1e-9 * abs(expected) + 1e-10)
    }
    #expect(loss.supremum == (sign > 0 ? .infinity : 0))
    #expect(!loss.isCornishFisherMonotone)
  }

  @Test func boundedAndRisklessLosses() throws {
    let bounded = QuadraticLoss(constant: 1, linear: [2, 1], quadratic: [-1, -0.5])
    // 1 + 4/4 + 1/2.
    #expect(bounded.supremum == 2.5)
    #expect(try bounded.tail(beyond: 2.5).probability == 0)
    #expect(try bounded.tail(beyond: 9).expectedExcess == 0)
    let near = try bounded.tail(beyond: 2.5 - 1e-9)
    #expect(near.probability > 0 && near.probability < 1e-8)
    let riskless = QuadraticLoss(constant: 7, linear: [0], quadratic: [0])
    #expect(try riskless.exactMeasures(confidence: 0.99) == (7, 7))
    #expect(try riskless.tail(beyond: 6).probability == 1)
    #expect(try riskless.tail(beyond: 6).expectedExcess == 1)
  }

  @Test func bothSidesAreExact() throws {
    let loss = QuadraticLoss(constant: 0, linear: [1, 0.3], quadratic: [0.4, -0.2])
    for x in [-6.0, -3, -1, 0, 0.2, 1, 5, 20] {
      let (below, above) = (try loss.distribution(x), try loss.tail(beyond: x).probability)
      #expect(abs(below + above - 1) < 1e-12)
      #expect(below > 0 && above > 0)
    }
    // Far in the lower tail digits are kept.
    #expect(try loss.distribution(-30) > 0)
    #expect(try loss.distribution(-30) < 1e-10)
  }

  @Test func scalesFarApart() throws {
    // Eigenvalues over ten decades of both signs, with slopes on all.
    let quadratic = [1e-9, -1e-6, 1e-3, -1.0, 1e-5, 0.7]
    let loss = QuadraticLoss(
      constant: 0, linear: [0.3, 1e-4, 2, 0.5, 1e-3, 0.1], quadratic: quadratic)
    let exact = try loss.exactMeasures(confidence: 0.99)
    let sampling = TwistedSampling(loss: loss, around: exact.valueAtRisk)
    let estimate = sampling.estimate(
      beyond: exact.valueAtRisk, drawCount: 65_536, seed: 1, stream: 0,
      value: { loss.value(at: $0) })
    let error = try #require(estimate.probability.standardError)
    #expect(abs(estimate.probability.value - 0.01) < 4 * error)
  }
}

@Suite struct StudentLossTests {
  /// E over W of the Gaussian result, by a fine sum over the quantiles of chi-square: a plain twin.
  private func mixed(
    _ degrees: Int, _ loss: QuadraticLoss, _ gaussian: (QuadraticLoss) throws -> Double
  ) rethrows -> Double {
    // Midpoint rule in ln Y: analytic and decaying at both ends, so that it converges fast.
    let (low, high, count) = (-18.0, 6.0, 600)
    let step = (high - low) / Double(count)
    var sum = 0.0
    for index in 0..<count {
      let logarithm = low + (Double(index) + 0.5) * step
      let y = exp(logarithm)
      let half = Double(degrees) / 2
      let density = exp(half * logarithm - y / 2 - half * log(2) - lgamma(half))
      if density < 1e-18 { continue }
      let w = Double(degrees) / y
      let scaled = QuadraticLoss(
        constant: loss.constant, linear: loss.linear.map { $0 * w.squareRoot() },
        quadratic: loss.quadratic.map { $0 * w })
      sum += try density * step * gaussian(scaled)
    }
    return sum
  }

  @Test(arguments: [3, 4, 7]) func tailsAreMixturesOfGaussianOnes(_ degrees: Int) throws {
    for (loss, x) in [
      (QuadraticLoss(constant: 0.2, linear: [1, 0.5], quadratic: [0.1, -0.05]), 4.0),
      (QuadraticLoss(constant: 0, linear: [1], quadratic: [0]), 3.0),
      (QuadraticLoss(constant: -0.1, linear: [0.3, 0.2, 0.1], quadratic: [-0.1, -0.2, -0.01]), 0.2),
      (QuadraticLoss(constant: 0, linear: [0, 0], quadratic: [0.3, 0.1]), 1.5)
    ] {
      let student = StudentQuadraticLoss(loss: loss, degrees: Double(degrees))
      let tail = try student.tail(beyond: x)
      let probability = try mixed(degrees, loss) { try $0.tail(beyond: x).probability }
      // The twin's sum ends at W = degrees e^18.
      #expect(abs(tail.probability - probability) < 1e-8 * max(probability, 1e-3))
      let excess = try mixed(degrees, loss) { try $0.tail(beyond: x).expectedExcess }
      #expect(abs(tail.expectedExcess - excess) < 1e-3 * excess)
      let step = 1e-4
      let slope =
        (try student.tailProbability(beyond: x - step) - student.tailProbability(beyond: x + step))
        / (2 * step)
      #expect(abs(slope - tail.density) < 1e-5 * tail.density)
    }
  }

  @Test func linearLossesAreStudent() throws {
    let loss = StudentQuadraticLoss(
      loss: QuadraticLoss(constant: 0, linear: [3, 4], quadratic: [0, 0]), degrees: 4)
    let student = StudentDistribution(degrees: 4)
    for confidence in [0.9, 0.99, 0.999] {
      let exact = try loss.exactMeasures(confidence: confidence)
      let quantile = student.quantile(confidence)
      #expect(abs(exact.valueAtRisk - 5 * quantile) < 1e-9 * 5 * quantile)
      let shortfall = 5 * student.tailMean(quantile)
      #expect(abs(exact.expectedShortfall - shortfall) < 1e-8 * shortfall)
    }
  }
}
