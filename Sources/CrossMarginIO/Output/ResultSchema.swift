// The tables of results, in one place: what writer, reader and exports know about them.

import CrossMargin

/// One column of a table.
struct StoredColumn: Sendable, Equatable {
  enum Kind: String, Sendable { case integer = "INTEGER", real = "REAL", text = "TEXT" }

  let name: String
  let kind: Kind
  let isOptional: Bool

  static func integer(_ name: String) -> Self { Self(name, .integer) }
  static func optionalInteger(_ name: String) -> Self { Self(name, .integer, isOptional: true) }
  static func real(_ name: String) -> Self { Self(name, .real) }
  static func optionalReal(_ name: String) -> Self { Self(name, .real, isOptional: true) }
  static func text(_ name: String) -> Self { Self(name, .text) }
  static func optionalText(_ name: String) -> Self { Self(name, .text, isOptional: true) }

  private init(_ name: String, _ kind: Kind, isOptional: Bool = false) {
    self.name = name
    self.kind = kind
    self.isOptional = isOptional
  }
}

/// One table; its first `keyCount` columns are the key.
struct StoredTable: Sendable, Equatable {
  let name: String
  let keyCount: Int
  let columns: [StoredColumn]

  init(_ name: String, keyCount: Int = 1, _ columns: [StoredColumn]) {
    self.name = name
    self.keyCount = keyCount
    self.columns = columns
  }

  /// A single integer key is SQLite's own row number; other keys make the table its own index.
  var creationSQL: String {
    let isRowNumbered = keyCount == 1 && columns[0].kind == .integer
    var parts = columns.enumerated().map { index, column in
      let quoted = SQLText.identifier(column.name) + " " + column.kind.rawValue
      if index == 0 && isRowNumbered { return quoted + " PRIMARY KEY" }
      return quoted + (column.isOptional ? "" : " NOT NULL")
    }
    if !isRowNumbered { parts.append("PRIMARY KEY (\(keySQL))") }
    let ending = isRowNumbered ? "" : " WITHOUT ROWID"
    return "CREATE TABLE \(SQLText.identifier(name)) (\(parts.joined(separator: ", ")))\(ending)"
  }

  /// Inserts the rows of a batch.
  var insertionSQL: String {
    let rows = RowSource.selectionSQL(columnCount: columns.count)
    return "INSERT INTO \(SQLText.identifier(name)) \(rows)"
  }

  /// Selects all columns, by key; `condition` is SQL after `WHERE`.
  func selectionSQL(where condition: String? = nil) -> String {
    let names = columns.map { SQLText.identifier($0.name) }.joined(separator: ", ")
    let filter = condition.map { " WHERE " + $0 } ?? ""
    return "SELECT \(names) FROM \(SQLText.identifier(name))\(filter) ORDER BY \(keySQL)"
  }

  private var keySQL: String {
    columns[..<keyCount].map { SQLText.identifier($0.name) }.joined(separator: ", ")
  }
}

/// Parts of SQL text that are not parameters.
enum SQLText {
  static func identifier(_ name: String) -> String { quoted(name, by: "\"") }
  static func literal(_ text: String) -> String { quoted(text, by: "'") }

  private static func quoted(_ text: String, by mark: Character) -> String {
    let doubled = text.map { $0 == mark ? "\(mark)\(mark)" : String($0) }.joined()
    return "\(mark)\(doubled)\(mark)"
  }
}

/// A rule set as tables know it.
struct StoredModel: Sendable, Equatable {
  var name: String
  var schema: MarginSchema

  var table: StoredTable {
    let levels = schema.levels.flatMap { level in
      schema.components.map { StoredColumn.real("\(level)_\($0.name)_usd") }
    }
    return StoredTable(
      "margin_" + name, [.integer("account")] + levels + [.optionalInteger("worst_scenario")])
  }
}

extension StoredModel {
  /// The components of a level added in their order, of one kind or of all, as SQL on `r`.
  func sumSQL(level: String, kind: MarginComponent.Kind? = nil) -> String {
    let columns = schema.components.filter { kind == nil || $0.kind == kind }.map {
      "r." + SQLText.identifier("\(level)_\($0.name)_usd")
    }
    return columns.isEmpty ? "0.0" : columns.joined(separator: " + ")
  }

  /// What a level asks, positive.
  func chargesSQL(level: String) -> String { "-(" + sumSQL(level: level, kind: .charge) + ")" }
}

/// The tables of results of runs with given rule sets.
struct ResultSchema: Sendable {
  /// `PRAGMA user_version` of what this file describes.
  static let version = 2

  /// The rule sets, in their order.
  let models: [StoredModel]
  /// Tables that only some runs have.
  var extras: ResultExtras = []
  /// Tables of a study, whose columns are known when it is done.
  var studies: [StoredTable] = []

