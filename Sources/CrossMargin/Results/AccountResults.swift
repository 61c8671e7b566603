// What a run says about accounts. Rows of one block of accounts, ready to be stored.

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

/// Why an account could not be valued.
public struct MissingData: Error, Sendable, Equatable {
  /// The closed list of reasons.
  public enum Reason: String, Sendable, CaseIterable {
    /// An option whose expiry has no forward.
    case forward
    /// An option without volatility.
    case volatility
    /// A perpetual without mark, or a dated future with neither mark nor forward.
    case mark
    /// An asset without price.
    case price
    /// Expired without a settlement price.
    case settlementPrice = "settlement_price"
    /// A position in an instrument that the book does not define.
    case instrument
    /// A balance in an asset that the market does not define.
    case asset
    /// A price older than the run allows.
    case stalePrice = "stale_price"
  }

  /// Name of the instrument or asset.
  public var subject: String
  /// What is missing.
  public var reason: Reason

  /// A gap in the data.
  public init(subject: String, reason: Reason) {
    self.subject = subject
    self.reason = reason
  }
}

/// One account: what it is worth.
public struct AccountRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Position of its rule set in `RunSettings.models`.
  public var modelPosition: Int
  /// How it stands.
  public var status: AccountStatus
  /// What is missing, where the status is `unmargined`.
  public var missing: MissingData?
  /// Balances, unsettled amounts and option value, USD; 0 where unmargined.
  public var equityUSD: Double
  /// Model value of the options, USD.
  public var optionValueUSD: Double
  /// Unsettled gains of futures and perpetuals, USD.
  public var unsettledUSD: Double
  /// Sum of absolute position notionals that could be priced, USD.
  public var grossNotionalUSD: Double

  /// All fields in order.
  public init(
    account: AccountIndex,
    modelPosition: Int,
    status: AccountStatus,
    missing: MissingData? = nil,
    equityUSD: Double,
    optionValueUSD: Double,
    unsettledUSD: Double,
    grossNotionalUSD: Double
  ) {
    self.account = account
    self.modelPosition = modelPosition
    self.status = status
    self.missing = missing
    self.equityUSD = equityUSD
    self.optionValueUSD = optionValueUSD
    self.unsettledUSD = unsettledUSD
    self.grossNotionalUSD = grossNotionalUSD
  }
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

/// Losses of one account in one scenario set, USD, positive = loss.
public struct MeasureRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Position of the set in `RunSettings.scenarioSets`.
  public var setPosition: Int
  /// Largest loss after loss factors.
  public var worstLossUSD: Double
  /// Scenario of the largest loss, counted from 0; the lowest of equals.
  public var worstScenario: ScenarioIndex
  /// VaR and expected shortfall, for sets with probabilities.
  public var tail: TailMeasures?
  /// Largest difference between full revaluation and the delta-gamma form; nil where the set moves
  /// levels in ways that form does not have.
  public var deltaGammaGapUSD: Double?

  /// All fields in order.
  public init(
    account: AccountIndex,
    setPosition: Int,
    worstLossUSD: Double,
    worstScenario: ScenarioIndex,
    tail: TailMeasures? = nil,
    deltaGammaGapUSD: Double? = nil
  ) {
    self.account = account
    self.setPosition = setPosition
    self.worstLossUSD = worstLossUSD
    self.worstScenario = worstScenario
    self.tail = tail
    self.deltaGammaGapUSD = deltaGammaGapUSD
  }
}

/// VaR and expected shortfall, USD, positive = loss, not floored.
public struct TailMeasures: Sendable, Equatable {
  /// VaR.
  public var valueAtRiskUSD: Double
  /// Its standard error; nil for sets that are not samples.
  public var valueAtRiskErrorUSD: Double?
  /// Expected shortfall.
  public var expectedShortfallUSD: Double
  /// Its standard error; nil for sets that are not samples.
  public var expectedShortfallErrorUSD: Double?

  /// All fields in order.
  public init(
    valueAtRiskUSD: Double,
    valueAtRiskErrorUSD: Double? = nil,
    expectedShortfallUSD: Double,
    expectedShortfallErrorUSD: Double? = nil
  ) {
    self.valueAtRiskUSD = valueAtRiskUSD
    self.valueAtRiskErrorUSD = valueAtRiskErrorUSD
    self.expectedShortfallUSD = expectedShortfallUSD
    self.expectedShortfallErrorUSD = expectedShortfallErrorUSD
  }
}

