// Sticky strike and sticky delta, and surfaces tested after shocks.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct VolatilityRuleTests {
  /// A skewed slice for both expiries of BTC options.
  private static let slice = RawSVI(a: 0.01, b: 0.12, rho: -0.5, m: 0, sigma: 0.2)

  /// A book with one option, whose volatilities are those of a fitted slice, the same for two
  /// expiries.
  private static func book(marked volatility: Double? = nil) -> Book {
    var test = TestBook()
    test.positions = [("a", "BTC-LC-80000", 1, nil)]
    let assets = test.book().market.assets
    func index(_ name: String) -> AssetIndex {
      AssetIndex(assets.firstIndex { $0.name == name } ?? 0)
    }
    let pair = AssetPair(underlying: index("BTC"), quote: index("USD"))
    test.extraInstruments = [
      Instrument(
        name: "BTC-LATER", kind: .option(expiry: TestBook.laterExpiry, strike: 90_000, type: .call),
        pair: pair, settlement: index("USDC"), multiplier: 1, payout: .linear)
    ]
    var book = test.book()
    book.market.forwards.append(
      ForwardQuote(pair: pair, expiry: TestBook.laterExpiry, forward: 84_000, rateContinuous: 0.05))
    book.market.volatilities = []
    book.market.surfaces = [TestBook.expiry, TestBook.laterExpiry].map { expiry in
      SVISlice(
        pair: pair, expiry: expiry,
        parameters: (slice.a, slice.b, slice.rho, slice.m, slice.sigma))
    }
    if let volatility, let place = book.instruments.firstIndex(where: { $0.name == "BTC-LC-80000" })
    {
      var mark = Mark(instrument: InstrumentIndex(place), price: 5_000)
      mark.impliedVolatilityAnnual = volatility
      book.market.marks.append(mark)
      book.market.marks.sort { $0.instrument < $1.instrument }
    }
    return book
  }

  private static func loss(
    _ book: Book, _ rule: VolatilityRule, spot ratio: Double
  ) throws -> Double {
    var settings = TestTerms.settings([
      ScenarioSetSettings(name: "moves", source: .user(fileName: "moves", completion: .none))
    ])
    settings.scenarioSets[0].volatilityRule = rule
    var book = book
    book.scenarios = [
      UserScenarioSet(
        name: "moves",
        scenarios: [
          UserScenario(
            name: "spot",
            shocks: [FactorShock(factor: FactorName(.spot, "BTC"), shock: .scale(ratio))])
        ])
    ]
    return try WholeRun(book, settings).blocks[0].measures[0].worstLossUSD
  }

  @Test func anUnmovedForwardChangesNothing() throws {
    for volatility in [nil, 0.7] {
      #expect(try Self.loss(Self.book(marked: volatility), .stickyDelta, spot: 1) == 0)
    }
  }

  /// Prices by hand from the slice at the old and at the new place of the strike.
  @Test(arguments: [0.8, 0.95, 1.1, 1.4])
  func volatilityFollowsTheSmile(ratio: Double) throws {
    let book = Self.book()
    let instrument = try #require(book.instruments.first { $0.name == "BTC-LC-80000" })
    guard case .option(let expiry, let strike, _) = instrument.kind else { return }
    let quote = try #require(book.market.forwards.first { $0.expiry == expiry })
    let years = book.market.valuationTime.years(to: expiry)
    func value(_ forward: Double, _ place: Double) -> Double {
      let volatility = Self.slice.volatilityAnnual(logMoneyness: place, expiryYears: years)
      return instrument.multiplier
        * BlackKernel.value(
          forward: forward, volatility: volatility,
          option: OptionTerms(strike: strike, expiryYears: years, side: .call))
        * ScalarMath.exp(-(quote.rateContinuous ?? 0) * years)
    }
    let (old, new) = (
      ScalarMath.log(strike / quote.forward), ScalarMath.log(strike / (quote.forward * ratio))
    )
    let base = value(quote.forward, old)
    let strikeLoss = try Self.loss(book, .stickyStrike, spot: ratio)
    let deltaLoss = try Self.loss(book, .stickyDelta, spot: ratio)
    #expect(abs(strikeLoss - (base - value(quote.forward * ratio, old))) < 1e-8 * base)
    #expect(abs(deltaLoss - (base - value(quote.forward * ratio, new))) < 1e-8 * base)
    #expect(strikeLoss != deltaLoss)
  }

  private static func warnings(_ grid: PriceVolatilityGrid, _ rule: VolatilityRule) throws
    -> [String: Int]
  {
    var settings = TestTerms.settings([ScenarioSetSettings(name: "grid", source: .grid(grid))])
    settings.scenarioSets[0].volatilityRule = rule
    let book = try WholeRun(Self.book(), settings).book
    return book.warnings.reduce(into: [:]) { $0[$1.kind] = $1.count }
  }

  @Test func surfacesAreTestedAfterShocks() throws {
    // Half the volatility leaves a density; ten times a skew that is steep already leaves none, as
    // the wings are then steeper than two.
    let mild = PriceVolatilityGrid(
      priceRangeFraction: 0.01, stepCount: 1, volatilityUpFraction: 0.1,
      volatilityDownFraction: 0.1)
    #expect(try Self.warnings(mild, .stickyDelta)["surface_butterfly"] == nil)
    let wild = PriceVolatilityGrid(
      priceRangeFraction: 0.5, stepCount: 1, volatilityUpFraction: 9,
      volatilityDownFraction: 0.1)
    let broken = try Self.warnings(wild, .stickyDelta)["surface_butterfly"] ?? 0
    #expect(broken > 0)
    // Equal slices lie on each other: raised by a power of time, the earlier one lies above.
    #expect((try Self.warnings(wild, .stickyDelta)["surface_calendar"] ?? 0) > 0)
    // Quoted strikes have no slice to test.
    var settings = TestTerms.settings([ScenarioSetSettings(name: "grid", source: .grid(wild))])
    settings.scenarioSets[0].volatilityRule = .stickyStrike
    let quoted = try WholeRun(TestBook().book(), settings).book.warnings
    #expect(!quoted.contains { $0.kind.hasPrefix("surface_") })
  }
}
