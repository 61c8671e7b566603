// What the accounts hold. Columns, since there may be many millions of rows.

/// One row of `accounts.csv`; accounts without a row have a name only.
public struct Account: Sendable, Equatable {
  /// Name, unique.
  public var name: String
  /// Rule set; nil for the default of the run.
  public var model: String?
  /// Beneficial owner.
  public var group: String?
  /// Leverage the account has chosen.
  public var leverage: Double?
  /// Category of correlated assets it has chosen.
  public var efficiencyMode: String?

  /// An account with a name; everything else is unknown until set.
  public init(name: String) { self.name = name }
}

/// All positions, sorted by account, then instrument, then leg. Spot positions are balances.
public struct PositionTable: Sendable, Equatable {
  /// First row of each account, and the row count at the end: [accounts + 1].
  public var accountOffsets: [Int]
  /// Instrument of each row.
  public var instruments: [InstrumentIndex]
  /// Signed number of contracts of each row.
  public var quantities: [Double]
  /// Price at which the position was opened, quote asset.
  public var entryPrices = OptionalColumn()
  /// Gains not yet in the balance, settlement asset.
  public var unsettledAmounts = OptionalColumn()
  /// Leg names, one per row; empty where no row has one.
  public var legs: [String] = []
  /// Margin pools, one per row; empty where no row has one.
  public var marginPools: [String] = []

  /// A table; `accountOffsets` has one more element than there are accounts.
  public init(accountOffsets: [Int], instruments: [InstrumentIndex], quantities: [Double]) {
    precondition(accountOffsets.last == instruments.count, "offsets must end at the row count")
    precondition(instruments.count == quantities.count, "one quantity per instrument")
    self.accountOffsets = accountOffsets
    self.instruments = instruments
    self.quantities = quantities
  }

  /// Rows of an account.
  public func rows(of account: AccountIndex) -> Range<Int> {
    accountOffsets[account.position]..<accountOffsets[account.position + 1]
  }
}

/// All balances, sorted by account, then asset, at most one row for each.
public struct BalanceTable: Sendable, Equatable {
  /// First row of each account, and the row count at the end: [accounts + 1].
  public var accountOffsets: [Int]
  /// Asset of each row.
  public var assets: [AssetIndex]
  /// Signed amount of each row with accrued funding, units of the asset; negative is borrowed.
  public var amounts: [Double]

  /// A table; `accountOffsets` has one more element than there are accounts.
  public init(accountOffsets: [Int], assets: [AssetIndex], amounts: [Double]) {
    precondition(accountOffsets.last == assets.count, "offsets must end at the row count")
    precondition(assets.count == amounts.count, "one amount per asset")
    self.accountOffsets = accountOffsets
    self.assets = assets
    self.amounts = amounts
  }

  /// Rows of an account.
  public func rows(of account: AccountIndex) -> Range<Int> {
    accountOffsets[account.position]..<accountOffsets[account.position + 1]
  }
}

/// A position or balance whose instrument or asset is not known; its account is not margined.
public struct UnknownHolding: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Name of the instrument or asset that the book does not define.
  public var name: String
  /// Whether it is a balance of an asset; otherwise a position in an instrument.
  public var isAsset: Bool

  /// An unknown holding.
  public init(account: AccountIndex, name: String, isAsset: Bool) {
    self.account = account
    self.name = name
    self.isAsset = isAsset
  }
}

/// One row of `orders.csv`.
public struct OpenOrder: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// The instrument.
  public var instrument: InstrumentIndex
  /// Signed number of contracts: positive buys.
  public var quantity: Double
  /// Limit price, quote asset (settlement asset for inverse options).
  public var price: Double
  /// Whether it may only shrink a position.
  public var isReduceOnly: Bool

  /// An open order.
  public init(
    account: AccountIndex, instrument: InstrumentIndex, quantity: Double, price: Double,
    isReduceOnly: Bool
  ) {
    self.account = account
    self.instrument = instrument
    self.quantity = quantity
    self.price = price
    self.isReduceOnly = isReduceOnly
  }
}

/// One row of `reported.csv`: figures of the venue itself, to reconcile with.
public struct ReportedFigures: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Equity, USD.
  public var equityUSD: Double?
  /// Initial margin, USD.
  public var initialUSD: Double?
  /// Maintenance margin, USD.
  public var maintenanceUSD: Double?
  /// Liquidation price of `instrument`, its quote asset.
  public var liquidationPrice: Double?
  /// The instrument that `liquidationPrice` is about.
  public var instrument: InstrumentIndex?

  /// Figures of an account; everything is unknown until set.
  public init(account: AccountIndex) { self.account = account }
}

/// All accounts with what they hold.
public struct Portfolio: Sendable, Equatable {
  /// Accounts, sorted by the bytes of their names.
  public var accounts: [Account]
  /// Positions.
  public var positions: PositionTable
  /// Balances.
  public var balances: BalanceTable
  /// Holdings that name unknown instruments or assets, sorted by account.
  public var unknownHoldings: [UnknownHolding] = []
  /// Open orders, sorted by account, then file order.
  public var orders: [OpenOrder] = []
  /// The venue's own figures, sorted by account.
  public var reported: [ReportedFigures] = []

  /// Open orders of an account, in file order.
  public func orders(of account: AccountIndex) -> ArraySlice<OpenOrder> {
    let first = Self.firstPlace(in: orders) { $0.account >= account }
    let end = Self.firstPlace(in: orders) { $0.account > account }
    return orders[first..<end]
  }

  /// Holdings of an account that name unknown instruments or assets.
  public func unknownHoldings(of account: AccountIndex) -> ArraySlice<UnknownHolding> {
    let first = Self.firstPlace(in: unknownHoldings) { $0.account >= account }
    let end = Self.firstPlace(in: unknownHoldings) { $0.account > account }
    return unknownHoldings[first..<end]
  }

  /// Position of the first element that is beyond, in a list whose later ones all are.
  private static func firstPlace<Element>(
    in sorted: [Element], where isBeyond: (Element) -> Bool
  ) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// A portfolio of sorted accounts.
  public init(accounts: [Account], positions: PositionTable, balances: BalanceTable) {
    precondition(positions.accountOffsets.count == accounts.count + 1, "an offset per account")
    precondition(balances.accountOffsets.count == accounts.count + 1, "an offset per account")
    self.accounts = accounts
    self.positions = positions
    self.balances = balances
  }
}

/// A market, its instruments and the accounts that hold them.
public struct Book: Sendable, Equatable {
  /// The market.
  public var market: MarketSnapshot
  /// Instruments, sorted by the bytes of their names.
  public var instruments: [Instrument]
  /// The accounts.
  public var portfolio: Portfolio
  /// Scenario sets of users by name, sorted by the bytes of their names.
  public var scenarios: [UserScenarioSet] = []

  /// A book.
  public init(market: MarketSnapshot, instruments: [Instrument], portfolio: Portfolio) {
    self.market = market
    self.instruments = instruments
    self.portfolio = portfolio
  }

  /// The instrument at an index.
  public subscript(_ index: InstrumentIndex) -> Instrument { instruments[index.position] }
}

/// A named list of user scenarios.
public struct UserScenarioSet: Sendable, Equatable {
  /// Name: the file's, without folder and extension.
  public var name: String
  /// Scenarios in file order.
  public var scenarios: [UserScenario]

  /// A set.
  public init(name: String, scenarios: [UserScenario]) {
    self.name = name
    self.scenarios = scenarios
  }
}
