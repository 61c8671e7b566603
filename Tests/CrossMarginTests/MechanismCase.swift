// One account and one market for tests of mechanisms, so simple that outcomes are arithmetic.

import CrossMargin
import Testing

enum MechanismCase {
  /// An account of 100,000 in one asset with a requirement of 5,000, whose market never moves
  /// between days.
  static func subject(_ equityUSD: Double, deviation: Double = 0) -> MechanismSubject {
    MechanismSubject(
      equityUSD: equityUSD, requirementUSD: 5_000, notionalUSD: 100_000,
      exposures: [(0, 100_000)], deviationDailyUSD: deviation)
  }

  /// A market in which everything costs one per mille; keepers who ask for that and nothing else.
  static func world(areKeepersPresent: Bool = true) -> MechanismWorld {
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

  static func outcome(
    _ name: String, _ equityUSD: Double, profits: [Double] = [0, 0, 0],
    world: MechanismWorld = world()
  ) throws -> MechanismOutcome {
    let mechanism = try #require(LiquidationMechanism.named(name))
    return MechanismWalk.outcome(
      of: subject(equityUSD), under: mechanism, in: world, profitsUSD: profits)
  }

  static func near(_ left: Double, _ right: Double, _ scale: Double = 100_000) -> Bool {
    abs(left - right) <= 1e-12 * scale
  }
}
