// Tables that results have only where their run asked for what stands in them.

import CrossMargin
import GRDB
import PortfolioModel

/// What a run computes beyond what every run does.
public struct ResultExtras: OptionSet, Sendable {
  /// One bit for each kind.
  public let rawValue: Int

  /// Kinds by their bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Intervals of VaR and expected shortfall of sampled sets.
  public static let intervals = ResultExtras(rawValue: 1)
  /// VaR and expected shortfall of delta-gamma forms.
  public static let analytic = ResultExtras(rawValue: 2)
  /// What underlyings and factors contribute to these.
  public static let contributions = ResultExtras(rawValue: 4)
  /// Worst cases and nearest breaches.
  public static let reverseStress = ResultExtras(rawValue: 8)

  /// Figures beside those that the venue reports.
  public static let reconciliation = ResultExtras(rawValue: 16)

  /// The liquidation study.
  public static let liquidation = ResultExtras(rawValue: 32)

  /// What the settings of a run ask for, and what its book brings.
  public init(_ settings: RunSettings, _ portfolio: Portfolio) {
    self = []
    if !portfolio.reported.isEmpty { insert(.reconciliation) }
    if settings.liquidation.isNightly { insert(.liquidation) }
    if settings.confidence.interval != nil { insert(.intervals) }
    guard let analytic = settings.analytic else { return }
    if analytic.isMeasured { insert(.analytic) }
    if analytic.isMeasured && analytic.isAttributed { insert(.contributions) }
    if analytic.reverseStress != nil { insert(.reverseStress) }
  }

  private static let tablesByKind: [(kind: ResultExtras, tables: [StoredTable])] = [
    (.intervals, [measureInterval, setInterval]), (.analytic, [accountAnalytic]),
    (.contributions, [accountContribution]), (.reverseStress, [accountReverseStress]),
    (.reconciliation, [reconciliationTable]), (.liquidation, [reportPart])
  ]

  /// What a database holds.
  init(of connection: Database) throws {
    self = []
    for (kind, tables) in Self.tablesByKind where try connection.tableExists(tables[0].name) {
      insert(kind)
    }
  }

  /// Their tables.
  var tables: [StoredTable] {
    Self.tablesByKind.filter { contains($0.kind) }.flatMap(\.tables)
  }

  private static let bounds: [StoredColumn] = [
    .real("var_low_usd"), .optionalReal("var_high_usd"), .real("es_low_usd"), .real("es_high_usd")
  ]

  static let measureInterval = StoredTable(
    "account_measure_interval", keyCount: 2,
    [.integer("account"), .integer("scenario_set")] + bounds)

  static let setInterval = StoredTable(
    "scenario_set_interval", [.integer("scenario_set")] + bounds)

  static let accountAnalytic = StoredTable(
    "account_analytic",
    [
      .integer("account"), .text("method"), .optionalText("fallback_reason"), .real("var_usd"),
      .real("es_usd"), .optionalReal("saddlepoint_var_usd"), .optionalReal("saddlepoint_es_usd"),
      .optionalReal("cornish_fisher_var_usd"), .real("revaluation_var_gap_usd"),
      .optionalReal("revaluation_var_gap_error_usd"), .real("revaluation_es_gap_usd"),
      .real("revaluation_es_gap_error_usd")
    ])

  static let reconciliationTable = StoredTable(
    "reconciliation", keyCount: 2,
    [
      .integer("account"), .text("figure"), .real("reported_usd"), .real("computed_usd"),
      .real("difference_fraction"), .text("cause")
    ])

  /// Sections of the report that are drawn when the run is, since their tables do not hold all that
  /// they show.
  static let reportPart = StoredTable("report_part", [.text("part"), .text("markup")])

  static let accountContribution = StoredTable(
    "account_contribution", keyCount: 3,
    [.integer("account"), .text("kind"), .text("name"), .real("var_usd"), .real("es_usd")])

  /// Moves that a row of `account_reverse_stress` names.
  static let namedMoveCount = 3

  static let accountReverseStress = StoredTable(
    "account_reverse_stress", keyCount: 3,
    [
      .integer("account"), .text("target"), .integer("rank"), .real("distance"),
      .real("outside_probability"), .optionalReal("loss_probability"), .real("revalued_loss_usd"),
      .real("form_loss_usd"), .optionalReal("form_error_fraction")
    ]
      + (1...namedMoveCount).flatMap { place in
        [StoredColumn.optionalText("factor_\(place)"), .optionalReal("move_\(place)")]
      })
}
