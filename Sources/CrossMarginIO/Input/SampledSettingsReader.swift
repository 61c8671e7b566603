// The scenario sets of `run.yaml` that are samples: history, Monte Carlo, bootstrap.

import CrossMargin
import PortfolioModel

enum SampledSettingsReader {
  /// The most days of a bootstrap path.
  private static let dayCountMax = 366

  static func history(_ name: String, _ map: YAMLMap) -> ScenarioSetSettings {
    var history = HistorySettings()
    history.horizonDays = map.number("horizon_days", .days) ?? history.horizonDays
    history.windowDays = map.number("window_days", .days)
    history.filter =
      map.optional("filter")?.choice(VolatilityFilter.self) ?? history.filter
    var set = ScenarioSetSettings(name: name, source: .history(history))
    set.roll = ScenarioSettingsReader.roll(map, horizonDays: history.horizonDays)
    return set
  }

  static func bootstrap(_ name: String, _ map: YAMLMap) -> ScenarioSetSettings {
    var past = BootstrapSettings()
    past.scenarioCount =
      map.integer("scenarios", in: 1...RunFileReader.scenarioCountMax) ?? past.scenarioCount
    past.dayCount = map.integer("days", in: 1...dayCountMax) ?? past.dayCount
    past.blockDayCount = map.integer("block_days", in: 1...dayCountMax) ?? past.blockDayCount
    past.windowDays = map.number("window_days", .days)
    var set = ScenarioSetSettings(name: name, source: .bootstrap(past))
    set.roll = ScenarioSettingsReader.roll(map, horizonDays: Double(past.dayCount))
    return set
  }

  static func monteCarlo(_ name: String, _ map: YAMLMap) -> ScenarioSetSettings {
    var draws = MonteCarloSettings()
    draws.scenarioCount =
      map.integer("scenarios", in: 1...RunFileReader.scenarioCountMax) ?? draws.scenarioCount
    draws.horizonDays = map.number("horizon_days", .days) ?? draws.horizonDays
    draws.distribution = distribution(map)
    draws.sampling = map.optional("sampling")?.choice(Sampling.self) ?? draws.sampling
    if let stress = map.map("correlations") {
      draws.correlationStress = correlationStress(stress)
      stress.refuseOtherKeys()
    }
    var set = ScenarioSetSettings(name: name, source: .monteCarlo(draws))
    set.roll = ScenarioSettingsReader.roll(map, horizonDays: draws.horizonDays)
    return set
  }

  private enum Shape { case normal, student, studentCopula }

  private static func distribution(_ map: YAMLMap) -> MoveDistribution {
    let shape =
      map.optional("distribution")?.choice([
        ("normal", Shape.normal), ("t", .student), ("t_copula", .studentCopula)
      ]) ?? .normal
    let given = map.optional("degrees")
    if shape == .normal {
      given?.report(expected: "no degrees of freedom with a normal distribution")
      return .normal
    }
    let degrees: TailDegrees
    if let given, given.plainText != "fitted" {
      degrees = .fixed(given.number(.tailDegrees) ?? 3)
    } else {
      degrees = .fitted
    }
    return shape == .student ? .student(degrees: degrees) : .studentCopula(degrees: degrees)
  }

  private static func correlationStress(_ map: YAMLMap) -> CorrelationStress? {
    let target = map.required("towards")?.choice(CorrelationStress.Target.self)
    let weight = map.required("weight")?.number(.fraction)
    let assets = map.optional("assets")?.list()?.compactMap { $0.text(expected: "an asset") } ?? []
    guard let target, let weight else { return nil }
    return CorrelationStress(
      target: target, weight: weight, assets: assets.sorted(by: precedesByBytes))
  }
}
