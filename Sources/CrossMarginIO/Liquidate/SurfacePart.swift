// Where the nearest accounts with options are healthy, as a map over two factors.

import CrossMargin
import PortfolioModel
import RiskNumerics

/// Surfaces of surplus with the line where it is zero.
struct SurfacePart: LiquidatePart {
  let names: [String]
  let distance: DistanceResults

  func tables() throws(NonFiniteField) -> [(name: String, table: CSVTable)] {
    distance.surfaces.isEmpty ? [] : [("surfaces.csv", try surfaces())]
  }

  func write(into page: inout Markup) {
    guard !distance.surfaces.isEmpty else { return }
    page.section(
      id: "surfaces", title: "Health over two factors",
      lead: "Surplus of the nearest accounts with options where two factors move and all others "
        + "stand still, by full revaluation with the requirement scanned again at every point. Blue "
        + "is surplus, orange a shortage; the line is where the account is liquidated, the mark is "
        + "today.", isLong: true
    ) { card in
      for surface in distance.surfaces {
        SurfaceChart(surface: surface, name: names[surface.account.position]).write(into: &card)
      }
    }
  }

  /// One row for each point.
  private func surfaces() throws(NonFiniteField) -> CSVTable {
    let rows = distance.surfaces.flatMap { surface in
      surface.yMoves.indices.flatMap { row in
        surface.xMoves.indices.map { (surface: surface, row: row, column: $0) }
      }
    }
    return try CSVTable(
      [
        .required("account") { .text(names[$0.surface.account.position]) },
        .required("x_factor") { .text($0.surface.xFactor.description) },
        .required("x_log_move") { .number($0.surface.xMoves[$0.column]) },
        .required("y_factor") { .text($0.surface.yFactor.description) },
        .required("y_log_move") { .number($0.surface.yMoves[$0.row]) },
        .required("surplus_usd") { .number($0.surface.surplusUSD[$0.row][$0.column]) }
      ], rows: rows)
  }
}

/// One surface as a heat map.
struct SurfaceChart {
  let surface: HealthSurface
  let name: String

  private static let levelCount = 5

  func write(into card: inout Markup) {
    let frame = PlotFrame(plotPixels: 240)
    let (columns, rows) = (surface.xMoves.count, surface.yMoves.count)
    // Cells stand around their points.
    let (xStep, yStep) = (
      surface.xMoves[1] - surface.xMoves[0], surface.yMoves[1] - surface.yMoves[0]
    )
    let xScale = AxisScale(
      covering: [surface.xMoves[0] - xStep / 2, surface.xMoves[columns - 1] + xStep / 2])
    let yScale = AxisScale(
      covering: [surface.yMoves[0] - yStep / 2, surface.yMoves[rows - 1] + yStep / 2])
    let sizes = surface.surplusUSD.flatMap { $0.map(\.magnitude) }.sorted()
    // A few far corners must not leave the rest without colour.
    let sizeUSD = max(sizes[sizes.count * 9 / 10], 1)
    card.element("figure") { figure in
      figure.element("figcaption") { caption in
        caption.name(name)
        caption.text(
          ": \(surface.xFactor) along, \(surface.yFactor) upwards; deepest colour at "
            + NumberText.compactUSD(sizeUSD))
      }
      figure.chart(
        frame, label: "Surplus over \(surface.xFactor) and \(surface.yFactor)",
        yTicks: yScale.ticks(about: 5).map {
          (yScale.fraction($0), NumberText.move(ScalarMath.exp($0) - 1))
        }
      ) { plot in
        for row in 0..<rows {
          let top = frame.y(yScale.fraction(surface.yMoves[row] + yStep / 2))
          let bottom = frame.y(yScale.fraction(surface.yMoves[row] - yStep / 2))
          // Neighbours of one colour are one bar.
          var first = 0
          while first < columns {
            let style = style(surface.surplusUSD[row][first], sizeUSD)
            var last = first
            while last + 1 < columns,
              self.style(surface.surplusUSD[row][last + 1], sizeUSD) == style
            {
              last += 1
            }
            plot.bar(
              x: xScale.fraction(
                surface.xMoves[first] - xStep / 2)...xScale.fraction(
                  surface.xMoves[last] + xStep / 2), y: top...bottom, style)
            first = last + 1
          }
        }
        for segment in SurfaceContour(surface).segments {
          plot.line(
            from: (xScale.fraction(segment.0.x), frame.y(yScale.fraction(segment.0.y))),
            to: (xScale.fraction(segment.1.x), frame.y(yScale.fraction(segment.1.y))),
            "zero-line")
        }
        let (x, y) = (xScale.fraction(0), frame.y(yScale.fraction(0)))
        plot.line(from: (x, y - 8), to: (x, y + 8), "today-mark")
        plot.line(from: (max(x - 0.012, 0), y), to: (min(x + 0.012, 1), y), "today-mark")
        plot.xTicks(
          xScale.ticks(about: 7).map {
            (xScale.fraction($0), NumberText.move(ScalarMath.exp($0) - 1))
          }, frame: frame)
      }
    }
  }

  private func style(_ surplusUSD: Double, _ sizeUSD: Double) -> String {
    if surplusUSD == 0 { return "fill-g0" }
    let part = surplusUSD.magnitude / sizeUSD
    let level = min(Self.levelCount, max(1, Int((part * Double(Self.levelCount)).rounded(.up))))
    return (surplusUSD > 0 ? "fill-g" : "fill-l") + String(level)
  }
}

/// The line where a surface is zero, as straight pieces within the triangles of its cells.
struct SurfaceContour {
  typealias Place = (x: Double, y: Double)
  private(set) var segments: [(Place, Place)] = []

  init(_ surface: HealthSurface) {
    for row in 0..<surface.yMoves.count - 1 {
      for column in 0..<surface.xMoves.count - 1 {
        func corner(_ right: Int, _ up: Int) -> (place: Place, value: Double) {
          (
            (surface.xMoves[column + right], surface.yMoves[row + up]),
            surface.surplusUSD[row + up][column + right]
          )
        }
        let corners = [corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)]
        for triangle in [[0, 1, 2], [0, 2, 3]] { add(triangle.map { corners[$0] }) }
      }
    }
  }

  private mutating func add(_ triangle: [(place: Place, value: Double)]) {
    var ends: [Place] = []
    for (first, second) in [(0, 1), (1, 2), (2, 0)] {
      let (from, to) = (triangle[first], triangle[second])
      guard (from.value < 0) != (to.value < 0) else { continue }
      let share = from.value / (from.value - to.value)
      ends.append(
        (
          from.place.x + share * (to.place.x - from.place.x),
          from.place.y + share * (to.place.y - from.place.y)
        ))
    }
    if ends.count == 2 { segments.append((ends[0], ends[1])) }
  }
}
