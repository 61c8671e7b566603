// What is said of accounts whose exact distribution cannot be found.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct AnalyticFallbackTests {
  private static func run(
    _ distribution: AnalyticSettings.Distribution, level: Double, horizonDays: Double = 1,
    _ hold: (inout TestBook) -> Void
  ) throws -> WholeRun {
    var test = RandomBook(seed: 91, accountCount: 3).test
    (test.positions, test.balances) = ([], [])
    hold(&test)
    var settings = TestTerms.settings()
    var analytic = AnalyticSettings()
    analytic.isAttributed = true
    analytic.distribution = distribution
    analytic.drawCount = 1_024
    analytic.horizonDays = horizonDays
    settings.analytic = analytic
    settings.confidence.valueAtRisk = level
    return try WholeRun(test.book(), settings)
  }

  /// A coin loses `-(x + x^2 / 2)` of its value, at most half of it, at x = -1. With a deviation of
  /// about 0.35 the loss at the highest level that a number can say is that to all digits, where the
  /// density has no end and no contour settles.
  @Test func theSaddlepointStandsIn() throws {
    let run = try Self.run(.normal, level: 1 - 0x1p-53, horizonDays: 500) { test in
      test.balances = [("a", "BTC", 1), ("a", "USD", 1_000)]
    }
    let result = try #require(run.blocks[0].analytic)
    let row = try #require(result.measures.first)
    #expect(row.method == .saddlepoint)
    #expect(row.fallbackReason?.contains("no contour converged") == true)
    #expect(abs(row.measures.valueAtRiskUSD / 40_000 - 1) < 1e-9)
    expectUnattributed(run, result)
  }

  /// A millionth above two degrees of freedom the integral of the excess hardly exists, and no contour
  /// settles. The saddlepoint knows normal moves only.
  @Test func theFormInDrawsStandsIn() throws {
    let run = try Self.run(.student(degrees: .fixed(2.000_001)), level: 0.99) { test in
      test.positions = [("a", "BTC-C-80000", 1, nil), ("a", "BTC-LIN", -0.55, nil)]
      test.balances = [("a", "USDC", 1_000)]
    }
    let result = try #require(run.blocks[0].analytic)
    let row = try #require(result.measures.first)
    #expect(row.method == .sampled && row.saddlepoint == nil)
    #expect(row.fallbackReason?.contains("no contour converged") == true)
    #expect(row.measures.valueAtRiskUSD > 0)
    #expect(row.measures.expectedShortfallUSD > row.measures.valueAtRiskUSD)
    expectUnattributed(run, result)
  }

  /// At just above two degrees of freedom the measures of a vast linear exposure beside one option are
  /// still found, the moments that contributions need are not.
  @Test func contributionsMayFailAlone() throws {
    let run = try Self.run(.student(degrees: .fixed(2.01)), level: 0.99) { test in
      test.positions = [("a", "BTC-C-80000", -1, nil)]
      test.balances = [("a", "BTC", 1e9), ("a", "STETH", 1e-3)]
    }
    let result = try #require(run.blocks[0].analytic)
    let row = try #require(result.measures.first)
    #expect(row.method == .inversion)
    #expect(row.fallbackReason?.hasPrefix("contributions: ") == true)
    expectUnattributed(run, result)
  }

  private func expectUnattributed(_ run: WholeRun, _ result: AnalyticResult) {
    #expect(result.contributions.isEmpty && result.unattributed == [AccountIndex(0)])
    #expect(
      run.book.warnings.first { $0.kind == "contributions_not_found" }?.count == 1)
  }
}
