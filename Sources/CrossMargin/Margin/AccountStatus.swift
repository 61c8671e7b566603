// How an account stands.

/// How an account stands.
public enum AccountStatus: String, Sendable, CaseIterable {
  /// Surplus at the initial level.
  case healthy
  /// Surplus at the maintenance level only.
  case belowInitial = "below_initial"
  /// No surplus at the maintenance level.
  case liquidatable
  /// Equity before haircuts is negative.
  case insolvent
  /// Something that the account holds could not be valued.
  case unmargined
}
