// Prices from several sources, and what may be done on them.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct OracleTests {
  private static let terms = OracleTerms(
    ageSecondsMax: 60, deviationMultipleMax: 5, toleranceFraction: 0.001, countMin: 3,
    volatilityPerRootSecond: 1e-4, ageWidening: 0)

  private static func quote(
    _ price: Double, confidence: Double? = nil, weight: Double = 1, age: Double = 0
  ) -> OracleQuote {
    OracleQuote(price: price, confidence: confidence, weight: weight, ageSeconds: age)
  }

  @Test func mediansByHand() throws {
    let three = try #require(Self.terms.price([100, 101, 99].map { Self.quote($0) }))
    #expect(three.price == 100 && three.usedQuotes == [0, 1, 2] && !three.isDegraded)
    // Quartiles of three equal votes are the outer ones.
    #expect(three.confidence == 1)
    let four = try #require(Self.terms.price([100, 101, 99, 102].map { Self.quote($0) }))
    #expect(four.price == 100.5)
    // A weight of three is three votes.
    let heavy = try #require(
      Self.terms.price([Self.quote(100), Self.quote(101, weight: 3), Self.quote(99)]))
    #expect(heavy.price == 101)
    // Two sources, three votes each: 95 100 100.5 101 101.5 105. The median lies midway.
    let sure = try #require(
      Self.terms.price([Self.quote(100, confidence: 5), Self.quote(101, confidence: 0.5)]))
    #expect(sure.price == 100.75 && sure.isDegraded)
    #expect(abs(sure.confidence - (101.5 - 100) / 2) < 1e-12)
  }

  @Test func staleAndStrayQuotesDoNotCount() throws {
    let quotes = [
      Self.quote(100), Self.quote(100.1), Self.quote(99.9), Self.quote(50, age: 61),
      Self.quote(150)
    ]
    let price = try #require(Self.terms.price(quotes))
    #expect(price.usedQuotes == [0, 1, 2] && price.price == 100)
    #expect(Self.terms.price([Self.quote(100, age: 61)]) == nil)
    let alone = try #require(Self.terms.price([Self.quote(100), Self.quote(80, age: 90)]))
    #expect(alone.isDegraded && alone.price == 100)
    // Quotes that agree have no deviation; a neighbour within the tolerance still counts.
    let equal = try #require(
      Self.terms.price([100, 100, 100, 100.05, 100.2].map { Self.quote($0) }))
    #expect(equal.usedQuotes == [0, 1, 2, 3])
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func pricesLieAmongFreshQuotesAndStraysDoNotMove(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let count = Int.random(in: 3...9, using: &random)
      var quotes = (0..<count).map { _ in
        Self.quote(
          .random(in: 99...101, using: &random),
          confidence: Bool.random(using: &random) ? .random(in: 0...0.5, using: &random) : nil,
          weight: 1, age: .random(in: 0...60, using: &random))
      }
      let prices = quotes.map(\.price).sorted()
      let price = try #require(Self.terms.price(quotes))
      #expect(price.price >= prices[0] && price.price <= prices[count - 1])
      #expect(price.confidence >= 0)
      // One source may say what it likes: the price stays among those of the others.
      quotes[0].price = Bool.random(using: &random) ? 1e-6 : 1e6
      quotes[0].confidence = Bool.random(using: &random) ? 1e5 : nil
      let others = quotes.dropFirst().map(\.price)
      let moved = try #require(Self.terms.price(quotes))
      #expect(moved.price >= others.min() ?? 0 && moved.price <= others.max() ?? 0)
    }
  }

  @Test func ageWidensRanges() throws {
    var terms = Self.terms
    terms.ageWidening = 2
    var last = -1.0
    for age in [0.0, 1, 4, 25, 60] {
      let price = try #require(
        terms.price([100, 101, 102].map { Self.quote($0, confidence: 1, age: age) }))
      #expect(price.confidence >= last)
      last = price.confidence
    }
    // One source: votes at p - c, p, p + c, c = sqrt(3^2 + (2 x 1e-4 x 100)^2 x 25).
    let one = try #require(terms.price([Self.quote(100, confidence: 3, age: 25)]))
    #expect(abs(one.confidence - (9 + 0.0004 * 25).squareRoot()) < 1e-12)
  }

  @Test func sidesAreConservativeForOpeningAlone() {
    let price = OraclePrice(price: 100, confidence: 3, usedQuotes: [0], isDegraded: false)
    #expect(price.price(for: .openingHeld) == 97)
    #expect(price.price(for: .openingOwed) == 103)
    #expect(price.price(for: .liquidating) == 100)
    let wide = OraclePrice(price: 1, confidence: 3, usedQuotes: [0], isDegraded: false)
    #expect(wide.price(for: .openingHeld) == 0)
  }

  /// A long account loses what the price may be too high by.
  @Test func errorsAreScenarios() throws {
    var test = TestBook()
    test.balances = [("a", "BTC", 2), ("a", "ETH", 10)]
    func range(_ price: Double, _ confidence: Double) -> OraclePrice {
      OraclePrice(price: price, confidence: confidence, usedQuotes: [0], isDegraded: false)
    }
    test.scenarios = [
      .oracleErrors(
        named: "errors",
        prices: [("BTC", range(80_000, 400)), ("ETH", range(2_000, 20))])
    ]
    let run = try WholeRun(test.book(), TestTerms.settings([TestTerms.set("errors")]))
    let measure = try #require(run.measures.first)
    #expect(abs(measure.worstLossUSD - (2 * 400 + 10 * 20)) < 1e-9)
    #expect(run.run.scenarioLabels[0][4] == "all low")
    let set = test.scenarios[0]
    #expect(set.scenarios.count == 6 && set.scenarios[1].shocks[0].shock == .scale(1.005))
  }

  // MARK: Gate

  private static func price(_ price: Double, confidence: Double = 0.1) -> OraclePrice {
    OraclePrice(price: price, confidence: confidence, usedQuotes: [0, 1, 2], isDegraded: false)
  }

  private static func gate() -> OracleGate {
    OracleGate(
      OracleGateTerms(
        confidenceFractionMax: 0.02, jumpDeviationsMax: 6, volatilityPerRootSecond: 1e-4,
        holdSecondsMax: 120))
  }

  private static let open = OracleGate.Decision(
    allowsOpening: true, allowsLiquidation: true, isConservative: false)
  private static let held = OracleGate.Decision(
    allowsOpening: false, allowsLiquidation: false, isConservative: false)
  private static let conservative = OracleGate.Decision(
    allowsOpening: false, allowsLiquidation: true, isConservative: true)

  @Test func aJumpWaitsForTheNextPrice() {
    var gate = Self.gate()
    #expect(gate.judge(Self.price(100), timeSeconds: 0) == Self.open)
    #expect(gate.judge(Self.price(100.1), timeSeconds: 10) == Self.open)
    // 5 % in ten seconds against 6 x 1e-4 x sqrt(10) = 0.19 %.
    #expect(gate.judge(Self.price(95), timeSeconds: 20) == Self.held)
    #expect(gate.judge(Self.price(95.05), timeSeconds: 30) == Self.open)
    // A spike that goes back is never believed.
    #expect(gate.judge(Self.price(60), timeSeconds: 40) == Self.held)
    #expect(gate.judge(Self.price(95), timeSeconds: 50) == Self.open)
  }

  @Test func aHoldEnds() {
    var gate = Self.gate()
    #expect(gate.judge(Self.price(100), timeSeconds: 0) == Self.open)
    for time in stride(from: 10.0, through: 120, by: 10) {
      #expect(gate.judge(Self.price(100, confidence: 5), timeSeconds: time) == Self.held)
    }
    #expect(
      gate.judge(Self.price(100, confidence: 5), timeSeconds: 130) == Self.conservative)
    // Without any price there is nothing to liquidate at, however long it takes.
    #expect(gate.judge(nil, timeSeconds: 1_000) == Self.held)
    #expect(gate.judge(Self.price(100), timeSeconds: 1_010) == Self.open)
    var degraded = Self.price(100)
    degraded.isDegraded = true
    #expect(gate.judge(degraded, timeSeconds: 1_020) == Self.held)
  }
}
