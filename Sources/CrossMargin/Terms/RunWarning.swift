// Conditions that are counted and do not stop a run.

/// Something that was noticed and did not stop the run.
public struct RunWarning: Sendable, Equatable {
  /// A short key: `vol_extrapolated`, `zero_position`, `equal_price_for_long`, `factor_missing`, …
  public var kind: String
  /// How often.
  public var count: Int
  /// The first few cases, by name.
  public var examples: [String]

  /// All fields in order.
  public init(
    kind: String,
    count: Int,
    examples: [String]
  ) {
    self.kind = kind
    self.count = count
    self.examples = examples
  }
}
