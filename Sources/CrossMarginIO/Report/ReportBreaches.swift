// The accounts that the most plausible moves bring to liquidation.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// The most plausible moves that cost accounts their maintenance surplus.
public struct NearestBreaches: Sendable, Equatable {
  /// Number of accounts that the report lists.
  public static let listedAccountsMax = 25

  /// The nearest accounts, the nearest first.
  public var stresses: [StoredStress]
  /// Number of accounts that have no surplus already.
  public var lostCount: Int

  /// Breaches of accounts, the nearest first.
  public init(stresses: [StoredStress], lostCount: Int) {
    self.stresses = stresses
    self.lostCount = lostCount
  }

  /// Reads what a run found; nil where it searched none.
  init?(_ reader: ResultReader) throws(OutputError) {
    guard reader.schema.extras.contains(.reverseStress) else { return nil }
    stresses = try reader.nearestStresses(.maintenance, limit: Self.listedAccountsMax)
    lostCount = try reader.lostCount(.maintenance)
  }
}

extension ReportData {
  /// A table of accounts by distance.
  func writeBreaches(into page: inout Markup) {
    guard let breaches else { return }
    page.section(
      .breaches,
      lead: "For each account the most plausible moves in which it loses its maintenance surplus, "
        + "by full revaluation, today's requirement held. The distance counts standard deviations "
        + "of joint moves; the chance is that of losing as much over the horizon by the "
        + "delta-gamma form. \(NumberText.count(breaches.lostCount)) "
        + (breaches.lostCount == 1 ? "account has" : "accounts have")
        + " no surplus already and are not listed.", isLong: true
    ) { card in
      guard !breaches.stresses.isEmpty else {
        card.element("p", ["class": "nothing"], text: "No moves were found that cost a surplus.")
        return
      }
      let scale = AxisScale(covering: [0] + breaches.stresses.map(\.distance))
      card.element("div", ["class": "scroll"]) { box in
        box.element("table", ["class": "events"]) { table in
          table.element("thead") { $0.element("tr") { Self.writeBreachHeadings(into: &$0) } }
          table.element("tbody") { body in
            for stress in breaches.stresses { Self.write(stress, on: scale, into: &body) }
          }
        }
      }
    }
  }

  private static func writeBreachHeadings(into row: inout Markup) {
    row.element("th", ["scope": "col"], text: "Account")
    row.element("th", ["scope": "col"], text: "Distance")
    for title in ["Deviations", "Chance", "Loss"] {
      row.element("th", ["scope": "col", "class": "number"], text: title)
    }
    row.element("th", ["scope": "col"], text: "Moves that lose most")
  }

  private static func write(
    _ stress: StoredStress, on scale: AxisScale, into body: inout Markup
  ) {
    body.element("tr") { row in
      row.element("th", ["scope": "row", "class": "text"]) { $0.name(stress.account) }
      row.element("td") { $0.cellBar(stress.distance, on: scale, style: "loss") }
      row.element("td", ["class": "number", "title": "\(stress.distance)"]) {
        $0.text(NumberText.short(stress.distance))
      }
      let chance = stress.lossProbability
      row.element("td", ["class": "number", "title": chance.map { "\($0)" } ?? ""]) { cell in
        cell.text(chance.map(Self.chanceText) ?? NumberText.absent)
      }
      row.money(stress.revaluedLossUSD)
      row.element("td", ["class": "text"]) { cell in
        for (place, move) in stress.moves.enumerated() {
          if place > 0 { cell.text(", ") }
          cell.name(move.factor)
          cell.text(" " + Self.moveText(move))
        }
      }
    }
  }

  private static func chanceText(_ probability: Double) -> String {
    probability < 0.0001 ? "below 0.01 %" : NumberText.percent(probability, decimals: 2)
  }

  /// A log move as the relative change that it is; other moves as they are.
  private static func moveText(_ move: StoredStress.Move) -> String {
    let isLogarithmic = FactorText.parse(move.factor)?.kind.isLogarithmic ?? false
    guard isLogarithmic else { return NumberText.short(move.move) }
    return NumberText.move(ScalarMath.exp(move.move) - 1)
  }
}
