// Tables of a contagion study.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Cascades as tables.
struct ContagionTables {
  let contagion: ContagionResult
  let addOns: SpilledAddOns
  let stressed: StressedMoves?
  let accountNames: [String]
  let directions: [DirectionCascadeRow]

  func all() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    var tables = [
      (name: "contagion.csv", table: try scenarios()), ("contagion_prices.csv", try prices()),
      ("cascade.csv", try rounds()), ("forced_volume.csv", try volumes()),
      ("systemic.csv", try systemic()), ("contagion_margin.csv", try margins()),
      ("contagion_margin_by_asset.csv", try marginsByAsset()),
      ("direction_cascade.csv", try directionRows())
    ]
    if let stressed { tables.append(("stressed_moves.csv", try stressedMoves(stressed))) }
    return tables
  }

  private var marketNames: [String] { contagion.markets.map(\.depth.name) }

  /// One row for each scenario.
  private func scenarios() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
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
      ], rows: contagion.scenarios)
  }

  /// One row for each scenario and market; moves are those that liquidations add.
  private func prices() throws(NonFiniteField) -> CSVTable {
    let rows = contagion.scenarios.flatMap { scenario in
      contagion.markets.indices.map { (scenario: scenario, market: $0) }
    }
    return try CSVTable(
      [
        .required("scenario") { .number(Double($0.scenario.scenario.position)) },
        .required("asset") { .text(marketNames[$0.market]) },
        .required("move") { .number(Self.relative($0.scenario.logMoves[$0.market])) },
        .number("greatest_move") { row in
          row.scenario.greatest.map { Self.relative($0.logMoves[row.market]) }
        },
        .required("sold_usd") { .number($0.scenario.soldUSD[$0.market]) },
        .required("bought_usd") { .number($0.scenario.boughtUSD[$0.market]) }
      ], rows: rows)
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
        .number("spectral_radius") { _ in contagion.systemicness?.linear.spectralRadius },
        .number("multiplier") { _ in contagion.systemicness?.linear.multiplier },
        .required("kind") { .text($0.kind) }, .required("name") { .text($0.name) },
        .required("share") { .number($0.share) }, .number("price_move") { $0.move }
      ], rows: rows)
  }

  /// One row for each pair of markets.
  private func stressedMoves(
    _ stressed: StressedMoves
  ) throws(NonFiniteField) -> CSVTable {
    let correlations = stressed.correlations
    let rows = stressed.markets.indices.flatMap { first in
      stressed.markets.indices.filter { $0 >= first }.map { (first: first, second: $0) }
    }
    return try CSVTable(
      [
        .required("asset") { .text(stressed.markets[$0.first]) },
        .required("other_asset") { .text(stressed.markets[$0.second]) },
        .required("daily_covariance") { .number(stressed.covariance[$0.first, $0.second]) },
        .required("stressed_daily_covariance") {
          .number(stressed.stressedCovariance[$0.first, $0.second])
        },
        .required("correlation") { .number(correlations.history[$0.first, $0.second]) },
        .required("stressed_correlation") { .number(correlations.stressed[$0.first, $0.second]) }
      ], rows: rows)
  }

  /// One row for each account whose profits cascades change.
  private func margins() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("account") { .text(accountNames[$0.account.position]) },
        .required("es_before_usd") { .number($0.shortfallBeforeUSD) },
        .required("es_after_usd") { .number($0.shortfallAfterUSD) },
        .required("added_usd") { .number($0.totalUSD) },
        .required("bad_debt_es_contribution_usd") {
          .number(contagion.contributionsUSD[$0.account.position])
        }
      ], rows: addOns)
  }

  /// One row for each of these accounts and each market that adds something.
  private func marginsByAsset() throws(NonFiniteField) -> CSVTable {
    let rows = addOns.lazy.flatMap { row in
      row.addedUSD.enumerated().filter { $0.element != 0 }.map {
        (account: row.account, market: $0.offset, addedUSD: $0.element)
      }
    }
    return try CSVTable(
      [
        .required("account") { .text(accountNames[$0.account.position]) },
        .required("asset") { .text(marketNames[$0.market]) },
        .required("added_usd") { .number($0.addedUSD) }
      ], rows: rows)
  }

  /// One row for each move of the market, what requirements do, and each market.
  private func directionRows() throws(NonFiniteField) -> CSVTable {
    let rows = directions.flatMap { row in
      row.markets.indices.map { (row: row, market: $0) }
    }
    return try CSVTable(
      [
        .required("direction") { .text($0.row.direction) },
        .required("move") { .number($0.row.moveFraction) },
        .required("requirement") { .text($0.row.requirement.rawValue) },
        .required("rounds") { .number(Double($0.row.outcome.rounds.count)) },
        .required("settled") { .text($0.row.outcome.isSettled ? "true" : "false") },
        .required("liquidated_before") { .number(Double($0.row.first.liquidatedCount)) },
        .required("liquidated_after") { .number(Double($0.row.last.liquidatedCount)) },
        .required("bad_debt_before_usd") { .number($0.row.first.badDebtUSD) },
        .required("bad_debt_after_usd") { .number($0.row.last.badDebtUSD) },
        .required("asset") { .text($0.row.markets[$0.market]) },
        .required("asset_move") { .number(Self.relative($0.row.last.logMoves[$0.market])) }
      ], rows: rows)
  }

  static func relative(_ logMove: Double) -> Double { ScalarMath.exp(logMove) - 1 }
}

extension DirectionCascadeRow {
  /// The move alone.
  var first: CascadeRound { outcome.rounds[0] }
  /// The end.
  var last: CascadeRound { outcome.rounds[outcome.rounds.count - 1] }
}
