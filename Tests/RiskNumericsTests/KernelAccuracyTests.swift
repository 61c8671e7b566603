// The element-wise kernels against values from 50-digit arithmetic, within the bounds that stand
// beside the values, and at the edges of their domains.

import Foundation
import RiskNumerics
import Testing

@Suite struct KernelAccuracyTests {
  /// Below this a table says little about the largest error.
  private static let rowCountMin = 1_000

  @Test(
    arguments: KernelTarget.available,
    [
      ("exp", ElementaryKernel.exponential), ("log", .logarithm),
      ("normal_density", .normalDensity), ("normal_cdf", .normalCDF),
      ("normal_complement", .normalComplement), ("normal_quantile", .normalQuantile),
      ("mills_ratio", .millsRatio)
    ])
  func elementaryFunctions(
    _ target: KernelTarget, _ function: (name: String, kernel: ElementaryKernel)
  ) throws {
    let table = try AccuracyTable(function.name)
    let points = try table.column("x")
    var results = [Double](repeating: .nan, count: table.rowCount)
    var span = results.mutableSpan
    function.kernel.apply(points.span, into: &span, target: target)
    try judge(results, table, name: function.name, target) { "x = \(points[$0])" }
  }

  @Test(arguments: KernelTarget.available) func logarithmOfRatio(_ target: KernelTarget) throws {
    let table = try AccuracyTable("log_ratio")
    let (a, b) = (try table.column("a"), try table.column("b"))
    var results = [Double](repeating: .nan, count: table.rowCount)
    var span = results.mutableSpan
    ElementaryKernel.logarithmOfRatio(a.span, b.span, into: &span, target: target)
    try judge(results, table, name: "log_ratio", target) { "a = \(a[$0]), b = \(b[$0])" }
  }

  private func judge(
    _ results: [Double], _ table: AccuracyTable, name: String, _ target: KernelTarget,
    describe: (Int) -> String
  ) throws {
    let errors = unitsInLastPlace(
      results, rounded: try table.column("value"), remainder: try table.column("remainder"))
    let place = errors.place.map(describe) ?? "no point"
    print(
      "\(name), \(target): max \(errors.largest.twoDigits) ulp at \(place),",
      "mean \(errors.mean.twoDigits), \(errors.count) points")
    #expect(errors.count >= Self.rowCountMin)
    #expect(errors.largest <= (try AccuracyTable.bound(name, "ulp")), "\(name) at \(place)")
  }

  @Test func logarithmAndExponentialAtTheEdges() {
    let log = ElementaryKernel.logarithm
    let exp = ElementaryKernel.exponential
    #expect(log.value(at: 1) == 0)
    #expect(log.value(at: 0) == -.infinity)
    #expect(log.value(at: -1).isNaN)
    #expect(log.value(at: .nan).isNaN)
    #expect(log.value(at: .infinity) == .infinity)
    #expect(exp.value(at: 0) == 1)
    #expect(exp.value(at: 710) == .infinity)
    #expect(exp.value(at: -.infinity) == 0)
    #expect(exp.value(at: .infinity) == .infinity)
    #expect(exp.value(at: .nan).isNaN)
    #expect(exp.value(at: -745) == 0x1p-1074)
  }

  @Test func normalDistributionAtTheEdges() throws {
    let limit = try AccuracyTable.bound("normal_cdf", "ulp")
    #expect(unitsInLastPlace(NormalDistribution.cdf(0), 0.5) <= limit)
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
      // The distribution's own relative error of 2 ulp moves x by that divided by |x|.
      #expect(abs(back - x) <= 1e-14 * max(1, abs(x)), "x = \(x)")
    }
  }
}
