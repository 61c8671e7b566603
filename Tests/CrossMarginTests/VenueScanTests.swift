// Scan margins of venues: sums that hold to the last bit, and laws.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

private func isClose(_ value: Double, _ expected: Double) -> Bool {
  abs(value - expected) <= 1e-12 * max(abs(expected), 1)
}

private enum Derive {
  static func terms(_ scenarios: [MarginScenario]) -> DerivePortfolioTerms2 {
    let scan = DeriveScanTerms(
      scenarios: scenarios,
      volatilityShock: VolatilityShock(term: .fieldStandard, raisedVolatilityAnnualMin: 0.4),
      positiveDiscount: StaticDiscountTerms(
        base: 0.95, rateMultiplier: 1, rateAddedAnnual: 0.08),
      basis: BasisContingencyTerms(
        upRatio: 1.045, downRatio: 0.955, shareAtExpiry: 0.5, shareAnnual: 2),
      confidence: ConfidenceTerms(threshold: 0.55, fraction: 1),
      peg: PegLossTerms(thresholdUSD: 0.98, factorPerUSD: 4), initialFactor: 1,
      perpetualFraction: 0.03, nakedShortFraction: 0.003, settlementWindowSeconds: 1_800)
    let cap = SkewTerms.Cap(base: 0.25, perRootYear: -0.1)
    return DerivePortfolioTerms2(
      scan: scan,
      negativeDiscount: StaticDiscountTerms(
        base: 1.04, rateMultiplier: 0.5, rateAddedAnnual: 0.08),
      skew: SkewTerms(
        linear: cap, absolute: cap, widthMin: 0.01, widthScale: 4, volatilityStatic: 0.6,
        volatilityPerRootYear: 0), maintenanceFactor: 0.8, perpetualExtraFraction: 0.01,
      nakedShortExtraFraction: 0.002)
  }

  static let scenarios: [MarginScenario] =
    [0.82, 0.91, 1, 1.09, 1.18].flatMap { ratio in
      [0.5, 0, -0.3].map {
        MarginScenario(priceRatio: ratio, volatility: .move($0), weight: 1)
      }
    }
    + [SkewKind.linear, .absolute].map {
      MarginScenario(priceRatio: 1, volatility: .skew($0), weight: 1)
    }

  /// A book of random options, `size` times as large.
  static func account(
    seed: UInt64, size: Double = 1, stablePriceUSD: Double = 1, confidence: Double = 1,
    terms: DerivePortfolioTerms2
  ) -> DeriveAccount {
    var random = SeededGenerator(seed: seed)
    var account = DeriveAccount(
      cashUSD: 0, spotUSD: 2_000, spotConfidence: confidence, stablePriceUSD: stablePriceUSD,
      perpetual: DerivePerpetual(
        coins: size * Double.random(in: -5...5, using: &random), priceUSD: 2_002, confidence: 1,
        unsettledUSD: size * 10),
      collaterals: [
        DeriveCollateral(
          amount: size * 2, priceUSD: 2_000, confidence: 1, cancelsRisk: true,
          haircutFraction: 0.1, initialExtraFraction: 0.05)
      ])
    for days in [5.0, 60] {
      let legs = (0..<4).map { _ in
        OptionLeg(
          strike: Double.random(in: 1_500...2_500, using: &random),
          side: Bool.random(using: &random) ? .call : .put,
          coins: size * Double.random(in: -3...3, using: &random), volatilityAnnual: 0.6)
      }
      let years = UTCTime.years(ofDays: days)
      let chain = OptionChain(
        expirySeconds: days * 86_400, forward: 2_010, settlementWindowSeconds: 1_800,
        payment: .quote(
          discountFactor: DerivePortfolioTerms2.discountFactor(
            rateContinuous: 0.05, expiryYears: years)), legs: legs)
      account.expiries.append(
        DeriveExpiry(
          chain, rateContinuous: 0.05, confidence: confidence, terms: terms.scan,
          skew: terms.skew))
    }
    return account
  }
}

@Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
func deriveSurplusesAreTheSumsOfTheirParts(seed: UInt64) {
  let terms = Derive.terms(Derive.scenarios)
  let margin = terms.margin(
    Derive.account(seed: seed, stablePriceUSD: 0.95, confidence: 0.3, terms: terms))
  for level in [margin.initial, margin.maintenance] {
    let charges = [
      level.scanUSD, level.perpetualUSD, level.nakedShortUSD, level.collateralUSD,
      level.confidenceUSD
    ]
    #expect(charges.allSatisfy { $0 >= 0 })
    #expect(charges.reduce(0, +) == level.requirementUSD)
    #expect((level.markToMarketUSD + level.cashUSD) - level.requirementUSD == level.surplusUSD)
  }
  #expect(margin.initial.surplusUSD <= margin.maintenance.surplusUSD)
  #expect(margin.initial.confidenceUSD > 0 && margin.maintenance.confidenceUSD == 0)
}

@Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
func deriveMarginScalesWithTheBookAndGrowsWithScenarios(seed: UInt64) {
  let terms = Derive.terms(Derive.scenarios)
  let margin = terms.margin(Derive.account(seed: seed, terms: terms))
  // Powers of two lose no bits.
  let fourfold = terms.margin(Derive.account(seed: seed, size: 4, terms: terms))
  #expect(fourfold.initial.surplusUSD == 4 * margin.initial.surplusUSD)
  #expect(fourfold.maintenance.surplusUSD == 4 * margin.maintenance.surplusUSD)
  // Skews are assumed to go the wrong way in every expiry.
  #expect(margin.scenarioProfitsUSD.suffix(2).allSatisfy { $0 <= 0 })
  let fewer = Derive.terms(Array(Derive.scenarios.prefix(6)))
  let fewerMargin = fewer.margin(Derive.account(seed: seed, terms: fewer))
  #expect(fewerMargin.maintenance.scanUSD <= margin.maintenance.scanUSD)
}

@Test func deriveRefusesSkewsWithAPriceMoveOrTwice() {
  func isAllowed(_ scenarios: [MarginScenario]) -> Bool {
    Derive.terms(scenarios).scan.hasAllowedScenarios
  }
  let skew = MarginScenario(priceRatio: 1, volatility: .skew(.linear), weight: 1)
  #expect(isAllowed(Derive.scenarios))
  #expect(!isAllowed([skew, skew]))
  #expect(!isAllowed([MarginScenario(priceRatio: 1.1, volatility: .skew(.linear), weight: 1)]))
  let flat = MarginScenario(priceRatio: 1, volatility: .move(0), weight: 1)
  #expect(!isAllowed([MarginScenario](repeating: flat, count: 41)))
}

@Test func aLostPegRaisesTheInitialLossOnly() {
  let terms = Derive.terms(Derive.scenarios)
  let whole = terms.margin(Derive.account(seed: 9, terms: terms))
  var account = Derive.account(seed: 9, terms: terms)
  account.collaterals = []
  var broken = account
  broken.stablePriceUSD = 0.88
  let (before, after) = (terms.margin(account), terms.margin(broken))
  #expect(isClose(after.initial.scanUSD, before.initial.scanUSD * (1 + 0.1 * 4)))
  #expect(after.maintenance == before.maintenance)
  #expect(whole.maintenance.collateralUSD == 2 * 2_000 * 0.1)
}

