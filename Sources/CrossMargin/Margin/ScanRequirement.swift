// Requirements of an account and how it stands.

import PortfolioModel

/// How an account stands. `H = equity - haircuts - requirement` of the level.
public enum AccountStatus: String, Sendable, CaseIterable {
  /// Surplus at the initial level.
  case healthy
  /// Surplus at the maintenance level only.
  case belowInitial = "below_initial"
  /// No surplus at the maintenance level.
  case liquidatable
  /// Equity before haircuts is negative.
  case insolvent
  /// Something that the account holds could not be valued.
  case unmargined
}

/// Requirement of one account at one level of a scan rule set, USD. The total is the sum of what
/// is shown, in the order shown.
public struct ScanRequirement: Sendable, Equatable {
  /// Worst loss of the grid times the factor of the level.
  public var scanUSD: Double
  /// Losses of expiries whose forward moves alone, times the factor of the level.
  public var basisUSD: Double
  /// What is missing to the least requirement of unpaired short options, times the factor.
  public var nakedShortUSD: Double
  /// Charge for borrowed amounts.
  public var borrowUSD: Double
  /// Value of collateral that does not count, positive; lowers the equity, not part of the total.
  public var haircutUSD: Double

  /// The requirement.
  public var totalUSD: Double { ((scanUSD + basisUSD) + nakedShortUSD) + borrowUSD }

  /// What is left of an equity: negative = the level is failed.
  public func surplusUSD(equityUSD: Double) -> Double { (equityUSD - haircutUSD) - totalUSD }

  /// All fields in order.
  public init(
    scanUSD: Double,
    basisUSD: Double,
    nakedShortUSD: Double,
    borrowUSD: Double,
    haircutUSD: Double
  ) {
    self.scanUSD = scanUSD
    self.basisUSD = basisUSD
    self.nakedShortUSD = nakedShortUSD
    self.borrowUSD = borrowUSD
    self.haircutUSD = haircutUSD
  }
}

/// Requirements of one account.
public struct MarginRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Initial level.
  public var initial: ScanRequirement
  /// Maintenance level.
  public var maintenance: ScanRequirement
  /// Scenario of the grid with the largest loss, counted from 0.
  public var worstScenario: ScenarioIndex

  /// All fields in order.
  public init(
    account: AccountIndex,
    initial: ScanRequirement,
    maintenance: ScanRequirement,
    worstScenario: ScenarioIndex
  ) {
    self.account = account
    self.initial = initial
    self.maintenance = maintenance
    self.worstScenario = worstScenario
  }
}
