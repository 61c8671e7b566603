// Margins by leverage, and borrowing against balances: Hyperliquid.

/// Margin of one perpetual position by leverage: Hyperliquid.
public struct LeverageMargin: Sendable, Equatable {
  /// Maintenance tiers.
  public var maintenance: TierSchedule
  /// Leverage that the user chose.
  public var leverage: Double

  /// Rates of a position.
  public init(maintenance: TierSchedule, leverage: Double) {
    self.maintenance = maintenance
    self.leverage = leverage
  }

  /// Initial `notional / leverage`, maintenance by tier, USD.
  public func requirementUSD(coins: Double, markUSD: Double) -> LevelPair {
    let notionalUSD = abs(coins) * markUSD
    return LevelPair(
      initial: notionalUSD / leverage,
      maintenance: maintenance.requirementUSD(notionalUSD: notionalUSD))
  }
}

/// Borrowing against a balance in Hyperliquid's portfolio margin.
public enum PortfolioBorrowing {
  /// `balance x price x loan-to-value`, USD.
  public static func borrowableUSD(
    balance: Double, priceUSD: Double, loanToValue: Double
  ) -> Double {
    balance * priceUSD * loanToValue
  }
}
