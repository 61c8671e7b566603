// Small portfolios made in memory, account by account.

/// One account with what it holds, in any order.
public struct AccountRecord: Sendable, Equatable {
  /// The account.
  public var account: Account
  /// Its positions.
  public var positions: [HeldPosition]
  /// Amounts of assets, units of the asset; negative is borrowed. Each asset once.
  public var balances: [HeldBalance]

  /// An account with positions and balances.
  public init(
    _ account: Account, positions: [HeldPosition] = [], balances: [HeldBalance] = []
  ) {
    self.account = account
    self.positions = positions
    self.balances = balances
  }
}

/// A position of one account.
public struct HeldPosition: Sendable, Equatable {
  /// The instrument.
  public var instrument: InstrumentIndex
  /// Signed number of contracts.
  public var quantity: Double
  /// Price at which it was opened, quote asset; of futures and perpetuals only.
  public var entryPrice: Double?

  /// A position.
  public init(_ instrument: InstrumentIndex, quantity: Double, entryPrice: Double? = nil) {
    self.instrument = instrument
    self.quantity = quantity
    self.entryPrice = entryPrice
  }
}

/// A balance of one account.
public struct HeldBalance: Sendable, Equatable {
  /// The asset.
  public var asset: AssetIndex
  /// Signed amount, units of the asset.
  public var amount: Double

  /// A balance.
  public init(_ asset: AssetIndex, amount: Double) {
    self.asset = asset
    self.amount = amount
  }
}

extension Portfolio {
  /// The portfolio of some accounts, which become sorted by the bytes of their names; positions of
  /// one instrument keep their order.
  ///
  /// - Precondition: names are unique, and so are the assets of each account.
  public init(_ records: [AccountRecord]) {
    let sorted = records.sorted { precedesByBytes($0.account.name, $1.account.name) }
    var positionOffsets = [0]
    var positions: [HeldPosition] = []
    var balanceOffsets = [0]
    var balances: [HeldBalance] = []
    for (rank, record) in sorted.enumerated() {
      precondition(
        rank == 0 || sorted[rank - 1].account.name != record.account.name, "unique names")
      // A stable order, which `sort` does not promise.
      let order = record.positions.indices.sorted {
        (record.positions[$0].instrument, $0) < (record.positions[$1].instrument, $1)
      }
      positions += order.map { record.positions[$0] }
      positionOffsets.append(positions.count)
      let held = record.balances.sorted { $0.asset < $1.asset }
      precondition(
        zip(held, held.dropFirst()).allSatisfy { $0.asset < $1.asset }, "one balance per asset")
      balances += held
      balanceOffsets.append(balances.count)
    }
    var table = PositionTable(
      accountOffsets: positionOffsets, instruments: positions.map(\.instrument),
      quantities: positions.map(\.quantity))
    table.entryPrices = OptionalColumn(positions.map(\.entryPrice))
    self.init(
      accounts: sorted.map(\.account), positions: table,
      balances: BalanceTable(
        accountOffsets: balanceOffsets, assets: balances.map(\.asset),
        amounts: balances.map(\.amount)))
  }
}
