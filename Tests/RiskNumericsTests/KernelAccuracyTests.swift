// The kernels against values from 50-digit arithmetic (Data/reference/numerics_accuracy.py), within
// the bounds that stand in the same file.

import Foundation
import RiskNumerics
import Testing

@Suite struct KernelAccuracyTests {
  private let table: JSONValue
  private let allowed: JSONValue

  init() throws {
    table = try TestFiles.json("numerics_accuracy.json")
    allowed = try #require(table["allowed"])
  }

  private func bound(_ name: String) throws -> Double { try #require(allowed[name]?.number) }

  @Test(arguments: [
    ("exp", ElementaryKernel.exponential), ("log", .logarithm), ("normal_cdf", .normalCDF),
    ("normal_quantile", .normalQuantile)
  ])
  func elementaryFunctions(_ name: String, _ kernel: ElementaryKernel) throws {
    let rows = try #require(table[name]?.rows)
    let limit = try #require(allowed[name]?["ulp"]?.number)
    #expect(rows.count >= 200)
    for row in rows {
      let value = kernel.value(at: row[0])
      #expect(unitsInLastPlace(value, row[1]) <= limit, "\(name)(\(row[0])) = \(value)")
    }
  }

  @Test func optionValuesAndGreeks() throws {
    let rows = try #require(table["options"]?.rows)
    var streams = OptionStreams()
    for row in rows {
      let option = OptionTerms(
        strike: row[1], expiryYears: row[2], side: row[4] > 0 ? .call : .put)
      streams.append(forward: row[0], volatility: row[3], option: option)
    }
    let greeks = BlackKernel.greeks(of: streams)
    let higher = BlackKernel.higherGreeks(of: streams)
    let (ofScale, relative) = (try bound("value_of_scale"), try bound("value_relative"))
    let greekRelative = try bound("greek_relative")
    let results = [
      greeks.delta, greeks.gamma, greeks.vega, greeks.theta, higher.vanna, higher.volga
    ]
    #expect(rows.count >= 300)
    for (index, row) in rows.enumerated() {
      let error = abs(greeks.value[index] - row[5])
      #expect(error <= ofScale * max(row[0], row[1]), "\(row)")
      #expect(error <= relative * row[5], "\(row)")
      for (number, result) in results.enumerated() {
        #expect(relativeDistance(result[index], row[6 + number]) <= greekRelative, "\(row)")
      }
    }
  }

  @Test func logarithmAndExponentialAtTheEdges() {
    let log = ElementaryKernel.logarithm
    let exp = ElementaryKernel.exponential
    #expect(log.value(at: 1) == 0)
    #expect(log.value(at: 0) == -.infinity)
    #expect(log.value(at: -1).isNaN)
    #expect(log.value(at: .nan).isNaN)
    #expect(log.value(at: .infinity) == .infinity)
    #expect(unitsInLastPlace(log.value(at: 0x1p-1074), Foundation.log(0x1p-1074)) <= 2)
    #expect(exp.value(at: 0) == 1)
    #expect(exp.value(at: 710) == .infinity)
    #expect(exp.value(at: -.infinity) == 0)
    #expect(exp.value(at: .infinity) == .infinity)
    #expect(exp.value(at: .nan).isNaN)
    #expect(exp.value(at: -745) == 0x1p-1074)
  }

  @Test func normalDistributionAtTheEdges() {
    #expect(unitsInLastPlace(NormalDistribution.cdf(0), 0.5) <= 8)
    #expect(NormalDistribution.cdf(-.infinity) == 0)
    #expect(NormalDistribution.cdf(.infinity) == 1)
    #expect(NormalDistribution.cdf(.nan).isNaN)
    #expect(NormalDistribution.quantile(0) == -.infinity)
    #expect(NormalDistribution.quantile(1) == .infinity)
    #expect(NormalDistribution.quantile(0.5) == 0)
    #expect(NormalDistribution.quantile(-1e-9).isNaN)
    #expect(NormalDistribution.quantile(1.0.nextUp).isNaN)
    #expect(NormalDistribution.quantile(.nan).isNaN)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func quantileInvertsTheDistribution(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let x = random.uniform(-36, 0)
      let back = NormalDistribution.quantile(NormalDistribution.cdf(x))
      // The distribution's own relative error of 8 ulp moves x by that divided by |x|.
      #expect(abs(back - x) <= 1e-14 * max(1, abs(x)), "x = \(x)")
    }
  }
}
