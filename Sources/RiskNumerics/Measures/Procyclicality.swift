// How strongly a margin moves with the market, and the tools against it.

/// A margin over time for one fixed portfolio.
public struct Procyclicality: Sendable, Equatable {
  /// Margin of each day, positive.
  public let margins: [Double]

  /// A series of at least one day.
  public init(margins: [Double]) {
    precondition(!margins.isEmpty && margins.allSatisfy { $0 > 0 }, "margins are positive")
    self.margins = margins
  }

  /// Largest margin over smallest [Murphy, Vasios and Vause 2014].
  public var peakToTrough: Double { (margins.max() ?? 1) / (margins.min() ?? 1) }

  /// Largest increase within `dayCount` days, as a share of the margin before it; 0 where it never
  /// rises or the series is shorter.
  public func largestIncrease(dayCount: Int) -> Double {
    precondition(dayCount >= 1, "an increase needs a day")
    return zip(margins, margins.dropFirst(dayCount)).reduce(0) { max($0, $1.1 / $1.0 - 1) }
  }

  /// Standard deviation of daily changes of the logarithm, about their mean; 0 for fewer than two.
  public var changeDeviation: Double {
    let changes = zip(margins, margins.dropFirst()).map { ScalarMath.log($1 / $0) }
    if changes.count < 2 { return 0 }
    let mean = OrderedSum.total(of: changes) / Double(changes.count)
    let squares = OrderedSum.total(of: changes.map { square($0 - mean) })
    return (squares / Double(changes.count - 1)).squareRoot()
  }
}

/// The tools of Article 28(1) of Delegated Regulation (EU) 153/2013, each of which turns a margin
/// into one that rises less in a crisis.
public enum AntiProcyclicalityTool: Sendable, Equatable {
  /// (a) A buffer of this share on top, which may be drawn down: without it while exhausted.
  case buffer(share: Double, isExhausted: Bool)
  /// (b) A weight of this share for stressed observations.
  case stressWeight(share: Double, stressedMargin: Double)
  /// (c) Not less than the margin with the volatility of ten years.
  case floor(longHistoryMargin: Double)

  /// The margin after the tool.
  public func applied(to margin: Double) -> Double {
    switch self {
    case .buffer(let share, let isExhausted): isExhausted ? margin : margin * (1 + share)
    case .stressWeight(let share, let stressed): (1 - share) * margin + share * stressed
    case .floor(let long): max(margin, long)
    }
  }
}
