// What requirements that follow the market would have done over its past.

import CrossMargin

/// The section of a backtest about adaptive requirements.
struct AdaptiveSection {
  let results: [AdaptiveResult]

  func write(into page: inout Markup) {
    if results.isEmpty { return }
    page.section(
      id: "adaptive", title: "Requirements that follow the market",
      lead: "Each day a long and a short position are opened with one and a half requirements and "
        + "held for twenty days. A requirement that follows volatility is three deviations of a day; "
        + "bounded steps are at most a quarter up and a twentieth down. A position below the "
        + "requirement at a day's end is closed at the next. In vain: it would have kept equity to "
        + "the end. By a rise: the requirement of the day before would not have liquidated it. Bad "
        + "debt is over the notional of all positions."
    ) { card in
      card.table(
        head: [
          "asset", "requirement", "mean", "peak to trough", "rise in five days", "moves covered",
          "liquidated", "in vain", "by a rise", "bad debt"
        ],
        rows: results.flatMap { result in
          result.scores.map { score in
            [
              result.asset, score.policy.words,
              NumberText.percent(score.meanFraction), NumberText.ratio(score.peakToTrough),
              NumberText.percent(score.largestRiseOfFive, decimals: 0),
              NumberText.percent(score.coverage, decimals: 2),
              NumberText.percent(score.liquidatedFraction),
              NumberText.percent(score.falseFraction), NumberText.percent(score.raisedFraction),
              NumberText.percent(score.badDebtFraction, decimals: 3)
            ]
          }
        })
    }
  }
}
