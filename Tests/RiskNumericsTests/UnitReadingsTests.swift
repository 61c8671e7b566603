// Readings of profits against a search and a sort, for every kind of distribution.

import RiskNumerics
import Testing

/// How the losses of a unit are spread over its scenarios.
enum LossPattern: CaseIterable {
  case normal, skewed, heavyTailed, tied, constant, zero, ascending, descending, oneLarge, twoValues

  /// The profit of a scenario.
  func profit(_ scenario: Int, _ random: inout SeededGenerator) -> Double {
    let x = random.uniform(-1, 1) + random.uniform(-1, 1) + random.uniform(-1, 1)
    switch self {
    case .normal: return x
    case .skewed: return x * x - 1
    case .heavyTailed: return x / (random.uniform(0, 1) * random.uniform(0, 1) + 1e-12)
    case .tied: return (x * 2).rounded() / 2
    case .constant: return -3.25
    case .zero: return 0
    case .ascending: return Double(scenario)
    case .descending: return -Double(scenario)
    case .oneLarge: return scenario == 70 ? -1e9 : 0
    case .twoValues: return x < 0 ? -1 : 1
    }
  }
}

@Suite struct UnitReadingsTests {
  private func profits(_ scenarios: Int, seed: UInt64) -> ScenarioMatrix {
    var random = SeededGenerator(seed: seed)
    var matrix = ScenarioMatrix(
      scenarioCount: scenarios, columnCount: LossPattern.allCases.count)
    for (unit, pattern) in LossPattern.allCases.enumerated() {
      for scenario in 0..<scenarios {
        matrix[scenario: scenario, column: unit] = pattern.profit(scenario, &random)
      }
    }
    return matrix
  }

  private func read(
    _ book: ScenarioMatrix, _ request: ReadingRequest, _ target: KernelTarget
  ) throws -> UnitReadings {
    var readings = UnitReadings(request, unitCount: book.columnCount)
    for block in 0..<book.blockCount {
      let tile = ScenarioTile(firstScenario: block * 64, rowCount: book.rowsInBlock(block))
      try book.withBlock(block) { try readings.read(profits: $0, of: tile, target: target) }
    }
    return readings
  }

  @Test(arguments: KernelTarget.available, [1, 7, 64, 65, 200, 1_024, 3_001])
  func tailsEqualASort(_ target: KernelTarget, _ scenarios: Int) throws {
    let book = profits(scenarios, seed: UInt64(scenarios))
    for keep in [1, 2, 13, 36, 64, 250] {
      let request = ReadingRequest(worst: true, tailCount: keep)
      var readings = try read(book, request, target)
      let worst = (0..<book.columnCount).map { readings.worst(unit: $0) }
      let tails = readings.sortedTails(target: target)
      for (unit, pattern) in LossPattern.allCases.enumerated() {
        let losses = book.column(unit).map { 0 - $0 }
        let expected = LossTail(of: losses, keeping: keep)
        let tail = tails[unit: unit]
        #expect(tail == expected, "\(pattern)")
        #expect(tail.byScenario.elementsEqual(expected.byScenario), "\(pattern)")
        let reading = try #require(worst[unit])
        #expect(reading.loss == expected.loss(rank: 0))
        #expect(reading.scenario == expected.scenario(rank: 0))
      }
    }
  }

  @Test(arguments: KernelTarget.available) func lossFactorsCountForTheWorstAlone(
    _ target: KernelTarget
  ) throws {
    let book = profits(150, seed: 8)
    let factors = (0..<150).map { Double($0 % 3) / 2 }
    let request = ReadingRequest(worst: true, lossFactors: factors, tailCount: 5)
    var readings = try read(book, request, target)
    let worst = (0..<book.columnCount).map { readings.worst(unit: $0) }
    let tails = readings.sortedTails(target: target)
    for unit in 0..<book.columnCount {
      let scaled = zip(book.column(unit), factors).map { 0 - $0 * $1 }
      let expected = LossTail(of: scaled, keeping: 1)
      #expect(worst[unit]?.loss == expected.loss(rank: 0))
      #expect(worst[unit]?.scenario == expected.scenario(rank: 0))
      #expect(tails[unit: unit] == LossTail(of: book.column(unit).map { 0 - $0 }, keeping: 5))
    }
  }

  @Test(arguments: KernelTarget.available) func gapsEqualASearch(_ target: KernelTarget) throws {
    let (left, right) = (profits(150, seed: 31), profits(150, seed: 32))
    var readings = UnitReadings(ReadingRequest(gap: true), unitCount: left.columnCount)
    for block in 0..<left.blockCount {
      let tile = ScenarioTile(firstScenario: block * 64, rowCount: left.rowsInBlock(block))
      try left.withBlock(block) { a in
        try right.withBlock(block) { b in
          try readings.read(profits: a, of: tile, approximation: b, target: target)
        }
      }
    }
    for unit in 0..<left.columnCount {
      let distances = zip(left.column(unit), right.column(unit)).map { abs($0 - $1) }
      #expect(readings.gap(unit: unit) == distances.max())
    }
  }