/// Sensitivities, USD. `F` is the forward (or the mark of a future), `S` the spot price.
public struct Greeks: Sendable, Equatable {
  /// dV/dF x F of derivatives.
  public var deltaUSD = 0.0
  /// `deltaUSD` with balances and unsettled amounts.
  public var deltaTotalUSD = 0.0
  /// d2V/dF2 x F^2 / 100: change of `deltaUSD` for 1 %.
  public var gammaUSDPerPercent = 0.0
  /// Change of value per volatility point.
  public var vegaUSDPerPoint = 0.0
  /// Change of value per day at fixed forward and volatility.
  public var thetaUSDPerDay = 0.0
  /// Change of value per percentage point of the discount rate.
  public var rhoUSDPerPoint = 0.0
  /// Change of `deltaUSD` per volatility point.
  public var vannaUSDPerPoint = 0.0
  /// Change of `vegaUSDPerPoint` per volatility point.
  public var volgaUSDPerPoint = 0.0

  /// No sensitivity.
  public init() {}
}

/// Sensitivities of one account to one underlying.
public struct UnderlyingRow: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// The underlying.
  public var underlying: AssetIndex
  /// Sensitivities.
  public var greeks: Greeks

  /// All fields in order.
  public init(
    account: AccountIndex,
    underlying: AssetIndex,
    greeks: Greeks
  ) {
    self.account = account
    self.underlying = underlying
    self.greeks = greeks
  }
}

/// Everything a run says about one block of accounts.
public struct AccountBlockResult: Sendable, Equatable {
  /// Number of the block, from 0.
  public var blockIndex: Int
  /// One row for each account of the block, by account.
  public var accounts: [AccountRow] = []
  /// One row for each margined account, by account.
  public var margins: [MarginRow] = []
  /// One row for each margined account and scenario set, by account, then set.
  public var measures: [MeasureRow] = []
  /// One row for each margined account and underlying it has exposure to, by account, underlying.
  public var underlyings: [UnderlyingRow] = []
  /// Limits that accounts of the block breach, by account.
  public var alerts: [Alert] = []
  /// What the block adds to the book.
  public var contribution: BookContribution

  /// All fields in order.
  public init(
    blockIndex: Int,
    contribution: BookContribution
  ) {
    self.blockIndex = blockIndex
    self.contribution = contribution
  }
}

/// What a block of accounts adds to the book: fixed-length sums that are folded in block order.
public struct BookContribution: Sendable, Equatable {
  /// Net quantities of the margined accounts in units of the columns of `U`: assets, then
  /// instruments.
  public var netQuantities: [Double]
  /// Gross notional of margined accounts, USD.
  public var marginedNotionalUSD = 0.0
  /// Gross notional of unmargined accounts, as far as it can be priced, USD.
  public var unmarginedNotionalUSD = 0.0
  /// Sum of equities of margined accounts, USD.
  public var equityUSD = 0.0
  /// Sum of negative equities, as a positive amount, USD.
  public var negativeEquityUSD = 0.0
  /// Sum of initial requirements, USD.
  public var initialUSD = 0.0
  /// Sum of maintenance requirements, USD.
  public var maintenanceUSD = 0.0
  /// Number of accounts by status, in the order of `AccountStatus.allCases`.
  public var statusCounts = [Int](repeating: 0, count: AccountStatus.allCases.count)

  /// Nothing yet, for a number of columns of `U`.
  public init(columnCount: Int) { netQuantities = [Double](repeating: 0, count: columnCount) }

  /// Adds the contribution of the next block.
  public mutating func fold(_ next: BookContribution) {
    precondition(netQuantities.count == next.netQuantities.count, "contributions of one book")
    for column in netQuantities.indices { netQuantities[column] += next.netQuantities[column] }
    marginedNotionalUSD += next.marginedNotionalUSD
    unmarginedNotionalUSD += next.unmarginedNotionalUSD
    equityUSD += next.equityUSD
    negativeEquityUSD += next.negativeEquityUSD
    initialUSD += next.initialUSD
    maintenanceUSD += next.maintenanceUSD
    for status in statusCounts.indices { statusCounts[status] += next.statusCounts[status] }
  }
}
