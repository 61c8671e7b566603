// Liquidation mechanisms on single accounts: by hand, and laws of every composition.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct MechanismTests {
  /// An account of 100,000 in one asset with a requirement of 5,000, whose market never moves
  /// between days.
  private static func subject(_ equityUSD: Double, deviation: Double = 0) -> MechanismSubject {
    MechanismSubject(
      equityUSD: equityUSD, requirementUSD: 5_000, exposures: [(0, 100_000)],
      deviationDailyUSD: deviation)
  }

  /// A market in which everything costs one per mille; keepers who ask for that and nothing else.
  private static func world(areKeepersPresent: Bool = true) -> MechanismWorld {
    var keepers = KeeperSettings()
    keepers.fixedUSD = 0
    keepers.riskMultiple = 0
    return MechanismWorld(
      liquidity: MarketLiquidity(
        assets: [
          AssetLiquidity(dailyVolumeUSD: nil, depthUSDPerPercent: nil, volatilityDaily: nil)
        ], form: .largest, fallbackFraction: 0.001, workedDays: 1, outstandingDays: 1),
      keepers: keepers, areKeepersPresent: areKeepersPresent, stepSeconds: 3_600)
  }

  private static func outcome(
    _ name: String, _ equityUSD: Double, profits: [Double] = [0, 0, 0],
    world: MechanismWorld = world()
  ) throws -> MechanismOutcome {
    let mechanism = try #require(LiquidationMechanism.named(name))
    return MechanismWalk.outcome(
      of: subject(equityUSD), under: mechanism, in: world, profitsUSD: profits)
  }

  private static func near(_ left: Double, _ right: Double, _ scale: Double = 100_000) -> Bool {
    abs(left - right) <= 1e-12 * scale
  }

  // MARK: By hand

  @Test func healthyAccountsAreLeftAlone() throws {
    for mechanism in LiquidationMechanism.all {
      let outcome = try Self.outcome(mechanism.name, 5_000, profits: [0, 500, 0])
      #expect(outcome.triggeredInstant == nil && outcome.closings.isEmpty, "\(mechanism.name)")
      #expect(outcome.endUSD == 5_000, "\(mechanism.name)")
    }
  }

  /// 4,000 of equity: 100 to the market, half a per cent of the 99,900 received to the fund.
  @Test func allAtMarket() throws {
    let outcome = try Self.outcome("at_market", 4_000)
    #expect(Self.near(outcome.marketUSD, 100) && Self.near(outcome.fundUSD, 499.5))
    #expect(Self.near(outcome.endUSD, 3_400.5) && outcome.badDebtUSD == 0)
    #expect(outcome.closedNotionalUSD == 100_000 && outcome.seconds == 0 && outcome.isEnded)
  }

  /// 300 of equity: 100 to the market, the fund takes the 200 that are left. Below zero it takes
  /// nothing and the loss is bad debt.
  @Test func theFundTakesWhatIsLeft() throws {
    let poor = try Self.outcome("at_market", 300)
    #expect(Self.near(poor.fundUSD, 200) && Self.near(poor.endUSD, 0))
    #expect(Self.near(poor.badDebtUSD, 0))
    let bankrupt = try Self.outcome("at_market", -700)
    #expect(bankrupt.fundUSD == 0 && Self.near(bankrupt.badDebtUSD, 800))
    #expect(bankrupt.userCostUSD == 0)
  }

  /// A fifth costs 20 + 0.5 % of 19,980 and leaves 3,880.1 < 4,000; a fifth of 80,000 costs 16 +
  /// 0.5 % of 15,984 and leaves 3,784.18 > 3,200.
  @Test func incrementsEndAtMaintenance() throws {
    let outcome = try Self.outcome("incremental", 4_000)
    #expect(outcome.closings.map(\.instant) == [0, 1])
    #expect(Self.near(outcome.endUSD, 4_000 - 119.9 - 95.92))
    #expect(
      outcome.closings.elementsEqual([(0, 0.2), (1, 0.8 * 0.2)], by: { Self.near($0.1, $1.1, 1) }))
    #expect(outcome.seconds == 3_600)
  }

  /// Without aversion a quarter of the whole per period: 1/4, 1/3, 1/2 and all of what is left; two
  /// periods in a step at once.
  @Test func schedulesSellWhatTheyPlan() {
    let problem = ExecutionProblem(
      units: 1, days: 1, periodCount: 4, moveUSDPerRootDay: 0.03,
      costs: ExecutionCosts(fixedUSD: 0, permanent: 0, temporary: 0.01))
    let size = MechanismSize.schedule(
      ExecutionSchedule(problem, riskAversionPerUSD: 0), periodSeconds: 100)
    func fraction(_ elapsedSeconds: Double, _ stepSeconds: Double) -> Double {
      size.fraction(
        MechanismState(
          valueUSD: 1, cashUSD: 0, requirementUSD: 5, notionalUSD: 100,
          elapsedSeconds: elapsedSeconds), costFraction: 0, stepSeconds: stepSeconds)
    }
    let expected = [0.25, 1 / 3.0, 0.5, 1, 1]
    #expect(
      expected.indices.allSatisfy {
        Self.near(fraction(Double($0) * 100, 100), expected[$0], 10)
      })
    #expect(Self.near(fraction(0, 200), 0.5, 10))
  }

  /// `(1.1 x 5,000 - 4,000) / (1.1 x 5,000 - 599.5)` of the portfolio at 100 + 499.5 per whole.
  @Test func targetHealth() throws {
    let outcome = try Self.outcome("target_health", 4_000)
    let fraction = 1_500.0 / 4_900.5
    #expect(outcome.closings.count == 1 && Self.near(outcome.closings[0].share, fraction, 1))
    #expect(Self.near(outcome.endUSD, 4_000 - 599.5 * fraction))
    #expect(Self.near(outcome.endUSD, 1.1 * 5_000 * (1 - fraction)))
  }

  /// A mark that is one step old triggers one step later, at the price of then.
  @Test func aLateOracleActsLate() throws {
    let outcome = try Self.outcome(
      "target_health_late", 6_000, profits: [0, -2_000, -3_000, -3_000])
    #expect(outcome.triggeredInstant == 2)
    let prompt = try Self.outcome("target_health", 6_000, profits: [0, -2_000, -3_000, -3_000])
    #expect(prompt.triggeredInstant == 1)
    #expect(MechanismOracle.average(steps: 2).profitUSD([0, -2, -6], step: 2) == -4)
  }

  /// 4,000 is above two thirds of 5,000: an order of a fifth. 3,000
  /// is below: the vault has the equity and pays the market 100. -700 goes to winners.
  @Test func hyperliquidStages() throws {
    let order = try Self.outcome("hyperliquid", 4_000)
    #expect(Self.near(order.closings[0].share, 0.2, 1))
    let vault = try Self.outcome("hyperliquid", 3_000)
    #expect(Self.near(vault.fundUSD, 2_900) && Self.near(vault.marketUSD, 100))
    #expect(Self.near(vault.endUSD, 0) && Self.near(vault.userCostUSD, 3_000))
    let winners = try Self.outcome("hyperliquid", -700)
    #expect(Self.near(winners.badDebtUSD, 700) && winners.marketUSD == 0)
  }

  /// At 4,000 the rating is 1 - 4/5 and the offer concedes 0.2 x 0.1 x 5,000 = 100, which is just
  /// what keepers ask; at 2,000 it concedes 300.
  @Test func dydxFillablePrice() throws {
    let state = MechanismState(
      valueUSD: 2_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    let mechanism = try #require(LiquidationMechanism.named("dydx"))
    #expect(abs(mechanism.price.concessionUSD(state) - 300) < 1e-6)
    let outcome = try Self.outcome("dydx", 2_000)
    // Closing all costs 300: f = (5,000 - 2,000) / (5,000 - 300); the fund has 500 f at most.
    let fraction = 3_000.0 / 4_700
    #expect(abs(outcome.closings[0].share - fraction) < 1e-9)
    #expect(abs(outcome.keepersUSD - (300 * fraction)) < 20)
    #expect(outcome.fundUSD > 0)
  }

  /// The bonus is 5 % of 50,000, of which the protocol has a tenth; below health 0.95 all goes.
  @Test func aaveCloseFactor() throws {
    let state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    #expect(Self.near(state.health, 0.99, 1))
    let outcome = try Self.outcome("aave_close_factor", 4_000, profits: [0])
    // Collateral of 104,000 pays for 104,000 / 1.05 of the debt.
    let concessionUSD = (104_000 - 104_000 / 1.05) / 2
    #expect(Self.near(outcome.keepersUSD, 0.9 * concessionUSD))
    #expect(Self.near(outcome.fundUSD, 0.1 * concessionUSD))
    let all = try Self.outcome("aave_close_factor", -1_000, profits: [0])
    #expect(all.closedNotionalUSD == 100_000)
  }

  /// Aave's debt to target health restores that health where nothing else is charged.
  @Test func aaveTargetHealth() throws {
    let bonus = HealthBonus(multipleMax: 1.02, leastFraction: 1, healthForMax: 0.9)
    let state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    let fraction = MechanismSize.targetHealth(1.001, bonus: bonus)
      .fraction(state, costFraction: 0, stepSeconds: 1)
    let factor = state.collateralFactor
    let collateralUSD = 104_000 - 1.02 * fraction * 100_000
    #expect(fraction > 0 && fraction < 1)
    #expect(abs(collateralUSD * factor / (100_000 * (1 - fraction)) - 1.001) < 1e-12)
  }

  /// Health 0.99: one per cent of discount, seized 100,000 / 0.99.
  @Test func eulerDiscount() throws {
    let outcome = try Self.outcome("euler", 4_000)
    #expect(Self.near(outcome.keepersUSD, 100_000 / 0.99 - 100_000))
  }

  /// Solvent: 2 % of the value at first, of which a keeper's 100 per whole are waited for.
  /// Insolvent: nothing at first, the requirement at the end.
  @Test func deriveAuctions() throws {
    let derive = try #require(LiquidationMechanism.named("derive"))
    var state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    #expect(Self.near(derive.price.concessionUSD(state), 80))
    state.elapsedSeconds = 900
    #expect(Self.near(derive.price.concessionUSD(state), 800))
    let outcome = try Self.outcome("derive", 4_000)
    #expect(Self.near(outcome.keepersUSD, 100 * outcome.closings[0].share))
    #expect(outcome.seconds > 0 && outcome.seconds < 900)
    state.valueUSD = -1_000
    #expect(derive.price.concessionUSD(state) == 0)
    state.insolventSeconds = 600
    #expect(Self.near(derive.price.concessionUSD(state), 5_000))
    let insolvent = try Self.outcome("derive", -1_000)
    #expect(Self.near(insolvent.badDebtUSD, 1_100) && Self.near(insolvent.keepersUSD, 100))
  }

  /// From 105 % the stairs pass the mark after five steps of 1 % and are reset at 40 % of the
  /// start.
  @Test func makerPrices() throws {
    let maker = try #require(LiquidationMechanism.named("maker_stairstep"))
    var state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    #expect(Self.near(maker.price.concessionUSD(state), -5_000))
    state.elapsedSeconds = 90 * 5
    let factor = 1.05 * ScalarMath.power(0.99, 5)
    #expect(Self.near(maker.price.concessionUSD(state), 100_000 * (1 - factor), 1e6))
    let outcome = try Self.outcome("maker_linear", 4_000)
    // A keeper takes it at 99.9 % of the mark.
    #expect(Self.near(outcome.keepersUSD, 100))
    #expect(outcome.seconds > 0 && outcome.seconds < 3_600)
  }

  /// Within an hour of 9,000 slots the pace allows everything; the fee is 1 %.
  @Test func driftPaceAndFee() throws {
    let outcome = try Self.outcome("drift", 4_500, profits: [0])
    // 500 of shortage at relief 5 % - 1 %; the fund takes up to half a per cent of it.
    #expect(Self.near(outcome.closings[0].share, 500 / 4_000, 1))
    #expect(Self.near(outcome.keepersUSD, 1_000 * outcome.closings[0].share))
    let slow = MechanismSize.pace(
      LiquidationPace(durationSlots: 100, initialFraction: 0.1, smallShortageUSD: 1),
      slotSeconds: 1)
    let state = MechanismState(
      valueUSD: 4_500, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    let all = slow.fraction(state, costFraction: 0.01, stepSeconds: 100)
    #expect(Self.near(slow.fraction(state, costFraction: 0.01, stepSeconds: 20), 0.3 * all, 1))
  }

  /// `500 / (1.05 - 1.01 / 0.99 cut to five digits - 0.005 x 1.05)` of debt.
  @Test func driftTransfer() throws {
    let outcome = try Self.outcome("drift_transfer", 4_500, profits: [0])
    let relief = 1.05 - 1.0202 - 0.005 * 1.05
    #expect(abs(outcome.closings[0].share - 500 / relief / 100_000) < 1e-9)
  }

  // MARK: Busy keepers and impact

  @Test func keepersWithLittleCapitalAreBusy() {
    var flow = ClosedFlow(assetCount: 2, instantCount: 5, pathCount: 1)
    flow.add(700, path: 0, instant: 0, asset: 0)
    flow.add(300, path: 0, instant: 0, asset: 1)
    flow.add(100, path: 0, instant: 3, asset: 1)
    #expect(flow.waitSteps(path: 0, turnoverUSD: 400) == [0, 1, 0, 0, 0])
    #expect(flow.waitSteps(path: 0, turnoverUSD: 100) == [0, 9, 8, 7, 7].map { min($0, 5) })
    let mechanism =
      LiquidationMechanism.all.first { $0.name == "euler" } ?? LiquidationMechanism.all[0]
    let crowd = MechanismCrowd(flow: flow, turnoverUSD: 400)
    let late = MechanismWalk.outcome(
      of: Self.subject(6_000), under: mechanism, in: Self.world(),
      profitsUSD: [0, -2_000, -3_000, -3_000, -3_000], crowd: crowd)
    #expect(late.triggeredInstant == 1 && late.closings.map(\.instant) == [2])
  }

  @Test func theLargerImpactCounts() {
    var liquidity = MarketLiquidity(
      assets: [
        AssetLiquidity(dailyVolumeUSD: 1e8, depthUSDPerPercent: 1e6, volatilityDaily: 0.03)
      ], form: .largest, fallbackFraction: 0.5, workedDays: 0.5, outstandingDays: 16)
    // 0.03 sqrt(1e6 / 1e8) / 1.5 = 0.002 against half of a per cent.
    #expect(abs(liquidity.costFraction(asset: 0, notionalUSD: 1e6) - 0.005) < 1e-15)
    #expect(abs(liquidity.costFraction(asset: 0, notionalUSD: 1e4) - 0.0002) < 1e-15)
    liquidity.depthFraction = 0.01
    #expect(abs(liquidity.costFraction(asset: 0, notionalUSD: 1e4) - 0.005) < 1e-15)
    liquidity.depthFraction = 1
    liquidity.form = .worked
    // 0.314 x 0.03 x 0.01 x 2 / 2 + 0.142 x 0.03 x 0.02^0.6.
    let expected = 0.314 * 0.03 * 0.01 + 0.142 * 0.03 * ScalarMath.power(0.02, 0.6)
    #expect(abs(liquidity.costFraction(asset: 0, notionalUSD: 1e6) - expected) < 1e-15)
  }

  // MARK: Laws

  /// Random accounts on random paths with random crowds.
  private struct RandomCase {
    var subject: MechanismSubject
    var profitsUSD: [Double]
    var world: MechanismWorld
    var crowd: MechanismCrowd

    init(using random: inout SeededGenerator) {
      let notionalUSD = Double.random(in: 1_000...5_000_000, using: &random)
      let requirementUSD = notionalUSD * .random(in: 0.01...0.2, using: &random)
      let equityUSD = requirementUSD * .random(in: -0.5...1.6, using: &random)
      let split = Double.random(in: 0...1, using: &random)
      subject = MechanismSubject(
        equityUSD: equityUSD, requirementUSD: requirementUSD,
        exposures: [(0, notionalUSD * split), (1, notionalUSD * (1 - split))],
        deviationDailyUSD: notionalUSD * 0.03)
      profitsUSD = [0]
      for _ in 0..<12 {
        let step = requirementUSD * .random(in: -0.4...0.35, using: &random)
        profitsUSD.append(profitsUSD[profitsUSD.count - 1] + step)
      }
      var keepers = KeeperSettings()
      keepers.fixedUSD = .random(in: 0...100, using: &random)
      world = MechanismWorld(
        liquidity: MarketLiquidity(
          assets: [
            AssetLiquidity(dailyVolumeUSD: 1e8, depthUSDPerPercent: 1e6, volatilityDaily: 0.03),
            AssetLiquidity(dailyVolumeUSD: nil, depthUSDPerPercent: 3e5, volatilityDaily: nil)
          ], form: .largest, fallbackFraction: 0.01, workedDays: 1, outstandingDays: 16),
        keepers: keepers, areKeepersPresent: true, stepSeconds: 3_600)
      var flow = ClosedFlow(assetCount: 2, instantCount: 13, pathCount: 1)
      for instant in 0..<13 {
        flow.add(.random(in: 0...2e6, using: &random), path: 0, instant: instant, asset: 0)
      }
      crowd = MechanismCrowd(flow: flow, turnoverUSD: 1e6)
    }
  }

  /// Money is conserved between account, keepers, fund, market and bad debt; nobody is paid more
  /// than the account had and others brought; shares closed never exceed the whole.
  @Test(arguments: LiquidationMechanism.all.map(\.name)) func moneyIsConserved(_ name: String)
    throws
  {
    let mechanism = try #require(LiquidationMechanism.named(name))
    var random = SeededGenerator(seed: 7)
    var liquidatedCount = 0
    for number in 0..<4_000 {
      let test = RandomCase(using: &random)
      let outcome = MechanismWalk.outcome(
        of: test.subject, under: mechanism, in: test.world, profitsUSD: test.profitsUSD,
        crowd: number.isMultiple(of: 2) ? test.crowd : nil)
      let scale = test.subject.notionalUSD
      let paidUSD = outcome.keepersUSD + outcome.fundUSD + outcome.marketUSD
      let before = test.subject.equityUSD + outcome.heldUSD
      let after = outcome.endUSD + paidUSD - outcome.badDebtUSD
      #expect(abs(before - after) < 1e-9 * scale, "case \(number)")
      if outcome.triggeredInstant == nil { continue }
      liquidatedCount += 1
      #expect(outcome.endUSD >= 0 && outcome.badDebtUSD >= 0)
      #expect(paidUSD <= before + outcome.badDebtUSD + 1e-9 * scale)
      #expect(outcome.userCostUSD <= paidUSD + max(-outcome.fundUSD, 0) + 1e-9 * scale)
      #expect(outcome.closings.reduce(0) { $0 + $1.share } <= 1 + 1e-12)
      // The same path gives the same outcome.
      let again = MechanismWalk.outcome(
        of: test.subject, under: mechanism, in: test.world, profitsUSD: test.profitsUSD,
        crowd: number.isMultiple(of: 2) ? test.crowd : nil)
      #expect(again == outcome)
    }
    #expect(liquidatedCount > 2_000)
  }

  /// Without keepers nothing is closed before the end, and in a crash that goes on the debt is then
  /// larger.
  @Test(arguments: LiquidationMechanism.all.filter { $0.taker == .keepers }.map(\.name))
  func absentKeepersCloseNothing(_ name: String) throws {
    let crash = (0..<13).map { -Double($0) * 3_000 }
    let absent = try Self.outcome(
      name, 6_000, profits: crash, world: Self.world(areKeepersPresent: false))
    #expect(absent.closings.isEmpty && absent.keepersUSD == 0 && !absent.isEnded)
    #expect(Self.near(absent.badDebtUSD, 36_000 - 6_000 + 100))
    let present = try Self.outcome(name, 6_000, profits: crash)
    #expect(!present.closings.isEmpty)
    #expect(present.badDebtUSD < absent.badDebtUSD)
  }
}
