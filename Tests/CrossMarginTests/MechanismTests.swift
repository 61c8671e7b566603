// Mechanisms at the market on single accounts, by hand.

import CrossMargin
import Testing

@Suite struct MechanismTests {
  @Test func healthyAccountsAreLeftAlone() throws {
    for mechanism in LiquidationMechanism.all {
      let outcome = try MechanismCase.outcome(mechanism.name, 5_000, profits: [0, 500, 0])
      #expect(outcome.triggeredInstant == nil && outcome.closings.isEmpty, "\(mechanism.name)")
      #expect(outcome.endUSD == 5_000, "\(mechanism.name)")
    }
  }

  /// 4,000 of equity: 100 to the market, half a per cent of the 99,900 received to the fund.
  @Test func allAtMarket() throws {
    let outcome = try MechanismCase.outcome("at_market", 4_000)
    #expect(
      MechanismCase.near(outcome.marketUSD, 100) && MechanismCase.near(outcome.fundUSD, 499.5))
    #expect(MechanismCase.near(outcome.endUSD, 3_400.5) && outcome.badDebtUSD == 0)
    #expect(outcome.closedNotionalUSD == 100_000 && outcome.seconds == 0 && outcome.isEnded)
  }

  /// 300 of equity: 100 to the market, the fund takes the 200 that are left. Below zero it takes
  /// nothing and the loss is bad debt.
  @Test func theFundTakesWhatIsLeft() throws {
    let poor = try MechanismCase.outcome("at_market", 300)
    #expect(MechanismCase.near(poor.fundUSD, 200) && MechanismCase.near(poor.endUSD, 0))
    #expect(MechanismCase.near(poor.badDebtUSD, 0))
    let bankrupt = try MechanismCase.outcome("at_market", -700)
    #expect(bankrupt.fundUSD == 0 && MechanismCase.near(bankrupt.badDebtUSD, 800))
    #expect(bankrupt.userCostUSD == 0)
  }

  /// A fifth costs 20 + 0.5 % of 19,980 and leaves 3,880.1 < 4,000; a fifth of 80,000 costs 16 +
  /// 0.5 % of 15,984 and leaves 3,784.18 > 3,200.
  @Test func incrementsEndAtMaintenance() throws {
    let outcome = try MechanismCase.outcome("incremental", 4_000)
    #expect(outcome.closings.map(\.instant) == [0, 1])
    #expect(MechanismCase.near(outcome.endUSD, 4_000 - 119.9 - 95.92))
    #expect(
      outcome.closings.elementsEqual(
        [(0, 0.2), (1, 0.8 * 0.2)], by: { MechanismCase.near($0.1, $1.1, 1) }))
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
        MechanismCase.near(fraction(Double($0) * 100, 100), expected[$0], 10)
      })
    #expect(MechanismCase.near(fraction(0, 200), 0.5, 10))
  }

  /// `(1.1 x 5,000 - 4,000) / (1.1 x 5,000 - 599.5)` of the portfolio at 100 + 499.5 per whole.
  @Test func targetHealth() throws {
    let outcome = try MechanismCase.outcome("target_health", 4_000)
    let fraction = 1_500.0 / 4_900.5
    #expect(
      outcome.closings.count == 1 && MechanismCase.near(outcome.closings[0].share, fraction, 1))
    #expect(MechanismCase.near(outcome.endUSD, 4_000 - 599.5 * fraction))
    #expect(MechanismCase.near(outcome.endUSD, 1.1 * 5_000 * (1 - fraction)))
  }

  /// A mark that is one step old triggers one step later, at the price of then.
  @Test func aLateOracleActsLate() throws {
    let outcome = try MechanismCase.outcome(
      "target_health_late", 6_000, profits: [0, -2_000, -3_000, -3_000])
    #expect(outcome.triggeredInstant == 2)
    let prompt = try MechanismCase.outcome(
      "target_health", 6_000, profits: [0, -2_000, -3_000, -3_000])
    #expect(prompt.triggeredInstant == 1)
    #expect(MechanismOracle.average(steps: 2).profitUSD([0, -2, -6], step: 2) == -4)
  }

  /// 4,000 is above two thirds of 5,000: an order of a fifth. 3,000
  /// is below: the vault has the equity and pays the market 100. -700 goes to winners.
  @Test func hyperliquidStages() throws {
    let order = try MechanismCase.outcome("hyperliquid", 4_000)
    #expect(MechanismCase.near(order.closings[0].share, 0.2, 1))
    let vault = try MechanismCase.outcome("hyperliquid", 3_000)
    #expect(MechanismCase.near(vault.fundUSD, 2_900) && MechanismCase.near(vault.marketUSD, 100))
    #expect(MechanismCase.near(vault.endUSD, 0) && MechanismCase.near(vault.userCostUSD, 3_000))
    let winners = try MechanismCase.outcome("hyperliquid", -700)
    #expect(MechanismCase.near(winners.badDebtUSD, 700) && winners.marketUSD == 0)
  }
}
