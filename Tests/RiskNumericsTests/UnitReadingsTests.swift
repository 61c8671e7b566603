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
  private func profits(_ scenarios: Int, seed: UInt64) -> ProfitColumns {
    var random = SeededGenerator(seed: seed)
    var columns = ProfitColumns(scenarioCount: scenarios)
    columns.fillWithZeros(unitCount: LossPattern.allCases.count)
    for (unit, pattern) in LossPattern.allCases.enumerated() {
      columns.withMutableColumn(unit: unit) { column in
        for scenario in column.indices { column[scenario] = pattern.profit(scenario, &random) }
      }
    }
    return columns
  }

  private func column(_ unit: Int, of book: borrowing ProfitColumns) -> [Double] {
    book.withColumn(unit: unit) { column in column.indices.map { column[$0] } }
  }

  private func losses(_ unit: Int, of book: borrowing ProfitColumns) -> [Double] {
    column(unit, of: book).map { 0 - $0 }
  }

  @Test(arguments: KernelTarget.available, [1, 7, 64, 65, 200, 1_024, 3_001])
  func tailsEqualASort(_ target: KernelTarget, _ scenarios: Int) throws {
    let book = profits(scenarios, seed: UInt64(scenarios))
    for keep in [1, 2, 13, 36, 48, 49, 64, 250] {
      var readings = UnitReadings(
        ReadingRequest(worst: true, tailCount: keep), scenarioCount: scenarios)
      try readings.read(book, target: target)
      for (unit, pattern) in LossPattern.allCases.enumerated() {
        let expected = LossTail(of: losses(unit, of: book), keeping: keep)
        let tail = readings.tail(unit: unit)
        #expect(tail == expected, "\(pattern)")
        #expect(tail.byScenario.elementsEqual(expected.byScenario), "\(pattern)")
        #expect(readings.worst(unit: unit).loss == expected.loss(rank: 0))
        #expect(readings.worst(unit: unit).scenario == expected.scenario(rank: 0))
      }
    }
  }

  @Test(arguments: KernelTarget.available) func lossFactorsCountForTheWorstAlone(
    _ target: KernelTarget
  ) throws {
    let book = profits(150, seed: 8)
    let factors = (0..<150).map { Double($0 % 3) / 2 }
    let request = ReadingRequest(worst: true, lossFactors: factors, tailCount: 5)
    var readings = UnitReadings(request, scenarioCount: 150)
    try readings.read(book, target: target)
    for unit in 0..<book.unitCount {
      let scaled = zip(column(unit, of: book), factors).map { 0 - $0 * $1 }
      let expected = LossTail(of: scaled, keeping: 1)
      #expect(readings.worst(unit: unit).loss == expected.loss(rank: 0))
      #expect(readings.worst(unit: unit).scenario == expected.scenario(rank: 0))
      #expect(readings.tail(unit: unit) == LossTail(of: losses(unit, of: book), keeping: 5))
    }
  }

  @Test(arguments: KernelTarget.available) func gapsEqualASearch(_ target: KernelTarget) throws {
    let left = profits(150, seed: 31)
    let right = profits(150, seed: 32)
    var readings = UnitReadings(ReadingRequest(gap: true), scenarioCount: 150)
    try readings.read(left, approximation: right, target: target)
    for unit in 0..<left.unitCount {
      let distances = zip(column(unit, of: left), column(unit, of: right)).map { abs($0 - $1) }
      #expect(readings.gap(unit: unit) == distances.max())
    }
  }

  @Test(arguments: KernelTarget.available, [Double.nan, .infinity, -.infinity])
  func nonfiniteProfitIsAnErrorThatNamesTheUnit(_ target: KernelTarget, _ bad: Double) throws {
    for scenario in [0, 11, 63, 64, 69] {
      var book = profits(70, seed: 5)
      book.withMutableColumn(unit: 3) { $0[scenario] = bad }
      book.withMutableColumn(unit: 4) { $0[scenario] = bad }
      let good = profits(70, seed: 5)
      for request in [ReadingRequest(worst: true), ReadingRequest(tailCount: 2)] {
        var readings = UnitReadings(request, scenarioCount: 70)
        #expect(throws: NonfiniteProfit(unit: 3)) { try readings.read(book, target: target) }
        try readings.read(good, target: target)
      }
      var gaps = UnitReadings(ReadingRequest(gap: true), scenarioCount: 70)
      #expect(throws: NonfiniteProfit(unit: 3)) {
        try gaps.read(book, approximation: good, target: target)
      }
      #expect(throws: NonfiniteProfit(unit: 3)) {
        try gaps.read(good, approximation: book, target: target)
      }
    }
  }

  /// What stands in a tile behind the scenarios is not read.
  @Test(arguments: KernelTarget.available) func fillIsNotRead(_ target: KernelTarget) throws {
    let matrix = ScenarioMatrix.filled(scenarioCount: 75, columnCount: 1, threadCount: 1) {
      (block: Int, elements: inout MutableSpan<Double>) in
      for row in elements.indices { elements[row] = block * 64 + row < 75 ? 1 : -.infinity }
    }
    var quantities = SparseQuantities(columnCount: 1)
    quantities.append(column: 0, quantity: 1)
    quantities.endUnit()
    var book = ProfitColumns(scenarioCount: 75)
    book.fill(quantities, units: 0..<1, unitProfits: matrix, target: target)
    var readings = UnitReadings(ReadingRequest(worst: true, tailCount: 2), scenarioCount: 75)
    try readings.read(book, target: target)
    #expect(readings.worst(unit: 0).loss == -1)
    #expect(readings.tail(unit: 0).losses == [-1, -1])
  }

  /// Profits whose sum overflows although each is finite.
  @Test(arguments: KernelTarget.available) func hugeProfitsAreFinite(_ target: KernelTarget) throws
  {
    var book = ProfitColumns(scenarioCount: 64)
    book.fillWithZeros(unitCount: 1)
    book.withMutableColumn(unit: 0) { column in
      for scenario in column.indices { column[scenario] = scenario == 9 ? -1.6e308 : -1.5e308 }
    }
    var readings = UnitReadings(ReadingRequest(worst: true, tailCount: 2), scenarioCount: 64)
    try readings.read(book, target: target)
    #expect(readings.worst(unit: 0) == (1.6e308, 9))
    #expect(readings.tail(unit: 0).losses == [1.6e308, 1.5e308])
  }

  @Test func memoryServesOneSetOfUnitsAfterAnother() throws {
    var readings = UnitReadings(ReadingRequest(worst: true, tailCount: 3), scenarioCount: 90)
    for seed in 1..<4 as Range<UInt64> {
      var book = profits(90, seed: seed)
      try readings.read(book)
      #expect(readings.tail(unit: 2) == LossTail(of: losses(2, of: book), keeping: 3))
      book.fillWithZeros(unitCount: 1)
      try readings.read(book)
      #expect(readings.unitCount == 1)
      #expect(readings.worst(unit: 0) == (0, 0))
    }
  }
}