  /// All tables of finished results, sorted by the bytes of their names.
  var tables: [StoredTable] {
    let fixed = [
      Self.account, Self.accountMeasure, Self.accountUnderlying, Self.alert, Self.asset, Self.book,
      Self.bookScenario, Self.bookUnderlyingExpiry, Self.manifest, Self.marginComponent,
      Self.marginScenario, Self.model,
      Self.positionDetail, Self.scenarioSet, Self.warning
    ]
    return (fixed + models.map(\.table) + extras.tables + studies).sorted {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
  }

  /// Tables that are data, which exports contain.
  var exportedTables: [StoredTable] { tables.filter { $0 != ResultExtras.reportPart } }

  /// Tables that are written at the end of a run, apart from alerts, which accounts have too.
  var bookTables: [StoredTable] {
    let fixed = [
      Self.book, Self.bookScenario, Self.bookUnderlyingExpiry, Self.manifest, Self.positionDetail,
      Self.scenarioSet, Self.warning
    ]
    return fixed + (extras.contains(.intervals) ? [ResultExtras.setInterval] : [])
      + (extras.contains(.liquidation) ? [ResultExtras.reportPart] : [])
  }

  static let account = StoredTable(
    "account",
    [
      .integer("account"), .text("name"), .integer("model"), .text("status"), .real("equity_usd"),
      .real("option_value_usd"), .real("unsettled_usd"), .real("gross_notional_usd"),
      .optionalText("missing_subject"), .optionalText("missing_reason")
    ])

  static let accountMeasure = StoredTable(
    "account_measure", keyCount: 2,
    [.integer("account"), .integer("scenario_set")] + losses + [
      .optionalReal("delta_gamma_gap_usd")
    ])

  static let accountUnderlying = StoredTable(
    "account_underlying", keyCount: 2, [.integer("account"), .integer("asset")] + greeks)

  static let positionDetail = StoredTable(
    "position_detail", keyCount: 3,
    [
      .integer("account"), .text("instrument"), .text("leg"), .real("quantity"),
      .real("value_usd"), .real("delta_usd"), .real("gamma_usd_1pct"), .real("vega_usd_1pt"),
      .real("theta_usd_day"), .optionalReal("worst_pnl_usd")
    ])

  static let asset = StoredTable(
    "asset", [.integer("asset"), .text("name"), .real("price_usd"), .optionalReal("age_days")])

  static let model = StoredTable(
    "model",
    [.integer("model"), .text("name"), .text("effective_from"), .text("parameter_file")])

  static let scenarioSet = StoredTable(
    "scenario_set",
    [
      .integer("scenario_set"), .text("name"), .text("kind"), .integer("scenario_count")
    ] + losses)

  static let bookScenario = StoredTable(
    "book_scenario", keyCount: 2,
    [
      .integer("scenario_set"), .integer("scenario"), .text("label"), .optionalReal("price_move"),
      .optionalReal("vol_move"), .optionalReal("probability"), .real("pnl_usd")
    ])

  static let marginScenario = StoredTable(
    "margin_scenario", keyCount: 2,
    [
      .integer("model"), .integer("scenario"), .text("label"), .real("price_move"),
      .real("vol_move"), .real("loss_factor")
    ])

  static let marginComponent = StoredTable(
    "margin_component", keyCount: 3,
    [
      .integer("model"), .integer("level"), .integer("component"), .text("level_name"),
      .text("component_name"), .text("kind")
    ])

  static let bookUnderlyingExpiry = StoredTable(
    "book_underlying_expiry", keyCount: 2, [.integer("asset"), .text("expiry")] + greeks)

  static let book = StoredTable("book", [.text("key"), .real("value")])

  static let alert = StoredTable(
    "alert",
    [.integer("alert"), .text("figure"), .text("subject"), .real("value"), .real("threshold")])

  static let warning = StoredTable(
    "warning", [.text("kind"), .integer("count"), .text("examples")])

  static let manifest = StoredTable(
    "manifest", [.text("key"), .text("value"), .integer("clock")])

  /// Blocks of a run that has not ended; dropped when it ends.
  static let checkpointName = "checkpoint"
  /// The inputs of a run that has not ended; dropped when it ends.
  static let checkpointInputsName = "checkpoint_inputs"

  /// Makes the view `account_summary`: one row per account for people and reports.
  var accountSummarySQL: String {
    let margined = models.map { model in
      let (first, last) = (
        model.schema.levels[0], model.schema.levels[model.schema.levels.count - 1]
      )
      return """
        SELECT a.account, a.name, m.name AS model, a.status, a.equity_usd, a.option_value_usd,
          a.gross_notional_usd, \(model.chargesSQL(level: first)) AS initial_usd,
          \(model.chargesSQL(level: last)) AS maintenance_usd,
          \(model.sumSQL(level: first)) AS initial_surplus_usd,
          \(model.sumSQL(level: last)) AS maintenance_surplus_usd,
          CASE WHEN \(model.chargesSQL(level: last)) > 0 THEN
            (\(model.sumSQL(level: last, kind: .value))) / (\(model.chargesSQL(level: last))) END
            AS margin_ratio,
          s.label AS worst_scenario,
          (SELECT max(es_usd) FROM account_measure e WHERE e.account = a.account) AS es_usd_max,
          a.missing_subject, a.missing_reason
        FROM \(SQLText.identifier(model.table.name)) r JOIN account a USING (account)
          JOIN model m ON m.model = a.model
          LEFT JOIN margin_scenario s ON s.model = a.model AND s.scenario = r.worst_scenario
        """
    }
    let unmargined = """
      SELECT a.account, a.name, m.name, a.status, a.equity_usd, a.option_value_usd,
        a.gross_notional_usd, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        a.missing_subject, a.missing_reason
      FROM account a JOIN model m ON m.model = a.model
      WHERE a.status = \(SQLText.literal(AccountStatus.unmargined.rawValue))
      """
    let parts = (margined + [unmargined]).joined(separator: "\nUNION ALL\n")
    return "CREATE VIEW account_summary AS\n" + parts
  }

  private static let losses: [StoredColumn] = [
    .real("worst_loss_usd"), .integer("worst_scenario"), .optionalReal("var_usd"),
    .optionalReal("var_error_usd"), .optionalReal("es_usd"), .optionalReal("es_error_usd")
  ]

  private static let greeks: [StoredColumn] = [
    .real("delta_usd"), .real("delta_usd_total"), .real("gamma_usd_1pct"), .real("vega_usd_1pt"),
    .real("theta_usd_day"), .real("rho_usd_1pt"), .real("vanna_usd_1pt"), .real("volga_usd_1pt")
  ]
}
