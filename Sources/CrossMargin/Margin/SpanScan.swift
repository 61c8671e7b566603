// CME SPAN: the scan of risk arrays and what follows from its active scenario.
//
// [CME Group, "SPAN methodology" overview; L. McMillan, Options as a Strategic Investment, chapter
// on futures options.]

/// A position with the risk array of its contract.
public struct SpanPosition: Sendable, Equatable {
  /// Profit of one long contract in each of the 16 scenarios, in their order; far moves are
  /// already cut to the share that counts.
  public var riskArray: [Double]
  /// Signed contracts.
  public var quantity: Double
  /// Composite delta of one long contract.
  public var compositeDelta: Double

  /// A position.
  public init(riskArray: [Double], quantity: Double, compositeDelta: Double) {
    precondition(riskArray.count == SpanScan.scenarioCount, "a risk array has 16 scenarios")
    self.riskArray = riskArray
    self.quantity = quantity
    self.compositeDelta = compositeDelta
  }
}

/// Scan of the positions in one combined commodity.
public struct SpanScan: Sendable, Equatable {
  /// Scenarios of a risk array: price unchanged, then up and down by thirds of the scan range,
  /// each with volatility up and down, then the far move up and down.
  public static let scenarioCount = 16

  /// Loss of all positions in each scenario; negative = gain.
  public let losses: [Double]
  /// Scenario of the largest loss, counted from 0, the lowest of equals.
  public let activeScenario: Int
  /// Largest loss, not below 0.
  public let scanRisk: Double
  /// Net composite delta.
  public let netDelta: Double

  /// The scan of some positions.
  public init(_ positions: [SpanPosition]) {
    var sums = [Double](repeating: 0, count: Self.scenarioCount)
    var delta = 0.0
    for position in positions {
      for scenario in sums.indices {
        sums[scenario] -= position.riskArray[scenario] * position.quantity
      }
      delta += position.compositeDelta * position.quantity
    }
    let worst = WorstProfit(sums.map(-))
    losses = sums
    activeScenario = worst.scenario ?? 0
    scanRisk = max(-worst.profit, 0)
    netDelta = delta
  }

  /// The scenario of the same price and the other volatility; a far move is its own partner.
  public var pairedScenario: Int { activeScenario < 14 ? activeScenario ^ 1 : activeScenario }

  /// Mean loss of the active scenario and its partner.
  public var volatilityAdjustedRisk: Double {
    (losses[activeScenario] + losses[pairedScenario]) / 2
  }

  /// Mean loss of the scenarios with an unchanged price.
  public var timeRisk: Double { (losses[0] + losses[1]) / 2 }

  /// Price risk per unit of net delta, not below 0; 0 without a net delta.
  public var weightedPriceRisk: Double {
    netDelta == 0 ? 0 : max((volatilityAdjustedRisk - timeRisk) / abs(netDelta), 0)
  }
}

extension SpanScenarioTerms {
  /// The 16 scenarios in their order.
  public var scenarios: [MarginScenario] {
    let thirds = [0.0, 1, -1, 2, -2, 3, -3]
    let inner = thirds.flatMap { third in
      [volatilityRangeFraction, -volatilityRangeFraction].map { volatility in
        MarginScenario(
          priceRatio: 1 + third * priceRangeFraction / 3, volatility: .move(volatility), weight: 1)
      }
    }
    let far = [1.0, -1].map { side in
      MarginScenario(
        priceRatio: 1 + side * farRangeMultiple * priceRangeFraction, volatility: .move(0),
        weight: farShare)
    }
    return inner + far
  }
}
