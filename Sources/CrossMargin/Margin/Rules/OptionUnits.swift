// What one option of each kind is worth in the scenarios of a rule set, valued once.

import PortfolioModel
import RiskNumerics

/// Values of one coin's option at the base point and in scenarios, in the unit of its chain.
struct OptionUnits: Sendable {
  let scenarioCount: Int
  /// [instruments]
  private let base: [Double]
  /// Scenario by scenario for each instrument. [scenarios x instruments]
  private let shocked: [Double]

  /// Values every option of a table. `chain` makes the chain of one coin's option, or nil for what
  /// the rule set does not value.
  init(
    table: ContractTable, scenarios: [MarginScenario], shock: VolatilityShock, skew: SkewTerms?,
    chain: (ListedContract) -> OptionChain?
  ) {
    scenarioCount = scenarios.count
    var base = [Double](repeating: 0, count: table.contracts.count)
    var shocked = [Double](repeating: 0, count: table.contracts.count * scenarios.count)
    for (position, listed) in table.contracts.enumerated() {
      guard let contract = listed, contract.isOption, let chain = chain(contract) else { continue }
      let values = chain.values(scenarios, shock: shock, skew: skew)
      base[position] = values.base
      let start = position * scenarios.count
      for scenario in scenarios.indices { shocked[start + scenario] = values.shocked[scenario] }
    }
    self.base = base
    self.shocked = shocked
  }

  func base(_ instrument: Int) -> Double { base[instrument] }

  func shocked(_ instrument: Int, scenario: Int) -> Double {
    shocked[instrument * scenarioCount + scenario]
  }

  /// Adds the values of a number of coins.
  func add(_ instrument: Int, coins: Double, to values: inout ShockedValues) {
    values.base += coins * base[instrument]
    let start = instrument * scenarioCount
    for scenario in values.shocked.indices {
      values.shocked[scenario] += coins * shocked[start + scenario]
    }
  }

  /// Adds the profits of a number of coins.
  func addProfits(_ instrument: Int, coins: Double, to profits: inout [Double]) {
    let start = instrument * scenarioCount
    for scenario in profits.indices {
      profits[scenario] += coins * (shocked[start + scenario] - base[instrument])
    }
  }
}

extension MarginScenario {
  /// The scenario for people.
  func described(_ prefix: String = "") -> RuleScenario {
    let price = "price \(Self.percent(priceMoveFraction))"
    switch volatility {
    case .move(let move):
      let words = move > 0 ? "volatility up" : move < 0 ? "volatility down" : "volatility unchanged"
      return RuleScenario(
        label: prefix + price + ", " + words, priceMove: priceMoveFraction, volatilityMove: move,
        lossFactor: weight)
    case .skew(let kind):
      let words = kind == .linear ? "smile tilted" : "wings raised"
      return RuleScenario(
        label: prefix + price + ", " + words, priceMove: priceMoveFraction, volatilityMove: 0,
        lossFactor: weight)
    }
  }

  /// A fraction as a signed percentage with at most one decimal.
  private static func percent(_ fraction: Double) -> String {
    let tenths = Int((abs(fraction) * 1_000).rounded())
    let decimal = tenths % 10 == 0 ? "" : ".\(tenths % 10)"
    let sign = tenths == 0 ? "" : fraction < 0 ? "-" : "+"
    return "\(sign)\(tenths / 10)\(decimal) %"
  }
}
