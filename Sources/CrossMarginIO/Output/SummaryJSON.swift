// `summary.json`: the book in one small file for machines.

import CrossMargin

/// The summary of some results: totals of the book, its measures in each scenario set, alerts,
/// warnings and the manifest without clocks. Money is USD, losses are positive; a key that ends in
/// `_error_usd` is a standard error, null for sets that are no samples.
public struct SummaryJSON {
  private let content: JSONValue

  /// Reads the summary of some results.
  public init(_ reader: ResultReader) throws(OutputError) {
    let totals = BookTotals.entries(of: try reader.totals())
    let sets = try reader.sets().map(Self.value)
    let alerts = try reader.alerts().map(Self.value)
    let warnings = try reader.warnings().map(Self.value)
    let facts = try reader.manifest().filter { !$0.isClock }
    content = .object([
      ("format", .number(Double(ResultSchema.version))),
      ("book", .object(totals.map { (key: $0.key, value: .number($0.value)) })),
      ("scenario_sets", .list(sets)),
      ("alerts", .list(alerts)),
      ("warnings", .list(warnings)),
      ("manifest", .object(facts.map { (key: $0.key, value: .string($0.value)) }))
    ])
  }

  /// The text of the file. Equal results give equal texts.
  public var text: String { content.page }

  /// Writes the file, which is there whole or not at all.
  public func write(to path: String) throws(OutputError) {
    do throws(FileSystemError) { try AtomicFile.write(text, to: path) } catch {
      throw .fileSystem(error)
    }
  }

  private static func value(_ set: BookSetResult) -> JSONValue {
    let worst = set.worstScenario.position
    let label = set.labels.indices.contains(worst) ? set.labels[worst] : ""
    var fields: [(key: String, value: JSONValue)] = [
      ("name", .string(set.name)),
      ("kind", .string(set.kind)),
      ("scenario_count", .number(Double(set.profitUSD.count))),
      ("worst_loss_usd", .number(set.worstLossUSD)),
      ("worst_scenario", .string(label)),
      ("var_usd", .optional(set.tail?.valueAtRiskUSD)),
      ("var_error_usd", .optional(set.tail?.valueAtRiskErrorUSD)),
      ("es_usd", .optional(set.tail?.expectedShortfallUSD)),
      ("es_error_usd", .optional(set.tail?.expectedShortfallErrorUSD))
    ]
    if let interval = set.tail?.interval {
      fields += [
        ("var_low_usd", .number(interval.valueAtRiskLow)),
        ("var_high_usd", .optional(interval.valueAtRiskHigh)),
        ("es_low_usd", .number(interval.expectedShortfallLow)),
        ("es_high_usd", .number(interval.expectedShortfallHigh))
      ]
    }
    return .object(fields)
  }

  private static func value(_ alert: Alert) -> JSONValue {
    .object([
      ("figure", .string(alert.limit.figure.rawValue)),
      ("subject", .string(alert.subject)),
      ("value", .number(alert.value)),
      ("threshold", .number(alert.limit.threshold))
    ])
  }

  private static func value(_ warning: RunWarning) -> JSONValue {
    .object([
      ("kind", .string(warning.kind)),
      ("count", .number(Double(warning.count))),
      ("examples", .list(warning.examples.map(JSONValue.string)))
    ])
  }
}
