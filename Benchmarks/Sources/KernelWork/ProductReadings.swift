// What both products read of each account: worst profit and its scenario, VaR 99 %, ES 97.5 %.

import RiskNumerics

struct ProductReadings {
  static let scenarioCount = 1_024
  static let tileCount = scenarioCount / ScenarioMatrix.blockRowCount
  /// Losses beyond VaR are 10, in the tail of ES 25.6.
  static let request = ReadingRequest(worst: true, tailCount: 26)

  private var readings = UnitReadings(request, scenarioCount: scenarioCount)
  private let valueAtRisk = RiskMeasure(confidence: 0.99).ofSample(scenarioCount: scenarioCount)
  private let shortfall = RiskMeasure(confidence: 0.975).ofSample(scenarioCount: scenarioCount)
  private(set) var worst: [Double] = []
  private(set) var scenarios: [Double] = []
  private(set) var valuesAtRisk: [Double] = []
  private(set) var shortfalls: [Double] = []

  /// Four blocks: worst, scenario, VaR, ES.
  var answer: [Double] { worst + scenarios + valuesAtRisk + shortfalls }

  mutating func removeAll() {
    worst.removeAll(keepingCapacity: true)
    scenarios.removeAll(keepingCapacity: true)
    valuesAtRisk.removeAll(keepingCapacity: true)
    shortfalls.removeAll(keepingCapacity: true)
  }

  /// Reads a batch of units.
  mutating func append(_ profits: borrowing ProfitColumns) throws(NonfiniteProfit) {
    try readings.read(profits)
    for unit in 0..<readings.unitCount {
      let tail = readings.tail(unit: unit)
      let lowest = readings.worst(unit: unit)
      worst.append(0 - lowest.loss)
      scenarios.append(Double(lowest.scenario))
      valuesAtRisk.append(valueAtRisk.valueAtRisk(tail).value)
      shortfalls.append(shortfall.expectedShortfall(tail).value)
    }
  }

  /// Compares the readings of a unit with those of its profits, sorted as a whole.
  ///
  /// - Parameter scale: the largest sum of absolute terms among the profits.
  func check(_ kernel: String, unit: Int, profits: [Double], scale: Double) throws {
    let losses = profits.map { -$0 }.sorted(by: >)
    let shortfall = (losses[0..<25].reduce(0, +) + 0.6 * losses[25]) / 25.6
    // The order of sums differs from ours: some rounding errors of the terms.
    let tolerance = 1e-14 * scale
    for (what, got, expected) in [
      ("worst profit of unit", worst[unit], -losses[0]),
      ("profit in the worst scenario of unit", profits[Int(scenarios[unit])], -losses[0]),
      ("VaR of unit", valuesAtRisk[unit], losses[10]), ("ES of unit", shortfalls[unit], shortfall)
    ] where !(abs(got - expected) <= tolerance) {
      throw WrongAnswer(kernel, what, index: unit, got: got, expected: expected)
    }
  }
}
