// The section `liquidation.mechanics` of `run.yaml`.

import CrossMargin
import PortfolioModel

enum MechanicsSettingsReader {
  static func read(_ map: YAMLMap) -> MechanicsSettings {
    var settings = MechanicsSettings()
    settings.isCompared = true
    let words = LiquidationMechanism.all.map { (word: $0.name, meaning: $0.name) }
    for value in map.optional("names")?.list(expected: "a list of mechanisms") ?? [] {
      if let name = value.choice(words) { settings.names.append(name) }
    }
    settings.horizonDays = map.number("horizon_days", .days) ?? settings.horizonDays
    settings.stepCount = map.integer("steps", in: 1...10_000) ?? settings.stepCount
    settings.pathCount = map.integer("paths", in: 2...1_000_000) ?? settings.pathCount
    settings.impact =
      map.optional("impact")?.choice(ImpactForm.self) ?? settings.impact
    settings.outstandingDays =
      map.number("outstanding_days", .positive) ?? settings.outstandingDays
    settings.stressedDepthFraction =
      map.number("stressed_depth", .positiveFraction) ?? settings.stressedDepthFraction
    if let keepers = map.map("keepers") { settings.keepers = readKeepers(keepers) }
    map.refuseOtherKeys()
    return settings
  }

  private static func readKeepers(_ map: YAMLMap) -> KeeperSettings {
    var keepers = KeeperSettings()
    keepers.capitalUSD = map.number("capital_usd", .positive) ?? keepers.capitalUSD
    keepers.exitDays = map.number("exit_days", .days) ?? keepers.exitDays
    keepers.riskMultiple = map.number("risk_multiple", .notNegative) ?? keepers.riskMultiple
    keepers.fixedUSD = map.number("fixed_usd", .notNegative) ?? keepers.fixedUSD
    map.refuseOtherKeys()
    return keepers
  }
}

/// The bound on the memory of a comparison, which settings and book set together.
enum MechanicsBound {
  /// What is wrong with settings that need too much on a book; nil where nothing is. `line` is that
  /// of the section in `run.yaml`.
  static func issue(_ settings: MechanicsSettings, _ book: Book, line: Int?) -> FieldIssue? {
    let memory = MechanicsMemory(settings, book: book)
    guard memory.bytes > MechanicsMemory.bytesMax else { return nil }
    func gibibytes(_ bytes: Int) -> String {
      NumberText.grouped(Double(bytes) / Double(1 << 30), decimals: 1) + " GiB"
    }
    return FieldIssue(
      file: RunFileReader.path, line: line, field: "liquidation.mechanics",
      found: "\(settings.pathCount) paths of \(settings.stepCount) steps, which need "
        + "\(gibibytes(memory.bytes)) with \(memory.marketCount) markets and "
        + "\(memory.unitCount) instruments and assets",
      expected: "at most \(gibibytes(MechanicsMemory.bytesMax)); lower paths, steps or the number "
        + "of names")
  }
}
