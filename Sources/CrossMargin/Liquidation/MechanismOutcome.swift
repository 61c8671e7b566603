// What became of one account on one path under one mechanism.

/// What became of an account, USD. Always
/// `equity + held = end + keepers + fund + market - bad debt`.
public struct MechanismOutcome: Sendable, Equatable {
  /// Instant of the first trigger; nil = never liquidated.
  public var triggeredInstant: Int?
  /// What moves of the market brought to what was still held.
  public var heldUSD = 0.0
  /// Received by keepers beyond the mark.
  public var keepersUSD = 0.0
  /// Received by the fund, the vault or the venue.
  public var fundUSD = 0.0
  /// Lost to the market's impact.
  public var marketUSD = 0.0
  /// Missing at the end: paid by others.
  public var badDebtUSD = 0.0
  /// Left to the account, at least 0 where it was liquidated.
  public var endUSD = 0.0
  /// Costs of closing as far as the account had equity to pay them.
  public var userCostUSD = 0.0
  /// Gross notional that was closed.
  public var closedNotionalUSD = 0.0
  /// Time below the trigger until the end of each liquidation, summed.
  public var seconds = 0.0
  /// Whether the last liquidation ended before the path did.
  public var isEnded = true
  /// Shares of the original portfolio that were closed, by instant, in order.
  public var closings: [(instant: Int, share: Double)] = []

  /// Whether all fields are equal.
  public static func == (left: MechanismOutcome, right: MechanismOutcome) -> Bool {
    left.triggeredInstant == right.triggeredInstant && left.heldUSD == right.heldUSD
      && left.keepersUSD == right.keepersUSD && left.fundUSD == right.fundUSD
      && left.marketUSD == right.marketUSD && left.badDebtUSD == right.badDebtUSD
      && left.endUSD == right.endUSD && left.userCostUSD == right.userCostUSD
      && left.closedNotionalUSD == right.closedNotionalUSD && left.seconds == right.seconds
      && left.isEnded == right.isEnded && left.closings.elementsEqual(right.closings, by: ==)
  }
}
