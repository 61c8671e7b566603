// Evenness of the Sobol sequence, with and without scrambling.

import RiskNumerics
import Testing

@Suite struct SobolTests {
  /// Every 2^k consecutive points put one into each interval of length 2^-k, in each dimension.
  @Test(arguments: [false, true]) func everyIntervalHasOnePoint(_ isScrambled: Bool) {
    let sequence = SobolSequence(dimensionCount: SobolSequence.dimensionCountMax)
    for dimension in [0, 1, 2, 3, 7, 100, 511, 1_023] {
      for (first, power) in [(0, 10), (1_024, 10), (4_096, 6)] {
        let count = 1 << power
        let cells = (first..<(first + count)).map { index in
          let u =
            isScrambled
            ? sequence.scrambled(index: UInt32(index), dimension: dimension, seed: 5)
            : sequence.coordinate(index: UInt32(index), dimension: dimension)
          return Int(u * Double(count))
        }
        #expect(Set(cells).count == count, "dimension \(dimension)")
      }
    }
  }

  /// Dimensions 0 and 1 together: one point of 2^10 in every box of area 2^-10.
  @Test(arguments: [false, true]) func everyBoxHasOnePoint(_ isScrambled: Bool) {
    let sequence = SobolSequence(dimensionCount: 2)
    func coordinate(_ index: Int, _ dimension: Int) -> Double {
      isScrambled
        ? sequence.scrambled(index: UInt32(index), dimension: dimension, seed: 9)
        : sequence.coordinate(index: UInt32(index), dimension: dimension)
    }
    for split in 0...10 {
      let boxes = (0..<1_024).map { index in
        let (x, y) = (coordinate(index, 0), coordinate(index, 1))
        return Int(x * Double(1 << split)) << (10 - split) | Int(y * Double(1 << (10 - split)))
      }
      #expect(Set(boxes).count == 1_024, "split \(split)")
    }
  }

  @Test func scramblesAreUniformAndIndependentOfEachOther() {
    let sequence = SobolSequence(dimensionCount: 3)
    // One index over many seeds is a sample of the uniform distribution.
    for (index, dimension) in [(0, 0), (1, 1), (77, 2)] {
      let draws = (0..<4_000).map {
        sequence.scrambled(index: UInt32(index), dimension: dimension, seed: UInt64($0))
      }
      let mean = draws.reduce(0, +) / 4_000
      let square = draws.reduce(0) { $0 + $1 * $1 } / 4_000
      #expect(abs(mean - 0.5) < 4 * (1.0 / 12 / 4_000).squareRoot())
      #expect(abs(square - 1.0 / 3) < 4 * (4.0 / 45 / 4_000).squareRoot())
      #expect(draws.allSatisfy { $0 > 0 && $0 < 1 })
    }
  }

  /// The mean of a smooth function converges faster than by sampling, and scrambles scatter around
  /// the truth with the error they show.
  @Test func meansConvergeFasterThanSampling() {
    let sequence = SobolSequence(dimensionCount: 5)
    let estimates = (0..<16).map { seed -> Double in
      let normals = sequence.normals(
        seed: UInt64(seed), stream: 0, scenarioCount: 4_096, threadCount: 2)
      let sum = (0..<4_096).reduce(0.0) { sum, scenario in
        sum
          + ElementaryKernel.exponential.value(
            at: 0.2 * (0..<5).reduce(0) { $0 + normals[scenario: scenario, column: $1] })
      }
      return sum / 4_096
    }
    let truth = ElementaryKernel.exponential.value(at: 0.1)
    let mean = estimates.reduce(0, +) / 16
    let deviation =
      (estimates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 15).squareRoot()
    // By plain sampling the deviation of 4,096 draws would be 0.0083.
    #expect(deviation < 0.0083 / 20)
    #expect(abs(mean - truth) < 4 * deviation / 4)
  }

  @Test func normalsDependOnTheirCoordinatesAlone() {
    let wide = SobolSequence(dimensionCount: 7)
      .normals(seed: 3, stream: 2, scenarioCount: 500, threadCount: 2)
    let narrow = SobolSequence(dimensionCount: 4)
      .normals(seed: 3, stream: 2, scenarioCount: 130, threadCount: 1)
    let sequence = SobolSequence(dimensionCount: 7)
    for scenario in 0..<130 {
      for column in 0..<4 {
        #expect(
          wide[scenario: scenario, column: column] == narrow[scenario: scenario, column: column])
        let u = sequence.scrambled(
          index: UInt32(scenario), dimension: column, seed: 3, stream: 2)
        #expect(narrow[scenario: scenario, column: column] == NormalDistribution.quantile(u))
      }
    }
  }
}
