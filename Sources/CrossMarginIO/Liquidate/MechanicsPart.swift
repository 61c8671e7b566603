// Liquidation mechanisms side by side.

import CrossMargin
import PortfolioModel

/// A comparison of mechanisms.
struct MechanicsPart: LiquidatePart {
  let mechanics: MechanicsResult
  /// Accounts by account, then row.
  let accounts: SpilledRows<MechanicsAccount>
  let accountNames: [String]
  let settings: LiquidationSettings

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("mechanics.csv", try comparison()), ("mechanics_accounts.csv", try accountTable())]
  }

  func write(into page: inout Markup) {
    page.section(
      id: "mechanics", title: "Mechanisms on the same accounts and paths", lead: lead, isLong: true
    ) { card in
      MechanicsChart(rows: mechanics.rows).write(into: &card)
      for areKeepersPresent in [true, false] {
        card.element(
          "h3",
          text: areKeepersPresent
            ? "With keepers and whole depth"
            : "Without keepers, \(NumberText.percent(mechanics.settings.stressedDepthFraction, decimals: 0)) of depth"
        )
        card.table(
          head: [
            "mechanism", "liquidated", "notional closed", "cost to users", "to keepers",
            "to fund or vault", "impact", "bad debt", "VaR", "expected shortfall", "time",
            "not needed", "unfinished"
          ],
          rows: mechanics.rows.filter { $0.areKeepersPresent == areKeepersPresent }.map(Self.cells))
      }
      card.element("ul") { list in
        for row in mechanics.rows where row.areKeepersPresent {
          list.element("li", text: row.mechanism.name + ": " + row.mechanism.summary)
        }
      }
    }
  }

  private var lead: String {
    let settings = mechanics.settings
    var text =
      "\(NumberText.count(settings.pathCount)) paths over "
      + "\(NumberText.age(days: settings.horizonDays)) in \(settings.stepCount) steps; means over "
      + "paths with their standard errors. Requirements are frozen at today's; mechanisms act today "
      + "and after every step, on shares of the whole portfolio. Rules of lending read an account as "
      + "a debt of its gross notional against collateral of notional and equity. Contracts move the "
      + "markets of their underlyings; debts move those of the collateral that is sold for them and "
      + "of coins that must be bought. What is still below maintenance at the end is closed at the market. Not needed are liquidations of "
      + "accounts that would have had a surplus at the end."
    if !mechanics.fallbackAssets.isEmpty {
      text +=
        " The impact in \(mechanics.fallbackAssets.joined(separator: ", ")) is the run's cost of "
        + "closing, \(NumberText.percent(self.settings.costFraction, decimals: 2)), for want of "
        + "volume or depth in market/assets.csv."
    }
    return text
  }

  private static func cells(_ row: MechanicsRow) -> [String] {
    func money(_ value: (MechanicsPath) -> Double) -> String {
      NumberText.compactUSD(row.mean(value).mean)
    }
    let (cost, debt) = (row.mean(\.userCostUSD), row.mean(\.badDebtUSD))
    return [
      row.mechanism.name,
      NumberText.grouped(row.mean { Double($0.liquidatedCount) }.mean, decimals: 1),
      money(\.closedNotionalUSD), withError(cost), money(\.keepersUSD), money(\.fundUSD),
      money(\.marketUSD), withError(debt), NumberText.compactUSD(row.tail.valueAtRiskUSD),
      NumberText.compactUSD(row.tail.expectedShortfallUSD)
        + (row.tail.expectedShortfallErrorUSD.map { " ± " + NumberText.compactUSD($0) } ?? ""),
      NumberText.age(days: row.meanSeconds / 86_400),
      NumberText.percent(row.share(\.unnecessaryCount), decimals: 1),
      NumberText.percent(row.share(\.unfinishedCount), decimals: 1)
    ]
  }

  private static func withError(_ mean: PathMean) -> String {
    NumberText.compactUSD(mean.mean) + " ± " + NumberText.compactUSD(mean.standardError)
  }

  /// One row for each mechanism with and without keepers.
  private func comparison() throws(NonFiniteField) -> CSVTable {
    func mean(
      _ name: String, _ value: @escaping (MechanicsPath) -> Double
    ) -> CSVColumn<MechanicsRow> {
      .required(name) { .number($0.mean(value).mean) }
    }
    func error(
      _ name: String, _ value: @escaping (MechanicsPath) -> Double
    ) -> CSVColumn<MechanicsRow> {
      .required(name) { .number($0.mean(value).standardError) }
    }
    return try CSVTable(
      [
        .required("mechanism") { .text($0.mechanism.name) },
        .required("keepers") { .text($0.areKeepersPresent ? "present" : "absent") },
        mean("liquidated_accounts") { Double($0.liquidatedCount) },
        mean("closed_notional_usd", \.closedNotionalUSD),
        mean("user_cost_usd", \.userCostUSD), error("user_cost_error_usd", \.userCostUSD),
        mean("keepers_usd", \.keepersUSD), mean("fund_usd", \.fundUSD),
        mean("market_impact_usd", \.marketUSD), mean("bad_debt_usd", \.badDebtUSD),
        error("bad_debt_error_usd", \.badDebtUSD),
        .required("bad_debt_var_usd") { .number($0.tail.valueAtRiskUSD) },
        .number("bad_debt_var_error_usd", \.tail.valueAtRiskErrorUSD),
        .required("bad_debt_es_usd") { .number($0.tail.expectedShortfallUSD) },
        .number("bad_debt_es_error_usd", \.tail.expectedShortfallErrorUSD),
        .required("mean_seconds") { .number($0.meanSeconds) },
        .required("not_needed_share") { .number($0.share(\.unnecessaryCount)) },
        .required("unfinished_share") { .number($0.share(\.unfinishedCount)) }
      ], rows: mechanics.rows)
  }

  /// One row for each account that is liquidated on some path and each mechanism that does it.
  private func accountTable() throws(NonFiniteField) -> CSVTable {
    let pathCount = Double(mechanics.settings.pathCount)
    return try CSVTable(
      [
        .required("account") { .text(accountNames[$0.account.position]) },
        .required("mechanism") { .text(mechanics.rows[$0.row].mechanism.name) },
        .required("keepers") {
          .text(mechanics.rows[$0.row].areKeepersPresent ? "present" : "absent")
        },
        .required("liquidation_probability") {
          .number(Double($0.liquidatedCount) / pathCount)
        },
        .required("loss_given_liquidation_usd") {
          .number($0.lossGivenLiquidationUSD)
        }
      ], rows: accounts)
  }
}

