// Sensitivities of the book by underlying and expiry.

import CrossMargin
import PortfolioModel

extension ReportData {
  /// More rows than this are shown by underlying only.
  private static let exposureRowsMax = 600

  /// A table with a subtotal for each underlying; balances and perpetuals stand before the expiries.
  func writeExposures(into page: inout Markup) {
    let groups = exposureGroups
    let isDetailed = exposures.count <= Self.exposureRowsMax
    page.section(
      .exposures,
      lead:
        "Delta: change of value for a move of the forward by its own size, of derivatives alone "
        + "and with balances. Gamma: change of delta for 1 %. Vega: for one volatility point. "
        + "Theta: for one day." + (isDetailed ? "" : " Expiries are in the results."), isLong: true
    ) { card in
      guard !groups.isEmpty else {
        card.element("p", ["class": "nothing"], text: "The book has no exposure.")
        return
      }
      card.element("div", ["class": "tools"]) { tools in
        tools.element(
          "button",
          [
            "class": "quiet", "type": "button", "data-more": "", "aria-pressed": "false",
            "hidden": ""
          ],
          text: "Rho, vanna, volga")
      }
      card.element("div", ["class": "scroll"]) { box in
        box.element("table", ["class": "exposures"]) { table in
          table.element("thead") { $0.element("tr") { Self.writeHeadings(into: &$0) } }
          table.element("tbody") { body in
            let scales = GreekColumn.allCases.map { column in
              AxisScale(covering: exposures.map { column.value($0.greeks) } + [0])
            }
            for group in groups {
              writeRow(
                assetName(group.underlying.position), group.total, style: "subtotal", into: &body)
              guard isDetailed, group.rows.count > 1 || group.rows[0].expiry != nil else {
                continue
              }
              for row in group.rows {
                writeRow(
                  row.expiry.map { NumberText.instant("\($0)") } ?? "balances and perpetuals",
                  row.greeks, scales: scales, into: &body)
              }
            }
            if groups.count > 1 {
              writeRow(
                "All underlyings", Greeks(summing: groups.map(\.total)), style: "total",
                into: &body)
            }
          }
        }
      }
    }
  }

  private struct Group {
    var underlying: AssetIndex
    var rows: [BookExposure]
    var total: Greeks { Greeks(summing: rows.map(\.greeks)) }
  }

  /// Rows by underlying, in their order.
  private var exposureGroups: [Group] {
    exposures.reduce(into: []) { groups, row in
      if groups.last?.underlying == row.underlying {
        groups[groups.count - 1].rows.append(row)
      } else {
        groups.append(Group(underlying: row.underlying, rows: [row]))
      }
    }
  }

  private static func writeHeadings(into row: inout Markup) {
    row.element("th", ["scope": "col"], text: "Underlying, expiry")
    for column in GreekColumn.allCases {
      row.element("th", ["scope": "col", "class": "number" + column.style]) { heading in
        heading.text(column.title)
        heading.element("span", ["class": "unit"], text: column.unit)
      }
    }
  }

  private func writeRow(
    _ name: String, _ greeks: Greeks, style: String = "", scales: [AxisScale]? = nil,
    into body: inout Markup
  ) {
    body.element("tr", ["class": style]) { row in
      row.element("th", ["scope": "row"]) { $0.name(name) }
      for (position, column) in GreekColumn.allCases.enumerated() {
        let value = column.value(greeks)
        row.element(
          "td", ["class": "number with-bar" + column.style, "title": NumberText.fullUSD(value)]
        ) { cell in
          cell.text(NumberText.compact(value))
          if let scales {
            cell.cellBar(value, on: scales[position], style: value < 0 ? "loss" : "gain")
          }
        }
      }
    }
  }
}

/// The sensitivities that tables show, in their order.
enum GreekColumn: CaseIterable {
  case delta, deltaTotal, gamma, vega, theta, rho, vanna, volga

  var title: String {
    switch self {
    case .delta: "Delta"
    case .deltaTotal: "Delta with balances"
    case .gamma: "Gamma"
    case .vega: "Vega"
    case .theta: "Theta"
    case .rho: "Rho"
    case .vanna: "Vanna"
    case .volga: "Volga"
    }
  }

  var unit: String {
    switch self {
    case .delta, .deltaTotal: "USD"
    case .gamma: "USD for 1 %"
    case .theta: "USD a day"
    case .vega, .rho, .vanna, .volga: "USD a point"
    }
  }

  /// Columns that stand behind a button.
  var style: String {
    switch self {
    case .rho, .vanna, .volga: " more"
    default: ""
    }
  }

  func value(_ greeks: Greeks) -> Double {
    switch self {
    case .delta: greeks.deltaUSD
    case .deltaTotal: greeks.deltaTotalUSD
    case .gamma: greeks.gammaUSDPerPercent
    case .vega: greeks.vegaUSDPerPoint
    case .theta: greeks.thetaUSDPerDay
    case .rho: greeks.rhoUSDPerPoint
    case .vanna: greeks.vannaUSDPerPoint
    case .volga: greeks.volgaUSDPerPoint
    }
  }
}

extension Greeks {
  /// The sum of sensitivities in one unit.
  init(summing parts: [Greeks]) {
    self.init()
    for part in parts {
      deltaUSD += part.deltaUSD
      deltaTotalUSD += part.deltaTotalUSD
      gammaUSDPerPercent += part.gammaUSDPerPercent
      vegaUSDPerPoint += part.vegaUSDPerPoint
      thetaUSDPerDay += part.thetaUSDPerDay
      rhoUSDPerPoint += part.rhoUSDPerPoint
      vannaUSDPerPoint += part.vannaUSDPerPoint
      volgaUSDPerPoint += part.volgaUSDPerPoint
    }
  }
}
