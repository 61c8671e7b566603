// The `run.yaml` of an imported book: sets that show price and volatility risk, past days and
// simulated ones, each with the values that the field shares.

import CrossMargin
import PortfolioModel

/// Makes the text of a run file.
struct RunFileText {
  let plan: ImportPlan
  let proxies: [FactorProxy]
  /// Whether there is a history to take moves from.
  let hasHistory: Bool

  /// The text, whose names have been checked.
  var text: String {
    let models = plan.models.map { "\($0.name): parameters/\($0.name).yaml" }
    var lines = [
      "# Imported from the option chains of \(plan.chains.first?.shape.venue.rawValue ?? "a venue")",
      "valuation_time: \(plan.valuationTime)",
      "seed: 1",
      "models: {" + models.joined(separator: ", ") + "}"
    ]
    if let first = plan.models.first { lines.append("default_model: " + first.name) }
    lines += [
      "confidence: {var: 0.99, es: 0.975}",
      "volatility_term: {short_power: 0.3, long_power: 0.13, floor_days: 1}"
    ]
    if !proxies.isEmpty {
      let pairs = proxies.map { "\"\($0.factor)\": \"\($0.proxy)\"" }
      lines.append("history_proxies: {" + pairs.joined(separator: ", ") + "}")
    }
    lines.append("scenario_sets:")
    lines.append("  " + Self.heatMap)
    if hasHistory {
      lines += ["  " + Self.historySet, "  " + Self.monteCarloSet]
    }
    for name in setNames {
      let completion = hasHistory ? "conditional_mean" : "none"
      lines.append(
        "  \(name): {kind: user, file: scenarios/\(name).csv, complete: \(completion)}")
    }
    lines += [
      "limits: {account_margin_ratio_min: 1, liquidatable_count_max: 0}",
      "market: {age_max: P1D}",
      "unmargined_max: 0.01",
      "strict: false",
      "outputs: {csv: false, report: true, detail: none}"
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is copied beside the text.
  var copies: [BookCompanions.Copy] {
    plan.models.map {
      BookCompanions.Copy(sourcePath: $0.path, destination: "parameters/\($0.name).yaml")
    }
      + plan.scenarioPaths.map {
        BookCompanions.Copy(sourcePath: $0, destination: "scenarios/" + Self.fileName($0))
      }
  }

  /// Throws where a name cannot stand in a run file.
  func requireValidNames() throws(ImportError) {
    guard !plan.models.isEmpty else { throw .noModel }
    let scenarioNames = plan.scenarioPaths.map(Self.stem)
    for name in plan.models.map(\.name) + scenarioNames where !Self.isValid(name) {
      throw .invalidName(name)
    }
    for reserved in ["heatmap", "history", "montecarlo"] where setNames.contains(reserved) {
      throw .invalidName(reserved)
    }
    for names in [plan.models.map(\.name), setNames] {
      let sorted = names.sorted(by: precedesByBytes)
      for (name, next) in zip(sorted, sorted.dropFirst()) where name == next {
        throw .invalidName(name)
      }
    }
  }

  private static let heatMap =
    "heatmap: {kind: grid, price_range: 0.3, price_steps: 5, vol_up: 0.5, vol_down: 0.3, "
    + "vol_steps: 2, short_power: 0.3, long_power: 0.13, floor_days: 1, vol_up_min: 0, "
    + "tail_moves: [], tail_weight: 1}"
  private static let historySet = "history: {kind: history, horizon_days: 1, window_days: 730}"
  private static let monteCarloSet =
    "montecarlo: {kind: monte_carlo, scenarios: 1024, horizon_days: 1, roll: none}"

  /// Names of the user's sets: a file of probabilities belongs to the set of its name.
  private var setNames: [String] {
    plan.scenarioPaths.filter { !$0.hasSuffix(setsSuffix) }.map(Self.stem)
  }

  private let setsSuffix = ".sets.csv"

  private static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  private static func stem(_ path: String) -> String {
    let name = fileName(path)
    for suffix in [".sets.csv", ".csv"] where name.hasSuffix(suffix) {
      return String(name.dropLast(suffix.count))
    }
    return name + ".csv is expected"
  }

  private static func isValid(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
