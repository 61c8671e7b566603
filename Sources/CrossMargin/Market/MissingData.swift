// Why something cannot be valued.

/// Why an account could not be valued.
public struct MissingData: Error, Sendable, Equatable {
  /// The closed list of reasons.
  public enum Reason: String, Sendable, CaseIterable {
    /// An option whose expiry has no forward.
    case forward
    /// An option without volatility.
    case volatility
    /// A perpetual without mark, or a dated future with neither mark nor forward.
    case mark
    /// An asset without price.
    case price
    /// Expired without a settlement price.
    case settlementPrice = "settlement_price"
    /// A position in an instrument that the book does not define.
    case instrument
    /// A balance in an asset that the market does not define.
    case asset
    /// A price older than the run allows.
    case stalePrice = "stale_price"
    /// Something that the account's rule set does not know.
    case notCovered = "not_covered"
  }

  /// Name of the instrument or asset.
  public var subject: String
  /// What is missing.
  public var reason: Reason

  /// A gap in the data.
  public init(subject: String, reason: Reason) {
    self.subject = subject
    self.reason = reason
  }
}
