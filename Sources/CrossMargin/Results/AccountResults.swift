// What a run says about accounts. Rows of one block of accounts, ready to be stored.

import PortfolioModel

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
  /// Analytic measures of margined accounts; nil where the run asks for none.
  public var analytic: AnalyticResult?
  /// Figures beside those that the venue reports, by account, figure.
  public var reconciliations: [ReconciliationRow] = []
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
  /// Number of accounts whose contributions to analytic measures were asked for and not found.
  public var unattributedCount = 0
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
    unattributedCount += next.unattributedCount
    for status in statusCounts.indices { statusCounts[status] += next.statusCounts[status] }
  }
}
