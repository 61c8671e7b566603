// Our figures beside the venue's.

import CrossMargin

extension ReportData {
  /// Comparisons that the report lists.
  static let listedReconciliationsMax = 25

  /// Counts by cause, and the largest differences.
  func writeReconciliation(into page: inout Markup) {
    guard let reconciliation else { return }
    let causes = ReconciliationRow.Cause.allCases
    page.section(
      .reconciliation,
      lead:
        "Equity, requirements and liquidation prices beside those that the venue reports. Amounts "
        + "agree within a millionth, prices within a basis point. Other differences are classified by "
        + "what the figures show: options valued by model and not at their marks, holdings or prices, "
        + "other inputs, the rule set and its date, or, where today's figures agree, how the venue "
        + "finds the price. A computed price of 0: none within the sweep liquidates the account.",
      isLong: true
    ) { card in
      card.table(
        head: ["figure"] + causes.map(\.words),
        rows: ReconciliationRow.Figure.allCases.enumerated().map { place, figure in
          [figure.words]
            + causes.indices.map { NumberText.count(reconciliation.counts[place][$0]) }
        })
      card.table(
        head: ["account", "figure", "venue", "computed", "difference", "cause"],
        rows: reconciliation.largest.map { row in
          [
            row.account, row.figure.words, NumberText.compactUSD(row.reportedUSD),
            NumberText.compactUSD(row.computedUSD),
            NumberText.percent(row.relativeDifference, decimals: 3), row.cause.words
          ]
        })
    }
  }

  /// Share of compared figures that agree; nil where nothing is compared.
  var agreementFraction: Double? {
    guard let reconciliation else { return nil }
    let all = reconciliation.counts.flatMap(\.self).reduce(0, +)
    let agreeing = reconciliation.counts.reduce(0) { $0 + $1[0] }
    return all > 0 ? Double(agreeing) / Double(all) : nil
  }
}

extension ReconciliationRow.Figure {
  /// What is compared, as people read it.
  var words: String {
    switch self {
    case .equity: "equity"
    case .initial: "initial"
    case .maintenance: "maintenance"
    case .liquidationPrice: "liquidation price"
    }
  }
}

extension ReconciliationRow.Cause {
  /// The cause, as people read it.
  var words: String {
    switch self {
    case .agrees: "agrees"
    case .optionMarks: "option marks"
    case .holdingsOrPrices: "holdings or prices"
    case .inputs: "other inputs"
    case .ruleOrParameters: "rule or parameters"
    case .priceMethod: "price method"
    }
  }
}
