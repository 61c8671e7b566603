// Slices of volatility surfaces: identities, conditions of arbitrage, fits.

import RiskNumerics
import Testing

@Suite struct SmileTests {
  private let slice = RawSVI(a: 0.01, b: 0.2, rho: -0.4, m: 0.05, sigma: 0.15)

  @Test func derivativesAgreeWithDifferences() {
    for k in [-1.2, -0.1, 0, 0.05, 0.4, 2] {
      let point = slice.point(logMoneyness: k)
      let (up, down) = (
        slice.point(logMoneyness: k + 1e-5), slice.point(logMoneyness: k - 1e-5)
      )
      #expect(point.totalVariance == slice.totalVariance(logMoneyness: k))
      #expect(abs((up.totalVariance - down.totalVariance) / 2e-5 - point.slope) < 1e-8)
      #expect(abs((up.slope - down.slope) / 2e-5 - point.curvature) < 1e-6)
    }
  }

  @Test func movedPointsAgreeWithDifferences() {
    func moved(_ k: Double) -> SmilePoint {
      slice.point(logMoneyness: k).moved(scale: 1.3, shift: 0.08, floor: 0, expiryYears: 0.4)
    }
    for k in [-0.6, 0.0, 0.3] {
      let volatility = (slice.totalVariance(logMoneyness: k) / 0.4).squareRoot() * 1.3 + 0.08
      #expect(abs(moved(k).totalVariance - volatility * volatility * 0.4) < 1e-15)
      let slope = (moved(k + 1e-5).totalVariance - moved(k - 1e-5).totalVariance) / 2e-5
      let curvature = (moved(k + 1e-5).slope - moved(k - 1e-5).slope) / 2e-5
      #expect(abs(slope - moved(k).slope) < 1e-8)
      #expect(abs(curvature - moved(k).curvature) < 1e-6)
    }
    let floored = slice.point(logMoneyness: 0).moved(
      scale: 0, shift: 0, floor: 0.5, expiryYears: 0.4)
    #expect(floored == SmilePoint(totalVariance: 0.1, slope: 0, curvature: 0))
  }

  /// The sign of Durrleman's function is that of the density: the second difference of call prices.
  @Test func densityFactorHasTheSignOfTheDensity() {
    let vogt = RawSVI(a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153)
    func call(_ strike: Double) -> Double {
      BlackKernel.value(
        forward: 1,
        volatility: vogt.volatilityAnnual(
          logMoneyness: ScalarMath.log(strike), expiryYears: 1),
        option: OptionTerms(strike: strike, expiryYears: 1, side: .call))
    }
    for strike in [0.5, 0.9, 1.3, 2.1, 2.4, 2.9, 4] {
      let density = call(strike * 1.001) - 2 * call(strike) + call(strike * 0.999)
      let k = ScalarMath.log(strike)
      let factor = vogt.point(logMoneyness: k).densityFactor(logMoneyness: k)
      #expect((density < 0) == (factor < 0), "at \(strike)")
    }
    #expect(!SmileArbitrage.isButterflyFree(vogt))
  }

  @Test func jumpWingsGoBack() throws {
    for slice in [
      slice, RawSVI(a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153),
      RawSVI(a: 0.02, b: 0.1, rho: 0.2, m: -0.1, sigma: 0.2),
      SSVI(theta: 0.04, rho: -0.3, phi: 2).raw
    ] {
      let back = try #require(JumpWings(slice, expiryYears: 0.7).slice(expiryYears: 0.7))
      for k in [-1.0, -0.2, 0, 0.1, 0.8] {
        let (was, now) = (
          slice.totalVariance(logMoneyness: k), back.totalVariance(logMoneyness: k)
        )
        #expect(abs(now / was - 1) < 1e-11)
      }
    }
    let none = JumpWings(variance: 0.04, skew: 3, putSlope: 0.5, callSlope: 0.5, varianceMin: 0.03)
    #expect(none.slice(expiryYears: 1) == nil)
  }

