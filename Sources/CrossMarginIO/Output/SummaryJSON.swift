// `summary.json`: the book in one small file for machines.

import CrossMargin
import Foundation
import GRDB

/// The summary of some results.
public struct SummaryJSON: Encodable {
  private struct ScenarioSet: Encodable {
    var name: String
    var kind: String
    var scenario_count: Int
    var worst_loss_usd: Double
    var worst_scenario: String
    var var_usd: Double?
    var var_error_usd: Double?
    var es_usd: Double?
    var es_error_usd: Double?
  }

  private struct AlertRow: Encodable {
    var figure: String
    var subject: String
    var value: Double
    var threshold: Double
  }

  private struct Warning: Encodable {
    var kind: String
    var count: Int
    var examples: String
  }

  private var book: [String: Double] = [:]
  private var scenario_sets: [ScenarioSet] = []
  private var alerts: [AlertRow] = []
  private var warnings: [Warning] = []
  private var manifest: [String: String] = [:]

  /// Reads the summary of some results; clock entries of the manifest are left out.
  public init(_ reader: ResultReader) throws(OutputError) {
    try reader.read { database in
      for row in try Row.fetchAll(database, sql: "SELECT key, value FROM book") {
        book[row[0]] = row[1]
      }
      let sets = """
        SELECT s.*, b.label FROM scenario_set AS s LEFT JOIN book_scenario AS b
          ON b.scenario_set = s.scenario_set AND b.scenario = s.worst_scenario
        ORDER BY s.scenario_set
        """
      scenario_sets = try Row.fetchAll(database, sql: sets).map { row in
        ScenarioSet(
          name: row["name"], kind: row["kind"], scenario_count: row["scenario_count"],
          worst_loss_usd: row["worst_loss_usd"], worst_scenario: row["label"] ?? "",
          var_usd: row["var_usd"], var_error_usd: row["var_error_usd"], es_usd: row["es_usd"],
          es_error_usd: row["es_error_usd"])
      }
      alerts = try Row.fetchAll(database, sql: ResultSchema.alert.selectionSQL()).map {
        AlertRow(figure: $0[1], subject: $0[2], value: $0[3], threshold: $0[4])
      }
      warnings = try Row.fetchAll(database, sql: ResultSchema.warning.selectionSQL()).map {
        Warning(kind: $0[0], count: $0[1], examples: $0[2])
      }
    }
    for entry in try reader.manifest() where !entry.isClock { manifest[entry.key] = entry.value }
  }

  /// The JSON text, keys sorted.
  public func text() throws(OutputError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try OutputError.wrap("summary.json") {
      String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }
}
