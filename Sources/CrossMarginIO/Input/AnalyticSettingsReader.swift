// The section `analytic` of `run.yaml`.

import CrossMargin

enum AnalyticSettingsReader {
  /// The most draws of full revaluation, whose values of all instruments are held in memory.
  private static let drawCountMax = 1_000_000

  private enum Part { case measures, contributions, reverseStress }

  static func read(_ map: YAMLMap) -> AnalyticSettings {
    var settings = AnalyticSettings()
    settings.distribution = distribution(map)
    settings.horizonDays = map.number("horizon_days", .days) ?? settings.horizonDays
    settings.drawCount = map.integer("draws", in: 100...drawCountMax) ?? settings.drawCount
    let parts = map.optional("compute").map(parts) ?? [.measures]
    settings.isMeasured = parts.contains(.measures)
    settings.isAttributed = parts.contains(.contributions)
    let plausibility = map.optional("plausibility")
    if parts.contains(.reverseStress) {
      var stress = ReverseStressSettings()
      stress.plausibility = plausibility?.number(.innerFraction) ?? stress.plausibility
      settings.reverseStress = stress
    } else {
      plausibility?.report(expected: "no plausibility without reverse_stress")
    }
    map.refuseOtherKeys()
    return settings
  }

  private static func parts(_ value: YAMLValue) -> [Part] {
    var parts: [Part] = []
    for element in value.list() ?? [] {
      let part = element.choice([
        ("measures", Part.measures), ("contributions", .contributions),
        ("reverse_stress", .reverseStress)
      ])
      guard let part else { continue }
      if parts.contains(part) { element.report(expected: "every part once") }
      parts.append(part)
    }
    if parts.isEmpty { value.report(expected: "one part or more") }
    if parts.contains(.contributions) && !parts.contains(.measures) {
      value.report(expected: "measures beside contributions")
    }
    return parts
  }

  private static func distribution(_ map: YAMLMap) -> AnalyticSettings.Distribution {
    let isStudent =
      map.optional("distribution")?.choice([("normal", false), ("t", true)]) ?? false
    let given = map.optional("degrees")
    guard isStudent else {
      given?.report(expected: "no degrees of freedom with a normal distribution")
      return .normal
    }
    if let given, given.plainText != "fitted" {
      return .student(degrees: .fixed(given.number(.tailDegrees) ?? 3))
    }
    return .student(degrees: .fitted)
  }
}
