// An account in liquidation as the parts of a mechanism see it.

/// One account at one instant. The portfolio is one thing: closing a share of it sells that share
/// of everything for cash at its mark, less what the mechanism takes.
///
/// Rules of lending act on a debt and its collateral. They read the account as one that owes its
/// gross notional N against collateral N + E, E the equity, of which the requirement R does not
/// count: the health factor `(N + E - R) / N` is 1 where the surplus is 0.
public struct MechanismState: Sendable, Equatable {
  /// Value of what is left of the portfolio at the mark, USD.
  public var valueUSD: Double
  /// Cash from what was closed, after costs, USD; negative where costs were larger.
  public var cashUSD: Double
  /// Requirement of what is left, USD, at least 0.
  public var requirementUSD: Double
  /// Gross notional of what is left, USD, at least 0.
  public var notionalUSD: Double
  /// Since the trigger, seconds.
  public var elapsedSeconds: Double
  /// Since the equity fell below zero, seconds.
  public var insolventSeconds: Double

  /// A state.
  public init(
    valueUSD: Double, cashUSD: Double, requirementUSD: Double, notionalUSD: Double,
    elapsedSeconds: Double = 0, insolventSeconds: Double = 0
  ) {
    self.valueUSD = valueUSD
    self.cashUSD = cashUSD
    self.requirementUSD = requirementUSD
    self.notionalUSD = notionalUSD
    self.elapsedSeconds = elapsedSeconds
    self.insolventSeconds = insolventSeconds
  }

  /// What the account is worth, USD.
  public var equityUSD: Double { valueUSD + cashUSD }

  /// Equity less requirement, USD.
  public var surplusUSD: Double { equityUSD - requirementUSD }

  /// Collateral of the account as a lending rule sees it, USD, at least 0.
  public var collateralUSD: Double { max(notionalUSD + equityUSD, 0) }

  /// Health factor as a lending rule sees it; 1 without notional.
  public var health: Double { notionalUSD > 0 ? 1 + surplusUSD / notionalUSD : 1 }

  /// Share of the collateral that counts towards the health factor.
  public var collateralFactor: Double {
    collateralUSD > 0 ? max(collateralUSD - requirementUSD, 0) / collateralUSD : 0
  }

  /// The same account some seconds later.
  public func later(seconds: Double) -> MechanismState {
    var state = self
    state.elapsedSeconds += seconds
    state.insolventSeconds += seconds
    return state
  }
}
