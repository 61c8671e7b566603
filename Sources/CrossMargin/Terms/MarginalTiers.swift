// Rates that apply to slices of an amount.

/// Marginal rates: the part of an amount within a tier is charged at the rate of the tier.
public struct MarginalTiers: Sendable, Equatable {
  /// One tier.
  public struct Tier: Sendable, Equatable {
    /// Amount at which the tier begins, at least 0.
    public var from: Double
    /// Rate within it.
    public var rate: Double

    /// A tier.
    public init(from: Double, rate: Double) {
      self.from = from
      self.rate = rate
    }
  }

  /// The tiers, the first from 0, each beginning above the one before.
  public private(set) var tiers: [Tier]

  /// Some tiers.
  public init(_ tiers: [Tier]) {
    precondition(tiers.first.map { $0.from == 0 } ?? true, "the first tier begins at 0")
    precondition(
      zip(tiers, tiers.dropFirst()).allSatisfy { $0.from < $1.from }, "tiers ascend")
    self.tiers = tiers
  }

  /// Charge on an amount, at least 0; what is negative is not charged.
  public func charge(_ amount: Double) -> Double {
    var sum = 0.0
    for (index, tier) in tiers.enumerated() {
      let end = index + 1 < tiers.count ? min(tiers[index + 1].from, amount) : amount
      if end > tier.from { sum += (end - tier.from) * tier.rate }
    }
    return sum
  }
}
