// The terms of the house rule set by expected shortfall.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of the family house_es.
  func shortfall() -> ShortfallTerms {
    let haircuts = haircuts("haircuts")
    if haircuts.contains(where: { $0.asset == "USD" }) {
      report("haircuts", found: "USD", expected: "no haircut of USD, the unit of all values")
    }
    let terms = ShortfallTerms(
      scenarios: sample("scenarios", "shortfall", kinds: ["history", "monte_carlo"]),
      longRunScenarios: sample("long_run_scenarios", "long run", kinds: ["history"]),
      confidence: number("confidence", .innerFraction),
      floorShare: number("long_run_floor", .fraction),
      liquidity: LiquidityTerms(
        volumeShare: number("volume_share", .positive),
        impactFraction: number("impact", .notNegative),
        concentrationShare: number("concentration_share", .notNegative),
        concentrationFraction: number("concentration_charge", .fraction)),
      initialFactor: number("initial_factor", .positive),
      maintenanceFactor: number("maintenance_factor", .positive), haircuts: haircuts,
      otherHaircutFraction: number("other_haircut", .fraction))
    require(
      "initial_factor", terms.initialFactor, atLeast: "maintenance_factor",
      terms.maintenanceFactor)
    return terms
  }

  /// A scenario set as in `run.yaml`, but with nothing left to a default.
  private func sample(_ key: String, _ name: String, kinds: [String]) -> ScenarioSetSettings {
    let nothing = ScenarioSetSettings(name: name, source: .history(HistorySettings()))
    guard let map = value(key)?.map() else { return nothing }
    let kind = map.required("kind")?.choice(kinds.map { ($0, $0) })
    guard let kind else {
      _ = map.allEntries()
      return nothing
    }
    let isHistory = kind == "history"
    let needed =
      isHistory
      ? ["horizon_days", "window_days", "filter"] : ["horizon_days", "scenarios", "distribution"]
    for key in needed { _ = map.required(key) }
    let set =
      isHistory
      ? SampledSettingsReader.history(name, map) : SampledSettingsReader.monteCarlo(name, map)
    map.refuseOtherKeys()
    return set
  }
}
