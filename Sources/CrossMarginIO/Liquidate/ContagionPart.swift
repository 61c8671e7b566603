// What liquidations do to prices, and prices to accounts.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Cascades of a book; they were run, or some market is not known.
public enum ContagionOutcome: Sendable {
  /// They were run; what they add to accounts, and to the covariance of prices where it is known.
  case found(ContagionResult, SpilledAddOns, StressedMoves?)
  /// Assets that accounts hold, of whose market neither depth nor volume is known.
  case unknownMarkets([UnknownDepth])
}

/// Cascades under common scenarios.
struct ContagionPart: LiquidatePart {
  let results: LiquidateResults
  let outcome: ContagionOutcome

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    guard case .found(let contagion, let addOns, let stressed) = outcome else { return [] }
    return try ContagionTables(
      contagion: contagion, addOns: addOns, stressed: stressed, accountNames: results.accountNames,
      directions: results.directionCascades
    ).all()
  }

  func write(into page: inout Markup) {
    switch outcome {
    case .unknownMarkets(let unknown):
      page.section(
        id: "contagion", title: "What liquidations do to prices",
        lead: "Not computed: assets.csv gives neither depth_usd_1pct nor, with a history, adv_usd "
          + "of " + unknown.map { ShownName.shortened($0.asset) }.joined(separator: ", ") + "."
      ) { _ in }
    case .found(let contagion, let rows, let stressed):
      page.section(
        id: "contagion", title: "What liquidations do to prices", lead: lead(contagion)
      ) { card in
        CascadeChart(contagion: contagion).write(into: &card)
        ExceedanceCurves(
          title: "Probability that bad debt exceeds an amount",
          curves: [
            ("scenarios alone", contagion.scenarios.map(\.badDebtBeforeUSD)),
            ("after contagion", contagion.scenarios.map(\.badDebtAfterUSD))
          ], amount: NumberText.compactUSD
        ).write(into: &card)
        distribution(contagion, into: &card)
        volumes(contagion, into: &card)
        systemic(contagion, into: &card)
        if let stressed { moves(stressed, into: &card) }
        addOns(contagion, rows, into: &card)
        directions(into: &card)
      }
    }
  }

  private func lead(_ contagion: ContagionResult) -> String {
    let settings = contagion.settings
    let law =
      switch settings.shape {
      case .linear: "in proportion to what is sold"
      case .saturating(let limit):
        "in proportion to what is sold, by at most " + NumberText.percent(limit, decimals: 0)
      case .power(let exponent):
        exponent == 0.5
          ? "with the square root of what is sold" : "with what is sold to the power \(exponent)"
      }
    let response =
      switch settings.response {
      case .full: "all of it is liquidated"
      case .toRequirement(let buffer):
        "as much is liquidated as brings it back to "
          + NumberText.percent(1 + buffer, decimals: 0) + " of its requirement"
      }
    let coins =
      settings.isCollateralSold
      ? "Coins held as collateral are sold too. " : "Coins held as collateral are kept. "
    return "In every scenario of \(contagion.set): where an account has no surplus, \(response); "
      + "prices move \(law), through " + NumberText.percent(settings.depthFraction, decimals: 0)
      + " of the depth of each market, and all accounts are valued again, until nothing changes. "
      + coins + "Requirements are frozen at today's. " + endings(contagion)
  }

  /// How the cascades ended.
  private func endings(_ contagion: ContagionResult) -> String {
    let rows = contagion.scenarios
    let open = rows.count { !$0.isSettled }
    let compared = rows.filter { $0.greatest != nil }
    let differing = compared.count { row in
      zip(row.logMoves, row.greatest?.logMoves ?? []).contains { least, greatest in
        abs(least - greatest) > 1e-4
      }
    }
    let held = rows.count { $0.heldLogMove > 1e-4 }
    var text =
      "Cascades take \(NumberText.count(rows.map(\.roundCount).max() ?? 0)) rounds at most"
    text += open > 0 ? "; \(NumberText.count(open)) did not settle. " : ". "
    if !compared.isEmpty {
      text +=
        "From full liquidation \(NumberText.count(differing)) of the worst "
        + "\(NumberText.count(compared.count)) end elsewhere by more than 0.01 %. "
    }
    if held > 0 {
      text +=
        "In \(NumberText.count(held)) a price stays where the cascade broke it although later "
        + "trades would bring it back: accounts there hold against each other. "
    }
    return text
  }

  private func distribution(_ contagion: ContagionResult, into card: inout Markup) {
    let (before, after) = (contagion.before.tail, contagion.after.tail)
    func shown(_ value: Double, _ error: Double?) -> String {
      NumberText.compactUSD(value)
        + (error.map { " ± " + NumberText.compactUSD($0) } ?? "")
    }
    func bounds(_ low: Double?, _ high: Double?) -> String {
      guard let low, let high else { return NumberText.absent }
      return NumberText.compactUSD(low) + " to " + NumberText.compactUSD(high)
    }
    card.table(
      head: ["bad debt", "scenarios alone", "after contagion", "interval after"],
      rows: [
        [
          "value at risk", shown(before.valueAtRiskUSD, before.valueAtRiskErrorUSD),
          shown(after.valueAtRiskUSD, after.valueAtRiskErrorUSD),
          bounds(after.interval?.valueAtRiskLow, after.interval?.valueAtRiskHigh)
        ],
        [
          "expected shortfall",
          shown(before.expectedShortfallUSD, before.expectedShortfallErrorUSD),
          shown(after.expectedShortfallUSD, after.expectedShortfallErrorUSD),
          bounds(after.interval?.expectedShortfallLow, after.interval?.expectedShortfallHigh)
        ]
      ])
    let names = results.settings.tiers.map(\.name) + ["left to all"]
    card.table(
      head: ["who pays", "probability alone", "after contagion", "mean in the tail after"],
      rows: names.enumerated().map { tier, name in
        [
          name, NumberText.percent(contagion.before.tierProbabilities[tier], decimals: 2),
          NumberText.percent(contagion.after.tierProbabilities[tier], decimals: 2),
          NumberText.compactUSD(contagion.after.tierTailUSD[tier])
        ]
      })
  }

  private func volumes(_ contagion: ContagionResult, into card: inout Markup) {
    let order = contagion.markets.indices.sorted {
      (contagion.markets[$1].forcedTail.expectedShortfallUSD, $0)
        < (contagion.markets[$0].forcedTail.expectedShortfallUSD, $1)
    }
    ExceedanceCurves(
      title: "Probability that forced trades in an asset exceed an amount",
      curves: order.prefix(4).map { market in
        (
          contagion.markets[market].depth.name,
          contagion.scenarios.map { $0.soldUSD[market] + $0.boughtUSD[market] }
        )
      }, amount: NumberText.compactUSD
    ).write(into: &card)
    card.table(
      head: [
        "forced trades", "mean", "value at risk", "expected shortfall", "of a day's volume",
        "1 % takes"
      ],
      rows: order.map { place in
        let market = contagion.markets[place]
        let shortfall = market.forcedTail.expectedShortfallUSD
        return [
          market.depth.name, NumberText.compactUSD(market.meanForcedUSD),
          NumberText.compactUSD(market.forcedTail.valueAtRiskUSD),
          NumberText.compactUSD(shortfall),
          market.dailyVolumeUSD.map { NumberText.percent(shortfall / $0, decimals: 2) }
            ?? NumberText.absent,
          NumberText.compactUSD(market.depth.depthUSDPerPercent)
        ]
      })
  }

  private func systemic(_ contagion: ContagionResult, into card: inout Markup) {
    guard let systemicness = contagion.systemicness else { return }
    let linear = systemicness.linear
    let multiplier =
      linear.multiplier.map { "multiplies by " + NumberText.short($0) }
      ?? "does not die out"
    card.element(
      "p", ["class": "lead"],
      text:
        "To first order in the worst scenario, with selling in proportion to what accounts miss "
        + "and impact in proportion to sales: a fall of prices makes another of "
        + NumberText.percent(linear.spectralRadius, decimals: 1)
        + " of its size, and \(multiplier) in all. Who carries it:")
    let order = linear.accountShares.indices.sorted {
      (linear.accountShares[$1], $0) < (linear.accountShares[$0], $1)
    }
    card.table(
      head: ["asset or account", "share of the cascade"],
      rows: contagion.markets.enumerated().map { market, row in
        [row.depth.name, NumberText.percent(linear.marketShares[market], decimals: 1)]
      }
        + order.prefix(8).map {
          [
            results.accountNames[systemicness.accounts[$0].position],
            NumberText.percent(linear.accountShares[$0], decimals: 1)
          ]
        })
  }

  /// Daily moves with and without the sales that follow them.
  private func moves(_ stressed: StressedMoves, into card: inout Markup) {
    card.element(
      "p", ["class": "lead"],
      text:
        "With all rounds of that linear cascade behind every move of a day, prices move by these "
        + "standard deviations, and more together:")
    let deviations = stressed.deviations
    let (history, after) = (stressed.correlations.history, stressed.correlations.stressed)
    let pairs = stressed.markets.indices.flatMap { first in
      stressed.markets.indices.filter { $0 > first }.map { (first, $0) }
    }
    func percent(_ value: Double) -> String { NumberText.percent(value, decimals: 2) }
    let rises = pairs.map { after[$0.0, $0.1] - history[$0.0, $0.1] }
    let most = pairs.indices.sorted { (rises[$1], $0) < (rises[$0], $1) }.map { pairs[$0] }
    card.table(
      head: ["moves of a day", "history", "with sales"],
      rows: stressed.markets.enumerated().map { market, name in
        [name, percent(deviations.history[market]), percent(deviations.stressed[market])]
      }
        + most.prefix(6).map { first, second in
          [
            "correlation of \(stressed.markets[first]) and \(stressed.markets[second])",
            NumberText.grouped(history[first, second], decimals: 3),
            NumberText.grouped(after[first, second], decimals: 3)
          ]
        })
  }

  /// Cascades after moves, with requirements frozen and scanned again.
  private func directions(into card: inout Markup) {
    guard let first = results.directionCascades.first else { return }
    card.table(
      head: [
        "\(first.direction) moves", "requirements", "liquidated alone", "after contagion",
        "bad debt alone", "after contagion"
      ] + first.markets.map { "\($0) further" },
      rows: results.directionCascades.map { row in
        [
          NumberText.move(row.moveFraction), row.requirement.rawValue,
          NumberText.count(row.first.liquidatedCount), NumberText.count(row.last.liquidatedCount),
          NumberText.compactUSD(row.first.badDebtUSD), NumberText.compactUSD(row.last.badDebtUSD)
        ]
          + row.last.logMoves.map {
            NumberText.percent(ContagionTables.relative($0), decimals: 2)
          }
      })
  }

  private func addOns(
    _ contagion: ContagionResult, _ rows: SpilledAddOns, into card: inout Markup
  ) {
    let most = rows.lazy.map { ($0.totalUSD, $0.account) }
      .sorted { ($1.0, $0.1) < ($0.0, $1.1) }.prefix(10).map(\.1)
    let shown = rows.filter { most.contains($0.account) }
      .sorted { ($1.totalUSD, $0.account) < ($0.totalUSD, $1.account) }
    card.table(
      head: ["account", "expected shortfall alone", "after contagion", "added by cascades"]
        + contagion.markets.map { "by \($0.depth.name)" },
      rows: shown.map { row in
        [
          results.accountNames[row.account.position],
          NumberText.compactUSD(row.shortfallBeforeUSD),
          NumberText.compactUSD(row.shortfallAfterUSD), NumberText.compactUSD(row.totalUSD)
        ] + row.addedUSD.map(NumberText.compactUSD)
      })
  }
}
