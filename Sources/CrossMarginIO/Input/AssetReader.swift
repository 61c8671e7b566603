// `market/assets.csv`: what can be held or owed, and the names that every other file refers to.

import PortfolioModel

/// Names of a sorted list, and whether the list is all there is: where its file could not be read,
/// a name that is not found says nothing.
struct KnownNames {
  /// Names with their ranks.
  let table: NameTable
  /// Whether a name outside the table is unknown.
  let isComplete: Bool

  init(_ names: [String], isComplete: Bool) {
    var table = NameTable(expectedCount: names.count)
    for name in names { _ = table.intern(name) }
    self.table = table
    self.isComplete = isComplete
  }
}

/// Assets of a book, sorted by name, with `USD`.
struct AssetList {
  let assets: [Asset]
  let names: KnownNames
  /// Rank of `USD`.
  let usd: AssetIndex

  /// The asset that a field names; nil where it is not known, which is an issue.
  func index(_ table: inout BookTable, _ column: TableColumn) -> AssetIndex? {
    if let rank = table.find(column, in: names.table) { return AssetIndex(Int(rank)) }
    if names.isComplete { table.refuse(column, expected: "an asset of market/assets.csv") }
    return nil
  }

  /// The asset that a field names, `USD` where the field is empty.
  func indexOrUSD(_ table: inout BookTable, _ column: TableColumn) -> AssetIndex? {
    table.isEmpty(column) ? usd : index(&table, column)
  }
}

enum AssetReader {
  static let path = "market/assets.csv"
  static let schema = TableSchema(
    required: ["asset", "price_usd"],
    optional: ["peg", "tracks", "confidence", "adv_usd", "depth_usd_1pct", "time"])

  /// Reads the assets and adds `USD`. A row with an issue still makes its name known, so that one
  /// fault is reported once.
  static func read(_ input: BookInput, valuationTime: UTCTime?) -> AssetList {
    var assets: [Asset] = []
    var lines: [Int] = []
    var names = NameTable()
    var file = path
    let isWhole = input.readRows(path, schema) { table in
      file = table.file
      let count = names.count
      let column = table.column("asset")
      guard let position = table.intern(column, into: &names) else { return }
      guard position == count else {
        return table.refuse(
          column, expected: "every asset once; it stands on line \(lines[Int(position)]) too")
      }
      let asset = readRow(&table, name: names.name(at: position))
      if let time = asset.time, let valuationTime, time > valuationTime {
        input.warnings.count("price_after_valuation_time", example: asset.name)
      }
      assets.append(asset)
      lines.append(table.line)
    }
    requireKnownLinks(assets, lines, file: file, input)
    let market = MarketSnapshot(valuationTime: UTCTime(microseconds: 0), assets: assets)
    return AssetList(
      assets: market.assets,
      names: KnownNames(market.assets.map(\.name), isComplete: isWhole),
      usd: market.assetIndex(named: "USD") ?? AssetIndex(0))
  }

  private static func readRow(_ table: inout BookTable, name: String) -> Asset {
    let price = table.column("price_usd")
    var asset = Asset(name: name, priceUSD: table.number(price, .positive) ?? 1)
    asset.peg = table.optionalName(table.column("peg"))
    asset.tracks = table.optionalName(table.column("tracks"))
    asset.confidence = table.optionalNumber(table.column("confidence"), .fraction)
    asset.averageDailyVolumeUSD = table.optionalNumber(table.column("adv_usd"), .notNegative)
    asset.depthUSDPerPercent = table.optionalNumber(table.column("depth_usd_1pct"), .positive)
    asset.time = table.optionalTime(table.column("time"))
    if name.contains(":") {
      table.refuse(table.column("asset"), expected: "a name without \":\", which factor names use")
    }
    if name == "USD" {
      if asset.priceUSD != 1 { table.refuse(price, expected: "1, since all prices are in USD") }
      for column in ["peg", "tracks"] where !table.isEmpty(table.column(column)) {
        table.refuse(table.column(column), expected: "nothing, since USD follows no asset")
      }
    }
    return asset
  }

  /// Each `peg` and `tracks` names an asset, and following them ends.
  private static func requireKnownLinks(
    _ assets: [Asset], _ lines: [Int], file: String, _ input: BookInput
  ) {
    var positions: [String: Int] = [:]
    for (position, asset) in assets.enumerated() { positions[asset.name] = position }
    for (position, asset) in assets.enumerated() where asset.name != "USD" {
      for (field, link) in [("peg", asset.peg), ("tracks", asset.tracks)] {
        guard let link, link != "USD", positions[link] == nil else { continue }
        input.issues.append(
          FieldIssue(
            file: file, line: lines[position], field: field, text: link,
            expected: "an asset of \(path)"))
      }
    }
    let next = assets.map { asset in
      asset.name == "USD"
        ? [] : [asset.peg, asset.tracks].compactMap { $0.flatMap { positions[$0] } }
    }
    for position in cyclicNodes(next) {
      input.report(
        file, line: lines[position], field: "peg, tracks",
        found: "\"\(FieldIssue.excerpt(assets[position].name))\" following itself in a circle",
        expected: "links that end")
    }
  }

  /// The nodes of a graph that are left when nodes without successors are removed again and again,
  /// and then nodes without predecessors: those on or between cycles.
  private static func cyclicNodes(_ next: [[Int]]) -> [Int] {
    let successors = peel(next)
    var previous = next.map { _ in [Int]() }
    for (node, targets) in next.enumerated() where successors[node] {
      for target in targets where successors[target] { previous[target].append(node) }
    }
    let both = peel(previous)
    return next.indices.filter { successors[$0] && both[$0] }
  }

  /// Which nodes stay when nodes without successors are removed until none is left.
  private static func peel(_ next: [[Int]]) -> [Bool] {
    var degree = next.map(\.count)
    var previous = next.map { _ in [Int]() }
    for (node, targets) in next.enumerated() {
      for target in targets { previous[target].append(node) }
    }
    var stays = next.map { _ in true }
    var free = next.indices.filter { degree[$0] == 0 }
    while let node = free.popLast() {
      stays[node] = false
      for source in previous[node] {
        degree[source] -= 1
        if degree[source] == 0 { free.append(source) }
      }
    }
    return stays
  }
}