  @Test func repairedJumpWingsHaveADensity() throws {
    let vogt = RawSVI(a: -0.041, b: 0.1331, rho: 0.306, m: 0.3586, sigma: 0.4153)
    let repaired = JumpWings(vogt, expiryYears: 1).withoutButterflies
    // Gatheral and Jacquier (2014), example 5.1.
    #expect(abs(repaired.callSlope - 0.349_315_8) < 1e-7)
    #expect(abs(repaired.varianceMin - 0.015_481_82) < 1e-8)
    let slice = try #require(repaired.slice(expiryYears: 1))
    #expect(SmileArbitrage.isButterflyFree(slice))
  }

  @Test func ssviIsItsRawForm() {
    for (theta, rho, phi) in [(0.04, -0.5, 1.5), (0.3, 0.2, 0.4), (1e-4, -0.9, 40)] {
      let raw = SSVI(theta: theta, rho: rho, phi: phi).raw
      for k in [-0.5, 0, 0.01, 0.7] {
        let inner = phi * k + rho
        let direct =
          theta / 2 * (1 + rho * phi * k + (inner * inner + 1 - rho * rho).squareRoot())
        #expect(abs(raw.totalVariance(logMoneyness: k) / direct - 1) < 1e-13)
      }
    }
  }

  /// Conditions of theorem 4.2 suffice: on their edge the exact test must pass as well.
  @Test func steepestSSVIHasADensity() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<200 {
      let theta = ScalarMath.exp(random.uniform(-8, 1.5))
      let rho = random.uniform(-0.98, 0.98)
      let slice = SSVI(
        theta: theta, rho: rho, phi: SSVI.phiMax(theta: theta, rho: rho) * (1 - 1e-12))
      #expect(slice.isButterflyFree && SmileArbitrage.isButterflyFree(slice.raw))
    }
  }

  @Test func loweringUndoesCalendarArbitrage() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<100 {
      func draw() -> RawSVI {
        let theta = ScalarMath.exp(random.uniform(-6, 0))
        let rho = random.uniform(-0.9, 0.9)
        return SSVI(
          theta: theta, rho: rho,
          phi: random.uniform(0.1, 0.99) * SSVI.phiMax(theta: theta, rho: rho)
        ).raw
      }
      let (earlier, later) = (draw(), draw())
      let least = SmileArbitrage.leastVarianceRatio(earlier: earlier, later: later)
      var lowered = earlier
      lowered.a *= least.value
      lowered.b *= least.value
      #expect(SmileArbitrage.isButterflyFree(lowered) || least.value > 1)
      for k in stride(from: -3.0, through: 3, by: 0.05) {
        let ratio = later.totalVariance(logMoneyness: k) / lowered.totalVariance(logMoneyness: k)
        #expect(ratio > 1 - 1e-9)
      }
    }
  }
}

@Suite struct SurfaceFitTests {
  private func quotes(
    _ slice: RawSVI, years: Double, spread: Double = 0.01, count: Int = 21, noise: Double = 0,
    seed: UInt64 = 1
  ) -> SmileQuotes {
    var random = SeededGenerator(seed: seed)
    let places = (0..<count).map { -0.5 + Double($0) / Double(count - 1) }
    return SmileQuotes(
      expiryYears: years, logMoneyness: places,
      volatility: places.map {
        slice.volatilityAnnual(logMoneyness: $0, expiryYears: years)
          + noise * random.uniform(-1, 1)
      },
      spread: [Double](repeating: spread, count: count))
  }

