// The page of a calibration: quotes and fits, correlations, components, impact.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// `report.html` of a calibration.
struct CalibrationPage {
  let results: CalibrationResults

  /// The whole page.
  var text: String {
    PageSkeleton.study(
      "calibration", ofBook: results.book,
      subtitle: "calibration of the market at "
        + NumberText.instant(results.market.valuationTime.description),
      style: SmileChart.style
    ) { main in
      for pair in pairs { writeSurface(pair, into: &main) }
      if let factors = results.factors {
        writeCorrelations(factors, into: &main)
        writeComponents(factors, into: &main)
      }
      if let reason = results.factorsReason {
        main.section(id: "correlations", title: "Correlations of daily moves") {
          $0.element("p", text: "None: " + reason + ".")
        }
      }
      writeImpact(into: &main)
    }
  }

  private var pairs: [AssetPair] {
    results.surfaces.expiries.reduce(into: []) { pairs, expiry in
      if pairs.last != expiry.quotes.pair { pairs.append(expiry.quotes.pair) }
    }
  }

  // MARK: Surfaces

  private func writeSurface(_ pair: AssetPair, into page: inout Markup) {
    let expiries = results.surfaces.expiries.filter { $0.quotes.pair == pair }
    let name = results.name(of: pair)
    page.section(
      id: "surface-\(pair.underlying.position)-\(pair.quote.position)",
      title: "Volatilities of " + name,
      lead:
        "Bars run from bid to ask, the line is the fitted slice, both over ln(strike / forward). "
        + "A slice without butterfly arbitrage has a density; one without calendar arbitrage lies "
        + "nowhere above the next."
    ) { card in
      card.table(
        head: [
          "expiry", "days", "forward", "quotes", "form", "at the money", "rms error",
          "median / spread", "inside bid-ask", "least density factor", "butterfly", "calendar"
        ], rows: expiries.map(row))
      card.element("div", ["class": "smiles"]) { charts in
        for expiry in expiries {
          guard let smile = expiry.smile else { continue }
          SmileChart(
            title: name + " " + NumberText.instant(expiry.quotes.expiry.description),
            quotes: expiry.quotes, smile: smile
          ).write(into: &charts)
        }
      }
      card.legend([(style: "body-quote", text: "bid to ask"), (style: "body-fit", text: "fit")])
    }
  }

  private func row(_ expiry: CalibratedExpiry) -> [String] {
    let quotes = expiry.quotes
    let head = [
      NumberText.instant(quotes.expiry.description),
      NumberText.grouped(results.market.valuationTime.days(to: quotes.expiry), decimals: 1),
      NumberText.price(quotes.forward), NumberText.count(quotes.quotes.count)
    ]
    guard let smile = expiry.smile else {
      return head + [expiry.reason ?? ""] + [String](repeating: NumberText.absent, count: 7)
    }
    let center = smile.slice.volatilityAnnual(logMoneyness: 0, expiryYears: quotes.expiryYears)
    return head + [
      smile.form.rawValue, NumberText.percent(center, decimals: 1),
      NumberText.percent(smile.errors.rootMeanSquare, decimals: 2),
      NumberText.ratio(smile.errors.medianInSpreads),
      NumberText.percent(smile.errors.insideFraction, decimals: 0),
      NumberText.short(smile.leastDensityFactor.value),
      smile.isButterflyFree ? "free" : "arbitrage",
      smile.isCalendarFree ? "free" : "arbitrage"
    ]
  }

  // MARK: Factors

  private func writeCorrelations(_ factors: FactorSummary, into page: inout Markup) {
    page.section(
      id: "correlations", title: "Correlations of daily moves",
      lead: "Estimated as the scenario sets do it, after the repair. Blue together, orange against "
        + "each other.", isLong: true
    ) { card in
      card.element("div", ["class": "scroll"]) { box in
        box.element("table", ["class": "heat"]) { table in
          table.element("thead") { head in
            head.element("tr") { row in
              row.element("th", ["class": "caption", "scope": "col"], text: "deviation a day")
              for factor in factors.factors {
                row.element("th", ["scope": "col"]) { $0.name(factor.description) }
              }
            }
          }
          table.element("tbody") { body in
            for row in factors.factors.indices { writeRow(row, factors, into: &body) }
          }
        }
      }
      for warning in factors.warnings {
        card.element(
          "p", ["class": "lead"],
          text: "\(warning.kind): \(warning.count). " + warning.examples.joined(separator: "; "))
      }
    }
  }

  private func writeRow(_ row: Int, _ factors: FactorSummary, into body: inout Markup) {
    body.element("tr") { line in
      line.element("th", ["scope": "row"]) { head in
        head.name(factors.factors[row].description)
        head.text(" " + NumberText.percent(factors.dailyDeviations[row], decimals: 2))
      }
      for column in factors.factors.indices {
        let value = factors.correlations[row, column]
        let level = min(5, Int((abs(value) * 5).rounded(.up)))
        let style = level == 0 ? "g0" : (value > 0 ? "g" : "l") + "\(level)"
        line.element("td", ["class": style], text: NumberText.grouped(value, decimals: 2))
      }
    }
  }

  private static let shownComponentsMax = 8

  private func writeComponents(_ factors: FactorSummary, into page: inout Markup) {
    let shown = factors.components.prefix(Self.shownComponentsMax)
    page.section(
      id: "components", title: "Principal components",
      lead: "Directions in which the factors move together, each factor at unit deviation."
    ) { card in
      card.table(
        head: ["direction", "share of variance", "largest weights"],
        rows: shown.map { component in
          let order = component.loadings.indices.sorted {
            abs(component.loadings[$0]) > abs(component.loadings[$1])
          }
          let largest = order.prefix(4).map {
            "\(factors.factors[$0]) \(NumberText.grouped(component.loadings[$0], decimals: 2))"
          }
          return [
            component.name, NumberText.percent(component.varianceFraction),
            largest.joined(separator: ", ")
          ]
        })
    }
  }

  private func writeImpact(into page: inout Markup) {
    guard !results.impacts.isEmpty else { return }
    page.section(
      id: "impact", title: "Price impact",
      lead: "Selling Q in a day moves a price by coefficient × daily deviation × √(Q / volume)."
    ) { card in
      card.table(
        head: ["asset", "daily deviation", "volume a day", "depth at 1 %", "coefficient"],
        rows: results.impacts.map { impact in
          [
            impact.asset, NumberText.percent(impact.dailyDeviation, decimals: 2),
            NumberText.compactUSD(impact.averageDailyVolumeUSD),
            NumberText.compactUSD(impact.depthUSDPerPercent), NumberText.ratio(impact.coefficient)
          ]
        })
    }
  }
}
