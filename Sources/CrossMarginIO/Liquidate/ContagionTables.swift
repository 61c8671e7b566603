// Tables of a contagion study.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Cascades as tables.
struct ContagionTables {
  let contagion: ContagionResult
  let accountNames: [String]

  func all() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [
      ("contagion.csv", try scenarios()), ("cascade.csv", try rounds()),
      ("forced_volume.csv", try volumes()), ("systemic.csv", try systemic()),
      ("contagion_margin.csv", try addOns())
    ]
  }

  private var marketNames: [String] { contagion.markets.map(\.depth.name) }

  /// One row for each scenario; moves of prices are those that liquidations add.
  private func scenarios() throws(NonFiniteField) -> CSVTable {
    var columns: [CSVColumn<ContagionScenario>] = [
      .required("scenario") { .number(Double($0.scenario.position)) },
      .required("label") { .text(contagion.labels[$0.scenario.position]) },
      .required("rounds") { .number(Double($0.roundCount)) },
      .required("settled") { .text($0.isSettled ? "true" : "false") },
      .required("held_log_move") { .number($0.heldLogMove) },
      .required("liquidated_before") { .number(Double($0.liquidatedBefore)) },
      .required("liquidated_after") { .number(Double($0.liquidatedAfter)) },
      .required("mixed_accounts") { .number(Double($0.mixedCount)) },
      .required("bad_debt_before_usd") { .number($0.badDebtBeforeUSD) },
      .required("bad_debt_after_usd") { .number($0.badDebtAfterUSD) },
      .required("liquidated_notional_usd") { .number($0.notionalAfterUSD) },
      .number("greatest_liquidated") { $0.greatest.map { Double($0.liquidatedCount) } },
      .number("greatest_bad_debt_usd") { $0.greatest?.badDebtUSD },
      .text("greatest_settled") { $0.greatest.map { $0.isSettled ? "true" : "false" } }
    ]
    for (market, name) in marketNames.enumerated() {
      columns += [
        .required("move_\(name)") { .number(Self.relative($0.logMoves[market])) },
        .number("greatest_move_\(name)") { row in
          row.greatest.map { Self.relative($0.logMoves[market]) }
        },
        .required("sold_\(name)_usd") { .number($0.soldUSD[market]) },
        .required("bought_\(name)_usd") { .number($0.boughtUSD[market]) }
      ]
    }
    return try CSVTable(columns, rows: contagion.scenarios)
  }

  /// One row for each round of the worst scenario and each market.
  private func rounds() throws(NonFiniteField) -> CSVTable {
    let rows = contagion.worstRounds.enumerated().flatMap { number, round in
      contagion.markets.indices.map { (number: number, round: round, market: $0) }
    }
    return try CSVTable(
      [
        .required("scenario") { _ in .number(Double(contagion.worstScenario.position)) },
        .required("round") { .number(Double($0.number)) },
        .required("liquidated_accounts") { .number(Double($0.round.liquidatedCount)) },
        .required("bad_debt_usd") { .number($0.round.badDebtUSD) },
        .required("asset") { .text(marketNames[$0.market]) },
        .required("move") { .number(Self.relative($0.round.logMoves[$0.market])) },
        .required("sold_usd") { .number($0.round.soldUSD[$0.market]) },
        .required("bought_usd") { .number($0.round.boughtUSD[$0.market]) }
      ], rows: rows)
  }

  /// One row for each market.
  private func volumes() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("asset") { .text($0.depth.name) },
        .required("depth_usd_1pct") { .number($0.depth.depthUSDPerPercent) },
        .number("adv_usd") { $0.dailyVolumeUSD },
        .required("mean_usd") { .number($0.meanForcedUSD) },
        .required("var_usd") { .number($0.forcedTail.valueAtRiskUSD) },
        .number("var_error_usd") { $0.forcedTail.valueAtRiskErrorUSD },
        .required("es_usd") { .number($0.forcedTail.expectedShortfallUSD) },
        .number("es_error_usd") { $0.forcedTail.expectedShortfallErrorUSD },
        .number("es_low_usd") { $0.forcedTail.interval?.expectedShortfallLow },
        .number("es_high_usd") { $0.forcedTail.interval?.expectedShortfallHigh },
        .number("es_share_of_adv") { row in
          row.dailyVolumeUSD.map { row.forcedTail.expectedShortfallUSD / $0 }
        }
      ], rows: contagion.markets)
  }

  private struct SystemicRow {
    var kind: String
    var name: String
    var share: Double
    var move: Double?
  }

  /// One row for each market and each account that carries the linear cascade, most first.
  private func systemic() throws(NonFiniteField) -> CSVTable {
    var rows: [SystemicRow] = []
    if let systemicness = contagion.systemicness {
      let linear = systemicness.linear
      rows = marketNames.enumerated().map { market, name in
        SystemicRow(
          kind: "asset", name: name, share: linear.marketShares[market],
          move: linear.priceMoves[market])
      }
      let order = linear.accountShares.indices.sorted {
        (linear.accountShares[$1], $0) < (linear.accountShares[$0], $1)
      }
      rows += order.map {
        SystemicRow(
          kind: "account", name: accountNames[systemicness.accounts[$0].position],
          share: linear.accountShares[$0])
      }
    }
    return try CSVTable(
      [
        .required("scenario") { _ in .number(Double(contagion.worstScenario.position)) },
        .required("spectral_radius") { _ in
          .number(contagion.systemicness?.linear.spectralRadius ?? 0)
        },
        .number("multiplier") { _ in contagion.systemicness?.linear.multiplier },
        .required("kind") { .text($0.kind) }, .required("name") { .text($0.name) },
        .required("share") { .number($0.share) }, .number("price_move") { $0.move }
      ], rows: rows)
  }

  /// One row for each account that cascades cost anything.
  private func addOns() throws(NonFiniteField) -> CSVTable {
    var columns: [CSVColumn<ContagionAddOn>] = [
      .required("account") { .text(accountNames[$0.account.position]) },
      .required("es_before_usd") { .number($0.shortfallBeforeUSD) },
      .required("es_after_usd") { .number($0.shortfallAfterUSD) },
      .required("added_usd") { .number($0.totalUSD) }
    ]
    for (market, name) in marketNames.enumerated() {
      columns.append(.required("added_\(name)_usd") { .number($0.addedUSD[market]) })
    }
    columns.append(
      .required("bad_debt_es_contribution_usd") {
        .number(contagion.contributionsUSD[$0.account.position])
      })
    return try CSVTable(columns, rows: contagion.addOns)
  }

  static func relative(_ logMove: Double) -> Double { ScalarMath.exp(logMove) - 1 }
}
