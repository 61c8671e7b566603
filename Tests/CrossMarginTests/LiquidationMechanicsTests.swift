// Mechanics of liquidations: what they restore, that budgets add up, that nobody pays twice.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct LiquidationMechanicsTests {
  // MARK: dYdX v4

  private static func position(_ coins: Double, _ price: Double) -> PerpetualPosition {
    PerpetualPosition(
      coins: coins, priceUSD: price, initialFraction: 0.2, maintenanceFraction: 0.1)
  }

  /// At bankruptcy prices the account keeps the ratio of collateral to maintenance.
  @Test(arguments: [-100.0, -4_600, 300]) func bankruptcyPricesShareTheLossByMaintenance(
    _ cash: Double
  ) {
    let account = PerpetualAccount(
      cashUSD: cash, positions: [Self.position(0.1, 50_000), Self.position(-1, 3_000)])
    let closing = PerpetualLiquidation(account: account, position: 0, changeCoins: -0.04)
    var after = account
    after.positions[0].coins -= 0.04
    after.cashUSD += closing.bankruptcyQuoteUSD
    let before = account.netCollateralUSD / account.maintenanceUSD
    #expect(abs(after.netCollateralUSD / after.maintenanceUSD - before) < 1e-8)
  }

  @Test func theOfferWorsensWithTheAccountAndStops() {
    let terms = FillablePriceTerms(bankruptcyAdjustment: 1, spreadToMaintenance: 0.1)
    let prices = [-4_500.0, -4_600, -5_000, -6_000].map { cash in
      terms.priceUSD(
        account: PerpetualAccount(cashUSD: cash, positions: [Self.position(0.1, 50_000)]),
        position: 0)
    }
    #expect(prices[0] == 50_000)
    #expect(prices[1] < prices[0] && prices[2] < prices[1])
    #expect(prices[3] == prices[2])
  }

  @Test func blockLimitsCapTheSmallestOfAll() {
    let limits = BlockLiquidationLimits(
      positionNotionalUSDMin: 1_000, positionFractionMax: 0.1, accountNotionalUSDMax: 3_000,
      fundLossUSDMax: 50)
    let large = Self.position(1, 50_000)
    #expect(limits.coinsMax(position: large, doneUSD: 0) == 3_000 / 50_000.0)
    #expect(limits.coinsMax(position: large, doneUSD: 2_000) == 1_000 / 50_000.0)
    #expect(limits.coinsMax(position: Self.position(0.01, 50_000), doneUSD: 0) == 0.01)
    #expect(limits.allows(fundChangeUSD: -20, lostUSD: 30))
    #expect(!limits.allows(fundChangeUSD: -20.5, lostUSD: 30))
  }

  @Test func deleveragingTakesOppositePositionsOnceRound() {
    let held = [-1.0, 4, -2, -5]
    let result = Deleveraging(closing: 6, against: held, start: 2, priceUSD: 10)
    #expect(result.fills.map(\.counterparty) == [2, 3])
    #expect(result.fills.map(\.coins) == [2, 4])
    #expect(result.fills.map(\.quoteUSD) == [20, 40])
    #expect(Deleveraging(closing: 9, against: held, start: 1, priceUSD: 10).remainingCoins == 1)
    #expect(Deleveraging(closing: -5, against: held, start: 0, priceUSD: 10).remainingCoins == 1)
  }

  // MARK: Drift, lending

  @Test func closingTheStatedAmountEndsTheShortage() throws {
    let reduction = PositionReduction(
      marginFraction: 0.1, liquidatorFeeFraction: 0.01, fundFeeFraction: 0.005, priceUSD: 200,
      quotePriceUSD: 1)
    let coins = try #require(reduction.coins(toEndShortageUSD: 34))
    // Released margin less what the account pays for it.
    #expect(abs(coins * 200 * 0.1 - coins * 200 * 0.015 - 34) < 1e-9)
    var dear = reduction
    dear.liquidatorFeeFraction = 0.1
    #expect(dear.coins(toEndShortageUSD: 34) == nil)
    #expect(
      abs(reduction.affordableFundFeeFraction(shortageUSD: 17.5, coins: 1) - 0.0025) < 1e-12)
    #expect(reduction.affordableFundFeeFraction(shortageUSD: 40, coins: 1) == 0)
  }

  @Test func thePaceGrowsToAll() {
    let pace = LiquidationPace(durationSlots: 150, initialFraction: 0.1, smallShortageUSD: 50)
    #expect(pace.fraction(shortageUSD: 100, elapsedSlots: 0) == 0.1)
    #expect(pace.fraction(shortageUSD: 100, elapsedSlots: 1_000) == 1)
    #expect(pace.fraction(shortageUSD: 49, elapsedSlots: 0) == 1)
  }

  @Test func repayingBringsHealthToTheTarget() throws {
    let liquidation = DebtLiquidation(bonusMultiple: 1.05, collateralFactor: 0.8)
    let (debt, health) = (1_000.0, 0.95)
    let repaid = try #require(
      liquidation.debtUSD(toReach: 1.1, health: health, debtUSD: debt))
    let after = (health * debt - repaid * 1.05 * 0.8) / (debt - repaid)
    #expect(abs(after - 1.1) < 1e-12)
    #expect(
      DebtLiquidation(bonusMultiple: 1.5, collateralFactor: 0.8)
        .debtUSD(toReach: 1.1, health: health, debtUSD: debt) == nil)
  }

  @Test func aCallIsBoundedByTheCollateral() {
    let terms = LendingTerms(loanToValue: 0.7, liquidationThreshold: 0.8, bonusMultiple: 1.1)
    func account(_ tokens: Double) -> LendingAccount {
      LendingAccount(
        collateral: [LendingBalance(tokens: tokens, priceUSD: 100, terms: terms, isInMode: false)],
        debts: [LendingBalance(tokens: 1_000, priceUSD: 1, terms: terms, isInMode: false)],
        mode: nil)
    }
    let close = CloseFactorTerms.aave(protocolFeeFraction: 0.1)
    func call(_ tokens: Double) -> LendingLiquidation {
      LendingLiquidation(
        account: account(tokens), debt: 0, collateral: 0, wantedTokens: 1e9, terms: close)
    }
    // Health 0.96: half of the debt.
    #expect(call(12).debtTokens == 500)
    #expect(abs(call(12).collateralTokens - 5.5) < 1e-12)
    #expect(abs(call(12).protocolTokens - 0.05) < 1e-12)
    // Health 0.64: all of it, but 8 tokens pay for 8 / 1.1 only.
    #expect(call(8).collateralTokens == 8)
    #expect(abs(call(8).debtTokens - 800 / 1.1) < 1e-9)
    #expect(call(13).debtTokens == 0)
  }

  // MARK: Auctions

  @Test func theLargestSaleRestoresTheBufferMargin() {
    let terms = AuctionTerms(
      schedule: TwoPhaseSchedule(
        startFactor: 0.95, cutoffFactor: 0.7, fastSeconds: 900, slowSeconds: 43_200),
      insolventLengthSeconds: 3_600, liquidationFeeFraction: 0.1, bufferFraction: 0.15,
      fullSaleBelowUSD: 0)
    var standing = AuctionStanding(
      markToMarketUSD: 1_000, maintenanceUSD: -300, reservedCashUSD: 0)
    for elapsed in [0.0, 300, 900] {
      let auction = SolventAuction(standing: standing, terms: terms, elapsedSeconds: elapsed)
      let most = auction.fill(wantedFraction: 1)
      let restored = SolventAuction(
        standing: most.standing, terms: terms, elapsedSeconds: elapsed)
      #expect(abs(restored.bufferMarginUSD) < 1e-9)
      standing = auction.fill(wantedFraction: 0.05).standing
    }
    #expect(terms.schedule.factor(elapsedSeconds: 1e6) == 0)
    let insolvent = InsolventAuction(
      standing: AuctionStanding(markToMarketUSD: -50, maintenanceUSD: -200, reservedCashUSD: 0),
      terms: terms, elapsedSeconds: 1_800)
    let payment = insolvent.payment(fraction: 0.5, moduleBalanceUSD: 40)
    #expect(payment.moduleUSD == 40 && abs(payment.socialisedUSD - (125 * 0.5 - 40)) < 1e-9)
    #expect(
      !InsolventAuction.areWithdrawalsOpen(maintenancesUSD: [-30, -20, 5], moduleBalanceUSD: 49))
  }

  @Test func pricesOfCollateralOnlyFall() {
    for curve in [
      PriceCurve.linear(lengthSeconds: 3_600), .stairstep(cutFactor: 0.99, stepSeconds: 90),
      .exponential(cutFactorPerSecond: 0.9999)
    ] {
      let auction = CollateralAuction(oracleUSD: 100, startMultiple: 1.2, curve: curve)
      #expect(auction.priceUSD(elapsedSeconds: 0) == 120)
      for second in stride(from: 0.0, to: 7_200, by: 45) {
        #expect(
          auction.priceUSD(elapsedSeconds: second + 45) <= auction.priceUSD(elapsedSeconds: second))
      }
      let passed = auction.secondsUntil(belowFraction: 0.4)
      #expect(auction.priceUSD(elapsedSeconds: passed + 1e-6) < 48)
    }
  }

  // MARK: Losses

  @Test func aWaterfallPaysEveryLossOnce() {
    func tier(_ name: String, _ capacity: Double, _ share: Double) -> WaterfallTier {
      WaterfallTier(
        name: name, capacityUSD: capacity, shareFraction: share, refillUSD: 5, targetUSD: 100)
    }
    var waterfall = LossWaterfall(
      tiers: [tier("margin", 30, 1), tier("operator", 100, 0.25), tier("fund", 40, 1)])
    for loss in [0, 10, 60, 300.0] {
      let payment = waterfall.payment(ofLossUSD: loss)
      #expect(abs(payment.totalUSD - loss) <= 1e-12 * loss)
    }
    #expect(waterfall.payment(ofLossUSD: 70).drawsUSD == [30, 10, 30])
    let first = waterfall.pay(lossUSD: 100)
    #expect(first.drawsUSD == [30, 17.5, 40] && first.residualUSD == 12.5)
    #expect(waterfall.pay(lossUSD: 40).drawsUSD == [0, 10, 0])
    waterfall.refill()
    #expect(waterfall.tiers.map(\.capacityUSD) == [5, 77.5, 5])
  }

  @Test func aFundCoversTheLargestGroupsOfTheWorstScenario() {
    let losses = Matrix(rowCount: 2, columnCount: 3, elements: [50, 20, -10, 35, 40, 30])
    let one = CoverageNeed(lossesUSD: losses, groupCount: 1)
    #expect(one.amountUSD == 50 && one.scenario == 0 && one.groups == [0])
    let two = CoverageNeed(lossesUSD: losses, groupCount: 2)
    #expect(two.amountUSD == 90 && two.groups == [0, 2] && two.largestShare == 50.0 / 90)
  }

  @Test func budgetsAreMetAndEven() {
    let (capacities, profits) = ([10.0, 100, 40], [100.0, 100, 50])
    let water = DeleveragingAllocation.waterFillingUSD(
      capacitiesUSD: capacities, profitsUSD: profits, needUSD: 85)
    // The first gives all it has; the others give half of their profit.
    #expect(zip(water, [10, 50, 25]).allSatisfy { abs($0 - $1) < 1e-12 })
    let near = DeleveragingAllocation.leastSquaresUSD(
      capacitiesUSD: capacities, targetsUSD: [20, 30, 0], needUSD: 60)
    #expect(zip(near, [10, 40, 10]).allSatisfy { abs($0 - $1) < 1e-9 })
    let all = DeleveragingAllocation.waterFillingUSD(
      capacitiesUSD: capacities, profitsUSD: profits, needUSD: 1_000)
    #expect(all == capacities)
    #expect(ProRataDeleveraging.takenUSD(capacitiesUSD: [10, 30], needUSD: 20) == [5, 15])
    #expect(DeleveragingQueue.order(scores: [1, 3, 3, 2]) == [1, 2, 3, 0])
  }

  @Test func thePlanIsCheapestAndEndsTheShortage() throws {
    let legs = [
      ReducibleLeg(reliefUSD: 10, costUSD: 1, costSlopeUSD: 0, unitsMax: 5),
      ReducibleLeg(reliefUSD: 10, costUSD: 4, costSlopeUSD: 0, unitsMax: 5)
    ]
    // The first leg gives 9 per unit, 45 in all; the rest comes from the second at 6 per unit.
    let plan = try #require(ReductionPlan(legs: legs, shortageUSD: 57))
    #expect(zip(plan.units, [5, 2]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(plan.costUSD - 13) < 1e-9)
    #expect(ReductionPlan(legs: legs, shortageUSD: 76) == nil)
    #expect(ReductionPlan(legs: legs, shortageUSD: 0)?.costUSD == 0)
    let curved = [
      ReducibleLeg(reliefUSD: 10, costUSD: 0, costSlopeUSD: 1, unitsMax: 100),
      ReducibleLeg(reliefUSD: 5, costUSD: 0, costSlopeUSD: 1, unitsMax: 100)
    ]
    let smooth = try #require(ReductionPlan(legs: curved, shortageUSD: 20))
    let relief = 10 * smooth.units[0] + 5 * smooth.units[1] - smooth.costUSD
    #expect(abs(relief - 20) < 1e-9)
    // Marginal costs per relief are alike.
    #expect(abs(smooth.units[0] / 10 - smooth.units[1] / 5) < 1e-9)
  }

  // MARK: Execution

  @Test func impactIsConcaveAndSchedulesSellAll() {
    let law = PowerLawImpact(scale: 1, exponent: 0.5)
    func cost(_ size: Double) -> Double {
      law.costFraction(orderFraction: size, volatilityDaily: 0.04)
    }
    #expect(cost(0.2) < 2 * cost(0.1))
    for aversion in [0, 1e-9, 1e-6, 1e-3, 1] {
      let schedule = ExecutionSchedule(
        ExecutionProblem(
          units: 1e6, days: 5, periodCount: 10, moveUSDPerRootDay: 0.95,
          costs: ExecutionCosts(fixedUSD: 0.06, permanent: 2.5e-7, temporary: 2.5e-6)),
        riskAversionPerUSD: aversion)
      #expect(schedule.holdings.first == 1e6 && schedule.holdings.last == 0)
      #expect(zip(schedule.holdings, schedule.holdings.dropFirst()).allSatisfy { $0 >= $1 })
      #expect(schedule.expectedCostUSD.isFinite && schedule.varianceUSDSquared.isFinite)
    }
  }

  // MARK: Parameters

  @Test func parametersAreCheckedBeforeUse() {
    var parameters = RiskParameters(
      initialFraction: 0.1, maintenanceFraction: 0.05, liquidatorFeeFraction: 0.01,
      fundFeeFraction: 0.01, closeoutCostFraction: 0.02, monitoringMoveFraction: 0.04)
    #expect(parameters.violations == [])
    parameters.maintenanceFraction = 0.1
    #expect(parameters.violations == [.levelsNotOrdered, .gapBelowMonitoringMove])
    parameters.maintenanceFraction = 0.04
    #expect(parameters.violations == [.feesEatMaintenance])
  }

  @Test func requirementsMoveByBoundedSteps() {
    let rule = AdaptiveRequirement(
      fractionMin: 0.05, deviationMultiple: 3, closePeriods: 4, riseFactorMax: 1.25,
      fallFactorMax: 1.1)
    let calm = rule.target(volatility: 0.001, impactFraction: 0, spreadFraction: 0)
    #expect(calm == 0.05)
    let wild = rule.target(volatility: 0.05, impactFraction: 0.01, spreadFraction: 0.002)
    #expect(abs(wild - (3 * 0.05 * 2 + 0.011)) < 1e-15)
    #expect(rule.next(after: 0.05, target: wild) == 0.0625)
    #expect(rule.next(after: 0.2, target: calm) == 0.2 / 1.1)
    let ramp = ThresholdRamp(from: 0.8, to: 0.6, lengthSeconds: 100)
    #expect(abs(ramp.value(elapsedSeconds: 50, isNewRisk: false) - 0.7) < 1e-15)
    #expect(ramp.value(elapsedSeconds: 0, isNewRisk: true) == 0.6)
  }
}
