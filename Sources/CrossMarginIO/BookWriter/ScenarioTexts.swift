// The two files of a user's scenario set: shocks, and where any is given, probabilities and factors
// of loss.

import Foundation
import PortfolioModel

extension BookTexts {
  /// `scenarios/NAME.csv`, and `scenarios/NAME.sets.csv` when a scenario has more than shocks.
  func scenarioFiles(_ set: UserScenarioSet) throws(BookWriteError) -> [BookText] {
    let isFileName = set.name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isFileName, !set.name.isEmpty else { throw .invalidSetName(set.name) }
    if let empty = set.scenarios.first(where: { $0.shocks.isEmpty }) {
      throw .emptyScenario(set: set.name, scenario: empty.name)
    }
    let rows = set.scenarios.flatMap { scenario in
      scenario.shocks.map { (scenario: scenario.name, shock: $0) }
    }
    let stem = "scenarios/" + set.name
    var files = [try text(stem + ".csv", shockColumns, rows)]
    if set.scenarios.contains(where: { $0.probability != nil || $0.lossFactor != 1 }) {
      files.append(try text(stem + ".sets.csv", setColumns(set), set.scenarios))
    }
    return files
  }

  private var shockColumns: [CSVColumn<(scenario: String, shock: FactorShock)>] {
    [
      .required("scenario") { .text($0.scenario) },
      .required("factor") { .text($0.shock.factor.description) },
      .required("kind") { .text($0.shock.shock.word) },
      .required("shock") { .number($0.shock.shock.fileValue) }
    ]
  }

  private func setColumns(_ set: UserScenarioSet) -> [CSVColumn<UserScenario>] {
    let isScaled = set.scenarios.contains { $0.lossFactor != 1 }
    return [
      .required("scenario") { .text($0.name) },
      .number("probability", \.probability),
      .number("loss_factor") { isScaled ? $0.lossFactor : nil }
    ]
  }
}

extension Shock {
  /// The word of the column `kind`.
  fileprivate var word: String {
    switch self {
    case .replace: "replace"
    case .add: "absolute"
    case .scale: "relative"
    }
  }

  /// The number of the column `shock`: of a scale factor `f` the relative change `f - 1`, in the
  /// shortest form whose sum with 1 is `f` again.
  fileprivate var fileValue: Double {
    switch self {
    case .replace(let value), .add(let value): return value
    case .scale(let factor):
      let change = factor - 1
      guard change.isFinite, let short = Double(String(format: "%.15g", change)) else {
        return change
      }
      return 1 + short == factor ? short : change
    }
  }
}