  /// Sparse and dense products are read as their columns are, whatever units go together.
  @Test(arguments: KernelTarget.available, [3, 4] as [UInt64])
  func productsAreReadAsTheirColumns(_ target: KernelTarget, _ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let (columns, units, keep) = (30, 41, 9)
    var panel = ScenarioMatrix(scenarioCount: 500, columnCount: columns)
    var quantities = SparseQuantities(columnCount: columns)
    var coefficients = Matrix(rowCount: columns, columnCount: units)
    for column in 0..<columns {
      for row in 0..<500 { panel[scenario: row, column: column] = random.uniform(-1, 1) }
    }
    for unit in 0..<units {
      for column in 0..<columns where random.uniform(0, 1) < 0.3 {
        let quantity = random.uniform(-5, 5)
        quantities.append(column: column, quantity: quantity)
        coefficients[column, unit] = quantity
      }
      quantities.endUnit()
    }
    var profits = ScenarioMatrix(scenarioCount: 500, columnCount: units)
    let request = ReadingRequest(worst: true, tailCount: keep)
    var dense = UnitReadings(request, unitCount: units)
    var parts = [0..<1, 1..<19, 19..<41].map {
      (range: $0, readings: UnitReadings(request, unitCount: $0.count))
    }
    for block in 0..<panel.blockCount {
      let tile = ScenarioTile(firstScenario: block * 64, rowCount: panel.rowsInBlock(block))
      try panel.withBlock(block) { unitProfits in
        try profits.withMutableBlock(block) {
          try SparseProduct.write(
            quantities, units: 0..<units, unitProfits: unitProfits, into: &$0, target: target)
        }
        try dense.read(panel: unitProfits, coefficients, of: tile, target: target)
        for part in parts.indices {
          try parts[part].readings.read(
            quantities, units: parts[part].range, unitProfits: unitProfits, of: tile,
            target: target)
        }
      }
    }
    let denseTails = dense.sortedTails(target: target)
    for part in parts.indices {
      let tails = parts[part].readings.sortedTails(target: target)
      for (position, unit) in parts[part].range.enumerated() {
        // Terms that are zero change no sum, so dense and sparse have the same bits.
        let expected = LossTail(of: profits.column(unit).map { 0 - $0 }, keeping: keep)
        #expect(tails[unit: position] == expected)
        #expect(denseTails[unit: unit] == expected)
        #expect(parts[part].readings.worst(unit: position)?.loss == expected.loss(rank: 0))
      }
    }
  }

  @Test(arguments: KernelTarget.available, [Double.nan, .infinity, -.infinity])
  func nonfiniteProfitIsAnErrorThatNamesTheUnit(_ target: KernelTarget, _ bad: Double) throws {
    var profits = [Double](repeating: 1, count: 5 * 64)
    profits[3 * 64 + 11] = bad
    let zeros = [Double](repeating: 0, count: 5 * 64)
    let requests = [
      ReadingRequest(worst: true), ReadingRequest(tailCount: 2), ReadingRequest(gap: true)
    ]
    for request in requests {
      var readings = UnitReadings(request, unitCount: 5)
      #expect(throws: NonfiniteProfit(unit: 3)) {
        let tile = ScenarioTile(firstScenario: 0, rowCount: 12)
        if request.gap {
          try readings.read(
            profits: profits.span, of: tile, approximation: zeros.span, target: target)
        } else {
          try readings.read(profits: profits.span, of: tile, target: target)
        }
      }
    }
    // Row 11 is padding when only eleven rows count.
    var readings = UnitReadings(ReadingRequest(worst: true, tailCount: 2), unitCount: 5)
    let tile = ScenarioTile(firstScenario: 0, rowCount: 11)
    try readings.read(profits: profits.span, of: tile, target: target)
    #expect(readings.worst(unit: 3)?.loss == -1)
    #expect(readings.sortedTails(target: target)[unit: 3].losses == [-1, -1])
  }

  /// Profits whose sum overflows although each is finite.
  @Test(arguments: KernelTarget.available) func hugeProfitsAreFinite(_ target: KernelTarget) throws
  {
    let profits = [Double](repeating: -1.5e308, count: 64)
    var readings = UnitReadings(ReadingRequest(worst: true), unitCount: 1)
    try readings.read(
      profits: profits.span, of: ScenarioTile(firstScenario: 0, rowCount: 64), target: target)
    #expect(readings.worst(unit: 0)?.loss == 1.5e308)
  }

  @Test func nothingSeenIsNilAndStartForgets() throws {
    var readings = UnitReadings(ReadingRequest(worst: true, tailCount: 3), unitCount: 1)
    #expect(readings.worst(unit: 0) == nil)
    let profits = [Double](repeating: 2, count: 64)
    let tile = ScenarioTile(firstScenario: 0, rowCount: 64)
    try readings.read(profits: profits.span, of: tile)
    #expect(readings.sortedTails()[unit: 0].count == 3)
    readings.start(unitCount: 2)
    #expect(readings.worst(unit: 1) == nil)
    #expect(readings.sortedTails()[unit: 0].count == 0)
  }
}
