// The scenario sets of `run.yaml`: grids, history, Monte Carlo and users' files.

import CrossMargin
import PortfolioModel

enum ScenarioSettingsReader {
  /// The most steps of a grid on one side.
  static let stepCountMax = 1_000

  /// Reads the mapping of names to sets, sorted by name.
  static func read(
    _ map: YAMLMap
  ) -> (settings: [ScenarioSetSettings], userSets: [RunFile.UserSet]) {
    var sets: [ScenarioSetSettings] = []
    var userSets: [RunFile.UserSet] = []
    for entry in map.allEntries() {
      guard RunFileReader.isIdentifier(entry.key) else {
        entry.value.log.report(
          line: entry.value.line, key: map.path, found: "\"\(FieldIssue.excerpt(entry.key))\"",
          expected: RunFileReader.identifierExpected)
        continue
      }
      guard let content = entry.value.map() else { continue }
      if let set = readSet(entry.key, content, &userSets) { sets.append(set) }
      content.refuseOtherKeys()
    }
    sets.sort { precedesByBytes($0.name, $1.name) }
    return (sets, userSets)
  }

  private enum Kind { case grid, history, monteCarlo, bootstrap, user }

  private static func readSet(
    _ name: String, _ map: YAMLMap, _ userSets: inout [RunFile.UserSet]
  ) -> ScenarioSetSettings? {
    let kind = map.required("kind")?.choice([
      ("grid", Kind.grid), ("history", .history), ("monte_carlo", .monteCarlo),
      ("bootstrap", .bootstrap), ("user", .user)
    ])
    guard let kind else {
      // Without a kind no key can be called unknown.
      _ = map.allEntries()
      return nil
    }
    var set: ScenarioSetSettings? =
      switch kind {
      case .grid: ScenarioSetSettings(name: name, source: .grid(grid(map)))
      case .history: SampledSettingsReader.history(name, map)
      case .monteCarlo: SampledSettingsReader.monteCarlo(name, map)
      case .bootstrap: SampledSettingsReader.bootstrap(name, map)
      case .user: userSet(name, map, &userSets)
      }
    if let rule = map.optional("volatilities")?.choice(VolatilityRule.self) {
      set?.volatilityRule = rule
    }
    return set
  }

  static func roll(_ map: YAMLMap, horizonDays: Double) -> TimeRoll {
    guard let value = map.optional("roll") else { return .none }
    return value.choice([("none", TimeRoll.none), ("horizon", .days(horizonDays))]) ?? .none
  }

  private static func userSet(
    _ name: String, _ map: YAMLMap, _ userSets: inout [RunFile.UserSet]
  ) -> ScenarioSetSettings? {
    let completion = map.optional("complete")?.choice([
      ("none", ScenarioCompletion.none), ("conditional_mean", .conditionalMean)
    ])
    let rollDays = map.number("roll_days", .days)
    let expected = "a file such as scenarios/stress.csv"
    guard let value = map.required("file"), let path = value.text(expected: expected) else {
      return nil
    }
    guard let fileName = ScenarioReader.setName(ofPath: path), RunFileReader.isInsideBook(path)
    else {
      value.report(expected: expected)
      return nil
    }
    userSets.append(RunFile.UserSet(fileName: fileName, path: path, line: value.line))
    var set = ScenarioSetSettings(
      name: name, source: .user(fileName: fileName, completion: completion ?? .none))
    set.roll = rollDays.map { .days($0) } ?? .none
    return set
  }

  // MARK: - Grids

  private static func grid(_ map: YAMLMap) -> PriceVolatilityGrid {
    var grid = PriceVolatilityGrid(
      priceRangeFraction: map.required("price_range")?.number(.innerFraction) ?? 0.5,
      stepCount: map.required("price_steps")?.integer(in: 1...stepCountMax) ?? 1,
      volatilityUpFraction: map.required("vol_up")?.number(.notNegative) ?? 0,
      volatilityDownFraction: map.required("vol_down")?.number(.properFraction) ?? 0,
      volatilityTerm: volatilityTerm(map))
    if let ranges = map.map("price_range_by_asset") { grid.assetRanges = assetRanges(ranges) }
    grid.volatilityStepCount = map.integer("vol_steps", in: 1...stepCountMax) ?? 1
    grid.raisedVolatilityAnnualMin = map.number("vol_up_min", .notNegative) ?? 0
    if let tails = map.optional("tail_moves") { grid.tailMoves = tailMoves(tails, grid) }
    grid.tailWeight = map.number("tail_weight", .positive) ?? 1
    return grid
  }

  /// Term structure of volatility moves; what is not given is as most venues have it.
  static func volatilityTerm(_ map: YAMLMap) -> VolatilityTermStructure {
    var term = VolatilityTermStructure.fieldStandard
    term.shortPower = map.number("short_power", .notNegative) ?? term.shortPower
    term.longPower = map.number("long_power", .notNegative) ?? term.longPower
    term.floorDays = map.number("floor_days", .days) ?? term.floorDays
    return term
  }

  /// Price ranges of single assets, sorted by name.
  static func assetRanges(_ map: YAMLMap) -> [PriceVolatilityGrid.AssetRange] {
    var ranges: [PriceVolatilityGrid.AssetRange] = []
    for entry in map.allEntries() {
      guard let range = entry.value.number(.innerFraction) else { continue }
      ranges.append(.init(asset: entry.key, priceRangeFraction: range))
    }
    return ranges.sorted { precedesByBytes($0.asset, $1.asset) }
  }

  /// Far price moves; each lies outside the range of every asset, so that none is scanned twice.
  static func tailMoves(_ value: YAMLValue, _ grid: PriceVolatilityGrid) -> [Double] {
    let rangeMax = grid.assetRanges.reduce(grid.priceRangeFraction) {
      max($0, $1.priceRangeFraction)
    }
    var moves: [Double] = []
    for element in value.list() ?? [] {
      guard let move = element.number(.relativeMove) else { continue }
      if abs(move) <= rangeMax {
        element.report(expected: "a move outside the price range of \(rangeMax)")
      } else if moves.contains(move) {
        element.report(expected: "every move once")
      } else if moves.count == stepCountMax {
        element.report(expected: "at most \(stepCountMax) moves")
      } else {
        moves.append(move)
      }
    }
    return moves
  }
}
