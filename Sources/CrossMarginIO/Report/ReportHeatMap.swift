// Profit of the book by move of prices and of volatility.

import CrossMargin

extension ReportData {
  private static let shownGridsMax = 3

  /// Scenario sets that are grids of price and volatility moves.
  var gridSets: [BookSetResult] {
    sets.filter { $0.priceMoves != nil && $0.volatilityMoves != nil }
  }

  /// A table of cells for each grid.
  func writeHeatMaps(into page: inout Markup) {
    let grids = gridSets.prefix(Self.shownGridsMax)
    guard !grids.isEmpty else { return }
    page.section(
      .grid,
      lead: "Profit of the whole book if all prices move by the columns and 30-day volatility by "
        + "the rows, before the dampening of far moves. Blue gains, orange loses."
    ) { card in
      for set in grids {
        if grids.count > 1 { card.element("h3") { $0.name(set.name) } }
        HeatMap(set).write(into: &card)
      }
    }
  }
}

/// One grid of scenarios as a table.
private struct HeatMap {
  private let priceMoves: [Double]
  private let volatilityMoves: [Double]
  /// Profit by row of volatility and column of price; nil where the grid has no scenario.
  private var cells: [[Double?]]
  private let sizeUSD: Double
  private static let levelCount = 5

  init(_ set: BookSetResult) {
    let (price, volatility) = (set.priceMoves ?? [], set.volatilityMoves ?? [])
    priceMoves = Self.distinct(price)
    volatilityMoves = Self.distinct(volatility).reversed()
    cells = Array(
      repeating: Array(repeating: nil, count: priceMoves.count), count: volatilityMoves.count)
    sizeUSD = set.profitUSD.map(\.magnitude).max() ?? 0
    for scenario in set.profitUSD.indices {
      guard let row = volatilityMoves.firstIndex(of: volatility[scenario]),
        let column = priceMoves.firstIndex(of: price[scenario])
      else { continue }
      cells[row][column] = set.profitUSD[scenario]
    }
  }

  private static func distinct(_ moves: [Double]) -> [Double] {
    moves.sorted().reduce(into: []) { result, move in
      if result.last != move { result.append(move) }
    }
  }

  func write(into card: inout Markup) {
    card.element("div", ["class": "scroll"]) { box in
      box.element("table", ["class": "heat"]) { table in
        table.element("thead") { head in
          head.element("tr") { row in
            row.element("th", ["class": "caption", "scope": "col"], text: "volatility \\ price")
            for move in priceMoves {
              row.element("th", ["scope": "col"], text: NumberText.move(move))
            }
          }
        }
        table.element("tbody") { body in
          for (row, move) in volatilityMoves.enumerated() {
            body.element("tr") { line in
              line.element("th", ["scope": "row"], text: NumberText.move(move))
              for column in priceMoves.indices { writeCell(row, column, into: &line) }
            }
          }
        }
      }
    }
    card.element("div", ["class": "ramp", "aria-hidden": "true"]) { ramp in
      ramp.element("span", text: NumberText.compactUSD(-sizeUSD) + "\u{A0}")
      for level in (1...Self.levelCount).reversed() { ramp.element("i", ["class": "l\(level)"]) }
      ramp.element("i", ["class": "g0"])
      for level in 1...Self.levelCount { ramp.element("i", ["class": "g\(level)"]) }
      ramp.element("span", text: "\u{A0}" + NumberText.compactUSD(sizeUSD))
      ramp.element("span", ["class": "key"])
      ramp.element("span", text: "today")
    }
  }

  private func writeCell(_ row: Int, _ column: Int, into line: inout Markup) {
    guard let profitUSD = cells[row][column] else {
      line.element("td", ["class": "none"], text: "·")
      return
    }
    let isToday = priceMoves[column] == 0 && volatilityMoves[row] == 0
    line.element(
      "td",
      [
        "class": style(profitUSD) + (isToday ? " now" : ""), "title": NumberText.fullUSD(profitUSD)
      ], text: NumberText.compact(profitUSD))
  }

  private func style(_ profitUSD: Double) -> String {
    guard profitUSD != 0, sizeUSD > 0 else { return "g0" }
    let part = profitUSD.magnitude / sizeUSD
    let level = min(Self.levelCount, Int((part * Double(Self.levelCount)).rounded(.up)))
    return (profitUSD > 0 ? "g" : "l") + String(level)
  }
}
