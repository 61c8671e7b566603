// The page of a liquidation study: ladder, nearest accounts, bad debt and who pays it.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// `report.html` of a liquidation study.
struct LiquidatePage {
  let results: LiquidateResults

  /// The whole page.
  var text: String {
    PageSkeleton.study(
      "liquidation", ofBook: results.book,
      subtitle: "liquidation on the market of "
        + NumberText.instant(results.market.valuationTime.description),
      style: LadderChart.style
    ) { main in
      writeLadders(into: &main)
      writeNearest(into: &main)
      if let badDebt = results.badDebt { writeBadDebt(badDebt, into: &main) }
    }
  }

  private func writeLadders(into page: inout Markup) {
    page.section(
      id: "ladder", title: "What a move would liquidate",
      lead:
        "Accounts without surplus at their last level when the price of one asset moves alone, or "
        + "all factors together by their regression on the leading one. Requirements are scanned again "
        + "at every step.", isLong: true
    ) { card in
      for direction in results.directions.indices.reversed() {
        LadderChart(results: results, direction: direction).write(into: &card)
      }
    }
  }

  private static let shownAccountsMax = 40

  private func writeNearest(into page: inout Markup) {
    let tables = LiquidateTables(results: results)
    let accounts = results.nearestAccounts.prefix(Self.shownAccountsMax)
    page.section(
      id: "nearest", title: "Nearest to liquidation",
      lead:
        "\(NumberText.count(results.liquidatableCount)) accounts have no surplus left today. Of "
        + "the others, the nearest: the price at which surplus crosses zero, down and up; a dash "
        + "where none "
        + "does within the sweep. The first \(results.refined.count) are exact, others straight "
        + "between steps. Probabilities are of a surplus below zero at any time within "
        + "\(NumberText.age(days: results.horizonDays)), with their standard errors.", isLong: true
    ) { card in
      let passages = Dictionary(uniqueKeysWithValues: results.passages.map { ($0.account, $0) })
      card.table(
        head: ["account", "surplus", "equity", "probability"]
          + results.directions.flatMap { ["\($0.name) down", "\($0.name) up"] },
        rows: accounts.map { account in
          let health = results.today[account.position]
          return [
            results.accountNames[account.position],
            NumberText.compactUSD(health?.surplusUSD ?? 0),
            NumberText.compactUSD(health?.equityUSD ?? 0),
            passages[account].map {
              NumberText.percent($0.probability, decimals: 2) + " ± "
                + NumberText.percent($0.probabilityError, decimals: 2)
            } ?? NumberText.absent
          ]
            + results.directions.indices.flatMap { direction -> [String] in
              let own = results.distances[direction][account.position]
              return [own.down, own.up].map { move in
                guard let move, let price = tables.priceUSD(direction, move) else {
                  return NumberText.absent
                }
                return NumberText.price(price) + " ("
                  + NumberText.percent(ScalarMath.exp(move) - 1, decimals: 1) + ")"
              }
            }
        })
    }
  }

  private func writeBadDebt(_ badDebt: BadDebtResult, into page: inout Markup) {
    let tail = badDebt.tail
    page.section(
      id: "bad-debt", title: "Bad debt under common scenarios",
      lead: "All accounts in the \(NumberText.count(badDebt.labels.count)) scenarios of the set "
        + "\(badDebt.set), requirements frozen at today's, closing at "
        + NumberText.percent(results.settings.costFraction, decimals: 2) + " of gross notional. "
        + "Accounts owe \(NumberText.compactUSD(badDebt.todayUSD)) today already; with "
        + "\(NumberText.percent(badDebt.probability, decimals: 1)) it becomes more."
    ) { card in
      ExceedanceChart(badDebt: badDebt, settings: results.settings).write(into: &card)
      card.table(
        head: ["measure", "USD", "standard error"],
        rows: [
          [
            "value at risk", NumberText.compactUSD(tail.valueAtRiskUSD),
            tail.valueAtRiskErrorUSD.map(NumberText.compactUSD) ?? NumberText.absent
          ],
          [
            "expected shortfall", NumberText.compactUSD(tail.expectedShortfallUSD),
            tail.expectedShortfallErrorUSD.map(NumberText.compactUSD) ?? NumberText.absent
          ]
        ])
      let names = results.settings.tiers.map(\.name) + ["left to all"]
      card.table(
        head: ["who pays", "holds", "probability", "mean in the tail"],
        rows: names.enumerated().map { tier, name in
          [
            name,
            tier < results.settings.tiers.count
              ? NumberText.compactUSD(results.settings.tiers[tier].capacityUSD) : NumberText.absent,
            NumberText.percent(badDebt.tierProbabilities[tier], decimals: 2),
            NumberText.compactUSD(badDebt.tierTailUSD[tier])
          ]
        })
      let order = badDebt.contributionsUSD.indices.filter { badDebt.contributionsUSD[$0] > 0 }
        .sorted { (badDebt.contributionsUSD[$1], $0) < (badDebt.contributionsUSD[$0], $1) }
      card.table(
        head: ["account", "share of the expected shortfall", "USD"],
        rows: order.prefix(15).map { account in
          let own = badDebt.contributionsUSD[account]
          return [
            results.accountNames[account],
            NumberText.percent(own / tail.expectedShortfallUSD, decimals: 1),
            NumberText.compactUSD(own)
          ]
        })
    }
  }
}
