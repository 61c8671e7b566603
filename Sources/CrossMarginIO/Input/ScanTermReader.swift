// The terms of the family scan.

import CrossMargin
import PortfolioModel

extension TermReader {
  /// All terms of a rule set of the family scan.
  func scan() -> ScanTerms {
    let grid = grid()
    let levels = levels()
    var terms = ScanTerms(
      grid: grid,
      basis: BasisTerms(
        moveFractionMin: number("basis_move_min", .properFraction),
        moveAnnual: number("basis_move_annual", .notNegative),
        weight: number("basis_weight", .notNegative)),
      initial: levels.initial, maintenance: levels.maintenance)
    terms.gainOffsetFraction = number("gain_offset", .fraction)
    terms.isCollateralScanned = value("scan_collateral")?.flag() ?? false
    terms.nakedShortFraction = number("naked_short", .fraction)
    return terms
  }

  private func grid() -> PriceVolatilityGrid {
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
  private func levels() -> (initial: LevelTerms, maintenance: LevelTerms) {
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
