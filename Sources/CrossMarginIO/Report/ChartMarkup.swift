// Chart primitives in SVG. Horizontal places are percentages and vertical ones pixels, so that a
// chart fills any width without stretching its text. Colours come from classes of the style.

import Foundation

/// Vertical layout of a chart, in pixels.
struct PlotFrame {
  /// Top of the area in which values are drawn.
  var topPixels = 12.0
  /// Height of that area.
  var plotPixels: Double
  /// Room below for the labels of the horizontal axis.
  var footPixels = 22.0

  /// Bottom of the area in which values are drawn.
  var bottomPixels: Double { topPixels + plotPixels }
  /// Height of the whole chart.
  var heightPixels: Double { bottomPixels + footPixels }

  /// Vertical place of a fraction of the vertical axis.
  func y(_ fraction: Double) -> Double { bottomPixels - fraction * plotPixels }
}

extension Markup {
  /// A chart: labels of the vertical axis beside the plot, grid lines through it.
  mutating func chart(
    _ frame: PlotFrame, label: String, yTicks: [(fraction: Double, text: String)],
    plot: (inout Markup) -> Void
  ) {
    element("div", ["class": "plot", "role": "img", "aria-label": label]) { plotBox in
      let height = Self.pixels(frame.heightPixels)
      plotBox.element(
        "svg", ["class": "y-axis", "width": "62", "height": height, "aria-hidden": "true"]
      ) { axis in
        for tick in yTicks {
          axis.label(tick.text, x: "54", y: frame.y(tick.fraction) + 4, anchor: "end")
        }
      }
      plotBox.element(
        "svg", ["class": "area", "width": "100%", "height": height, "aria-hidden": "true"]
      ) { area in
        for tick in yTicks {
          area.line(from: (0, frame.y(tick.fraction)), to: (1, frame.y(tick.fraction)), "grid")
        }
        plot(&area)
        area.line(from: (0, frame.bottomPixels), to: (1, frame.bottomPixels), "axis")
      }
    }
  }

  /// A straight line; horizontal places are fractions of the width, vertical ones pixels.
  mutating func line(
    from start: (Double, Double), to end: (Double, Double), _ style: String
  ) {
    element(
      "line",
      [
        "class": style, "x1": Self.share(start.0), "y1": Self.pixels(start.1),
        "x2": Self.share(end.0), "y2": Self.pixels(end.1)
      ])
  }

  /// Straight lines from point to point: places are fractions of the width and of the height of the
  /// area that the frame leaves for values. A gap is where a point has no height.
  mutating func curve(_ points: [(x: Double, y: Double?)], frame: PlotFrame, _ style: String) {
    var path = ""
    var isDrawing = false
    for point in points {
      guard let y = point.y else {
        isDrawing = false
        continue
      }
      path +=
        (isDrawing ? "L" : "M") + Self.pixels(point.x * Self.curveWidth) + " "
        + Self.pixels(frame.y(y))
      isDrawing = true
    }
    // The path has a width of its own, which the picture stretches; the stroke is not stretched.
    element(
      "svg",
      [
        "viewBox": "0 0 \(Int(Self.curveWidth)) \(Self.pixels(frame.heightPixels))",
        "preserveAspectRatio": "none", "width": "100%",
        "height": Self.pixels(frame.heightPixels)
      ]
    ) { $0.element("path", ["class": style, "d": path]) }
  }

  private static let curveWidth = 1_000.0

  /// A bar with an optional tooltip.
  mutating func bar(
    x: ClosedRange<Double>, y: ClosedRange<Double>, _ style: String, title: String = ""
  ) {
    element(
      "rect",
      [
        "class": style, "x": Self.share(x.lowerBound), "y": Self.pixels(y.lowerBound),
        "width": Self.share(x.upperBound - x.lowerBound),
        "height": Self.pixels(y.upperBound - y.lowerBound)
      ]
    ) { if !title.isEmpty { $0.element("title", text: title) } }
  }

  /// A text; `x` in pixels or percent.
  mutating func label(
    _ text: String, x: String, y: Double, anchor: String = "middle", style: String = "tick"
  ) {
    element(
      "text", ["class": style, "x": x, "y": Self.pixels(y), "text-anchor": anchor], text: text)
  }

  /// Labels under the horizontal axis, each with a short tick; outer ones stay inside the chart.
  mutating func xTicks(_ ticks: [(fraction: Double, text: String)], frame: PlotFrame) {
    for tick in ticks {
      let bottom = frame.bottomPixels
      line(from: (tick.fraction, bottom), to: (tick.fraction, bottom + 4), "axis")
      let anchor = tick.fraction < 0.03 ? "start" : tick.fraction > 0.97 ? "end" : "middle"
      label(tick.text, x: Self.share(tick.fraction), y: bottom + 18, anchor: anchor)
    }
  }

  /// A small bar beside a number: from zero to the value, on an axis between two bounds.
  mutating func cellBar(_ value: Double, on scale: AxisScale, style: String) {
    let zero = scale.fraction(0)
    let place = scale.fraction(value)
    element(
      "svg", ["class": "cell-bar", "width": "100%", "height": "12", "aria-hidden": "true"]
    ) { bar in
      bar.bar(x: min(zero, place)...max(zero, place), y: 1...11, style)
      bar.line(from: (zero, 0), to: (zero, 12), "axis")
    }
  }

  /// A fraction of the width as percent.
  static func share(_ fraction: Double) -> String { decimal(fraction * 100) + "%" }

  /// Pixels as an attribute.
  static func pixels(_ value: Double) -> String { decimal(value) }

  private static func decimal(_ value: Double) -> String {
    let hundredths = (value * 100).rounded() / 100
    let text = "\(hundredths)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension Markup {
  /// Swatches with what they mean; styles are classes of fills.
  mutating func legend(_ entries: [(style: String, text: String)]) {
    element("ul", ["class": "legend"]) { list in
      for entry in entries {
        list.element("li") { item in
          item.swatch(entry.style)
          item.element("span", text: entry.text)
        }
      }
    }
  }

  /// A small square in the colour of a style.
  mutating func swatch(_ style: String) {
    element(
      "svg", ["class": "swatch", "width": "12", "height": "12", "aria-hidden": "true"]
    ) { $0.bar(x: 0...1, y: 0...12, style) }
  }

  /// A cell of a table with an amount of money, sortable by its value.
  mutating func money(_ valueUSD: Double?, style: String = "") {
    let text = valueUSD.map(NumberText.compactUSD) ?? NumberText.absent
    element(
      "td",
      [
        "class": style.isEmpty ? "number" : "number " + style,
        "title": valueUSD.map(NumberText.fullUSD) ?? "", "data-sort": valueUSD.map { "\($0)" } ?? ""
      ], text: text)
  }
}
