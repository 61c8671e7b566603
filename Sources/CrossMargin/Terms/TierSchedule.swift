// Requirements that rise with the notional: a rate per tier, joined without a jump.

/// One tier of a schedule.
public struct MarginTier: Sendable, Equatable {
  /// Notional at which the tier begins, USD, at least 0.
  public var lowerNotionalUSD: Double
  /// Requirement per USD of notional within the tier, a fraction.
  public var rateFraction: Double

  /// A tier.
  public init(lowerNotionalUSD: Double, rateFraction: Double) {
    self.lowerNotionalUSD = lowerNotionalUSD
    self.rateFraction = rateFraction
  }
}

/// What makes a list of tiers no schedule.
public enum TierScheduleError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no tier.
  case empty
  /// The first tier does not begin at 0.
  case startsAboveZero
  /// A tier, counted from 0, does not begin above the one before it.
  case boundNotAscending(tier: Int)
  /// The rate of a tier, counted from 0, is not a positive fraction or lies below the one before it.
  case rateNotRising(tier: Int)

  /// One sentence for a person.
  public var description: String {
    switch self {
    case .empty: "a schedule needs a tier"
    case .startsAboveZero: "the first tier must begin at a notional of 0"
    case .boundNotAscending(let tier): "tier \(tier) does not begin above the tier before it"
    case .rateNotRising(let tier):
      "the rate of tier \(tier) is not in (0, 1] or lies below the rate before it"
    }
  }
}

/// A requirement of `rate_n x notional - deduction_n` in tier n, where
/// `deduction_n = deduction_(n-1) + lower_n (rate_n - rate_(n-1))` makes it continuous.
///
/// Source: Binance support, leverage and margin tiers (the "maintenance amount"); Hyperliquid
/// documentation, margin tiers.
public struct TierSchedule: Sendable, Equatable {
  /// Tiers, ascending.
  public let tiers: [MarginTier]
  /// What each tier takes off, USD.
  public let deductionsUSD: [Double]

  /// A schedule; refuses tiers that do not begin at 0, do not ascend, or whose rates fall.
  public init(_ tiers: [MarginTier]) throws(TierScheduleError) {
    guard let first = tiers.first else { throw .empty }
    guard first.lowerNotionalUSD == 0 else { throw .startsAboveZero }
    var deductions = [0.0]
    for (index, tier) in tiers.enumerated() {
      guard tier.rateFraction > 0 && tier.rateFraction <= 1 else {
        throw .rateNotRising(tier: index)
      }
      if index == 0 { continue }
      let before = tiers[index - 1]
      guard tier.lowerNotionalUSD > before.lowerNotionalUSD else {
        throw .boundNotAscending(tier: index)
      }
      guard tier.rateFraction >= before.rateFraction else { throw .rateNotRising(tier: index) }
      deductions.append(
        deductions[index - 1]
          + tier.lowerNotionalUSD * (tier.rateFraction - before.rateFraction))
    }
    self.tiers = tiers
    deductionsUSD = deductions
  }

  /// The maintenance schedule of a venue that lists the largest leverage by notional: the rate is
  /// half of the initial rate at that leverage, `1 / (2 leverage)` [Hyperliquid documentation,
  /// Margining].
  public static func maintenance(
    maximumLeverages: [(lowerNotionalUSD: Double, leverage: Double)]
  ) throws(TierScheduleError) -> TierSchedule {
    try TierSchedule(
      maximumLeverages.map {
        MarginTier(lowerNotionalUSD: $0.lowerNotionalUSD, rateFraction: 1 / (2 * $0.leverage))
      })
  }
}
