// The house rule set by expected shortfall, the approximations and SPAN.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct VenueRuleTestsShortfall {
  private static func terms(floor: Double = 0, factor: Double = 1) -> ShortfallTerms {
    ShortfallTerms(
      scenarios: ScenarioSetSettings(name: "es", source: .history(HistorySettings())),
      longRunScenarios: ScenarioSetSettings(
        name: "long", source: .history(HistorySettings(horizonDays: 1, windowDays: 100))),
      confidence: 0.9, floorShare: floor,
      liquidity: LiquidityTerms(
        volumeShare: 0.1, impactFraction: 0.02, concentrationShare: 0.25,
        concentrationFraction: 0.1), initialFactor: 1.5 * factor, maintenanceFactor: factor,
      haircuts: [AssetHaircut(asset: "BTC", fraction: 0.1)], otherHaircutFraction: 0.2)
  }

  private static func book(volume: Double? = 1e6) -> Book {
    var test = RandomBook(seed: 3, accountCount: 12).test
    test.assets = test.assets.map { asset in
      var asset = asset
      asset.averageDailyVolumeUSD = volume
      return asset
    }
    return test.book()
  }

  @Test func theShortfallIsThatOfTheMeasures() throws {
    let book = Self.book()
    let rules = RuleSetTerms(
      name: "es", effectiveFrom: TestBook.valuationTime, family: .shortfall(Self.terms()))
    var settings = RunSettings(models: [rules], defaultModel: "es")
    settings.scenarioSets = [
      ScenarioSetSettings(name: "history", source: .history(HistorySettings()))
    ]
    settings.confidence.expectedShortfall = 0.9
    let run = try WholeRun(book, settings)
    #expect(run.margins.count == 12)
    for (margin, measure) in zip(run.margins, run.measures) {
      let shortfall = try #require(measure.tail?.expectedShortfallUSD)
      #expect(margin.maintenance.componentsUSD[2] == 0 - max(shortfall, 0))
      #expect(agrees(margin.initial.componentsUSD[2], -1.5 * max(shortfall, 0)))
      #expect(margin.maintenance.componentsUSD[3] == 0)
    }
  }

  @Test func aCalmMarketDoesNotLowerTheFloor() throws {
    let book = Self.book()
    let run = try VenueRun(book, .shortfall(Self.terms(floor: 1)))
    let free = try VenueRun(book, .shortfall(Self.terms()))
    var raised = 0
    for (row, other) in zip(run.whole.margins, free.whole.margins) {
      #expect(row.maintenance.requirementUSD >= other.maintenance.requirementUSD)
      if row.maintenance.requirementUSD > other.maintenance.requirementUSD { raised += 1 }
    }
    #expect(raised > 0)
    #expect(run.addsUp)
  }

  @Test func closingCostsGrowWithTheSquareRootAndConcentration() throws {
    var test = TestBook()
    test.history = RandomBook(seed: 1, accountCount: 1).test.history
    test.assets = test.assets.map { asset in
      var asset = asset
      if asset.name == "BTC" { asset.averageDailyVolumeUSD = 800_000 }
      return asset
    }
    test.positions = [("a", "BTC-LIN", 1, nil), ("b", "BTC-LIN", -4, nil), ("c", "ETH-INV", 1, nil)]
    test.balances = [("a", "USDC", 1_000), ("d", "USDC", 1_000)]
    let run = try VenueRun(test.book(), .shortfall(Self.terms()))
    // A tenth of the volume: 2 % of 80,000. Four times that: twice the impact, and what exceeds a
    // quarter of the volume.
    #expect(agrees(run.component("a", "maintenance", "liquidity"), -1_600))
    #expect(run.component("a", "maintenance", "concentration") == 0)
    #expect(agrees(run.component("b", "maintenance", "liquidity"), -320_000 * 0.04))
    #expect(agrees(run.component("b", "maintenance", "concentration"), -0.1 * 120_000))
    #expect(run.missing("c") == MissingData(subject: "ETH", reason: .notCovered))
    #expect(run.component("d", "maintenance", "liquidity") == 0)
    #expect(run.component("d", "maintenance", "haircut") == -200)
  }
}

