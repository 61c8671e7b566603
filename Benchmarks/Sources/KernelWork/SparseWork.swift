// P = U Q with readings: 20,000 accounts of 12.5 positions on average, 2,000 instruments, 1,024
// scenarios.

import RiskNumerics

final class SparseWork: KernelWork {
  enum Tails: String {
    case gaussian = "gauss"
    /// Student's t with three degrees of freedom; one instrument in twenty never moves.
    case heavy
  }

  let elementName = "account"
  let elementCount = 20_000
  let bound: WorkBound
  private static let instrumentCount = 2_000
  private static let batchUnitCount = 1_024
  private let tails: Tails
  private let unitProfits: ScenarioMatrix
  private var quantities = SparseQuantities(columnCount: instrumentCount)
  private var profits = ProfitColumns(scenarioCount: ProductReadings.scenarioCount)
  private var results = ProductReadings()

  var name: String { "sparse_\(tails.rawValue)" }

  init(tails: Tails) {
    self.tails = tails
    unitProfits = Self.profits(tails)
    var draws = SeededDraws(seed: 5, count: 1 << 20)
    for _ in 0..<elementCount {
      // 1 to 24 positions, now and then up to 40: 12.5 and a little more on average.
      let count = draws.uniform(0, 1) < 0.97 ? draws.integer(1..<25) : draws.integer(25..<41)
      var columns: Set<Int> = []
      while columns.count < count { columns.insert(draws.integer(0..<Self.instrumentCount)) }
      for column in columns.sorted() {
        quantities.append(column: column, quantity: 10 * draws.normal())
      }
      quantities.endUnit()
    }
    let entries = Double(quantities.entryCount) / Double(elementCount)
    bound = .cacheLoads(bytes: entries * Double(ProductReadings.scenarioCount) * 8)
  }

  private static func profits(_ tails: Tails) -> ScenarioMatrix {
    let normals = Philox.normals(
      seed: 6, stream: 0, scenarioCount: ProductReadings.scenarioCount,
      factorCount: tails == .gaussian ? instrumentCount : 4 * instrumentCount, threadCount: 1)
    if tails == .gaussian { return normals }
    var result = ScenarioMatrix(
      scenarioCount: ProductReadings.scenarioCount, columnCount: instrumentCount)
    for scenario in 0..<ProductReadings.scenarioCount {
      for column in 0..<instrumentCount where column % 20 != 0 {
        var squares = 0.0
        for part in 1..<4 {
          let normal = normals[scenario: scenario, column: 4 * column + part]
          squares += normal * normal
        }
        result[scenario: scenario, column: column] =
          normals[scenario: scenario, column: 4 * column] / (squares / 3).squareRoot()
      }
    }
    return result
  }

  var inputs: [InputArray] {
    let tiles = (0..<unitProfits.blockCount).flatMap { block in
      unitProfits.withBlock(block) { tile in tile.indices.map { tile[$0] } }
    }
    return [
      InputArray("\(name).f64", tiles), InputArray("sparse_offsets.i64", quantities.offsets),
      InputArray("sparse_columns.i32", quantities.columns),
      InputArray("sparse_quantities.f64", quantities.quantities)
    ]
  }

  func run() throws {
    results.removeAll()
    for first in stride(from: 0, to: elementCount, by: Self.batchUnitCount) {
      let units = first..<min(first + Self.batchUnitCount, elementCount)
      profits.fill(quantities, units: units, unitProfits: unitProfits)
      try results.append(profits)
    }
  }

  func answer() -> [Double] { results.answer }

  func check() throws {
    for unit in stride(from: 0, to: elementCount, by: 97) {
      var profits = [Double](repeating: 0, count: ProductReadings.scenarioCount)
      var scale = 0.0
      for scenario in profits.indices {
        var terms = 0.0
        for entry in Int(quantities.offsets[unit])..<Int(quantities.offsets[unit + 1]) {
          let term =
            quantities.quantities[entry]
            * unitProfits[scenario: scenario, column: Int(quantities.columns[entry])]
          profits[scenario] += term
          terms += abs(term)
        }
        scale = max(scale, terms)
      }
      try results.check(name, unit: unit, profits: profits, scale: scale)
    }
  }
}
