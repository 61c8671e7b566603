// Products of scenario matrices against plain twins, whatever units and scenarios go together.

import RiskNumerics
import Testing

@Suite struct AggregationTests {
  private static let scenarioCounts = [1, 64, 75, 200]

  private func matrix(_ scenarios: Int, _ columns: Int, seed: UInt64) -> ScenarioMatrix {
    var random = SeededGenerator(seed: seed)
    var matrix = ScenarioMatrix(scenarioCount: scenarios, columnCount: columns)
    for column in 0..<columns {
      for scenario in 0..<scenarios {
        matrix[scenario: scenario, column: column] = random.uniform(-1, 1)
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

  private func column(_ unit: Int, of profits: borrowing ProfitColumns) -> [Double] {
    profits.withColumn(unit: unit) { column in column.indices.map { column[$0] } }
  }

  @Test(arguments: KernelTarget.available, scenarioCounts)
  func sparseProductIsOneChainPerElement(_ target: KernelTarget, _ scenarios: Int) {
    let (columns, units) = (40, 53)
    let matrix = matrix(scenarios, columns, seed: 21)
    let book = quantities(columns, units, seed: 22)
    var profits = ProfitColumns(scenarioCount: scenarios)
    for range in [0..<units, 17..<27, 0..<0, 52..<53] {
      profits.fill(book, units: range, unitProfits: matrix, target: target)
      #expect(profits.unitCount == range.count)
      for (position, unit) in range.enumerated() {
        let expected = (0..<scenarios).map { scenario in
          var sum = 0.0
          for entry in Int(book.offsets[unit])..<Int(book.offsets[unit + 1]) {
            let column = Int(book.columns[entry])
            sum.addProduct(book.quantities[entry], matrix[scenario: scenario, column: column])
          }
          return sum
        }
        #expect(bits(column(position, of: profits)) == bits(expected))
      }
    }
  }

  @Test(arguments: KernelTarget.available, scenarioCounts)
  func denseProductIsOneChainPerElement(_ target: KernelTarget, _ scenarios: Int) {
    var random = SeededGenerator(seed: 23)
    var profits = ProfitColumns(scenarioCount: scenarios)
    for (terms, units) in [(0, 2), (1, 1), (2, 3), (3, 0), (7, 4), (64, 10)] {
      let panel = matrix(scenarios, terms, seed: 24)
      var coefficients = Matrix(rowCount: terms, columnCount: units)
      for unit in 0..<units {
        for term in 0..<terms { coefficients[term, unit] = random.uniform(-2, 2) }
      }
      profits.fill(panel: panel, coefficients, target: target)
      for unit in 0..<units {
        let expected = (0..<scenarios).map { scenario in
          var sum = 0.0
          for term in 0..<terms {
            sum.addProduct(coefficients[term, unit], panel[scenario: scenario, column: term])
          }
          return sum
        }
        #expect(bits(column(unit, of: profits)) == bits(expected))
      }
    }
  }
}