@Suite struct VenueRuleTestsApproximations {
  private static let haircuts = [
    AssetHaircut(asset: "BTC", fraction: 0.1), AssetHaircut(asset: "USDC", fraction: 0),
    AssetHaircut(asset: "USDT", fraction: 0)
  ]

  private static func market() -> VenueBook {
    let expiry = VenueBook.expiry(seconds: 73 * 86_400)
    var venue = VenueBook([
      VenueBook.asset("BTC", 50_000), VenueBook.asset("ETH", 2_000),
      VenueBook.asset("USDC", 1, peg: "USD"), VenueBook.asset("USDT", 1, peg: "USD")
    ])
    venue.addFuture("COIN", on: "BTC", settlement: "BTC", mark: 50_000)
    venue.addFuture("USDC", on: "BTC", mark: 50_000)
    venue.addFuture("USDT", on: "BTC", settlement: "USDT", mark: 50_000)
    venue.addFuture("DATED", on: "BTC", expiry: expiry, mark: 50_000)
    venue.addFuture("ETH", on: "ETH", mark: 2_000)
    venue.addForward("BTC", expiry: expiry, 50_000)
    for (name, type) in [("CALL", OptionType.call), ("PUT", .put)] {
      venue.addOption(
        name, on: "BTC", expiry: expiry, strike: 50_000, type, volatility: 0.5)
      venue.addOption(
        name + "-COIN", on: "BTC", expiry: expiry, strike: 50_000, type, volatility: 0.5,
        settlement: "BTC")
    }
    return venue
  }

  private static func rule<Terms>(_ terms: Terms) -> UnderlyingRuleTerms<Terms> {
    UnderlyingRuleTerms(
      underlyings: [AssetTerms(asset: "BTC", terms: terms)], haircuts: haircuts)
  }

  private static func okx() -> RuleFamily {
    let tiers = MarginalTiers([
      .init(from: 0, rate: 0.0075), .init(from: 1e6, rate: 0.0175), .init(from: 5e6, rate: 0.025)
    ])
    return .okxApproximation(
      rule(
        OKXPortfolioTerms.published2025(
          asset: "BTC", volatilityUpFraction: 0.5, volatilityDownFraction: 0.25,
          depeg: [StablecoinPairTerms(first: "USDT", second: "USDC", tiers: tiers)])))
  }

  @Test func okxChargesShockBasisAndTheExampleOfStablecoins() throws {
    var venue = Self.market()
    venue.hold("depeg", "USDT", 200)
    venue.hold("depeg", "USDC", -200)
    venue.hold("long", "COIN", 50_000)
    venue.own("long", "BTC", 1)
    venue.hold("dated", "DATED", 1)
    venue.hold("other", "ETH", 1)
    let run = try venue.run(Self.okx())
    #expect(agrees(run.component("depeg", "maintenance", "depeg"), -202_500))
    #expect(run.component("depeg", "maintenance", "shock") == 0)
    #expect(agrees(run.component("depeg", "initial", "depeg"), -202_500 * 1.3))
    // An inverse long loses in USD what its coin is worth less: 24 % of 50,000.
    #expect(agrees(run.component("long", "maintenance", "shock"), -12_000))
    #expect(run.component("long", "maintenance", "discount") == -5_000)
    #expect(run.component("dated", "maintenance", "basis").map { $0 < -500 && $0 > -520 } == true)
    #expect(run.missing("other") == MissingData(subject: "ETH", reason: .notCovered))
    #expect(run.addsUp)
  }

  @Test func anOptionAndItsCoinTwinLoseAlikeInDollars() throws {
    var venue = Self.market()
    venue.hold("a", "CALL", -1)
    venue.hold("b", "CALL-COIN", -1)
    venue.hold("c", "CALL", -1)
    venue.hold("c", "CALL-COIN", 1)
    let run = try venue.run(Self.okx())
    let loss = try #require(run.component("a", "maintenance", "shock"))
    #expect(agrees(run.component("b", "maintenance", "shock"), loss, 1e-9))
    #expect(agrees(run.component("c", "maintenance", "shock"), 0, 1e-6))
    #expect(run.margin("a")?.worstScenario != nil)
  }

