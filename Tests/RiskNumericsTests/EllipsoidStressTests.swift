// Worst cases in a ball: optimality conditions, random search, hard and empty cases, and that the
// nearest scenario is their inverse.

import RiskNumerics
import Testing

@Suite struct EllipsoidStressTests {
  private struct Problem {
    let gradient: [Double]
    let curvature: Matrix

    func profit(_ y: [Double]) -> Double {
      let image = LinearAlgebra.product(curvature, vector: y)
      return zip(y, zip(gradient, image)).reduce(0) { $0 + $1.0 * ($1.1.0 + $1.1.1 / 2) }
    }
  }

  private func problem(_ random: inout SeededGenerator) -> Problem {
    let size = Int.random(in: 1...8, using: &random)
    var curvature = Matrix(rowCount: size, columnCount: size)
    for column in 0..<size {
      for row in 0...column {
        curvature[row, column] = random.uniform(-1, 1)
        curvature[column, row] = curvature[row, column]
      }
    }
    return Problem(gradient: (0..<size).map { _ in random.uniform(-1, 1) }, curvature: curvature)
  }

  @Test func optimalityHolds() throws {
    var random = SeededGenerator(seed: 81)
    for _ in 0..<500 {
      let problem = problem(&random)
      let stress = try EllipsoidStress(gradient: problem.gradient, curvature: problem.curvature)
      let radius = random.uniform(0.01, 6)
      let worst = stress.worstCase(radius: radius)
      #expect(worst.distance <= radius * (1 + 1e-12))
      #expect(abs(problem.profit(worst.scenario) - worst.profit) < 1e-12 * (1 + abs(worst.profit)))
      // (H + mu I) y = -g.
      let image = LinearAlgebra.product(problem.curvature, vector: worst.scenario)
      for index in worst.scenario.indices {
        let residual =
          image[index] + worst.multiplier * worst.scenario[index] + problem.gradient[index]
        #expect(abs(residual) < 1e-11 * (1 + worst.multiplier * radius))
      }
      #expect(worst.multiplier >= 0)
      if worst.multiplier > 0 { #expect(abs(worst.distance - radius) < 1e-11 * radius) }
      for _ in 0..<50 {
        let raw = worst.scenario.indices.map { _ in random.uniform(-1, 1) }
        let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let point = raw.map { $0 / length * radius * random.uniform(0, 1) }
        #expect(problem.profit(point) >= worst.profit - 1e-12)
      }
    }
  }

  @Test func nearestScenarioIsTheInverse() throws {
    var random = SeededGenerator(seed: 82)
    for _ in 0..<500 {
      let problem = problem(&random)
      let stress = try EllipsoidStress(gradient: problem.gradient, curvature: problem.curvature)
      let radius = random.uniform(0.1, 5)
      let worst = stress.worstCase(radius: radius)
      guard worst.multiplier > 1e-3, worst.profit < -1e-3 else { continue }
      let nearest = try #require(stress.nearest(losing: -worst.profit))
      #expect(abs(nearest.distance - radius) < 1e-9 * radius)
    }
  }

  @Test func hardCaseHasTwoWorstScenarios() throws {
    let stress = try EllipsoidStress(
      gradient: [0, 1], curvature: Matrix(rowCount: 2, columnCount: 2, elements: [-2, 0, 0, 1]))
    let worst = stress.worstCase(radius: 3)
    let twin = try #require(worst.twin)
    #expect(twin[0] == -worst.scenario[0] && twin[1] == worst.scenario[1])
  }

  @Test func lossesThatNothingReaches() throws {
    // Profit 2 y + y^2 / 2 is never below -2.
    let bowl = try EllipsoidStress(
      gradient: [2], curvature: Matrix(rowCount: 1, columnCount: 1, elements: [1]))
    #expect(bowl.nearest(losing: 2.001) == nil)
    let reached = try #require(bowl.nearest(losing: 1.999))
    #expect(abs(reached.profit + 1.999) < 1e-12)
    let flat = try EllipsoidStress(
      gradient: [0, 0], curvature: Matrix(rowCount: 2, columnCount: 2))
    #expect(flat.nearest(losing: 1) == nil)
    #expect(flat.worstCase(radius: 3).profit == 0)
  }
}