@Test func deribitShowsFarInverseLossesAtTheEdgeAndDampensThem() {
  var grid = PriceVolatilityGrid(
    priceRangeFraction: 0.16, stepCount: 4, volatilityUpFraction: 0.5,
    volatilityDownFraction: 0.25)
  grid.tailMoves = DeribitPortfolioTerms.extendedMoves
  var terms = DeribitPortfolioTerms(
    grid: grid, dampenerUSD: 0, gainOffsetFraction: 0, gainOffsetMaxUSD: nil,
    rollShock: BasisTerms(moveFractionMin: 0.01, moveAnnual: 0, weight: 1),
    deltaShock: DeltaShockTerms(thresholdUSD: 1e6, chargePerUSD: 0.1, fractionMax: 0.02),
    maintenanceFactor: 0.8, unconfirmed: [])
  let scenarios = MarginScenario.grid(grid, asset: "BTC")
  func requirement(_ coins: Double) -> DeribitRequirement {
    terms.requirement(
      DeribitPortfolio(
        settlement: .coin, indexUSD: 50_000,
        profits: scenarios.map { FutureProfit.coins(coins, priceRatio: $0.priceRatio) },
        deltas: [ExpiryDelta(expiryYears: 0, delta: coins)]), scenarios: scenarios)
  }
  let long = requirement(100)
  let edge = 100 * 0.16 / 0.84
  #expect(isClose(long.scan, edge))
  #expect(long.countedProfits.suffix(8).allSatisfy { isClose($0, -edge) || $0 == 0 })
  #expect(isClose(long.rollShock, 1))
  // 5 M USD of delta, 4 M above the threshold: 0.4 M, but at most 2 % of the delta.
  #expect(isClose(long.deltaShock, 100_000.0 / 50_000))
  #expect(long.maintenance == 0.8 * long.riskMatrix && long.initial == long.riskMatrix)
  // The dampener relieves losses, never beyond them, and leaves the standard table alone.
  terms.dampenerUSD = 1e9
  let dampened = requirement(100)
  #expect(dampened.scan == long.scan)
  #expect(dampened.countedProfits.suffix(8).allSatisfy { $0 == 0 })
}

@Test func paradexOrdersOnlyAddToTheInitialLevel() {
  let scenarios = [0.84, 1, 1.16].map {
    MarginScenario(priceRatio: $0, volatility: .move(0), weight: 1)
  }
  let terms = ParadexPortfolioTerms(
    scenarios: scenarios,
    volatilityShock: VolatilityShock(term: .fieldStandard, raisedVolatilityAnnualMin: 0.4),
    deltaFloor: DeltaFloorTerms(hedgedFraction: 0.01, unhedgedFraction: 0.02),
    maintenanceFactor: 0.5, settlementWindowSeconds: 1_800, optionFeeMaxFraction: 0.125)
  let perpetual = ParadexInstrument.perpetual(
    markUSD: 1_000, delta: 1, spotUSD: 1_000, fundingFraction: 0.001, feeFraction: 0.0003,
    scenarios: scenarios)
  func margin(_ orders: [(Double, Double)]) -> ParadexMargin {
    terms.margin(
      ParadexPortfolio(
        spotUSD: 1_000, instruments: [perpetual], coins: [1],
        orders: orders.map {
          ParadexPortfolio.Order(instrument: 0, coins: $0.0, priceUSD: $0.1)
        }, spotHoldingsUSD: 7))
  }
  let alone = margin([])
  #expect(isClose(alone.initial.totalUSD, 160 + 0 + 1 + 0.3 + 7))
  #expect(isClose(alone.maintenance.totalUSD, 80 + 0 + 1 + 0.3 + 7))
  for order in [(2.0, 900.0), (-2, 1_100), (-3, 1_000), (0.5, 1_001)] {
    let with = margin([order])
    #expect(with.initial.scanUSD >= alone.initial.scanUSD)
    #expect(with.maintenance == alone.maintenance)
  }
  // In the last half hour an option gains and loses by what is left of it.
  func option(_ seconds: Double) -> ParadexInstrument {
    .option(
      OptionLeg(strike: 900, side: .call, coins: 1, volatilityAnnual: 0.5), markUSD: 100,
      delta: 1, spotUSD: 1_000, rateContinuous: 0, expirySeconds: seconds, feeFraction: 0.001,
      terms: terms)
  }
  #expect(option(450).openShare == 0.25 && option(1_800).openShare == 1)
  #expect(option(450).feeUSD == 1)
}

