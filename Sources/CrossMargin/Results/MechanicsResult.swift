// What a comparison of liquidation mechanisms found.

import PortfolioModel

/// One mechanism on one path: sums over all accounts.
public struct MechanicsPath: Sendable, Equatable {
  /// Missing at the end, USD.
  public var badDebtUSD = 0.0
  /// Costs of closing, as far as accounts had equity to pay them, USD.
  public var userCostUSD = 0.0
  /// Received by keepers, USD.
  public var keepersUSD = 0.0
  /// Received by the fund, the vault or the venue, USD.
  public var fundUSD = 0.0
  /// Lost to the market's impact, USD.
  public var marketUSD = 0.0
  /// Gross notional closed, USD.
  public var closedNotionalUSD = 0.0
  /// Accounts liquidated.
  public var liquidatedCount = 0
  /// Of which would have had a surplus at the end if nobody had touched them.
  public var unnecessaryCount = 0
  /// Of which were still below maintenance at the end.
  public var unfinishedCount = 0
  /// Time that accounts were in liquidation, seconds, summed.
  public var seconds = 0.0

  /// Nothing yet.
  public init() {}

  mutating func add(_ outcome: MechanismOutcome, isHealthyWithout: Bool) {
    guard outcome.triggeredInstant != nil else { return }
    badDebtUSD += outcome.badDebtUSD
    userCostUSD += outcome.userCostUSD
    keepersUSD += outcome.keepersUSD
    fundUSD += outcome.fundUSD
    marketUSD += outcome.marketUSD
    closedNotionalUSD += outcome.closedNotionalUSD
    liquidatedCount += 1
    unnecessaryCount += isHealthyWithout ? 1 : 0
    unfinishedCount += outcome.isEnded ? 0 : 1
    seconds += outcome.seconds
  }

  mutating func add(_ other: MechanicsPath) {
    badDebtUSD += other.badDebtUSD
    userCostUSD += other.userCostUSD
    keepersUSD += other.keepersUSD
    fundUSD += other.fundUSD
    marketUSD += other.marketUSD
    closedNotionalUSD += other.closedNotionalUSD
    liquidatedCount += other.liquidatedCount
    unnecessaryCount += other.unnecessaryCount
    unfinishedCount += other.unfinishedCount
    seconds += other.seconds
  }
}

/// A mean over paths and its standard error.
public struct PathMean: Sendable, Equatable {
  /// The mean.
  public var mean: Double
  /// Its standard error.
  public var standardError: Double
}

/// One mechanism, with keepers and full depth or without keepers and what is left of depth.
public struct MechanicsRow: Sendable, Equatable {
  /// The mechanism.
  public var mechanism: LiquidationMechanism
  /// Whether keepers bid and depth is whole.
  public var areKeepersPresent: Bool
  /// Sums over accounts. [paths]
  public var paths: [MechanicsPath]
  /// Value at risk and expected shortfall of the bad debt over paths.
  public var tail: TailMeasures

  /// The mean over paths of a sum.
  public func mean(_ value: (MechanicsPath) -> Double) -> PathMean {
    let count = Double(paths.count)
    let mean = paths.reduce(0) { $0 + value($1) } / count
    let squares = paths.reduce(0) { $0 + (value($1) - mean) * (value($1) - mean) }
    let variance = count > 1 ? squares / (count - 1) : 0
    return PathMean(mean: mean, standardError: (variance / count).squareRoot())
  }

  /// Share of all liquidations of which something holds; 0 without liquidations.
  public func share(_ count: (MechanicsPath) -> Int) -> Double {
    let all = paths.reduce(0) { $0 + $1.liquidatedCount }
    return all > 0 ? Double(paths.reduce(0) { $0 + count($1) }) / Double(all) : 0
  }

  /// Mean time that a liquidation takes, seconds; those that the end of the path cuts off count as
  /// far as they went. 0 without liquidations.
  public var meanSeconds: Double {
    let all = paths.reduce(0) { $0 + $1.liquidatedCount }
    return all > 0 ? paths.reduce(0) { $0 + $1.seconds } / Double(all) : 0
  }
}

/// One account under the mechanism of one row, which liquidates it on some path.
public struct MechanicsAccount: Sendable, Equatable, BitwiseCopyable {
  /// The account.
  public var account: AccountIndex
  /// The row's place in `MechanicsResult.rows`.
  public var row: Int
  /// Paths on which the account is liquidated.
  public var liquidatedCount = 0
  /// Its bad debt, summed over those paths, USD.
  public var badDebtUSD = 0.0

  /// An account that is not liquidated yet.
  public init(account: AccountIndex, row: Int) {
    self.account = account
    self.row = row
  }

  /// Mean bad debt where it is liquidated: the loss given liquidation, slippage included, USD; 0
  /// where it never is.
  public var lossGivenLiquidationUSD: Double {
    liquidatedCount > 0 ? badDebtUSD / Double(liquidatedCount) : 0
  }
}

/// A comparison on the same accounts and the same paths.
public struct MechanicsResult: Sendable, Equatable {
  /// What was assumed.
  public var settings: MechanicsSettings
  /// Every mechanism with keepers, then every one without. [rows]
  public var rows: [MechanicsRow]
  /// Names of assets whose impact is the run's cost of closing for want of volume and depth.
  public var fallbackAssets: [String]
}
