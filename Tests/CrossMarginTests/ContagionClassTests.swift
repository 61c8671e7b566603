// Which markets may be moved together.

import CrossMargin
import Testing

@Suite struct ContagionClassTests {
  @Test func marketsThatNoUnitSharesAreOneClass() {
    let classes = ContagionClass.all(
      marketCount: 3, marketsOfColumn: [[0], [1], [2], [], [1], [2], [0]])
    #expect(classes.count == 1)
    #expect(classes[0].marketOfColumn == [0, 1, 2, nil, 1, 2, 0])
    #expect((0..<3).allSatisfy { classes[0].contains($0) })
  }

  /// A coin that follows another and has a market of its own feels both.
  @Test func aUnitOfTwoMarketsParts() {
    let classes = ContagionClass.all(marketCount: 3, marketsOfColumn: [[0], [0, 1], [2]])
    #expect(classes.map(\.marketOfColumn) == [[0, 0, 2], [nil, 1, nil]])
  }

  @Test func noMarketsHaveNoClasses() {
    #expect(ContagionClass.all(marketCount: 0, marketsOfColumn: [[], []]).isEmpty)
  }

  @Test(arguments: [UInt64(1), 2, 3]) func everyUnitFeelsEachOfItsMarketsOnce(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let marketCount = 12
    let columns = (0..<40).map { _ in
      Set(
        (0..<Int.random(in: 0...3, using: &random)).map { _ in
          Int.random(in: 0..<marketCount, using: &random)
        }
      ).sorted()
    }
    let classes = ContagionClass.all(marketCount: marketCount, marketsOfColumn: columns)
    for (column, markets) in columns.enumerated() {
      #expect(classes.compactMap { $0.marketOfColumn[column] }.sorted() == markets)
    }
    for market in 0..<marketCount {
      #expect(classes.count { $0.contains(market) } <= 1)
    }
  }
}
