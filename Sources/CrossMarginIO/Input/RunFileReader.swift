// `run.yaml`: what a run is asked to do. Strict: unknown keys, wrong types and values out of range
// are issues with file, line and key.

import CrossMargin
import PortfolioModel

/// What `run.yaml` says. The rule sets are named only; their terms stand in files of their own.
package struct RunFile: Sendable, Equatable {
  /// A rule set and where its name stands.
  package struct Model: Sendable, Equatable {
    /// Name and file.
    package var file: ModelFile
    /// Line of the name, from 1.
    package var line: Int
  }

  /// A scenario set that is read from a file, and where it is asked for.
  package struct UserSet: Sendable, Equatable {
    /// Name of the file without folder and extension: that of the set in `Book.scenarios`.
    package var fileName: String
    /// The file as it was asked for.
    package var path: String
    /// Line of the request, from 1.
    package var line: Int
  }

  /// The instant of valuation.
  package var valuationTime: UTCTime
  /// Rule sets, sorted by the bytes of their names.
  package var models: [Model]
  /// Everything that the engine is told, without rule sets.
  package var settings: RunSettings
  /// What is written beside the database.
  package var outputs: OutputSettings
  /// Whether unknown instruments and assets in holdings stop the run.
  package var isStrict: Bool
  /// Scenario sets that are read from files.
  package var userSets: [UserSet]
  /// Line of `liquidation.mechanics`, from 1; nil where mechanisms are not compared.
  package var mechanicsLine: Int?
}

