// The section `liquidation` of `run.yaml`.

import CrossMargin

enum LiquidationSettingsReader {
  static func read(_ map: YAMLMap) -> LiquidationSettings {
    var settings = LiquidationSettings()
    settings.costFraction = map.number("cost", .properFraction) ?? settings.costFraction
    for value in map.optional("tiers")?.list(expected: "a list of tiers") ?? [] {
      guard let tier = value.map() else { continue }
      let name = tier.required("name")?.text(expected: "a name")
      let capacity = tier.required("capacity_usd")?.number(.notNegative)
      let share = tier.number("share", .fraction) ?? 1
      tier.refuseOtherKeys()
      guard let name, let capacity else { continue }
      settings.tiers.append(FundTier(name: name, capacityUSD: capacity, shareFraction: share))
    }
    map.refuseOtherKeys()
    return settings
  }
}
