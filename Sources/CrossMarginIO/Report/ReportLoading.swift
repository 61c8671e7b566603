// The report's data from finished results.

import CrossMargin

extension ReportData {
  /// Number of accounts that the report lists.
  public static let listedAccountsMax = 1_000

  /// Reads what the report shows of some results.
  public init(_ reader: ResultReader) throws(OutputError) {
    let manifest = try reader.manifest()
    self.init(run: RunFacts(manifest), totals: try reader.totals())
    confidence = Self.confidence(manifest)
    alerts = try reader.alerts()
    assets = try reader.assets()
    models = try reader.models()
    var histogram = MarginRatioHistogram()
    try reader.forEachMarginRatio { account in
      histogram.add(ratio: account.ratio, notionalUSD: account.grossNotionalUSD)
    }
    marginRatios = histogram
    sets = try reader.sets()
    exposures = try reader.exposures()
    accounts = try reader.riskiestAccounts(limit: Self.listedAccountsMax)
    breaches = try NearestBreaches(reader)
    reconciliation = try reader.reconciliation(limit: Self.listedReconciliationsMax)
    liquidationMarkup = try reader.drawnReportPart()
    gaps = try reader.gaps()
    warnings = try reader.warnings()
  }

  private static func confidence(_ manifest: [ManifestEntry]) -> ConfidenceLevels {
    var levels = ConfidenceLevels()
    for entry in manifest {
      guard let level = Double(entry.value) else { continue }
      switch entry.key {
      case "confidence_var": levels.valueAtRisk = level
      case "confidence_es": levels.expectedShortfall = level
      default: break
      }
    }
    return levels
  }
}

extension RunFacts {
  /// Facts that are shown by name, in this order.
  private static let shownFacts: [(key: String, words: String)] = [
    ("program_version", "CrossMargin"), ("kernel_target", "kernels"), ("blas_core", "BLAS core"),
    ("blas", "BLAS"), ("thread_count", "threads"), ("accounts", "accounts"),
    ("positions", "positions"), ("balances", "balances"), ("instruments", "instruments"),
    ("started_at", "started"), ("fingerprint", "fingerprint of the inputs")
  ]

  /// Reads the facts of a manifest.
  init(_ manifest: [ManifestEntry]) {
    var values: [String: String] = [:]
    for entry in manifest { values[entry.key] = entry.value }
    self.init(
      book: values["book"] ?? "book", valuationTime: values["valuation_time"] ?? NumberText.absent)
    seed = values["seed"] ?? NumberText.absent
    facts = Self.shownFacts.compactMap { fact in
      values[fact.key].map { NamedText(name: fact.words, text: $0) }
    }
    proxies = Self.entries(of: manifest, under: "history_proxy:")
    inputs = Self.entries(of: manifest, under: "input:")
    stages = Self.entries(of: manifest, under: "stage_seconds:").compactMap { entry in
      Double(entry.text).map { StageTime(name: entry.name, elapsedSeconds: $0) }
    }
  }

  private static func entries(of manifest: [ManifestEntry], under prefix: String) -> [NamedText] {
    manifest.filter { $0.key.hasPrefix(prefix) }.map {
      NamedText(name: String($0.key.dropFirst(prefix.count)), text: $0.value)
    }
  }
}
