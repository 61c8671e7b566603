// What winners pay where the tiers do not suffice.

import CrossMargin

/// Rules of deleveraging in one scenario.
struct DeleveragingPart: LiquidatePart {
  /// Nil where the tiers suffice in every scenario.
  let deleveraging: DeleveragingResult?
  let badDebt: BadDebtResult

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    guard let deleveraging else { return [] }
    return [("deleveraging.csv", try DeleveragingTables.rules(deleveraging.outcomes))]
  }

  func write(into page: inout Markup) {
    page.section(
      id: "deleveraging", title: "Who pays what the tiers leave", lead: lead, isLong: true
    ) { card in
      guard let deleveraging, !deleveraging.pool.winners.isEmpty else { return }
      for numeraire in DeleveragingNumeraire.allCases {
        let outcomes = deleveraging.outcomes.filter { $0.numeraire == numeraire }
        card.element("h3", text: DeleveragingTables.title(numeraire, outcomes))
        HaircutChart(outcomes: outcomes).write(into: &card)
        card.table(head: DeleveragingTables.head, rows: outcomes.map(DeleveragingTables.cells))
      }
    }
  }

  private var lead: String {
    guard let deleveraging else {
      return "The tiers suffice in every scenario: nobody is deleveraged."
    }
    return "Scenario \(badDebt.labels[deleveraging.scenario]), whose bad debt of "
      + "\(NumberText.compactUSD(deleveraging.badDebtUSD)) is nearest to the expected shortfall: "
      + "\(NumberText.compactUSD(deleveraging.residualUSD)) are left after all tiers. "
      + "\(NumberText.count(deleveraging.pool.winners.count)) accounts gain there and hold contracts "
      + "on \(deleveraging.asset). In wealth their profits are cut, as far as their equity goes; in "
      + "contracts positions on \(deleveraging.asset) are closed at the price of bankruptcy, which "
      + "spreads the same loss over \(NumberText.compactUSD(deleveraging.closingUSD)) of notional."
  }
}

/// What is said of rules, on pages and in tables.
enum DeleveragingTables {
  static let head = [
    "rule", "covered", "overshoot", "winners lose", "beyond loss", "profit closed",
    "largest haircut", "Gini", "touched", "requirements rise", "unknown"
  ]

  static func cells(_ outcome: DeleveragingOutcome) -> [String] {
    [
      outcome.rule.rawValue, NumberText.percent(outcome.coveredFraction, decimals: 1),
      NumberText.compactUSD(outcome.overshootUSD), NumberText.compactUSD(outcome.wealthUSD),
      NumberText.compactUSD(outcome.wealthOvershootUSD),
      NumberText.compactUSD(outcome.closedProfitUSD),
      NumberText.percent(outcome.largestHaircutFraction, decimals: 1),
      NumberText.ratio(outcome.haircutGini), NumberText.count(outcome.touchedCount),
      outcome.requirementIncreaseUSD.map(NumberText.compactUSD) ?? NumberText.absent,
      NumberText.count(outcome.unknownRequirementCount)
    ]
  }

  static func title(
    _ numeraire: DeleveragingNumeraire, _ outcomes: [DeleveragingOutcome]
  ) -> String {
    let needUSD = outcomes.first?.needUSD ?? 0
    switch numeraire {
    case .wealth: return "In wealth: \(NumberText.compactUSD(needUSD)) of profit"
    case .contracts: return "In contracts: \(NumberText.compactUSD(needUSD)) of notional"
    }
  }

  /// One row for each numeraire and rule.
  static func rules(_ outcomes: [DeleveragingOutcome]) throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("numeraire") { .text($0.numeraire.rawValue) },
        .required("rule") { .text($0.rule.rawValue) },
        .required("need_usd") { .number($0.needUSD) },
        .required("covered_share") { .number($0.coveredFraction) },
        .required("overshoot_usd") { .number($0.overshootUSD) },
        .required("winners_loss_usd") { .number($0.wealthUSD) },
        .required("winners_loss_beyond_usd") { .number($0.wealthOvershootUSD) },
        .required("closed_profit_usd") { .number($0.closedProfitUSD) },
        .required("largest_haircut") { .number($0.largestHaircutFraction) },
        .required("haircut_gini") { .number($0.haircutGini) },
        .required("touched_winners") { .number(Double($0.touchedCount)) },
        .number("requirement_increase_usd") { $0.requirementIncreaseUSD },
        .required("unknown_requirement_winners") { .number(Double($0.unknownRequirementCount)) }
      ], rows: outcomes)
  }
}

/// Gini coefficients of haircuts, a bar for each rule.
struct HaircutChart {
  let outcomes: [DeleveragingOutcome]

  func write(into card: inout Markup) {
    let scale = AxisScale(covering: [0, 1])
    let frame = PlotFrame(plotPixels: 140)
    card.element("figure") { figure in
      figure.element(
        "figcaption", text: "How uneven the haircuts are: Gini coefficient, 1 = one bears all")
      figure.chart(
        frame, label: "Gini coefficients of haircuts",
        yTicks: scale.ticks(about: 4).map { (scale.fraction($0), NumberText.short($0)) }
      ) { plot in
        let width = 1 / Double(max(outcomes.count, 1))
        for (place, outcome) in outcomes.enumerated() {
          let left = (Double(place) + 0.15) * width
          plot.bar(
            x: left...left + 0.7 * width,
            y: frame.y(scale.fraction(outcome.haircutGini))...frame.bottomPixels,
            "ladder-notional",
            title: outcome.rule.rawValue + ": " + NumberText.ratio(outcome.haircutGini))
          plot.label(
            outcome.rule.rawValue.replacing("_", with: " "),
            x: Markup.share((Double(place) + 0.5) * width), y: frame.bottomPixels + 18)
        }
      }
    }
  }
}
