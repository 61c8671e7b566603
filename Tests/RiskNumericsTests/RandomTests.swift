// Normals are a pure function of (seed, stream, scenario, factor); their moments are those of a
// normal.

import RiskNumerics
import Testing

@Suite struct RandomTests {
  /// The same normal from the plain bijection.
  private func normal(_ seed: UInt64, _ stream: UInt32, _ scenario: UInt64, _ factor: Int) -> Double
  {
    let words = Philox.words4x32(
      counter: (
        UInt32(truncatingIfNeeded: scenario), UInt32(scenario >> 32), UInt32(factor / 2), stream
      ),
      key: (UInt32(truncatingIfNeeded: seed), UInt32(seed >> 32)),
      roundCount: Philox.standardRoundCount)
    let pair = factor % 2 == 0 ? (words[0], words[1]) : (words[2], words[3])
    let bits = UInt64(pair.0) | UInt64(pair.1) << 32
    // The uniform less 1/2, and its distance from the nearer end, both exact.
    let centred = (Double(bits >> 11) - 0x1p52 + 0.5) * 0x1p-53
    let normal = NormalDistribution.quantile(0.5 - abs(centred))
    return centred < 0 ? normal : -normal
  }

  @Test(arguments: [1, 0xFFFF_FFFF_FFFF_FFFF] as [UInt64])
  func tilesEqualTheScalarDefinition(_ seed: UInt64) {
    for (first, rows, factors) in [(UInt64(0), 64, 5), (0xFFFF_FFF0, 64, 4), (192, 9, 3)] {
      var tile = [Double](repeating: 5, count: 64 * factors)
      var span = tile.mutableSpan
      Philox.fillNormals(
        NormalAddress(seed: seed, stream: 3, firstScenario: first), rowCount: rows,
        factorCount: factors, into: &span)
      for factor in 0..<factors {
        for row in 0..<64 {
          let expected = row < rows ? normal(seed, 3, first + UInt64(row), factor) : 5
          #expect(tile[factor * 64 + row].bitPattern == expected.bitPattern)
        }
      }
    }
  }

  @Test func threadsAndCountsChangeNothing() {
    let one = Philox.normals(
      seed: 7, stream: 0, scenarioCount: 1_000, factorCount: 6, threadCount: 1)
    let three = Philox.normals(
      seed: 7, stream: 0, scenarioCount: 777, factorCount: 9, threadCount: 3)
    for factor in 0..<6 {
      #expect(bits(Array(one.column(factor).prefix(777))) == bits(three.column(factor)))
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func momentsAreThoseOfANormal(_ seed: UInt64) {
    let count = 100_000
    let draws = Philox.normals(
      seed: seed, stream: 0, scenarioCount: count, factorCount: 2, threadCount: 2)
    let (x, y) = (draws.column(0), draws.column(1))
    let n = Double(count)
    func mean(_ values: [Double]) -> Double { OrderedSum.total(of: values) / n }
    // Four standard errors of each sample moment: variances 1, 2, 15, 96 and 1.
    #expect(abs(mean(x)) < 4 / n.squareRoot())
    #expect(abs(mean(x.map { $0 * $0 }) - 1) < 4 * (2 / n).squareRoot())
    #expect(abs(mean(x.map { $0 * $0 * $0 })) < 4 * (15 / n).squareRoot())
    #expect(abs(mean(x.map { $0 * $0 * $0 * $0 }) - 3) < 4 * (96 / n).squareRoot())
    #expect(abs(mean(zip(x, y).map { $0 * $1 })) < 4 / n.squareRoot())
  }
}
