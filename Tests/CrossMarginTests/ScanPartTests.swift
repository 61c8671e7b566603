// The parts that scan margins of venues are assembled from, by hand and by their laws.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

private func isClose(_ value: Double, _ expected: Double) -> Bool {
  abs(value - expected) <= 1e-12 * max(abs(expected), 1)
}

@Test func volatilityMovesSpreadOverExpiriesBetweenFloors() {
  let shock = VolatilityShock(
    term: VolatilityTermStructure(shortPower: 0.5, longPower: 0.25, floorDays: 1.875),
    raisedVolatilityAnnualMin: 0.4)
  func shocked(_ base: Double, _ move: Double, _ days: Double) -> Double {
    shock.volatilityAnnual(base, move: move, expiryDays: days)
  }
  #expect(isClose(shocked(0.6, 0.5, 30), 0.6 * 1.5))
  #expect(isClose(shocked(0.6, 0.5, 7.5), 0.6 * (1 + 0.5 * 2)))  // 4^0.5
  #expect(isClose(shocked(0.6, 0.5, 480), 0.6 * (1 + 0.5 / 2)))  // 16^-0.25
  #expect(isClose(shocked(0.6, 0.5, 0), 0.6 * (1 + 0.5 * 4)))  // as at the floor, 16^0.5
  // Only raised volatilities are lifted to the floor, and none falls below zero.
  #expect(shocked(0.1, 0.5, 30) == 0.4)
  #expect(isClose(shocked(0.1, -0.5, 30), 0.05))
  #expect(shocked(0.6, -0.5, 1) == 0)
}

@Test func skewsTurnAroundTheForwardAndStopAtTheirCaps() {
  let skew = SkewTerms(
    linear: SkewTerms.Cap(base: 0.3, perRootYear: -0.2),
    absolute: SkewTerms.Cap(base: 0.3, perRootYear: -0.2), widthMin: 0.01, widthScale: 4,
    volatilityStatic: 0.5, volatilityPerRootYear: 0)
  func ratio(_ kind: SkewKind, _ logMoneyness: Double) -> Double {
    skew.volatilityRatio(
      kind, strike: 1_000 * ScalarMath.exp(logMoneyness), forward: 1_000, expiryYears: 0.25)
  }
  // At a quarter of a year the cap is 0.3 - 0.2 / 2 = 0.2, reached at 4 x 0.5 / 2 = 1.
  #expect(isClose(ratio(.linear, 0.5), 1.1))
  #expect(isClose(ratio(.linear, -0.5), 0.9))
  #expect(isClose(ratio(.absolute, -0.5), 1.1))
  #expect(isClose(ratio(.linear, 3), 1.2))
  #expect(isClose(ratio(.linear, -3), 0.8))
  #expect(ratio(.linear, 0) == 1)
}

@Test func farMovesKeepTheLinearLossOfTheRange() {
  for move in [-0.66, -0.33, 0.5, 5.0] {
    let weight = MarginScenario.tailWeight(ofMove: move, range: 0.16, factor: 0.75)
    #expect(isClose(abs(move) * weight, 0.75 * 0.16))
  }
}

@Test func theListOfAGridIsTheGridThatTheEngineScans() throws {
  let grid = TestTerms.scan().grid
  var settings = TestTerms.settings()
  settings.changeScan { $0.grid = grid }
  let run = try RiskRun(book: TestBook().book(), settings: settings)
  let scanned = run.ruleScenarios[0]
  let list = MarginScenario.grid(grid, asset: "BTC")
  #expect(list.count == scanned.count)
  for (index, scenario) in list.enumerated() {
    #expect(isClose(scenario.priceMoveFraction, scanned[index].priceMove))
    #expect(scenario.volatility == .move(scanned[index].volatilityMove))
    #expect(scenario.weight == scanned[index].lossFactor)
  }
}

@Test func aChainIsWorthWhatTheEngineSaysInEveryScenario() throws {
  var test = TestBook()
  let quantities = [("BTC-LC-80000", -5.0), ("BTC-LC-100000", 3), ("BTC-LP-60000", -2)]
  test.positions = quantities.map { ("a", $0.0, $0.1, nil) }
  var settings = TestTerms.settings()
  settings.changeScan { $0.grid.raisedVolatilityAnnualMin = 0.9 }
  let run = try WholeRun(test.book(), settings)
  var grid = TestTerms.scan().grid
  grid.raisedVolatilityAnnualMin = 0.9
  func leg(_ strike: Double, _ side: OptionSide, _ coins: Double) -> OptionLeg {
    OptionLeg(strike: strike, side: side, coins: coins, volatilityAnnual: 0.5)
  }
  let chain = OptionChain(
    expirySeconds: 73 * 86_400, variableForward: 82_000, fixedForward: 0,
    payment: .quote(discountFactor: ScalarMath.exp(-0.05 * 0.2)),
    legs: [leg(80_000, .call, -5), leg(100_000, .call, 3), leg(60_000, .put, -2)])
  let scenarios = MarginScenario.grid(grid, asset: "BTC")
  let values = chain.values(
    scenarios,
    shock: VolatilityShock(
      term: grid.volatilityTerm, raisedVolatilityAnnualMin: grid.raisedVolatilityAnnualMin),
    skew: nil)
  let worst = WorstProfit(
    zip(values.shocked, scenarios).map { ($0 - values.base) * $1.weight })
  #expect(abs(run.margins[0].maintenance.scanUSD + worst.profit) < 1e-12 * 1e6)
  #expect(run.margins[0].worstScenario?.position == worst.scenario)
}

