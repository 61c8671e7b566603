// What oracles do to a book: their prices, what errors of them liquidate, what caution costs.

import PortfolioModel

/// A way in which prices of oracles may differ from those of the book.
public enum OracleMove: String, Sendable, CaseIterable {
  /// The prices of the book.
  case book
  /// The prices that the sources make.
  case mid
  /// The book's prices less half of their ranges.
  case low
  /// The book's prices and half of their ranges.
  case high
}

/// All accounts judged at prices that an oracle might tell, their requirements scanned again there.
public struct OracleErrorRow: Sendable, Equatable {
  /// The asset whose price alone is off; nil = all assets with a range together.
  public var asset: AssetIndex?
  /// In what way.
  public var move: OracleMove
  /// Whether it is the worse of the two ways of all assets together for the book: more negative
  /// equity, and where that is the same more notional newly liquidated. Neither is where both are
  /// the same.
  public var isWorse = false
  /// What accounts are then.
  public var tally: OracleTally
}

/// Accounts against what they are at the prices of the book.
public struct OracleTally: Sendable, Equatable {
  /// Accounts without surplus at the last level.
  public var liquidatableCount = 0
  /// Of these, those that have one at the book's prices: liquidated falsely if the book is right.
  public var newCount = 0
  /// Gross notional of these, at the book's prices, USD.
  public var newNotionalUSD = 0.0
  /// Accounts with a surplus that have none at the book's prices: not liquidated if the oracle errs.
  public var sparedCount = 0
  /// Gross notional of these, at the book's prices, USD.
  public var sparedNotionalUSD = 0.0
  /// Sum of negative equities, as a positive amount, USD.
  public var negativeEquityUSD = 0.0

  /// No account.
  public init() {}

  mutating func fold(_ other: OracleTally) {
    liquidatableCount += other.liquidatableCount
    newCount += other.newCount
    newNotionalUSD += other.newNotionalUSD
    sparedCount += other.sparedCount
    sparedNotionalUSD += other.sparedNotionalUSD
    negativeEquityUSD += other.negativeEquityUSD
  }
}

/// What accounts can still open where they are judged with the cautious end of each range.
public struct OpeningPower: Sendable, Equatable {
  /// Sum of positive initial surpluses at the prices that the sources make, USD.
  public var midUSD = 0.0
  /// The same where assets that are held count at the lower and those that are owed at the upper end
  /// of their ranges, USD.
  public var cautiousUSD = 0.0
  /// Accounts with initial surplus at the first and without at the second.
  public var closedCount = 0

  /// None.
  public init() {}

  mutating func fold(_ other: OpeningPower) {
    midUSD += other.midUSD
    cautiousUSD += other.cautiousUSD
    closedCount += other.closedCount
  }
}

/// What oracles do to a book.
public struct OracleResult: Sendable, Equatable {
  /// Assets of which the book says something, in their order.
  public var readings: [OracleReading]
  /// The book's prices first, then the sources' prices where there are any, then each asset with a
  /// range alone, low and high, then all of them together, low and high.
  public var errors: [OracleErrorRow]
  /// What caution costs.
  public var opening: OpeningPower
}
