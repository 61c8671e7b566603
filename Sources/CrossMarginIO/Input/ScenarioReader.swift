// `scenarios/*.csv`: scenarios of a user, with `scenarios/*.sets.csv` beside them for probabilities
// and loss factors.

import PortfolioModel

struct ScenarioReader {
  static let folder = "scenarios"
  static let schema = TableSchema(required: ["scenario", "factor", "kind", "shock"], optional: [])
  static let setSchema = TableSchema(
    required: ["scenario"], optional: ["probability", "loss_factor"])
  /// How far a sum of probabilities may lie from 1: they are written with a dozen digits at least.
  static let probabilitySumTolerance = 1e-9

  private static let ending = ".csv"
  private static let setEnding = ".sets.csv"

  private let input: BookInput
  private let assets: AssetList

  init(_ input: BookInput, _ assets: AssetList) {
    self.input = input
    self.assets = assets
  }

  /// The name of the set in a file of the folder; nil for every other path.
  static func setName(ofPath path: String) -> String? {
    guard path.hasPrefix(folder + "/") else { return nil }
    var name = String(path.dropFirst(folder.count + 1))
    if name.hasSuffix(".gz") { name.removeLast(3) }
    guard name.hasSuffix(ending), !name.hasSuffix(setEnding), !name.contains("/") else {
      return nil
    }
    name.removeLast(ending.count)
    return name.isEmpty ? nil : name
  }

  /// All sets of the folder, sorted by name.
  func readAll() -> [UserScenarioSet] {
    var names: Set<String> = []
    var factorNames: Set<String> = []
    for fileName in input.names(in: Self.folder) {
      let plain = fileName.hasSuffix(".gz") ? String(fileName.dropLast(3)) : fileName
      if plain.hasSuffix(Self.setEnding) {
        factorNames.insert(String(plain.dropLast(Self.setEnding.count)))
      } else if let name = Self.setName(ofPath: "\(Self.folder)/\(plain)") {
        names.insert(name)
      }
    }
    for name in factorNames.subtracting(names).sorted(by: precedesByBytes) {
      input.report(
        "\(Self.folder)/\(name)\(Self.setEnding)", found: "no \(name)\(Self.ending) beside it",
        expected: "a file of scenarios")
    }
    return names.sorted(by: precedesByBytes).compactMap { name in
      read(name, hasSetFile: factorNames.contains(name))
    }
  }

  private func read(_ name: String, hasSetFile: Bool) -> UserScenarioSet? {
    var scenarios: [UserScenario] = []
    var names = NameTable()
    let path = "\(Self.folder)/\(name)\(Self.ending)"
    let isWhole = input.readRows(path, Self.schema) { table in
      guard let position = table.intern(table.column("scenario"), into: &names) else { return }
      // A name with an issue takes a number too, which keeps numbers and scenarios in step.
      while scenarios.count < names.count {
        let name = names.name(at: Int32(scenarios.count))
        scenarios.append(UserScenario(name: name, shocks: []))
      }
      guard let shock = readShock(&table) else { return }
      if scenarios[Int(position)].shocks.contains(where: { $0.factor == shock.factor }) {
        table.refuse(table.column("factor"), expected: "every factor once in a scenario")
      } else {
        scenarios[Int(position)].shocks.append(shock)
      }
    }
    if isWhole && scenarios.isEmpty {
      input.report(path, found: "no scenario", expected: "one scenario or more")
    }
    if hasSetFile {
      let known = KnownNames(scenarios.map(\.name), isComplete: isWhole)
      readSetFile(name, known, &scenarios)
    }
    return isWhole ? UserScenarioSet(name: name, scenarios: scenarios) : nil
  }

  private enum KindWord { case relative, absolute, replace }

  private func readShock(_ table: inout BookTable) -> FactorShock? {
    let factorColumn = table.column("factor")
    let shockColumn = table.column("shock")
    let factor = FactorText.parse(table.text(factorColumn) ?? "")
    if factor == nil { table.refuse(factorColumn, expected: FactorText.expected) }
    let kind = table.choice(
      table.column("kind"),
      [("relative", KindWord.relative), ("absolute", .absolute), ("replace", .replace)])
    let value = table.number(shockColumn, .finite)
    guard let factor, let kind, let value else { return nil }
    if FactorText.isUSDPrice(factor) {
      table.refuse(factorColumn, expected: FactorText.expectedOtherThanUSD)
      return nil
    }
    switch kind {
    case .relative:
      if factor.kind.isLogarithmic && value <= -1 {
        table.refuse(shockColumn, expected: "a relative shock above -1")
      }
      return FactorShock(factor: factor, shock: .scale(1 + value))
    case .absolute:
      if factor.kind == .spot, let rank = assets.names.table.find(factor.asset),
        assets.assets[Int(rank)].priceUSD + value <= 0
      {
        let priceUSD = assets.assets[Int(rank)].priceUSD
        table.refuse(shockColumn, expected: "a shock that leaves a price above 0 of \(priceUSD)")
      }
      return FactorShock(factor: factor, shock: .add(value))
    case .replace:
      let rule: NumberRule =
        switch factor.kind {
        case .spot: .positive
        case .volatility: .notNegative
        case .basis, .rate: .finite
        }
      if !rule.accepts(value) { table.refuse(shockColumn, expected: rule.expected) }
      return FactorShock(factor: factor, shock: .replace(value))
    }
  }

  // MARK: - Probabilities and loss factors

  private func readSetFile(_ name: String, _ known: KnownNames, _ scenarios: inout [UserScenario]) {
    let path = "\(Self.folder)/\(name)\(Self.setEnding)"
    var seenLines = [Int?](repeating: nil, count: scenarios.count)
    var file = path
    input.readRows(path, Self.setSchema, isRequired: false) { table in
      file = table.file
      let column = table.column("scenario")
      let probability = table.optionalNumber(table.column("probability"), .fraction)
      let lossFactor = table.optionalNumber(table.column("loss_factor"), .positive)
      guard let position = table.find(column, in: known.table) else {
        let expected = "a scenario of \(Self.folder)/\(name)\(Self.ending)"
        if known.isComplete { table.refuse(column, expected: expected) }
        return
      }
      if let line = seenLines[Int(position)] {
        return table.refuse(
          column, expected: "every scenario once; it stands on line \(line) too")
      }
      seenLines[Int(position)] = table.line
      scenarios[Int(position)].probability = probability
      scenarios[Int(position)].lossFactor = lossFactor ?? 1
    }
    requireDistribution(scenarios, file: file)
  }

  /// Either no scenario has a probability, or all have and they sum to 1.
  private func requireDistribution(_ scenarios: [UserScenario], file: String) {
    let probabilities = scenarios.compactMap(\.probability)
    guard !probabilities.isEmpty else { return }
    guard probabilities.count == scenarios.count else {
      return input.report(
        file, field: "probability",
        found: "\(probabilities.count) of \(scenarios.count) scenarios with a probability",
        expected: "a probability for every scenario or for none")
    }
    let sum = probabilities.reduce(0, +)
    if abs(sum - 1) > Self.probabilitySumTolerance {
      input.report(
        file, field: "probability", found: "probabilities that sum to \(sum)",
        expected: "a sum of 1")
    }
  }
}
