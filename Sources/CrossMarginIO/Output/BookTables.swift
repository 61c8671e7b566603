// The tables that are about the book, its market and its rules.

import CrossMargin
import GRDB
import PortfolioModel

struct BookTables {
  let plan: ResultPlan
  let names: Pseudonyms
  let database: Database

  func insert(_ book: BookResult) throws {
    try insertPlan()
    try insertTotals(book.totals)
    try insertSets(book.sets)
    let exposures = try RowInserter(ResultSchema.bookUnderlyingExpiry, database)
    for row in book.exposures {
      let greeks = row.greeks
      try exposures.insert([
        Int64(row.underlying.rank), row.expiry?.description ?? "", greeks.deltaUSD,
        greeks.deltaTotalUSD, greeks.gammaUSDPerPercent, greeks.vegaUSDPerPoint,
        greeks.thetaUSDPerDay, greeks.rhoUSDPerPoint, greeks.vannaUSDPerPoint,
        greeks.volgaUSDPerPoint,
      ])
    }
    let warnings = try RowInserter(ResultSchema.warning, database)
    for warning in book.warnings {
      let examples = warning.examples.map(names.masked).joined(separator: "; ")
      try warnings.insert([warning.kind, warning.count, examples])
    }
  }

  private func insertPlan() throws {
    let assets = try RowInserter(ResultSchema.asset, database)
    for (rank, asset) in plan.assets.enumerated() {
      try assets.insert([rank, asset.name, asset.priceUSD, asset.ageDays])
    }
    let models = try RowInserter(ResultSchema.model, database)
    let scenarios = try RowInserter(ResultSchema.marginScenario, database)
    for (rank, model) in plan.models.enumerated() {
      try models.insert([rank, model.name, model.effectiveFrom.description, model.parameterFile])
      for (number, scenario) in model.scenarios.enumerated() {
        try scenarios.insert([
          rank, number, scenario.label, scenario.priceMove, scenario.volatilityMove,
          scenario.lossFactor,
        ])
      }
    }
  }

  private func insertTotals(_ totals: BookContribution) throws {
    var rows: [(key: String, value: Double)] = [
      ("accounts", Double(totals.accountCount)),
      ("margined_notional_usd", totals.marginedNotionalUSD),
      ("unmargined_notional_usd", totals.unmarginedNotionalUSD),
      ("equity_usd", totals.equityUSD), ("negative_equity_usd", totals.negativeEquityUSD),
      ("initial_usd", totals.initialUSD), ("maintenance_usd", totals.maintenanceUSD),
    ]
    for status in AccountStatus.allCases {
      rows.append(("count_" + status.rawValue, Double(totals.count(of: status))))
    }
    let inserter = try RowInserter(ResultSchema.book, database)
    for row in rows { try inserter.insert([row.key, row.value]) }
  }

  private func insertSets(_ sets: [BookSetResult]) throws {
    let setRows = try RowInserter(ResultSchema.scenarioSet, database)
    let scenarios = try RowInserter(ResultSchema.bookScenario, database)
    for (rank, set) in sets.enumerated() {
      try setRows.insert([
        rank, set.name, set.kind, set.labels.count, set.worstLossUSD,
        Int64(set.worstScenario.rank), set.tail?.valueAtRiskUSD, set.tail?.valueAtRiskErrorUSD,
        set.tail?.expectedShortfallUSD, set.tail?.expectedShortfallErrorUSD,
      ])
      for (number, label) in set.labels.enumerated() {
        try scenarios.insert([
          rank, number, label, set.priceMoves?[number], set.volatilityMoves?[number],
          set.probabilities?[number], set.profitUSD[number],
        ])
      }
    }
  }
}

extension ResultSchema {
  /// Tables that are written at the end of a run, apart from alerts, which accounts have too.
  static let bookTables = [
    asset, book, bookScenario, bookUnderlyingExpiry, manifest, marginScenario, model,
    positionDetail, scenarioSet, warning,
  ]
}

/// SQL that joins tables of several rule sets.
enum ResultSQL {
  /// Account and ratio of equity after haircuts to maintenance requirement; accounts without a
  /// requirement have no ratio and stand last.
  static func marginRatios(_ models: [String]) -> String {
    models.map { model in
      """
      SELECT account, CASE WHEN m.maintenance_usd > 0
        THEN (a.equity_usd - m.maintenance_haircut_usd) / m.maintenance_usd
        WHEN a.equity_usd - m.maintenance_haircut_usd < 0 THEN -1e308 ELSE 1e308 END AS ratio
      FROM \(SQLText.identifier("margin_" + model)) AS m JOIN account AS a USING (account)
      """
    }.joined(separator: "\nUNION ALL\n")
  }

  /// One row per account in words: for people, and for the report.
  static func accountSummaryView(_ models: [String]) -> String {
    let margins = models.enumerated().map { rank, model in
      "SELECT *, \(rank) AS model FROM \(SQLText.identifier("margin_" + model))"
    }.joined(separator: " UNION ALL ")
    return """
      CREATE VIEW account_summary AS
      SELECT a.account, a.name, model.name AS model, a.status, a.equity_usd,
        m.initial_usd, m.maintenance_usd,
        a.equity_usd - m.initial_haircut_usd - m.initial_usd AS initial_surplus_usd,
        a.equity_usd - m.maintenance_haircut_usd - m.maintenance_usd AS maintenance_surplus_usd,
        CASE WHEN m.maintenance_usd > 0
          THEN (a.equity_usd - m.maintenance_haircut_usd) / m.maintenance_usd END AS margin_ratio,
        s.label AS worst_scenario, a.gross_notional_usd,
        (SELECT max(es_usd) FROM account_measure AS e WHERE e.account = a.account) AS es_usd_max,
        a.missing_reason, a.missing_subject
      FROM account AS a JOIN model ON model.model = a.model
      LEFT JOIN (\(margins)) AS m ON m.account = a.account
      LEFT JOIN margin_scenario AS s ON s.model = a.model AND s.scenario = m.worst_scenario
      """
  }
}
