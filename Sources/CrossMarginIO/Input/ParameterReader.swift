// `parameters/*.yaml`: the terms of one rule set. No value has a default, each has a source.

import CrossMargin
import PortfolioModel

/// Reads the parameter files of rule sets of the family scan.
package enum ParameterReader {
  /// Reads the text of a parameter file.
  ///
  /// - Parameters:
  ///   - text: the YAML text.
  ///   - file: its name in messages.
  ///   - modelName: the name by which accounts choose the rule set.
  ///   - valuationTime: the instant at which the terms must hold; nil = not checked.
  ///   - issues: takes everything that is wrong with it.
  /// - Returns: the terms; nil where anything is wrong.
  package static func read(
    _ text: String, file: String, modelName: String, valuationTime: UTCTime?,
    issues: inout FieldIssues
  ) -> ScanTerms? {
    let (root, log) = YAMLText.parse(text, file: file)
    var terms: ScanTerms?
    if let root {
      terms = read(root, modelName: modelName, valuationTime: valuationTime)
      root.refuseOtherKeys()
    }
    issues.append(contentsOf: log.issues)
    return log.issues.isEmpty ? terms : nil
  }

  private static func read(
    _ root: YAMLMap, modelName: String, valuationTime: UTCTime?
  ) -> ScanTerms? {
    _ = root.required("family")?.choice([("scan", true)])
    _ = root.required("name")?.text(expected: "a name")
    let approvedBy = root.optional("approved_by").flatMap { $0.text(expected: "who approved it") }
    let validity = readValidity(root, valuationTime: valuationTime)
    guard let effectiveFrom = validity.effectiveFrom,
      let map = root.required("terms")?.map()
    else { return nil }
    let reader = TermReader(map: map)
    let grid = reader.grid()
    let levels = reader.levels()
    var terms = ScanTerms(
      name: modelName, effectiveFrom: effectiveFrom, grid: grid,
      basis: BasisTerms(
        moveFractionMin: reader.number("basis_move_min", .properFraction),
        moveAnnual: reader.number("basis_move_annual", .notNegative),
        weight: reader.number("basis_weight", .notNegative)),
      initial: levels.initial, maintenance: levels.maintenance)
    terms.supersededOn = validity.supersededOn
    terms.approvedBy = approvedBy
    terms.gainOffsetFraction = reader.number("gain_offset", .fraction)
    terms.isCollateralScanned = reader.value("scan_collateral")?.flag() ?? false
    terms.nakedShortFraction = reader.number("naked_short", .fraction)
    map.refuseOtherKeys()
    return terms
  }

  private static func readValidity(
    _ root: YAMLMap, valuationTime: UTCTime?
  ) -> (effectiveFrom: UTCTime?, supersededOn: UTCTime?) {
    let start = root.required("effective_from")
    let end = root.optional("superseded_on")
    let effectiveFrom = start?.time()
    let supersededOn = end?.time()
    if let effectiveFrom, let supersededOn, supersededOn <= effectiveFrom {
      end?.report(expected: "a time after effective_from")
    } else if let valuationTime {
      if let effectiveFrom, effectiveFrom > valuationTime {
        start?.report(expected: "terms that hold at the valuation time, \(valuationTime)")
      }
      if let supersededOn, supersededOn <= valuationTime {
        end?.report(expected: "terms that hold at the valuation time, \(valuationTime)")
      }
    }
    return (effectiveFrom, supersededOn)
  }
}

/// Terms, each a mapping of `value` and `source`. What is missing or wrong is reported and stands in
/// the result as a harmless number, since a result with issues is not used.
private struct TermReader {
  let map: YAMLMap

  /// The value of a term that has a source.
  func value(_ key: String) -> YAMLValue? {
    guard let term = map.required(key)?.map() else { return nil }
    let value = term.required("value")
    _ = term.required("source")?.text(expected: "where the value comes from")
    term.refuseOtherKeys()
    return value
  }

  func number(_ key: String, _ rule: NumberRule) -> Double { value(key)?.number(rule) ?? 0 }

  func grid() -> PriceVolatilityGrid {
    var grid = PriceVolatilityGrid(
      priceRangeFraction: number("price_range", .innerFraction),
      stepCount: value("price_steps")?.integer(in: 1...ScenarioSettingsReader.stepCountMax) ?? 1,
      volatilityUpFraction: number("vol_up", .notNegative),
      volatilityDownFraction: number("vol_down", .properFraction),
      volatilityTerm: VolatilityTermStructure(
        shortPower: number("vol_short_power", .notNegative),
        longPower: number("vol_long_power", .notNegative),
        floorDays: number("vol_floor_days", .positive)))
    if let ranges = value("price_range_by_asset")?.map() {
      grid.assetRanges = ScenarioSettingsReader.assetRanges(ranges)
    }
    grid.raisedVolatilityAnnualMin = number("vol_up_min", .notNegative)
    if let tails = value("tail_moves") {
      grid.tailMoves = ScenarioSettingsReader.tailMoves(tails, grid)
    }
    grid.tailWeight = number("tail_weight", .positive)
    return grid
  }

  /// Both levels; the initial one asks at least as much as the maintenance one, term by term.
  func levels() -> (initial: LevelTerms, maintenance: LevelTerms) {
    let issueCount = map.log.issues.totalCount
    let initial = level("initial")
    let maintenance = level("maintenance")
    // What could not be read has no order.
    guard map.log.issues.totalCount == issueCount else { return (initial, maintenance) }
    requireOrder("factor", nil, initial.factor, maintenance.factor)
    requireOrder("borrow", nil, initial.borrowFraction, maintenance.borrowFraction)
    requireOrder(
      "haircuts", "other", initial.otherHaircutFraction, maintenance.otherHaircutFraction)
    let assets = (initial.haircuts + maintenance.haircuts).map(\.asset).sorted(by: precedesByBytes)
    for position in assets.indices where position == 0 || assets[position - 1] != assets[position] {
      let asset = assets[position]
      requireOrder(
        "haircuts", asset, initial.haircutFraction(of: asset),
        maintenance.haircutFraction(of: asset))
    }
    return (initial, maintenance)
  }

  private func level(_ level: String) -> LevelTerms {
    let haircuts = value("\(level)_haircuts")?.map()
    let other = haircuts?.required("other")?.number(.fraction) ?? 0
    var assets: [AssetHaircut] = []
    for entry in haircuts?.allEntries() ?? [] where entry.key != "other" {
      guard let fraction = entry.value.number(.fraction) else { continue }
      if entry.key == "USD" {
        entry.value.report(expected: "no haircut of USD, the unit of all values")
      }
      assets.append(AssetHaircut(asset: entry.key, fraction: fraction))
    }
    return LevelTerms(
      factor: number("\(level)_factor", .positive),
      borrowFraction: number("\(level)_borrow", .notNegative),
      haircuts: assets.sorted { precedesByBytes($0.asset, $1.asset) },
      otherHaircutFraction: other)
  }

  private func requireOrder(
    _ term: String, _ asset: String?, _ initial: Double, _ maintenance: Double
  ) {
    guard initial < maintenance else { return }
    let suffix = asset.map { ".\($0)" } ?? ""
    map.log.report(
      line: map.optional("initial_\(term)")?.line, key: "\(map.path).initial_\(term)\(suffix)",
      found: "\(initial)",
      expected: "at least maintenance_\(term)\(suffix), which is \(maintenance)")
  }
}
