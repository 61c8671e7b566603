// Mechanisms of venues, which others take part in, on single accounts, by hand.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct MechanismVenueTests {
  /// At 2,000 the rating is 1 - 2/5 and the limit concedes 0.6 x 1.5 x 5,000 = 4,500; the book asks
  /// for 100. At 4,990 the limit is 0.002 x 7,500 = 15, which is less.
  @Test func dydxFillablePrice() throws {
    let state = MechanismState(
      valueUSD: 2_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    let mechanism = try #require(LiquidationMechanism.named("dydx"))
    #expect(abs(mechanism.price.concessionUSD(state) - 4_500) < 1e-6)
    let outcome = try MechanismCase.outcome("dydx", 2_000, profits: [0])
    // f = (5,000 - 2,000) / (5,000 - 100); the fund has 1.5 % of the 99,900 f that were paid.
    let fraction = 3_000.0 / 4_900
    #expect(MechanismCase.near(outcome.closings[0].share, fraction, 1))
    #expect(MechanismCase.near(outcome.keepersUSD, 100 * fraction))
    #expect(MechanismCase.near(outcome.fundUSD, 1_498.5 * fraction))
    #expect(try MechanismCase.outcome("dydx", 4_990, profits: [0]).closings.isEmpty)
  }

  /// The bonus is 5 % of 50,000, of which the protocol has a tenth; below health 0.95 all goes.
  @Test func aaveCloseFactor() throws {
    let state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    #expect(MechanismCase.near(state.health, 0.99, 1))
    let outcome = try MechanismCase.outcome("aave_close_factor", 4_000, profits: [0])
    // Collateral of 104,000 pays for 104,000 / 1.05 of the debt.
    let concessionUSD = (104_000 - 104_000 / 1.05) / 2
    #expect(MechanismCase.near(outcome.keepersUSD, 0.9 * concessionUSD))
    #expect(MechanismCase.near(outcome.fundUSD, 0.1 * concessionUSD))
    let all = try MechanismCase.outcome("aave_close_factor", -1_000, profits: [0])
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
    let outcome = try MechanismCase.outcome("euler", 4_000)
    #expect(MechanismCase.near(outcome.keepersUSD, 100_000 / 0.99 - 100_000))
  }

  /// Solvent: 5 % of the value at first, 30 % after 15 minutes; the module has a tenth of the value.
  /// Insolvent: nothing at first, the requirement at the end.
  @Test func deriveAuctions() throws {
    let derive = try #require(LiquidationMechanism.named("derive"))
    var state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    #expect(MechanismCase.near(derive.price.concessionUSD(state), 200))
    state.elapsedSeconds = 900
    #expect(MechanismCase.near(derive.price.concessionUSD(state), 1_200))
    // BM = -1,000 - 0.15 x 5,000, and all is sold for 3,800.
    let outcome = try MechanismCase.outcome("derive", 4_000)
    let fraction = 1_750.0 / (1_750 + 3_800)
    #expect(MechanismCase.near(outcome.closings[0].share, fraction, 1) && outcome.seconds == 0)
    #expect(MechanismCase.near(outcome.keepersUSD, 200 * fraction))
    #expect(MechanismCase.near(outcome.fundUSD, 400 * fraction))
    // 5 % of 1,500 is less than the 100 that keepers ask, and waits.
    let poor = try MechanismCase.outcome("derive", 1_500)
    #expect(MechanismCase.near(poor.keepersUSD, 100 * poor.closings[0].share))
    #expect(poor.seconds > 0 && poor.seconds < 900)
    state.valueUSD = -1_000
    #expect(derive.price.concessionUSD(state) == 0)
    state.insolventSeconds = 3_600
    #expect(MechanismCase.near(derive.price.concessionUSD(state), 5_000))
    let insolvent = try MechanismCase.outcome("derive", -1_000)
    #expect(
      MechanismCase.near(insolvent.badDebtUSD, 1_100)
        && MechanismCase.near(insolvent.keepersUSD, 100))
  }

  /// From 130 % the stairs pass the mark after 27 steps of 1 %, a line of six hours after 5,001
  /// seconds; the penalty takes the equity that is left.
  @Test func makerPrices() throws {
    let maker = try #require(LiquidationMechanism.named("maker_stairstep"))
    var state = MechanismState(
      valueUSD: 4_000, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    #expect(MechanismCase.near(maker.price.concessionUSD(state), -30_000))
    state.elapsedSeconds = 90 * 27
    let factor = 1.3 * ScalarMath.power(0.99, 27)
    #expect(MechanismCase.near(maker.price.concessionUSD(state), 100_000 * (1 - factor), 1e6))
    let outcome = try MechanismCase.outcome("maker_linear", 4_000)
    // A keeper takes it at 99.9 % of the mark.
    #expect(MechanismCase.near(outcome.keepersUSD, 100))
    #expect(MechanismCase.near(outcome.fundUSD, 3_900))
    #expect(abs(outcome.seconds - 21_600 * (1 - 0.999 / 1.3)) < 1)
  }

  /// Within an hour of 9,000 slots the pace allows everything; the fee is 2 %.
  @Test func driftPaceAndFee() throws {
    let outcome = try MechanismCase.outcome("drift", 4_500, profits: [0])
    // 500 of shortage at relief 5 % - 2 %; the fund takes up to half a per cent of it.
    #expect(MechanismCase.near(outcome.closings[0].share, 500.0 / 3_000, 1))
    #expect(MechanismCase.near(outcome.keepersUSD, 2_000 * outcome.closings[0].share))
    let slow = MechanismSize.pace(
      LiquidationPace(durationSlots: 100, initialFraction: 0.1, smallShortageUSD: 1),
      slotSeconds: 1)
    let state = MechanismState(
      valueUSD: 4_500, cashUSD: 0, requirementUSD: 5_000, notionalUSD: 100_000)
    let all = slow.fraction(state, costFraction: 0.01, stepSeconds: 100)
    #expect(
      MechanismCase.near(slow.fraction(state, costFraction: 0.01, stepSeconds: 20), 0.3 * all, 1))
  }

  /// `500 / (1.05 - 1.01 / 0.99 cut to five digits - 0.005 x 1.05)` of debt.
  @Test func driftTransfer() throws {
    let outcome = try MechanismCase.outcome("drift_transfer", 4_500, profits: [0])
    let relief = 1.05 - 1.0202 - 0.005 * 1.05
    #expect(abs(outcome.closings[0].share - 500 / relief / 100_000) < 1e-9)
  }
}
