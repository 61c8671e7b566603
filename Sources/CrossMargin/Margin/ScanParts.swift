// Small parts that the scenario models of venues are assembled from. Each works on numbers of one
// account in one currency; profits are signed, charges positive.

/// The worst of an account's scenarios.
public struct WorstProfit: Sendable, Equatable {
  /// Smallest profit; 0 without scenarios.
  public let profit: Double
  /// Its scenario, the lowest of equals; nil without scenarios.
  public let scenario: Int?

  /// The smallest of some profits.
  public init(_ profits: [Double]) {
    var worst: Int?
    for (index, profit) in profits.enumerated() where worst.map({ profit < profits[$0] }) ?? true {
      worst = index
    }
    scenario = worst
    profit = worst.map { profits[$0] } ?? 0
  }
}

/// Multipliers of an expiry's shocked value by its sign.
public struct StaticDiscount: Sendable, Equatable {
  /// Multiplier of values at or above 0.
  public var positiveFactor: Double
  /// Multiplier of values below 0.
  public var negativeFactor: Double

  /// A pair of multipliers.
  public init(positiveFactor: Double, negativeFactor: Double) {
    self.positiveFactor = positiveFactor
    self.negativeFactor = negativeFactor
  }

  /// The value that counts.
  public func applied(to value: Double) -> Double {
    value * (value < 0 ? negativeFactor : positiveFactor)
  }
}

/// How much of a gain may offset losses elsewhere; losses count in full.
public struct GainOffset: Sendable, Equatable {
  /// Share of a gain that counts, in [0, 1].
  public var fraction: Double
  /// Largest gain that counts, at least 0; nil = no bound.
  public var gainMax: Double?

  /// An offset.
  public init(fraction: Double, gainMax: Double?) {
    self.fraction = fraction
    self.gainMax = gainMax
  }

  /// What counts of a profit.
  public func applied(to profit: Double) -> Double {
    if profit < 0 { return profit }
    let counted = profit * fraction
    return gainMax.map { min(counted, $0) } ?? counted
  }
}
