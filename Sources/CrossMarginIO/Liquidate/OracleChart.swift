// The sources of one price around it: a row for each, with its range.

import CrossMargin

/// Sources of the price of one asset, which must have a price.
struct OracleChart {
  let reading: OracleReading
  let name: String

  static let legend = [
    (style: OracleSource.Standing.used.style, text: "counts"),
    (style: OracleSource.Standing.stale.style, text: "too old"),
    (style: OracleSource.Standing.stray.style, text: "too far from the others"),
    (style: "fill-price", text: "price of the sources, its range shaded"),
    (style: "fill-book", text: "price of the book")
  ]

  private static let rowPixels = 20.0
  /// Letters of a source's name for which there is room beside the picture.
  private static let letterCountMax = 8

  func write(into grid: inout Markup) {
    guard let price = reading.price else { return }
    let frame = PlotFrame(plotPixels: Self.rowPixels * Double(reading.sources.count))
    let scale = scale(around: price)
    grid.element("figure") { figure in
      figure.element("figcaption") { caption in
        caption.name(name)
        caption.element(
          "span",
          text: " \(NumberText.price(price.price)) ± "
            + NumberText.percent(price.confidence / price.price, decimals: 3)
            + (price.isDegraded ? ", degraded" : ""))
      }
      figure.chart(
        frame, label: "Sources of the price of \(name)",
        yTicks: reading.sources.indices.map { (place($0), Self.short(reading.sources[$0].name)) }
      ) { plot in
        let range = price.confidence / price.price
        plot.bar(
          x: scale.fraction(-range)...scale.fraction(range),
          y: frame.topPixels...frame.bottomPixels, "price-range")
        for (style, deviation) in [
          ("price-line", 0), ("book-line", reading.bookPriceUSD / price.price - 1)
        ] {
          let x = scale.fraction(deviation)
          plot.line(from: (x, frame.topPixels), to: (x, frame.bottomPixels), style)
        }
        for (row, source) in reading.sources.enumerated() {
          write(source, around: price, y: frame.y(place(row)), scale, into: &plot)
        }
        plot.xTicks(ticks(scale), frame: frame)
      }
    }
  }

  /// Height of a row as a fraction, the first on top.
  private func place(_ row: Int) -> Double {
    1 - (Double(row) + 0.5) / Double(reading.sources.count)
  }

  /// An axis of relative distances that shows what counts; sources beyond it stand at its ends.
  private func scale(around price: OraclePrice) -> AxisScale {
    let used = reading.sources.filter { $0.standing == .used }.map { source in
      (abs(source.quote.price - price.price) + source.halfRangeUSD) / price.price
    }
    let gap = abs(reading.bookPriceUSD / price.price - 1)
    let reach = (used + [price.confidence / price.price, gap]).max() ?? 0
    let widest = max(reach * 1.2, Self.reachMin)
    return AxisScale(covering: [-widest, widest])
  }

  /// Half of an axis on which all sources agree.
  private static let reachMin = 0.0001

  /// The price and a round distance to each side, for which a small picture has room.
  private func ticks(_ scale: AxisScale) -> [(fraction: Double, text: String)] {
    let round = scale.ticks(about: 6).last { $0 <= 0.8 * scale.upper } ?? 0
    let middle = (fraction: scale.fraction(0), text: "0")
    guard round > 0 else { return [middle] }
    let percent = NumberText.short(round * 100) + "\u{202F}%"
    return [
      (scale.fraction(-round), NumberText.minus + percent), middle,
      (scale.fraction(round), "+" + percent)
    ]
  }

  private func write(
    _ source: OracleSource, around price: OraclePrice, y: Double, _ scale: AxisScale,
    into plot: inout Markup
  ) {
    let deviation = source.quote.price / price.price - 1
    let range = source.halfRangeUSD / price.price
    let style = source.standing.style
    let isShown = deviation >= scale.lower && deviation <= scale.upper
    if isShown {
      plot.line(
        from: (scale.fraction(deviation - range), y), to: (scale.fraction(deviation + range), y),
        style)
    }
    let x = scale.fraction(deviation)
    plot.element(
      "circle", ["class": style, "cx": Markup.share(x), "cy": Markup.pixels(y), "r": "4.5"]
    ) {
      $0.element(
        "title",
        text: "\(source.name): \(NumberText.price(source.quote.price)) ± "
          + "\(NumberText.price(source.halfRangeUSD)), "
          + "\(NumberText.age(days: source.quote.ageSeconds / 86_400)) old")
    }
    if !isShown {
      let isLeft = deviation < scale.lower
      plot.label(
        NumberText.move(deviation), x: Markup.share(x + (isLeft ? 0.025 : -0.025)), y: y + 4,
        anchor: isLeft ? "start" : "end")
    }
  }

  private static func short(_ name: String) -> String {
    name.count > letterCountMax ? name.prefix(letterCountMax - 1) + "…" : name
  }
}

extension OracleSource.Standing {
  /// Class of its mark.
  fileprivate var style: String { "source-" + rawValue }
}
