// Laws of every mechanism on random accounts, busy keepers, and what the market gives way.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct MechanismLawTests {
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
      of: MechanismCase.subject(6_000), under: mechanism, in: MechanismCase.world(),
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
        equityUSD: equityUSD, requirementUSD: requirementUSD, notionalUSD: notionalUSD,
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
    let absent = try MechanismCase.outcome(
      name, 6_000, profits: crash, world: MechanismCase.world(areKeepersPresent: false))
    #expect(absent.closings.isEmpty && absent.keepersUSD == 0 && !absent.isEnded)
    #expect(MechanismCase.near(absent.badDebtUSD, 36_000 - 6_000 + 100))
    let present = try MechanismCase.outcome(name, 6_000, profits: crash)
    #expect(!present.closings.isEmpty)
    #expect(present.badDebtUSD < absent.badDebtUSD)
  }
}