/// Mean bad debt over mean cost to users, one point for each mechanism.
struct MechanicsChart {
  let rows: [MechanicsRow]

  func write(into card: inout Markup) {
    let points = rows.map { row in
      (
        row: row, costUSD: row.mean(\.userCostUSD).mean, debtUSD: row.mean(\.badDebtUSD).mean
      )
    }
    let xScale = AxisScale(covering: [0] + points.map { $0.costUSD * 1.1 })
    let yScale = AxisScale(covering: [0] + points.map { $0.debtUSD * 1.1 })
    let frame = PlotFrame(plotPixels: 280)
    card.element("figure") { figure in
      figure.element("figcaption", text: "Mean bad debt (up) by mean cost to users (right)")
      figure.chart(
        frame, label: "Bad debt by cost to users",
        yTicks: yScale.ticks(about: 5).map { (yScale.fraction($0), NumberText.compactUSD($0)) }
      ) { plot in
        var taken: [(x: Double, y: Double)] = []
        for point in points {
          let x = xScale.fraction(point.costUSD)
          let y = frame.y(yScale.fraction(point.debtUSD))
          plot.element(
            "circle",
            [
              "class": point.row.areKeepersPresent ? "mechanism" : "mechanism-absent",
              "cx": Markup.share(x), "cy": Markup.pixels(y), "r": "5"
            ]
          ) {
            $0.element(
              "title",
              text: point.row.mechanism.name
                + (point.row.areKeepersPresent ? "" : " without keepers") + ": bad debt "
                + NumberText.fullUSD(point.debtUSD) + ", cost "
                + NumberText.fullUSD(point.costUSD))
          }
          // A name is left out where another stands in its place; the point's tooltip has it.
          guard !taken.contains(where: { abs($0.x - x) < 0.14 && abs($0.y - y) < 12 }) else {
            continue
          }
          taken.append((x, y))
          plot.label(
            point.row.mechanism.name, x: Markup.share(x + (x > 0.8 ? -0.01 : 0.01)), y: y + 4,
            anchor: x > 0.8 ? "end" : "start")
        }
        plot.xTicks(
          xScale.ticks(about: 6).map { (xScale.fraction($0), NumberText.compactUSD($0)) },
          frame: frame)
      }
      figure.legend([
        (style: "mechanism", text: "with keepers"),
        (style: "mechanism-absent", text: "without keepers, at what is left of depth")
      ])
    }
  }
}