  @Test func exactQuotesAreFound() {
    let slices = [
      RawSVI(a: 0.002, b: 0.08, rho: -0.3, m: 0.02, sigma: 0.1),
      RawSVI(a: 0.01, b: 0.12, rho: -0.35, m: 0.02, sigma: 0.15),
      RawSVI(a: 0.04, b: 0.16, rho: -0.4, m: 0.0, sigma: 0.3)
    ]
    let years = [0.05, 0.2, 0.8]
    let fit = SurfaceFit(
      zip(slices, years).map { quotes($0, years: $1) }, model: .svi)
    for smile in fit.smiles {
      #expect(smile.form == .svi && smile.isButterflyFree && smile.isCalendarFree)
      #expect(smile.errors.largest < 2e-4)
      #expect(smile.errors.insideFraction == 1)
    }
  }

  /// Quotes of a power-law surface give it back, and its slices are free of arbitrage everywhere.
  @Test func jointFormIsFound() {
    let law = PowerLawSteepness(eta: 0.9, gamma: 0.4)
    let thetas = [0.01, 0.03, 0.1, 0.25]
    let years = [0.03, 0.1, 0.35, 0.9]
    let asked = zip(thetas, years).map { theta, years in
      quotes(law.slice(theta: theta, rho: -0.4).raw, years: years)
    }
    let fit = SurfaceFit(asked, model: .ssvi)
    for (index, smile) in fit.smiles.enumerated() {
      #expect(smile.errors.largest < 1e-5 && smile.isButterflyFree)
      guard index + 1 < fit.smiles.count else { continue }
      let ratio = SmileArbitrage.leastVarianceRatio(
        earlier: smile.slice, later: fit.smiles[index + 1].slice)
      #expect(ratio.value >= 1 - 1e-9)
    }
  }

  /// Whatever is quoted, what is fitted has no arbitrage: quotes full of it, of all forms.
  @Test(arguments: SmileModel.allCases)
  func noArbitrageWhateverTheQuotes(model: SmileModel) {
    var random = SeededGenerator(seed: 7)
    for round in 0..<25 {
      let expiries = (0..<4).map { index -> SmileQuotes in
        let years = 0.02 * ScalarMath.power(3, Double(index))
        let level = random.uniform(0.3, 1.6)
        let base = SSVI(
          theta: level * level * years, rho: random.uniform(-0.8, 0.8),
          phi: random.uniform(0.2, 3)
        ).raw
        return quotes(
          base, years: years, spread: 0.02, count: index == 2 ? 5 : 17, noise: 0.25,
          seed: UInt64(round * 10 + index))
      }
      let usable = expiries.filter { $0.volatility.allSatisfy { $0 > 0 } }
      for smile in SurfaceFit(usable, model: model).smiles {
        #expect(
          smile.isButterflyFree && smile.isCalendarFree,
          "round \(round): \(smile.slice) \(smile.leastDensityFactor)")
        #expect(smile.slice.isDefined)
      }
    }
  }

  @Test func fewQuotesGetThreeParameters() {
    let slice = SSVI(theta: 0.03, rho: -0.2, phi: 3).raw
    let fit = SurfaceFit([quotes(slice, years: 0.3, count: 5)], model: .svi)
    #expect(fit.smiles[0].form == .essvi)
    #expect(fit.smiles[0].errors.largest < 1e-6)
  }

  @Test func leastSquaresFindsTheValley() {
    // Rosenbrock (1960) as a sum of squares: minimum 0 at (1, 1).
    let search = LeastSquaresSearch(start: [-1.2, 1], stepCountMax: 200, tolerance: 0) { point in
      [10 * (point[1] - point[0] * point[0]), 1 - point[0]]
    }
    #expect(search.sumOfSquares < 1e-20)
    #expect(abs(search.parameters[0] - 1) < 1e-8 && abs(search.parameters[1] - 1) < 1e-8)
    // Nothing to improve, and a wall of what is not a number.
    let flat = LeastSquaresSearch(start: [2]) { _ in [3] }
    #expect(flat.parameters == [2] && flat.sumOfSquares == 9)
    let wall = LeastSquaresSearch(start: [0.5]) { [$0[0] > 0 ? $0[0] : .nan] }
    #expect(wall.parameters[0] > 0)
  }
}
