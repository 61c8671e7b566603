// A liquidation mechanism: a named composition of an oracle, a trigger, a size, a price, a fee and
// those who take.

/// Who takes what is closed.
public enum MechanismTaker: Sendable, Equatable {
  /// The market: the account pays the impact.
  case market
  /// Keepers, where the concession pays for their impact, risk and work.
  case keepers
}

/// What happens to accounts that the mechanism does not save.
public enum MechanismBackstop: Sendable, Equatable {
  /// Nothing: the mechanism goes on.
  case none
  /// Below two thirds of maintenance a vault takes the portfolio and its margin without refund, and
  /// sells it; below zero winners are deleveraged at the price of bankruptcy.
  case vault
}

/// One mechanism.
public struct LiquidationMechanism: Sendable, Equatable {
  /// Its name in settings and tables.
  public var name: String
  /// What it is, for people.
  public var summary: String
  /// The price that decides.
  public var oracle: MechanismOracle
  /// Where it starts; it ends where the account has its maintenance again.
  public var trigger: MechanismTrigger
  /// How much is closed per step.
  public var size: MechanismSize
  /// What is conceded.
  public var price: MechanismPrice
  /// What the venue keeps.
  public var fee: MechanismFee
  /// Who takes.
  public var taker: MechanismTaker
  /// What follows.
  public var backstop: MechanismBackstop

  /// A mechanism at maintenance on the mark, without fee and backstop where none is given.
  public init(
    name: String, summary: String, size: MechanismSize, price: MechanismPrice,
    taker: MechanismTaker, fee: MechanismFee = .none
  ) {
    self.name = name
    self.summary = summary
    self.size = size
    self.price = price
    self.taker = taker
    self.fee = fee
    oracle = .mark
    trigger = .maintenance
    backstop = .none
  }

  /// The mechanism with another oracle.
  public func seeing(_ oracle: MechanismOracle) -> LiquidationMechanism {
    var mechanism = self
    mechanism.oracle = oracle
    return mechanism
  }
}
