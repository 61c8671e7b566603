// Which check a trade must pass under Derive's Standard Manager.

/// Change of one position by a trade, coins.
public struct PositionChange: Sendable, Equatable {
  /// Before the trade, positive is long.
  public var beforeCoins: Double
  /// After the trade.
  public var afterCoins: Double

  /// A change.
  public init(beforeCoins: Double, afterCoins: Double) {
    self.beforeCoins = beforeCoins
    self.afterCoins = afterCoins
  }
}

/// What a trade does to an account.
public struct StandardTrade: Sendable, Equatable {
  /// Change of cash, USD.
  public var cashChangeUSD: Double
  /// Changes of base assets.
  public var base: [PositionChange]
  /// Changes of perpetuals.
  public var perpetuals: [PositionChange]
  /// Changes of options.
  public var options: [PositionChange]

  /// A trade.
  public init(
    cashChangeUSD: Double, base: [PositionChange], perpetuals: [PositionChange],
    options: [PositionChange]
  ) {
    self.cashChangeUSD = cashChangeUSD
    self.base = base
    self.perpetuals = perpetuals
    self.options = options
  }

  /// Whether the trade only adds cash, base assets or options, or shrinks perpetuals without
  /// turning them: it then needs no check.
  public var onlyLowersRisk: Bool {
    cashChangeUSD >= 0 && (base + options).allSatisfy { $0.afterCoins >= $0.beforeCoins }
      && perpetuals.allSatisfy {
        abs($0.afterCoins) <= abs($0.beforeCoins) && $0.afterCoins * $0.beforeCoins >= 0
      }
  }

  /// The level that the account must pass after the trade; nil for none. A trusted assessor's trades
  /// are checked against maintenance.
  public func requiredLevel(isTrustedAssessor: Bool) -> MarginLevel? {
    if onlyLowersRisk { return nil }
    return isTrustedAssessor ? .maintenance : .initial
  }
}
