// Seeded numbers for inputs: every draw is a function of the seed, so all programs see the same.

import RiskNumerics

struct SeededDraws {
  private var normals: [Double]
  private var next = 0

  /// At most `count` draws.
  init(seed: UInt64, count: Int) {
    let matrix = Philox.normals(
      seed: seed, stream: 0, scenarioCount: count, factorCount: 1, threadCount: 1)
    normals = matrix.column(0)
  }

  mutating func normal() -> Double {
    next += 1
    return normals[next - 1]
  }

  mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * NormalDistribution.cdf(normal())
  }

  mutating func logUniform(_ low: Double, _ high: Double) -> Double {
    ElementaryKernel.exponential.value(
      at: uniform(
        ElementaryKernel.logarithm.value(at: low), ElementaryKernel.logarithm.value(at: high)))
  }

  mutating func integer(_ range: Range<Int>) -> Int {
    let drawn = uniform(Double(range.lowerBound), Double(range.upperBound))
    return min(Int(drawn), range.upperBound - 1)
  }
}
