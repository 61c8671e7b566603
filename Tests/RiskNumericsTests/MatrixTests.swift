// The law of storage: where an element lies, and that copies are values.

import RiskNumerics
import Testing

@Suite struct MatrixTests {
  @Test func matricesAreColumnMajor() {
    var matrix = Matrix(rowCount: 2, columnCount: 3, elements: [1, 2, 3, 4, 5, 6])
    #expect(matrix[1, 0] == 2)
    #expect(matrix[0, 2] == 5)
    matrix.withMutableColumn(1) { $0[0] = 30 }
    #expect(matrix.elements == [1, 2, 30, 4, 5, 6])
    #expect(matrix.withColumn(1) { $0[0] + $0[1] } == 34)
    #expect(matrix.transposed.elements == [1, 30, 5, 2, 4, 6])
    #expect(Matrix(rowCount: 2, columnCount: 1, elements: [3, 4]).frobeniusNorm == 5)
  }

  @Test(arguments: [0, 1, 63, 64, 65, 128, 150]) func blocksCoverTheScenarios(_ scenarios: Int) {
    let matrix = ScenarioMatrix.filled(scenarioCount: scenarios, columnCount: 3, threadCount: 2) {
      block, span in
      let rows = min(64, scenarios - block * 64)
      for column in 0..<3 {
        for row in 0..<rows { span[row + 64 * column] = Double(1_000 * column + block * 64 + row) }
      }
    }
    #expect(matrix.blockCount == (scenarios + 63) / 64)
    #expect((0..<matrix.blockCount).reduce(0) { $0 + matrix.rowsInBlock($1) } == scenarios)
    for column in 0..<3 {
      #expect(matrix.column(column) == (0..<scenarios).map { Double(1_000 * column + $0) })
    }
    if scenarios > 0 {
      let last = matrix.blockCount - 1
      let padding = matrix.withBlock(last) { span in
        (matrix.rowsInBlock(last)..<64).allSatisfy { span[$0] == 0 && span[128 + $0] == 0 }
      }
      #expect(padding)
    }
    #expect(matrix.isFinite)
  }

  @Test func aCopyIsAValue() {
    var first = ScenarioMatrix(scenarioCount: 70, columnCount: 2)
    let second = first
    first[scenario: 69, column: 1] = 5
    first.withMutableBlock(0) { $0[0] = 7 }
    #expect(first[scenario: 69, column: 1] == 5)
    #expect(first[scenario: 0, column: 0] == 7)
    #expect(second[scenario: 69, column: 1] == 0)
    #expect(second[scenario: 0, column: 0] == 0)
    first[scenario: 1, column: 0] = .nan
    #expect(!first.isFinite)
  }

  @Test func orderedSumHasItsTree() {
    let values = (0..<19).map { 0.1 * Double($0) + 1e9 * Double($0 % 3) }
    var lanes = [Double](repeating: 0, count: 8)
    for (index, value) in values.enumerated() { lanes[index % 8] += value }
    let even = (lanes[0] + lanes[4]) + (lanes[2] + lanes[6])
    let odd = (lanes[1] + lanes[5]) + (lanes[3] + lanes[7])
    #expect(OrderedSum.total(of: values).bitPattern == (even + odd).bitPattern)
    #expect(OrderedSum.total(of: []) == 0)
  }

  @Test func kernelTargetsAreNamed() throws {
    #expect(KernelTarget.available.first == .generic)
    #expect(try KernelTarget.named("generic") == .generic)
    #expect(throws: KernelTargetError.unknown(name: "sse9")) { try KernelTarget.named("sse9") }
    #expect(KernelTargetError.unknown(name: "sse9").description.contains("generic"))
  }

  @Test(arguments: [0, 1, 2, 9, 32, 33, 200]) func sortingFewIsStable(_ count: Int) {
    var generator = SeededGenerator(seed: 9)
    var pairs = (0..<count).map { (key: Int(generator.uniform(0, 5)), place: $0) }
    pairs.sortFew { $0.key < $1.key }
    for (before, after) in zip(pairs, pairs.dropFirst()) {
      #expect((before.key, before.place) < (after.key, after.place))
    }
    #expect(Set(pairs.map(\.place)) == Set(0..<count))
  }
}
