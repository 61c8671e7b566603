// Sparse products and the readings of P&L columns against plain twins; ties, ragged tiles, NaN.

import RiskNumerics
import Testing

@Suite struct AggregationTests {
  /// A book of profits with many ties: values are multiples of a quarter.
  private func profits(_ scenarios: Int, _ units: Int, seed: UInt64) -> ScenarioMatrix {
    var random = SeededGenerator(seed: seed)
    var matrix = ScenarioMatrix(scenarioCount: scenarios, columnCount: units)
    for unit in 0..<units {
      for scenario in 0..<scenarios {
        matrix[scenario: scenario, column: unit] = (random.uniform(-8, 8) * 4).rounded() / 4
      }
    }
    return matrix
  }

  private func quantities(_ columns: Int, _ units: Int, seed: UInt64) -> SparseQuantities {
    var random = SeededGenerator(seed: seed)
    var result = SparseQuantities(columnCount: columns)
    for unit in 0..<units {
      for _ in 0..<(unit % 7) {
        let column = Int.random(in: 0..<columns, using: &random)
        result.append(column: column, quantity: random.uniform(-3, 3))
      }
      result.endUnit()
    }
    return result
  }

  @Test(arguments: KernelTarget.available) func sparseProductIsOneChainPerElement(
    _ target: KernelTarget
  ) {
    var random = SeededGenerator(seed: 21)
    let (columns, units) = (40, 53)
    let tile = (0..<(columns * 64)).map { _ in random.uniform(-1, 1) }
    let book = quantities(columns, units, seed: 22)
    var result = [Double](repeating: .nan, count: units * 64)
    var span = result.mutableSpan
    SparseProduct.accumulate(
      book, units: 0..<units, tile: tile.span, into: &span, target: target)
    for unit in 0..<units {
      for row in 0..<64 {
        var sum = 0.0
        for entry in Int(book.offsets[unit])..<Int(book.offsets[unit + 1]) {
          sum.addProduct(book.quantities[entry], tile[Int(book.columns[entry]) * 64 + row])
        }
        #expect(result[unit * 64 + row].bitPattern == sum.bitPattern)
      }
    }
    var part = [Double](repeating: 0, count: 10 * 64)
    var partSpan = part.mutableSpan
    SparseProduct.accumulate(
      book, units: 17..<27, tile: tile.span, into: &partSpan, target: target)
    #expect(bits(part) == bits(Array(result[(17 * 64)..<(27 * 64)])))
  }

  @Test(arguments: KernelTarget.available, [1, 7, 64, 65, 200]) func tailsEqualASort(
    _ target: KernelTarget, _ scenarios: Int
  ) throws {
    let units = 9
    let book = profits(scenarios, units, seed: UInt64(scenarios))
    for keep in [1, 2, 13, 64] {
      var tails = TailTracker(unitCount: units, tailCount: keep)
      var worst = WorstTracker(unitCount: units)
      // Descending blocks: the result must not depend on the order of the updates.
      for block in (0..<book.blockCount).reversed() {
        let (rows, first) = (book.rowsInBlock(block), block * 64)
        try book.withBlock(block) { span in
          try tails.update(profits: span, rowCount: rows, firstScenario: first, target: target)
          try worst.update(profits: span, rowCount: rows, firstScenario: first, target: target)
        }
      }
      for unit in 0..<units {
        let losses = book.column(unit).map { 0 - $0 }
        let expected = LossTail(of: losses, keeping: keep)
        #expect(tails.tail(unit: unit) == expected)
        let reading = try #require(worst.worst(unit: unit))
        #expect(reading.loss == expected.losses[0])
        #expect(reading.scenario == Int(expected.scenarios[0]))
      }
    }
  }

  @Test(arguments: KernelTarget.available) func differencesEqualASearch(
    _ target: KernelTarget
  ) throws {
    let (left, right) = (profits(150, 8, seed: 31), profits(150, 8, seed: 32))
    var tracker = DifferenceTracker(unitCount: 8)
    for block in 0..<left.blockCount {
      try left.withBlock(block) { a in
        try right.withBlock(block) { b in
          try tracker.update(
            a, b, rowCount: left.rowsInBlock(block), firstScenario: block * 64, target: target)
        }
      }
    }
    for unit in 0..<8 {
      let distances = zip(left.column(unit), right.column(unit)).map { abs($0 - $1) }
      let largest = try #require(distances.max())
      let reading = try #require(tracker.largest(unit: unit))
      #expect(reading.difference == largest)
      #expect(reading.scenario == distances.firstIndex(of: largest))
    }
  }

  @Test(arguments: KernelTarget.available, [Double.nan, .infinity, -.infinity])
  func nonfiniteProfitIsAnErrorThatNamesTheUnit(_ target: KernelTarget, _ bad: Double) throws {
    var tile = [Double](repeating: 1, count: 5 * 64)
    tile[3 * 64 + 11] = bad
    let zeros = [Double](repeating: 0, count: 5 * 64)
    var tails = TailTracker(unitCount: 5, tailCount: 2)
    var worst = WorstTracker(unitCount: 5)
    var differences = DifferenceTracker(unitCount: 5)
    let expected = NonfiniteProfit(unit: 3)
    #expect(throws: expected) {
      try tails.update(profits: tile.span, rowCount: 12, firstScenario: 0, target: target)
    }
    #expect(throws: expected) {
      try worst.update(profits: tile.span, rowCount: 12, firstScenario: 0, target: target)
    }
    #expect(throws: expected) {
      try differences.update(
        tile.span, zeros.span, rowCount: 12, firstScenario: 0, target: target)
    }
    // Row 11 is padding when only eleven rows count.
    var other = TailTracker(unitCount: 5, tailCount: 2)
    try other.update(profits: tile.span, rowCount: 11, firstScenario: 0, target: target)
    #expect(other.tail(unit: 3).losses == [-1, -1])
    var least = WorstTracker(unitCount: 5)
    try least.update(profits: tile.span, rowCount: 11, firstScenario: 0, target: target)
    #expect(least.worst(unit: 3)?.loss == -1)
  }

  @Test func nothingSeenIsNil() {
    #expect(WorstTracker(unitCount: 1).worst(unit: 0) == nil)
    #expect(TailTracker(unitCount: 1, tailCount: 3).worst(unit: 0) == nil)
    #expect(DifferenceTracker(unitCount: 1).largest(unit: 0) == nil)
  }
}
