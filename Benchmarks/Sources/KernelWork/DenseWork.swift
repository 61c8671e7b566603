// P = X C with readings: 4,096 units, 1,024 scenarios, delta-gamma terms in the panel X.

import RiskNumerics

final class DenseWork: KernelWork {
  static let termCounts = [20, 50, 100, 200]

  let elementName = "account"
  let elementCount = 4_096
  let bound: WorkBound
  private static let batchUnitCount = 1_024
  private let termCount: Int
  private let panel: ScenarioMatrix
  private let batches: [Matrix]
  private var profits = ProfitColumns(scenarioCount: ProductReadings.scenarioCount)
  private var results = ProductReadings()

  var name: String { "dense_\(termCount)" }

  init(termCount: Int) {
    self.termCount = termCount
    bound = .matrixProduct(operations: 2 * Double(termCount * ProductReadings.scenarioCount))
    panel = Philox.normals(
      seed: 7, stream: 0, scenarioCount: ProductReadings.scenarioCount, factorCount: termCount,
      threadCount: 1)
    var draws = SeededDraws(seed: 8, count: elementCount * termCount)
    batches = (0..<elementCount / Self.batchUnitCount).map { _ in
      let elements = (0..<Self.batchUnitCount * termCount).map { _ in draws.normal() }
      return Matrix(rowCount: termCount, columnCount: Self.batchUnitCount, elements: elements)
    }
  }

  var inputs: [InputArray] {
    let tiles = (0..<panel.blockCount).flatMap { block in
      panel.withBlock(block) { tile in tile.indices.map { tile[$0] } }
    }
    return [
      InputArray("\(name)_panel.f64", tiles),
      InputArray("\(name)_coefficients.f64", batches.flatMap(\.elements))
    ]
  }

  func run() throws {
    results.removeAll()
    for coefficients in batches {
      profits.fill(panel: panel, coefficients)
      try results.append(profits)
    }
  }

  func answer() -> [Double] { results.answer }

  func check() throws {
    for unit in stride(from: 0, to: elementCount, by: 61) {
      let (batch, column) = unit.quotientAndRemainder(dividingBy: Self.batchUnitCount)
      var profits = [Double](repeating: 0, count: ProductReadings.scenarioCount)
      var scale = 0.0
      for scenario in profits.indices {
        var terms = 0.0
        for term in 0..<termCount {
          let product = panel[scenario: scenario, column: term] * batches[batch][term, column]
          profits[scenario] += product
          terms += abs(product)
        }
        scale = max(scale, terms)
      }
      try results.check(name, unit: unit, profits: profits, scale: scale)
    }
  }
}
