// The part `oracle` of the section `liquidation` of `run.yaml`.

import CrossMargin

enum OracleSettingsReader {
  /// The most sources that a price may be asked to have.
  private static let sourceCountMax = 1_000

  static func read(_ map: YAMLMap) -> OracleSettings {
    var settings = OracleSettings()
    if let value = map.optional("age_max"), let text = value.text(expected: DurationText.expected) {
      if let age = DurationText.microseconds(text), age > 0 {
        settings.ageSecondsMax = Double(age) / 1e6
      } else {
        value.report(expected: DurationText.expected + ", above 0")
      }
    }
    settings.deviationMultipleMax =
      map.number("deviation_multiple", .deviationMultiple) ?? settings.deviationMultipleMax
    settings.toleranceFraction =
      map.number("tolerance", .properFraction) ?? settings.toleranceFraction
    settings.sourceCountMin =
      map.integer("sources_min", in: 1...sourceCountMax) ?? settings.sourceCountMin
    settings.ageWidening = map.number("age_widening", .ageWidening) ?? settings.ageWidening
    map.refuseOtherKeys()
    return settings
  }
}
