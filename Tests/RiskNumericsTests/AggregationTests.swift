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
  ) throws {
    var random = SeededGenerator(seed: 21)
    let (columns, units) = (40, 53)
    let tile = (0..<(columns * 64)).map { _ in random.uniform(-1, 1) }
    let book = quantities(columns, units, seed: 22)
    var result = [Double](repeating: .nan, count: units * 64)
    var span = result.mutableSpan
    try SparseProduct.write(
      book, units: 0..<units, unitProfits: tile.span, into: &span, target: target)
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
    try SparseProduct.write(
      book, units: 17..<27, unitProfits: tile.span, into: &partSpan, target: target)
    #expect(bits(part) == bits(Array(result[(17 * 64)..<(27 * 64)])))
  }

  @Test(arguments: KernelTarget.available, [0, 1, 2, 3, 7, 64])
  func denseProductIsOneChainPerElement(_ target: KernelTarget, _ terms: Int) throws {
    var random = SeededGenerator(seed: 23)
    for units in [0, 1, 2, 3, 4, 10] {
      let panel = (0..<(terms * 64)).map { _ in random.uniform(-1, 1) }
      var coefficients = Matrix(rowCount: terms, columnCount: units)
      for unit in 0..<units {
        for term in 0..<terms { coefficients[term, unit] = random.uniform(-2, 2) }
      }
      var result = [Double](repeating: .nan, count: units * 64)
      var span = result.mutableSpan
      try DenseProduct.write(panel: panel.span, coefficients, into: &span, target: target)
      for unit in 0..<units {
        for row in 0..<64 {
          var sum = 0.0
          for term in 0..<terms { sum.addProduct(coefficients[term, unit], panel[term * 64 + row]) }
          #expect(result[unit * 64 + row].bitPattern == sum.bitPattern)
        }
      }
    }
  }
}
