// Markets that can be moved together without one unit feeling two of them.

import PortfolioModel

/// Markets of which no column depends on two: where all of them move at once, what a column gains it
/// gains by one market. A book of many coins has few classes, so that a round of a cascade costs few
/// valuations however many markets there are.
package struct ContagionClass: Sendable {
  /// The market of the class that moves the value of each column; nil without one. [columns]
  package private(set) var marketOfColumn: [Int?]

  private init(columnCount: Int) { marketOfColumn = [Int?](repeating: nil, count: columnCount) }

  /// Whether any of its columns depends on a market.
  package func contains(_ market: Int) -> Bool { marketOfColumn.contains(market) }

  /// The classes of all markets, each in the first that has room for it.
  ///
  /// - Parameter marketsOfColumn: markets that each column depends on. [columns]
  package static func all(marketCount: Int, marketsOfColumn: [[Int]]) -> [ContagionClass] {
    var columnsOfMarket = [[Int]](repeating: [], count: marketCount)
    for (column, markets) in marketsOfColumn.enumerated() {
      for market in markets { columnsOfMarket[market].append(column) }
    }
    var classes: [ContagionClass] = []
    for (market, columns) in columnsOfMarket.enumerated() {
      let place = classes.firstIndex { own in
        columns.allSatisfy { own.marketOfColumn[$0] == nil }
      }
      if place == nil { classes.append(ContagionClass(columnCount: marketsOfColumn.count)) }
      for column in columns {
        classes[place ?? classes.count - 1].marketOfColumn[column] = market
      }
    }
    return classes
  }
}