  @Test func bybitAddsContingencies() throws {
    let terms = BybitPortfolioTerms(
      scenarios: [0.15, -0.15].map {
        MarginScenario(priceRatio: 1 + $0, volatility: .move(0), weight: 1)
      },
      volatilityShock: VolatilityShock(term: .fieldStandard, raisedVolatilityAnnualMin: 0),
      shortOptionFraction: 0.01, vegaSpreadFractionPerDay: 0.0003, deltaSpreadFractionAnnual: 0.5,
      stablecoinSpreadFraction: 0.02, futureFraction: 0.001, initialFactor: 1.2, unconfirmed: [])
    var venue = Self.market()
    venue.hold("a", "USDT", 2)
    venue.hold("a", "USDC", -1)
    venue.hold("b", "PUT", -3)
    venue.hold("b", "CALL", 1)
    venue.hold("c", "DATED", 1)
    venue.hold("c", "USDC", -1)
    venue.hold("d", "COIN", 1)
    let run = try venue.run(.bybitApproximation(Self.rule(terms)))
    #expect(agrees(run.component("a", "maintenance", "scan"), -7_500))
    #expect(agrees(run.component("a", "maintenance", "stablecoin_spread"), -1_000))
    #expect(agrees(run.component("a", "maintenance", "futures"), -150))
    #expect(agrees(run.component("a", "initial", "futures"), -180))
    #expect(agrees(run.component("b", "maintenance", "short_options"), -2 * 500))
    // One coin hedged over 73 days, a fifth of a year.
    #expect(agrees(run.component("c", "maintenance", "delta_spread"), -50_000 * 0.5 * 0.2))
    #expect(run.missing("d") == MissingData(subject: "COIN", reason: .notCovered))
    #expect(run.addsUp)
  }

  @Test func dederiChargesFuturesAsItsExample() throws {
    let terms = DederiTerms(
      grid: PriceVolatilityGrid(
        priceRangeFraction: 0.15, stepCount: 5, volatilityUpFraction: 0,
        volatilityDownFraction: 0), futureContingencyFraction: 0.006,
      optionContingencyFraction: 0.01, unconfirmed: [])
    var venue = Self.market()
    venue.hold("a", "USDC", -10)
    venue.hold("b", "PUT", -2)
    let run = try venue.run(.dederi(Self.rule(terms)))
    #expect(run.schema.levels == ["maintenance"])
    #expect(agrees(run.component("a", "maintenance", "futures"), -0.006 * 50_000 * 10))
    #expect(agrees(run.component("a", "maintenance", "scan"), -75_000))
    #expect(agrees(run.component("b", "maintenance", "options"), -0.01 * 50_000 * 2))
    #expect(run.addsUp)
  }

  @Test func spanScansThirdsAndMinimums() throws {
    let terms = SpanProductTerms(
      scenarios: SpanScenarioTerms(
        priceRangeFraction: 0.12, volatilityRangeFraction: 0.3, farRangeMultiple: 3,
        farShare: 0.33), monthSpreadFraction: 0.01, shortOptionMinimumFraction: 0.2,
      initialRatio: 1.1)
    var venue = Self.market()
    venue.hold("a", "USDC", 1)
    venue.own("a", "USDC", 10_000)
    venue.hold("b", "USDC", -1)
    venue.hold("b", "DATED", 1)
    venue.hold("c", "CALL", 1)
    venue.hold("d", "CALL", -1)
    venue.hold("d", "PUT", 1)
    venue.hold("d", "USDC", 1)
    let run = try venue.run(.span(Self.rule(terms)))
    #expect(agrees(run.component("a", "maintenance", "scan"), -6_000))
    #expect(agrees(run.margin("a")?.initial.requirementUSD, 6_600))
    #expect(agrees(run.margin("a")?.maintenance.surplusUSD, 4_000))
    #expect(agrees(run.component("b", "maintenance", "scan"), 0))
    #expect(agrees(run.component("b", "maintenance", "month_spread"), -500))
    // A long option covers its own risk and nothing beyond it.
    let long = try #require(run.margin("c"))
    #expect(agrees(long.maintenance.surplusUSD, 0, 1e-9))
    #expect(long.maintenance.valueUSD > 0)
    #expect(agrees(long.initial.surplusUSD, 0, 1e-9))
    // A conversion has no scan risk to speak of, but its short call has a minimum.
    #expect(agrees(run.margin("d")?.maintenance.requirementUSD, 10_000, 1e-9))
    #expect(run.addsUp)
  }
}