/// Reads `run.yaml`.
package enum RunFileReader {
  static let path = "run.yaml"
  /// The most scenarios of one set.
  static let scenarioCountMax = 10_000_000

  /// Reads the text of a run file.
  ///
  /// - Parameters:
  ///   - text: the YAML text.
  ///   - file: its name in messages.
  ///   - issues: takes everything that is wrong with it.
  /// - Returns: nil where the valuation time is missing or the text is no mapping; otherwise what could
  ///   be read, with defaults where an issue was reported.
  package static func read(
    _ text: String, file: String, issues: inout FieldIssues
  ) -> RunFile? {
    let (root, log) = YAMLText.parse(text, file: file)
    let runFile = root.flatMap(read)
    issues.append(contentsOf: log.issues)
    return runFile
  }

  private static func read(_ root: YAMLMap) -> RunFile? {
    let valuationTime = root.required("valuation_time")?.time()
    let models = readModels(root)
    var settings = RunSettings(models: [], defaultModel: readDefaultModel(root, models))
    if let seed = root.optional("seed") {
      settings.seed = UInt64(seed.integer(in: 0...Int.max) ?? 0)
    }
    readMeasures(root, &settings)
    readHistoryRules(root, &settings)
    readBounds(root, &settings)
    settings.analytic = root.map("analytic").map(AnalyticSettingsReader.read)
    let sets = root.map("scenario_sets").map(ScenarioSettingsReader.read)
    settings.scenarioSets = sets?.settings ?? []
    let liquidation = root.map("liquidation")
    if let liquidation {
      settings.liquidation = LiquidationSettingsReader.read(liquidation)
    }
    let isStrict = root.flag("strict") ?? false
    let outputs = readOutputs(root)
    root.refuseOtherKeys()
    guard let valuationTime else { return nil }
    return RunFile(
      valuationTime: valuationTime, models: models, settings: settings, outputs: outputs,
      isStrict: isStrict, userSets: sets?.userSets ?? [],
      mechanicsLine: liquidation?.optional("mechanics")?.line)
  }

  // MARK: - Rule sets

  private static func readModels(_ root: YAMLMap) -> [RunFile.Model] {
    guard let value = root.required("models"), let map = value.map() else { return [] }
    var models: [RunFile.Model] = []
    for entry in map.allEntries() {
      guard isIdentifier(entry.key) else {
        entry.value.log.report(
          line: entry.value.line, key: "models", found: "\"\(FieldIssue.excerpt(entry.key))\"",
          expected: identifierExpected)
        continue
      }
      guard let path = entry.value.text(expected: pathExpected) else { continue }
      guard isInsideBook(path) else {
        entry.value.report(expected: pathExpected)
        continue
      }
      models.append(
        RunFile.Model(file: ModelFile(name: entry.key, path: path), line: entry.value.line))
    }
    if map.entries.isEmpty { value.report(expected: "at least one rule set") }
    return models.sorted { precedesByBytes($0.file.name, $1.file.name) }
  }

  private static func readDefaultModel(_ root: YAMLMap, _ models: [RunFile.Model]) -> String {
    let value = models.count > 1 ? root.required("default_model") : root.optional("default_model")
    guard let value, let name = value.text() else { return models.first?.file.name ?? "" }
    let isKnown = models.contains { $0.file.name == name }
    if !isKnown && !models.isEmpty { value.report(expected: "a name of models") }
    return name
  }

  static let pathExpected = "a path inside the book"
  static let identifierExpected = "a name of small letters, digits, _ and -"

  /// Whether a name can be a rule set or a scenario set; such names become parts of table names.
  static func isIdentifier(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
          UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// Whether a path stays in the folder it is relative to.
  static func isInsideBook(_ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.allSatisfy { !["", ".", ".."].contains($0) } && !path.contains("\0")
  }

  // MARK: - Settings of the engine

  private static func readMeasures(_ root: YAMLMap, _ settings: inout RunSettings) {
    if let map = root.map("confidence") {
      if let level = map.number("var", .innerFraction) { settings.confidence.valueAtRisk = level }
      if let level = map.number("es", .innerFraction) {
        settings.confidence.expectedShortfall = level
      }
      settings.confidence.interval = map.number("interval", .innerFraction)
      map.refuseOtherKeys()
    }
    if let value = root.optional("volatility_term") {
      settings.volatilityTerm =
        value.plainText == "none" ? nil : value.map().map(readVolatilityTerm) ?? .fieldStandard
    }
  }

  private static func readVolatilityTerm(_ map: YAMLMap) -> VolatilityTermStructure {
    let term = ScenarioSettingsReader.volatilityTerm(map)
    map.refuseOtherKeys()
    return term
  }

  private static func readHistoryRules(_ root: YAMLMap, _ settings: inout RunSettings) {
    if let map = root.map("covariance") {
      if let decay = map.number("decay_per_day", .innerFraction) {
        settings.covariance.decayPerDay = decay
      }
      if let floor = map.number("eigenvalue_floor", .properFraction) {
        settings.covariance.eigenvalueFloor = floor
      }
      if let estimator = map.optional("estimator")?.choice(CovarianceEstimator.self) {
        settings.covariance.estimator = estimator
      }
      if let repair = map.optional("repair")?.choice(CovarianceRepairMethod.self) {
        settings.covariance.repair = repair
      }
      map.refuseOtherKeys()
    }
    guard let map = root.map("history_proxies") else { return }
    var proxies: [FactorProxy] = []
    for entry in map.allEntries() {
      guard let factor = FactorText.parse(entry.key) else {
        entry.value.log.report(
          line: entry.value.line, key: "history_proxies",
          found: "\"\(FieldIssue.excerpt(entry.key))\"", expected: FactorText.expected)
        continue
      }
      guard let proxy = entry.value.factor() else { continue }
      if proxies.contains(where: { $0.factor == factor }) {
        entry.value.report(expected: "one proxy for each factor")
      } else if factor.kind != proxy.kind || factor == proxy {
        entry.value.report(expected: "another factor of the same kind")
      } else {
        proxies.append(FactorProxy(factor: factor, proxy: proxy))
      }
    }
    settings.historyProxies = proxies.sorted {
      precedesByBytes($0.factor.description, $1.factor.description)
    }
  }

  private static func readBounds(_ root: YAMLMap, _ settings: inout RunSettings) {
    if let map = root.map("market") {
      if let value = map.optional("age_max"), let text = value.text(expected: DurationText.expected)
      {
        if let age = DurationText.microseconds(text), age > 0 {
          settings.marketAgeDaysMax = UTCTime(microseconds: 0).days(to: UTCTime(microseconds: age))
        } else {
          value.report(expected: DurationText.expected + ", above 0")
        }
      }
      map.refuseOtherKeys()
    }
    if let fraction = root.number("unmargined_max", .fraction) {
      settings.unmarginedFractionMax = fraction
    }
    guard let map = root.map("limits") else { return }
    for figure in Limit.Figure.allCases {
      guard let threshold = map.number(figure.rawValue, .notNegative) else { continue }
      settings.limits.append(Limit(figure: figure, threshold: threshold))
    }
    map.refuseOtherKeys()
  }

  // MARK: - Outputs

  private static func readOutputs(_ root: YAMLMap) -> OutputSettings {
    var outputs = OutputSettings()
    guard let map = root.map("outputs") else { return outputs }
    outputs.isCSVWritten = map.flag("csv") ?? outputs.isCSVWritten
    outputs.isReportWritten = map.flag("report") ?? outputs.isReportWritten
    if let value = map.optional("detail") { outputs.detail = readDetail(value) ?? .none }
    map.refuseOtherKeys()
    return outputs
  }

  private static func readDetail(_ value: YAMLValue) -> DetailSelection? {
    let expected = "none, \"worst 1000\", all or a list of accounts"
    if case .sequence = value.node {
      return .accounts((value.list() ?? []).compactMap { $0.text(expected: "an account") })
    }
    guard let text = value.text(expected: expected) else { return nil }
    if text == "none" { return DetailSelection.none }
    if text == "all" { return .all }
    let words = text.split(separator: " ")
    if words.count == 2, words[0] == "worst", let count = Int(words[1]), count > 0 {
      return .worst(count)
    }
    value.report(expected: expected)
    return nil
  }
}
