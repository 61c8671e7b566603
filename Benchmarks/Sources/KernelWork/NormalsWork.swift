// Independent standard normals: 1,024 scenarios of 64 factors.

import RiskNumerics

final class NormalsWork: KernelWork {
  let name = "normals"
  let elementName = "normal"
  private static let factorCount = 64
  let elementCount = ProductReadings.scenarioCount * factorCount
  let bound = WorkBound.arithmetic(perEightElements: 45)
  let inputs: [InputArray] = []
  private static let seed: UInt64 = 9
  private var tiles = [[Double]](
    repeating: [Double](repeating: 0, count: factorCount * ScenarioMatrix.blockRowCount),
    count: ProductReadings.tileCount)

  func run() {
    for block in tiles.indices {
      let address = NormalAddress(
        seed: Self.seed, stream: 0, firstScenario: UInt64(block * ScenarioMatrix.blockRowCount))
      withSpan(of: &tiles[block]) { tile in
        Philox.fillNormals(
          address, rowCount: ScenarioMatrix.blockRowCount, factorCount: Self.factorCount,
          into: &tile)
      }
    }
  }

  func answer() -> [Double] { tiles.flatMap { $0 } }

  func check() throws {
    // Five standard errors of the mean and of the variance.
    let normals = answer()
    let count = Double(normals.count)
    let mean = normals.reduce(0, +) / count
    let variance = normals.reduce(0) { $0 + $1 * $1 } / count
    guard abs(mean) < 5 / count.squareRoot() else {
      throw WrongAnswer(name, "moment", index: 1, got: mean, expected: 0)
    }
    guard abs(variance - 1) < 5 * (2 / count).squareRoot() else {
      throw WrongAnswer(name, "moment", index: 2, got: variance, expected: 1)
    }
  }
}
