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
      let refill = tier.number("refill_usd_per_day", .notNegative) ?? 0
      let target = tier.number("target_usd", .notNegative)
      tier.refuseOtherKeys()
      guard let name, let capacity else { continue }
      var read = FundTier(name: name, capacityUSD: capacity, shareFraction: share)
      read.refillUSDPerDay = refill
      read.targetUSD = target
      settings.tiers.append(read)
    }
    settings.isNightly = map.flag("nightly") ?? settings.isNightly
    if let study = map.map("study") { settings.study = readStudy(study) }
    if let fund = map.map("fund") { settings.fund = readFund(fund) }
    if let mechanics = map.map("mechanics") {
      settings.mechanics = MechanicsSettingsReader.read(mechanics)
    }
    if let contagion = map.map("contagion") {
      settings.contagion = ContagionSettingsReader.read(contagion)
    }
    if let oracle = map.map("oracle") { settings.oracle = OracleSettingsReader.read(oracle) }
    map.refuseOtherKeys()
    return settings
  }

  private static func readStudy(_ map: YAMLMap) -> LiquidationStudySettings {
    var study = LiquidationStudySettings()
    study.step = map.number("step", .sweepStep) ?? study.step
    study.furthestFallFraction =
      map.number("furthest_fall", .innerFraction) ?? study.furthestFallFraction
    study.furthestRiseFraction =
      map.number("furthest_rise", .furthestRise) ?? study.furthestRiseFraction
    study.refinedCount = map.integer("refine", in: 0...100_000) ?? study.refinedCount
    study.horizonDays = map.number("horizon_days", .days) ?? study.horizonDays
    study.pathStepCount = map.integer("steps", in: 1...365) ?? study.pathStepCount
    study.monitoringMinutes =
      map.number("monitoring_minutes", .notNegative) ?? study.monitoringMinutes
    study.pathCount = map.integer("paths", in: 2...1_000_000) ?? study.pathCount
    study.tradeCostFraction = map.number("trade_cost", .properFraction) ?? study.tradeCostFraction
    study.capitalCostAnnual = map.number("capital_cost", .notNegative) ?? study.capitalCostAnnual
    study.cureBufferFraction = map.number("cure_buffer", .notNegative) ?? study.cureBufferFraction
    map.refuseOtherKeys()
    return study
  }

  private static func readFund(_ map: YAMLMap) -> FundSizingSettings {
    var fund = FundSizingSettings()
    fund.inflowUSDPerDay = map.number("inflow_usd_per_day", .notNegative) ?? fund.inflowUSDPerDay
    fund.horizonDays = map.number("horizon_days", .days) ?? fund.horizonDays
    fund.ruinProbability = map.number("ruin_probability", .tailProbability) ?? fund.ruinProbability
    fund.sequenceCount = map.integer("sequences", in: 100...1_000_000) ?? fund.sequenceCount
    map.refuseOtherKeys()
    return fund
  }
}
