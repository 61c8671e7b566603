// Liquidation prices: where the surplus is zero it is zero, on both sides, and nowhere else.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct LiquidationPriceTests {
  private static func schedule() throws -> TierSchedule {
    try TierSchedule([
      MarginTier(lowerNotionalUSD: 0, rateFraction: 0.01),
      MarginTier(lowerNotionalUSD: 100_000, rateFraction: 0.05)
    ])
  }

  @Test(arguments: [3.0, -3]) func aTierCountsOnlyWhereItsPriceLies(_ coins: Double) throws {
    let schedule = try Self.schedule()
    let leg = LinearLiquidation(
      coins: coins, markUSD: 40_000, equityUSD: 20_000, otherMaintenanceUSD: 1_000)
    let prices = leg.pricesUSD(schedule)
    let price = try #require(prices.nearestUSD(markUSD: 40_000))
    let equity = 20_000 + coins * (price - 40_000)
    let maintenance = schedule.requirementUSD(notionalUSD: abs(coins) * price) + 1_000
    #expect(abs(equity - maintenance) < 1e-6)
    #expect((price < 40_000) == (coins > 0))
  }

  @Test func richAccountsHaveNoPrice() throws {
    let leg = LinearLiquidation(
      coins: 1, markUSD: 100, equityUSD: 1_000, otherMaintenanceUSD: 0)
    #expect(leg.pricesUSD(try Self.schedule()) == LiquidationPrices([], markUSD: 100))
    #expect(leg.priceUSD(rateFraction: 0.01, deductionUSD: 0) == nil)
    let inverse = InverseLiquidation(notionalUSD: -1_000, entryUSD: 100, marginCoins: 11)
    #expect(inverse.priceUSD(markRateFraction: 0.01, closingFeeFraction: 0) == nil)
  }

  @Test func inverseEquityIsMaintenanceAtThePrice() throws {
    let position = InverseLiquidation(notionalUSD: -1_000, entryUSD: 100, marginCoins: 2)
    let price = try #require(position.priceUSD(markRateFraction: 0.02, closingFeeFraction: 0.001))
    let equity = 2 - 1_000 * (1 / 100.0 - 1 / price)
    #expect(abs(equity - 1_000 / price * 0.021) < 1e-12)
    #expect(price > 100)
  }

  @Test func availableMarginAgreesWithTheGeneralForm() {
    let venue = AvailableMarginPosition(coins: -2, markUSD: 50_000, maintenanceFraction: 0.05)
      .liquidationPriceUSD(equityUSD: 9_000, otherMaintenanceUSD: 500)
    let general = LinearLiquidation(
      coins: -2, markUSD: 50_000, equityUSD: 9_000, otherMaintenanceUSD: 500
    ).priceUSD(rateFraction: 0.05, deductionUSD: 0)
    #expect(abs((venue ?? 0) - (general ?? 1)) < 1e-8)
  }

  /// A strangle sold against a future: liquidated far below and far above, healthy between.
  @Test func aStrangleHasTwoPrices() throws {
    func option(_ strike: Double, _ side: OptionSide) -> OptionAccountHealth.Position {
      OptionAccountHealth.Position(
        terms: OptionTerms(strike: strike, expiryYears: 0.1, side: side), coins: -10,
        volatilityAnnual: 0.6, forwardRatio: 1)
    }
    let account = OptionAccountHealth(
      cashUSD: 60_000, linearCoins: 1, referenceUSD: 2_000,
      options: [option(1_600, .put), option(2_500, .call)], schedule: try Self.schedule(),
      shortOptions: .deribit)
    #expect(account.surplusUSD(atPriceUSD: 2_000) > 0)
    let scan = account.scan(pricesUSD: 1...200_000, stepCount: 200)
    #expect(scan.rootsUSD.count == 1)
    // With less cash the puts matter as well.
    var poorer = account
    poorer.cashUSD = 9_000
    let both = poorer.scan(pricesUSD: 1...200_000, stepCount: 200)
    #expect(both.rootsUSD.count == 2)
    for root in both.rootsUSD { #expect(abs(poorer.surplusUSD(atPriceUSD: root)) < 1e-6) }
    let nearest = both.nearest(markUSD: 2_000)
    #expect(try #require(nearest.belowUSD) < 2_000)
    #expect(try #require(nearest.aboveUSD) > 2_000)
    #expect(both.liquidatedStretches.count == 2)
  }

  @Test func aDipBetweenGridPointsIsFound() {
    let zeros = ScalarSearch.zeros(on: [0, 1, 2, 3]) { ($0 - 1.1) * ($0 - 1.3) }
    #expect(zeros.count == 2)
    #expect(zip(zeros, [1.1, 1.3]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(ScalarSearch.zeros(on: [0, 1, 2, 3]) { ($0 - 1.2) * ($0 - 1.2) }.isEmpty)
  }

  @Test func allPricesOnARayReachZeroSurplusTogether() throws {
    let account = RayAccount(
      cashUSD: 2_000,
      contracts: [
        RayContract(
          coins: 2, markUSD: 40_000, unrealisedUSD: 500, direction: 1,
          schedule: try Self.schedule()),
        RayContract(
          coins: -20, markUSD: 2_000, unrealisedUSD: -300, direction: 1.3,
          schedule: try Self.schedule())
      ],
      balances: [
        RayBalance(
          valueUSD: 10_000, direction: 1, terms: CollateralTerms(countedFraction: 0.9)),
        RayBalance(
          valueUSD: -1_000, direction: 1.3, terms: CollateralTerms(countedFraction: 0.9))
      ], profitCountedFraction: 0.5)
    #expect(account.surplusUSD(at: 0) > 0)
    let roots = account.roots
    let down = try #require(roots.negative)
    #expect(down < 0 && abs(account.surplusUSD(at: down)) < 1e-8)
    // Nothing nearer crosses.
    for step in 1..<1_000 {
      #expect(account.surplusUSD(at: down * Double(step) / 1_000) > 0)
    }
    if let up = roots.positive { #expect(abs(account.surplusUSD(at: up)) < 1e-6) }
  }

  @Test func aRayWithoutRiskHasNoRoot() {
    let account = RayAccount(
      cashUSD: 100, contracts: [],
      balances: [
        RayBalance(valueUSD: 50, direction: 1, terms: CollateralTerms(countedFraction: 0.9))
      ], profitCountedFraction: 1)
    #expect(account.roots.negative == nil && account.roots.positive == nil)
  }

  @Test func theLikeliestPointLiesOnTheBorder() throws {
    let covariance = Matrix(rowCount: 2, columnCount: 2, elements: [0.04, 0.03, 0.03, 0.09])
    let gamma = Matrix(rowCount: 2, columnCount: 2, elements: [-50, 10, 10, -80])
    let (delta, buffer) = ([30.0, -20], 12.0)
    let point = try #require(
      try MostLikelyLiquidation(
        bufferUSD: buffer, delta: delta, gamma: gamma, covariance: covariance))
    func health(_ x: [Double]) -> Double {
      var sum = buffer
      for row in 0..<2 {
        sum += delta[row] * x[row]
        for column in 0..<2 { sum += gamma[row, column] * x[row] * x[column] / 2 }
      }
      return sum
    }
    #expect(abs(health(point.point)) < 1e-8)
    #expect(abs(point.shares.reduce(0, +) - 1) < 1e-12)
    // The border bends towards the account, so more probability lies beyond than beyond a plane.
    #expect(try #require(point.curvedProbability) > point.oneSidedProbability)
    let linear = try #require(
      try MostLikelyLiquidation(bufferUSD: buffer, delta: delta, covariance: covariance))
    let flat = try #require(
      try MostLikelyLiquidation(
        bufferUSD: buffer, delta: delta, gamma: Matrix(rowCount: 2, columnCount: 2),
        covariance: covariance))
    #expect(abs(linear.distance - flat.distance) < 1e-10)
    #expect(point.distance < linear.distance)
    #expect(try MostLikelyLiquidation(bufferUSD: 1, delta: [0, 0], covariance: covariance) == nil)
    #expect(MostLikelyLiquidation.ray(ofFactor: 0, covariance: covariance) == [1, 0.03 / 0.04])
  }
}