@Test func theForwardStandsStillAsItSettles() {
  let leg = OptionLeg(strike: 1_000, side: .call, coins: 1, volatilityAnnual: 0)
  func value(_ seconds: Double, _ ratio: Double) -> Double {
    OptionChain(
      expirySeconds: seconds, forward: 2_000, settlementWindowSeconds: 1_800,
      payment: .quote(discountFactor: 1), legs: [leg]
    ).value(priceRatio: ratio)
  }
  #expect(isClose(value(3_600, 1.1), 1_200))
  #expect(isClose(value(900, 1.1), 1_100))  // half of the forward moves
  #expect(isClose(value(0, 1.1), 1_000))
  #expect(isClose(value(-1, 1.1), 1_000))
}

@Test func shortsPairWithinAStrikeOnly() {
  func leg(_ strike: Double, _ side: OptionSide, _ coins: Double) -> OptionLeg {
    OptionLeg(strike: strike, side: side, coins: coins, volatilityAnnual: 0.5)
  }
  #expect(NakedShorts.coins([leg(1, .call, -3)]) == 3)
  #expect(NakedShorts.coins([leg(1, .call, -3), leg(1, .put, -2)]) == 5)
  #expect(NakedShorts.coins([leg(1, .call, -3), leg(1, .put, 2)]) == 1)
  #expect(NakedShorts.coins([leg(1, .call, -3), leg(1, .put, 4)]) == 0)
  #expect(NakedShorts.coins([leg(1, .call, -3), leg(2, .call, 3)]) == 3)
  // Legs of one strike need not stand together.
  #expect(NakedShorts.coins([leg(1, .call, -3), leg(2, .put, -1), leg(1, .call, 2)]) == 2)
}

@Test func deltaIsSplitAtTheWorstFillOfOrders() {
  let alone = DeltaSplit(positions: [1, -1.5], orders: [])
  #expect(alone.hedgedCoins == 1 && alone.unhedgedCoinsMax == 0.5)
  let ordered = DeltaSplit(positions: [1], orders: [-3])
  #expect(ordered.hedgedCoins == 1 && ordered.unhedgedCoinsMax == 2)
  let terms = DeltaFloorTerms(hedgedFraction: 0.01, unhedgedFraction: 0.02)
  #expect(isClose(ordered.floor(terms, spot: 100), 5))
  // An order never lowers the floor.
  for order in [-4.0, -1, 0.5, 3] {
    let with = DeltaSplit(positions: [1, -1.5], orders: [order])
    #expect(with.floor(terms, spot: 100) >= alone.floor(terms, spot: 100))
  }
}

@Test func smallPartsByHand() {
  let worst = WorstProfit([1, -2, 0, -2])
  #expect(worst.scenario == 1 && worst.profit == -2)
  #expect(WorstProfit([]).scenario == nil)

  let discount = StaticDiscount(positiveFactor: 0.9, negativeFactor: 1.1)
  #expect(discount.applied(to: 10) == 9 && discount.applied(to: -10) == -11)

  let offset = GainOffset(fraction: 0.6, gainMax: 5)
  #expect(offset.applied(to: -10) == -10 && offset.applied(to: 5) == 3)
  #expect(offset.applied(to: 100) == 5)

  let roll = BasisTerms(moveFractionMin: 0.01, moveAnnual: 0.075, weight: 1)
  let expiries = [ExpiryDelta(expiryYears: 0, delta: 2), ExpiryDelta(expiryYears: 1, delta: -3)]
  #expect(isClose(roll.rollShock(expiries), 2 * 0.01 + 3 * (ScalarMath.exp(0.075) - 1)))

  let confidence = ConfidenceTerms(threshold: 0.6, fraction: 0.5)
  #expect(confidence.charge(confidence: 0.6, value: 100) == 0)
  #expect(isClose(confidence.charge(confidence: 0.2, value: 100), 40))

  let peg = PegLossTerms(thresholdUSD: 0.98, factorPerUSD: 2)
  #expect(peg.addedFactor(stablePriceUSD: 1) == 0)
  #expect(isClose(peg.addedFactor(stablePriceUSD: 0.88), 0.2))

  let basis = BasisContingencyTerms(
    upRatio: 1.05, downRatio: 0.95, shareAtExpiry: 0.25, shareAnnual: 0.5)
  #expect(isClose(basis.profit(base: 100, up: 120, down: 90, expiryYears: 0.5), -10 * 0.5))
  #expect(basis.profit(base: 100, up: 120, down: 110, expiryYears: 0.5) == 0)
}

@Test func hedgedDaysPairEarlyWithLate() {
  func days(_ rows: [(Double, Double)]) -> Double {
    ExpiryExposure.hedgedDays(rows.map { ExpiryExposure(expiryDays: $0.0, amount: $0.1) })
  }
  #expect(days([(10, 3), (40, -2), (70, -5)]) == 2 * 30 + 1 * 60)
  #expect(days([(70, -5), (10, 3), (40, -2)]) == 2 * 30 + 1 * 60)
  #expect(days([(10, 3), (40, 2)]) == 0)
}

@Test func marginalTiersChargeSlices() {
  let tiers = MarginalTiers(
    [(0.0, 0.01), (100, 0.02), (1_000, 0.05)].map {
      MarginalTiers.Tier(from: $0.0, rate: $0.1)
    })
  #expect(isClose(tiers.charge(100), 1))
  #expect(isClose(tiers.charge(2_000), 1 + 18 + 50))
  #expect(tiers.charge(-5) == 0)
}
