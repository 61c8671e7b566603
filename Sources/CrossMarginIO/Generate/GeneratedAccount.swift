// One synthetic account, before it becomes rows of a book.

import PortfolioModel

/// A position of a synthetic account.
public struct GeneratedPosition: Sendable, Equatable {
  /// The instrument.
  public var instrument: InstrumentIndex
  /// Signed number of contracts, a multiple of the lot.
  public var quantity: Double
  /// Price at which it was opened, quote asset; nil where the gains are in the balance or given.
  public var entryPrice: Double?
  /// Gains since it was opened, settlement asset; nil where they are in the balance or follow from
  /// `entryPrice`.
  public var unsettledAmount: Double?
}

/// A balance of a synthetic account.
public struct GeneratedBalance: Sendable, Equatable {
  /// The asset.
  public var asset: AssetIndex
  /// Signed amount, units of the asset; negative is borrowed.
  public var amount: Double
}

/// A synthetic account; positions sorted by instrument, balances by asset, each at most once.
public struct GeneratedAccount: Sendable, Equatable {
  /// Name: `A` and the number with seven digits.
  public var name: String
  /// What the account does.
  public var kind: AccountKind
  /// Futures, perpetuals and options.
  public var positions: [GeneratedPosition] = []
  /// Collateral and debt.
  public var balances: [GeneratedBalance] = []
}