@Test func paradexCrossMarginTakesTheSideThatAsksForMore() {
  let future = ParadexFutureTerms(initialFraction: 0.02, maintenanceFactor: 0.5)
  let position = ParadexMarketPosition(
    coins: 1,
    orders: [
      ParadexMarketPosition.Order(coins: -4, priceUSD: 990),
      ParadexMarketPosition.Order(coins: 1, priceUSD: 995)
    ], markUSD: 1_000, feeUSD: 0.5)
  let levels = future.requirement(position)
  // Short 3 asks for more than long 2; the sale is priced 10 USD through the mark.
  #expect(isClose(levels.initial.totalUSD, 3 * 20 + 4 * 10 + 3 * 0.5))
  #expect(isClose(levels.maintenance.totalUSD, 10 + 0.5))
  let option = ParadexOptionTerms(
    longFraction: 0.2, premiumMultiplier: 1, shortInTheMoneyFraction: 0.15,
    shortOutOfTheMoneyFraction: 0.1, shortPutMaxFraction: 0.12)
  #expect(option.longUSD(markUSD: 300, spotUSD: 1_000) == 200)
  #expect(isClose(option.shortUSD(strikeUSD: 1_030, side: .call, spotUSD: 1_000), 120))
  #expect(isClose(option.shortUSD(strikeUSD: 1_500, side: .call, spotUSD: 1_000), 100))
  #expect(isClose(option.shortUSD(strikeUSD: 1_500, side: .put, spotUSD: 1_000), 120))
}

@Test func spanRequirementsAreTheSumsOfTheirParts() {
  var array = [Double](repeating: 0, count: 16)
  (array[0], array[1], array[6], array[7]) = (-10, 30, -200, -180)
  let scan = SpanScan([SpanPosition(riskArray: array, quantity: 2, compositeDelta: 0.5)])
  #expect(scan.scanRisk == 400 && scan.activeScenario == 6 && scan.pairedScenario == 7)
  #expect(scan.weightedPriceRisk == (380 - -20) / 1)
  var requirement = SpanRequirement(
    scanRisk: 400, intraCommodityCharge: 50, deliveryCharge: 25, interCommodityCredit: 100,
    shortOptionMinimum: 390, netOptionValue: 40)
  #expect(requirement.risk == 390 && requirement.shortOptionTopUp == 15)
  #expect(requirement.maintenance == 350 && requirement.initial(ratio: 1.1) == 350 * 1.1)
  requirement.netOptionValue = 1_000
  #expect(requirement.maintenance == 0)
  func leg(_ delta: Double, _ isFirst: Bool) -> SpanInterSpread.Leg {
    SpanInterSpread.Leg(
      availableDelta: delta, deltaPerSpread: 2, weightedPriceRisk: 10, isFirstSide: isFirst)
  }
  let spread = SpanInterSpread(legs: [leg(6, true), leg(-8, false)], creditRate: 0.5)
  #expect(spread.spreadCount == 3 && spread.credits == [30, 30])
  #expect(SpanInterSpread(legs: [leg(6, true), leg(8, false)], creditRate: 0.5).spreadCount == 0)
  #expect(SpanInterSpread(legs: [leg(-6, true), leg(8, false)], creditRate: 0.5).spreadCount == 3)
  let month = SpanSpreadCharge(charge: 7, deltaPerSpread: 2)
  #expect(month.total(firstDelta: 6, secondDelta: -10) == 21)
  #expect(month.total(firstDelta: 6, secondDelta: 10) == 0)
  let scenarios = SpanScenarioTerms(
    priceRangeFraction: 0.3, volatilityRangeFraction: 0.2, farRangeMultiple: 2, farShare: 0.35
  ).scenarios
  #expect(scenarios.count == SpanScan.scenarioCount)
  #expect(isClose(scenarios[6].priceRatio, 1.2) && isClose(scenarios[15].priceRatio, 0.4))
}

