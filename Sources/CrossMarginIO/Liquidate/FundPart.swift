// How large the fund must be, and what its tiers go through.

import CrossMargin

/// Sizes of a fund.
struct FundPart: LiquidatePart {
  let fund: FundResult
  let badDebt: BadDebtResult
  let settings: LiquidationSettings
  let accountNames: [String]

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    [("fund.csv", try sizes()), ("waterfall.csv", try waterfall())]
  }

  func write(into page: inout Markup) {
    let question = settings.fund
    page.section(
      id: "fund", title: "How large the fund must be",
      lead: "Cover 1 and 2: the largest losses of one and of two "
        + (fund.areGroupsGiven ? "groups" : "accounts, since accounts.csv names no groups,")
        + " in the worst scenario. Ruin: the smallest fund that outlasts "
        + "\(NumberText.age(days: question.horizonDays)) but for "
        + NumberText.percent(question.ruinProbability, decimals: 2)
        + " of \(NumberText.count(question.sequenceCount)) sequences of scenarios, with "
        + "\(NumberText.compactUSD(question.inflowUSDPerDay)) of fees a day and today's book every "
        + "morning. What is owed today is paid once."
    ) { card in
      ExceedanceChart(
        badDebt: badDebt, lines: fund.sizes.map { (Self.title($0.method), $0.amountUSD) },
        reachUSD: max(fund.sizes.map(\.amountUSD).max() ?? 1, 1)
      ).write(into: &card)
      card.table(
        head: ["size", "USD", "standard error", "set by scenario", "largest", "its share"],
        rows: fund.sizes.map { size in
          [
            Self.title(size.method), NumberText.compactUSD(size.amountUSD),
            size.standardErrorUSD.map(NumberText.compactUSD) ?? NumberText.absent,
            badDebt.labels[size.scenario], largest(size) ?? NumberText.absent,
            NumberText.percent(size.largestShare, decimals: 1)
          ]
        })
      card.element(
        "h3", text: "The tiers over \(NumberText.age(days: question.horizonDays))")
      card.table(
        head: [
          "who pays", "holds", "share", "refill a day", "pays in one scenario",
          "pays within the horizon", "empty within the horizon"
        ], rows: tierRows)
    }
  }

  private var tierRows: [[String]] {
    let tiers = settings.tiers.enumerated().map { place, tier in
      [
        tier.name, NumberText.compactUSD(tier.capacityUSD),
        NumberText.percent(tier.shareFraction, decimals: 0),
        NumberText.compactUSD(tier.refillUSDPerDay),
        NumberText.percent(badDebt.tierProbabilities[place], decimals: 2),
        NumberText.percent(fund.horizon.drawProbabilities[place], decimals: 2),
        NumberText.percent(fund.horizon.emptyProbabilities[place], decimals: 2)
      ]
    }
    let last = settings.tiers.count
    return tiers + [
      [
        "left to all", NumberText.absent, NumberText.absent, NumberText.absent,
        NumberText.percent(badDebt.tierProbabilities[last], decimals: 2),
        NumberText.percent(fund.horizon.drawProbabilities[last], decimals: 2), NumberText.absent
      ]
    ]
  }

  private static func title(_ method: FundSize.Method) -> String {
    switch method {
    case .coverOne: "cover 1"
    case .coverTwo: "cover 2"
    case .expectedShortfall: "expected shortfall"
    case .ruin: "ruin"
    }
  }

  /// The group by the shown name of its first account, which pseudonyms may hide.
  private func largest(_ size: FundSize) -> String? {
    size.largestGroup.map {
      (fund.areGroupsGiven ? "group of " : "") + accountNames[$0.position]
    }
  }

  /// One row for each way to size the fund.
  private func sizes() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("size") { .text($0.method.rawValue) },
        .required("amount_usd") { .number($0.amountUSD) },
        .number("error_usd", \.standardErrorUSD),
        .required("scenario") { .number(Double($0.scenario)) },
        .required("label") { .text(badDebt.labels[$0.scenario]) },
        .text("largest_group", largest),
        .required("largest_share") { .number($0.largestShare) }
      ], rows: fund.sizes)
  }

  /// One row for each tier, and one for what they leave.
  private func waterfall() throws(NonFiniteField) -> CSVTable {
    try CSVTable(
      [
        .required("tier") { (row: TierRow) in .text(row.tier?.name ?? "left to all") },
        .number("capacity_usd") { $0.tier?.capacityUSD },
        .number("share") { $0.tier?.shareFraction },
        .number("refill_usd_per_day") { $0.tier?.refillUSDPerDay },
        .required("probability") { .number(badDebt.tierProbabilities[$0.place]) },
        .required("tail_mean_usd") { .number(badDebt.tierTailUSD[$0.place]) },
        .required("horizon_probability") { .number(fund.horizon.drawProbabilities[$0.place]) },
        .number("horizon_empty_probability") { $0.emptyProbability }
      ], rows: (0...settings.tiers.count).map(tierRow))
  }

  private struct TierRow {
    var place: Int
    /// Nil for what all tiers leave.
    var tier: FundTier?
    var emptyProbability: Double?
  }

  private func tierRow(_ place: Int) -> TierRow {
    guard place < settings.tiers.count else { return TierRow(place: place) }
    return TierRow(
      place: place, tier: settings.tiers[place],
      emptyProbability: fund.horizon.emptyProbabilities[place])
  }
}
