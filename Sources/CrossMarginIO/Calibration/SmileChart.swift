// The picture of one expiry: quotes as bars from bid to ask, the fit as a line.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Volatility by log-moneyness of one expiry.
struct SmileChart {
  let title: String
  let quotes: ExpiryQuotes
  let smile: FittedSmile

  /// Rules of the style sheet for charts of smiles.
  static let style = """

    .smiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr));
      gap: 8px 28px; }
    .fit { fill: none; stroke: var(--series-1); stroke-width: 1.8;
      vector-effect: non-scaling-stroke; }
    .quoted { stroke: var(--series-2); stroke-width: 2; }
    .body-quote { fill: var(--series-2); } .body-fit { fill: var(--series-1); }
    """

  private static let pointCount = 96

  func write(into card: inout Markup) {
    let places = AxisScale(covering: quotes.quotes.map(\.logMoneyness))
    let margin = 0.04 * (places.upper - places.lower)
    let xScale = AxisScale(covering: [places.lower - margin, places.upper + margin])
    let curve = (0...Self.pointCount).map { index -> (k: Double, volatility: Double) in
      let share = Double(index) / Double(Self.pointCount)
      let k = xScale.lower + share * (xScale.upper - xScale.lower)
      return (k, smile.slice.volatilityAnnual(logMoneyness: k, expiryYears: quotes.expiryYears))
    }
    // Far one-tick quotes have asks of several hundred per cent, which would flatten the rest.
    let highest = (curve.map(\.volatility) + quotes.quotes.map(\.bid)).max() ?? 1
    let yScale = AxisScale(
      covering: curve.map(\.volatility) + quotes.quotes.map(\.bid)
        + quotes.quotes.map { min($0.ask, 1.15 * highest) })
    let frame = PlotFrame(plotPixels: 150)
    card.element("figure") { figure in
      figure.element("figcaption", text: title)
      figure.chart(
        frame, label: "Quotes and fit, " + title,
        yTicks: yScale.ticks(about: 4).map {
          (yScale.fraction($0), NumberText.percent($0, decimals: 0))
        }
      ) { plot in
        for quote in quotes.quotes {
          let x = xScale.fraction(quote.logMoneyness)
          plot.line(
            from: (x, frame.y(yScale.fraction(quote.bid))),
            to: (x, frame.y(yScale.fraction(quote.ask))), "quoted")
        }
        plot.curve(
          curve.map { (xScale.fraction($0.k), yScale.fraction($0.volatility)) }, frame: frame, "fit"
        )
        plot.xTicks(
          xScale.ticks(about: 5).map { (xScale.fraction($0), NumberText.short($0)) }, frame: frame)
      }
    }
  }
}