@Test func okxMatchesStablecoinsPairByPair() {
  func pair(_ first: String, _ second: String, _ rate: Double) -> StablecoinPairTerms {
    StablecoinPairTerms(
      first: first, second: second,
      tiers: MarginalTiers([MarginalTiers.Tier(from: 0, rate: rate)]))
  }
  let terms = OKXPortfolioTerms.published2025(
    asset: "BTC", volatilityUpFraction: 0.4, volatilityDownFraction: 0.25,
    depeg: [pair("USDT", "USD", 0.01), pair("USDT", "USDC", 0.1), pair("USDC", "USD", 1)])
  let exposures = [
    QuoteExposure(quote: "USD", exposureUSD: 100), QuoteExposure(quote: "USDC", exposureUSD: 50),
    QuoteExposure(quote: "USDT", exposureUSD: -130)
  ]
  #expect(isClose(terms.depegUSD(exposures), 100 * 0.01 + 30 * 0.1))
  #expect(terms.gridScenarios(asset: "BTC").count == 21)
  #expect(isClose(terms.extremeScenarios[1].priceRatio, 0.76))
  #expect(!terms.unconfirmed.isEmpty)
  let unit = OKXRiskUnit(
    gridProfitsUSD: [-50, 10], extremeProfitsUSD: [-80, 80], timeDecayUSD: 5, vegaUSD: 3,
    deltasUSD: [ExpiryDelta(expiryYears: 1, delta: 1_000)], rateUSD: 2, rawMinimumUSD: 20_000,
    exposures: exposures)
  let requirement = terms.requirement(unit)
  #expect(requirement.shockUSD == 80)
  #expect(isClose(requirement.maintenanceUSD, 10_000 + 10_000 * 2))
  #expect(requirement.initialUSD == 1.3 * requirement.maintenanceUSD)
}

@Test func bybitAddsContingenciesToTheWorstScenario() {
  let terms = BybitPortfolioTerms(
    scenarios: [MarginScenario(priceRatio: 0.9, volatility: .move(0), weight: 1)],
    volatilityShock: VolatilityShock(term: .fieldStandard, raisedVolatilityAnnualMin: 0),
    shortOptionFraction: 0.01, vegaSpreadFractionPerDay: 0.0003, deltaSpreadFractionAnnual: 0.5,
    stablecoinSpreadFraction: 0.002, futureFraction: 0.001, initialFactor: 1.2,
    unconfirmed: BybitPortfolioTerms.unconfirmedOfModel)
  func exposure(_ days: Double, _ amount: Double) -> ExpiryExposure {
    ExpiryExposure(expiryDays: days, amount: amount)
  }
  let requirement = terms.requirement(
    BybitPortfolio(
      indexUSD: 1_000, profitsUSD: [-70], netShortCoins: 2,
      vegas: [exposure(10, 1), exposure(20, -1)], deltas: [exposure(0, 2), exposure(73, -1)],
      tetherDeltaCoins: 2, usdCoinDeltaCoins: -1, futureCoins: [2, -1]))
  #expect(isClose(requirement.maintenanceUSD, 70 + 20 + 3 + 100 + 2 + 3))
  #expect(requirement.initialUSD == requirement.maintenanceUSD * 1.2)
}

@Test func dederiScansFuturesAndOptionsTogether() {
  let terms = DederiTerms(
    grid: PriceVolatilityGrid(
      priceRangeFraction: 0.15, stepCount: 5, volatilityUpFraction: 0.4,
      volatilityDownFraction: 0.2), futureContingencyFraction: 0.006,
    optionContingencyFraction: 0.01, unconfirmed: DederiTerms.unconfirmedOfModel)
  let forward = DederiTerms.forwardUSD(indexUSD: 2_000, basisAnnual: 0.08, days: 20)
  let future = DederiFuture(coins: 10, markUSD: forward)
  let alone = terms.requirement(futures: [future], chains: [], asset: "ETH", indexUSD: 2_000)
  #expect(isClose(alone.totalUSD, 10 * forward * 0.15 + 0.006 * 2_000 * 10))
  let puts = OptionChain(
    expirySeconds: 20 * 86_400, variableForward: forward, fixedForward: 0,
    payment: .quote(discountFactor: 1),
    legs: [OptionLeg(strike: 2_000, side: .put, coins: 10, volatilityAnnual: 0.7)])
  let hedged = terms.requirement(
    futures: [future], chains: [puts], asset: "ETH", indexUSD: 2_000)
  #expect(hedged.scanUSD < alone.scanUSD / 2)
  #expect(hedged.optionContingencyUSD == 0)
}
