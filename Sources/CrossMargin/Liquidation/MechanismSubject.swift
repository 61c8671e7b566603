// What a mechanism meets: an account, the world around it, and the others on the same path.

/// An account as mechanisms see it today.
public struct MechanismSubject: Sendable, Equatable {
  /// Equity, USD.
  public var equityUSD: Double
  /// Equity less maintenance surplus, USD; what haircuts take is part of it. Frozen.
  public var requirementUSD: Double
  /// Gross notional of contracts, and debts, USD.
  public var notionalUSD: Double
  /// What is bought and sold in markets when all of it is closed, by market, USD.
  public var exposures: [(asset: Int, notionalUSD: Double)]
  /// Standard deviation of the whole portfolio's value per day, USD.
  public var deviationDailyUSD: Double

  /// An account; a requirement below zero counts as none.
  public init(
    equityUSD: Double, requirementUSD: Double, notionalUSD: Double,
    exposures: [(asset: Int, notionalUSD: Double)], deviationDailyUSD: Double
  ) {
    self.equityUSD = equityUSD
    self.requirementUSD = max(requirementUSD, 0)
    self.notionalUSD = notionalUSD
    self.exposures = exposures
    self.deviationDailyUSD = deviationDailyUSD
  }

  /// Whether all fields are equal.
  public static func == (left: MechanismSubject, right: MechanismSubject) -> Bool {
    left.equityUSD == right.equityUSD && left.requirementUSD == right.requirementUSD
      && left.notionalUSD == right.notionalUSD
      && left.deviationDailyUSD == right.deviationDailyUSD
      && left.exposures.elementsEqual(right.exposures, by: ==)
  }
}

/// The world in which mechanisms act.
public struct MechanismWorld: Sendable, Equatable {
  /// Markets.
  public var liquidity: MarketLiquidity
  /// Keepers.
  public var keepers: KeeperSettings
  /// Whether keepers bid.
  public var areKeepersPresent: Bool
  /// Length of a step, seconds, positive.
  public var stepSeconds: Double

  /// A world.
  public init(
    liquidity: MarketLiquidity, keepers: KeeperSettings, areKeepersPresent: Bool,
    stepSeconds: Double
  ) {
    self.liquidity = liquidity
    self.keepers = keepers
    self.areKeepersPresent = areKeepersPresent
    self.stepSeconds = stepSeconds
  }

  /// What keepers turn over in one step, USD.
  public var turnoverUSD: Double { keepers.capitalUSD * stepSeconds / (keepers.exitDays * 86_400) }
}

/// What the others on the same path do, from a walk in which nobody stood in another's way.
public struct MechanismCrowd: Sendable {
  /// What all close.
  public var flow: ClosedFlow
  /// Steps that keepers are busy at each instant. [paths][instants]
  public var waitSteps: [[Int]]

  /// A crowd.
  public init(flow: ClosedFlow, turnoverUSD: Double) {
    self.flow = flow
    waitSteps = (0..<flow.pathCount).map {
      flow.waitSteps(path: $0, turnoverUSD: turnoverUSD)
    }
  }
}
