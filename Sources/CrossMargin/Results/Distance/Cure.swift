// What would bring an account back to health, and what that costs.

import PortfolioModel

/// Kinds of cures.
public enum CureKind: String, Sendable, Equatable, CaseIterable {
  /// Cash is paid in.
  case deposit
  /// One position is closed, wholly or in part.
  case closing
  /// Several positions are closed together, at the least cost.
  case combination
  /// A future or perpetual on the main underlying is traded against its delta.
  case hedge
  /// Collateral is sold for an asset that counts for more.
  case swap
}

/// One change of an account after which its surplus is what is asked for.
public struct Cure: Sendable, Equatable {
  /// What it does.
  public var kind: CureKind
  /// The change.
  public var change: AccountChange
  /// What it costs, USD: a share of the notional or value that is traded, which the account pays, or
  /// the cost of capital of a deposit over the horizon, which it does not.
  public var costUSD: Double
  /// Value that is paid in, or notional or value that is traded, USD.
  public var amountUSD: Double
  /// Surplus at the last level after the change and its cost, USD.
  public var surplusUSD: Double
  /// Requirement at the last level after the change, USD.
  public var requirementUSD: Double
}

/// What cures cost and where they lead.
public struct CureSettings: Sendable, Equatable {
  /// Cost of trading, fraction of the notional or value, in [0, 1).
  public var tradeCostFraction: Double
  /// Cost of capital per year, fraction of a deposit.
  public var capitalCostAnnual: Double
  /// Days for which a deposit stays.
  public var horizonDays: Double
  /// Surplus that a cure restores, fraction of the requirement after it, at least 0.
  public var bufferFraction: Double

  /// Costs and a goal.
  public init(
    tradeCostFraction: Double, capitalCostAnnual: Double, horizonDays: Double,
    bufferFraction: Double
  ) {
    precondition(tradeCostFraction >= 0 && tradeCostFraction < 1, "a cost is a fraction")
    precondition(capitalCostAnnual >= 0 && horizonDays >= 0, "capital costs nothing or something")
    precondition(bufferFraction >= 0, "a buffer is not negative")
    self.tradeCostFraction = tradeCostFraction
    self.capitalCostAnnual = capitalCostAnnual
    self.horizonDays = horizonDays
    self.bufferFraction = bufferFraction
  }

  /// What a deposit costs per USD.
  var depositCostFraction: Double { capitalCostAnnual * UTCTime.years(ofDays: horizonDays) }
}

/// The cures of one account, the cheapest first.
public struct AccountCures: Sendable, Equatable {
  /// The account.
  public var account: AccountIndex
  /// Surplus at the last level today, USD.
  public var surplusUSD: Double
  /// Requirement at the last level today, USD.
  public var requirementUSD: Double
  /// Whether the surplus is what is asked for already.
  public var isHealthy: Bool
  /// Every cure that reaches the goal; of closings, hedges and swaps of the same kind the smallest.
  public var cures: [Cure]
}
