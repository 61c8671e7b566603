// Exact measures of accounts: sums of contributions, the referee, and accounts that have no
// distribution to speak of.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct AnalyticTests {
  private static func settings(
    _ change: (inout AnalyticSettings) -> Void = { _ in }
  ) -> RunSettings {
    var analytic = AnalyticSettings()
    analytic.isAttributed = true
    change(&analytic)
    var settings = RandomBook.settings(drawCount: 4_096)
    settings.analytic = analytic
    return settings
  }

  private static func isClose(_ sum: Double, _ total: Double, size: Double) -> Bool {
    abs(sum - total) <= 1e-10 * max(abs(total), size)
  }

  @Test(arguments: [AnalyticSettings.Distribution.normal, .student(degrees: .fixed(4))])
  func contributionsAddUp(_ distribution: AnalyticSettings.Distribution) throws {
    let book = RandomBook(seed: 51, accountCount: 20).book()
    let run = try WholeRun(book, Self.settings { $0.distribution = distribution })
    let result = try #require(run.blocks[0].analytic)
    #expect(result.measures.count == 20)
    for row in result.measures {
      #expect(row.method == .inversion && row.fallbackReason == nil)
      #expect((row.saddlepoint != nil) == (distribution == .normal) || row.saddlepoint == nil)
      let explained = try run.run.explain(row.account).holdingContributions
      // Parts of both signs: their sizes count.
      let size = explained.reduce(0) { $0 + abs($1.contribution.valueAtRiskUSD) }
      let whole = row.measures
      for kind in ContributionRow.Kind.allCases {
        let parts = result.contributions.filter {
          $0.account == row.account && $0.kind == kind
        }.map(\.contribution)
        #expect(
          Self.isClose(
            parts.reduce(0) { $0 + $1.valueAtRiskUSD }, whole.valueAtRiskUSD, size: size))
        #expect(
          Self.isClose(
            parts.reduce(0) { $0 + $1.expectedShortfallUSD }, whole.expectedShortfallUSD,
            size: size))
      }
      let parts = explained.map(\.contribution)
      #expect(
        Self.isClose(
          parts.reduce(0) { $0 + $1.valueAtRiskUSD }, whole.valueAtRiskUSD, size: size))
      for holding in explained {
        let product = holding.quantity * holding.marginal.valueAtRiskUSD
        #expect(abs(product - holding.contribution.valueAtRiskUSD) <= 1e-12 * abs(product))
      }
    }
  }

  @Test func removingAHoldingIsWhatIncrementalSays() throws {
    let random = RandomBook(seed: 52, accountCount: 1)
    let run = try WholeRun(random.book(), Self.settings())
    let before = try #require(run.blocks[0].analytic?.measures.first).measures
    let holdings = try run.run.explain(AccountIndex(0)).holdingContributions
    let future = try #require(holdings.first { $0.name == "ETH-INV" })
    var without = random
    without.test.positions.removeAll { $0.instrument == "ETH-INV" }
    // The unsettled gain stays where it was: in the balance of ETH.
    let row = try #require(random.test.positions.first { $0.instrument == "ETH-INV" })
    let unsettled = row.quantity * (1 / 2_100.0 - 1 / 2_000.0)
    without.test.balances.append(("account-0", "ETH", unsettled))
    let after = try WholeRun(without.book(), Self.settings())
    let rest = try #require(after.blocks[0].analytic?.measures.first).measures
    let incremental = try #require(future.incremental)
    #expect(
      abs(before.valueAtRiskUSD - rest.valueAtRiskUSD - incremental.valueAtRiskUSD)
        < 1e-8 * before.valueAtRiskUSD)
    #expect(
      abs(
        before.expectedShortfallUSD - rest.expectedShortfallUSD
          - incremental.expectedShortfallUSD) < 1e-8 * before.expectedShortfallUSD)
  }

  /// The Monte Carlo set of the settings has the draws of the analytic section: full revaluation
  /// there, less the gap, is the form in these draws, which the exact measures must agree with.
  @Test func theFormInDrawsAgreesWithinItsError() throws {
    let run = try WholeRun(RandomBook(seed: 53, accountCount: 60).book(), Self.settings())
    let result = try #require(run.blocks[0].analytic)
    let position = try #require(
      run.run.scenarioLabels.firstIndex { $0.first == "draw 0" })
    for row in result.measures {
      let measure = try #require(
        run.measures.first { $0.account == row.account && $0.setPosition == position })
      let tail = try #require(measure.tail)
      let form = tail.valueAtRiskUSD - row.revaluation.valueAtRiskUSD
      let error = try #require(tail.valueAtRiskErrorUSD)
      #expect(abs(form - row.measures.valueAtRiskUSD) < 4 * error)
      let shortfall = tail.expectedShortfallUSD - row.revaluation.expectedShortfallUSD
      let shortfallError = try #require(tail.expectedShortfallErrorUSD)
      #expect(abs(shortfall - row.measures.expectedShortfallUSD) < 4 * shortfallError)
      // Full revaluation and form of the same draws differ less than either varies.
      #expect(row.revaluation.expectedShortfallErrorUSD < shortfallError)
    }
  }

  @Test func longerHorizonsScaleLinearRisk() throws {
    var test = RandomBook(seed: 54, accountCount: 1).test
    test.positions = []
    test.balances = [("a", "BTC", 1e-3)]
    let day = try #require(
      WholeRun(test.book(), Self.settings()).blocks[0].analytic?.measures.first)
    let four = try #require(
      WholeRun(test.book(), Self.settings { $0.horizonDays = 4 }).blocks[0].analytic?
        .measures.first)
    // A coin is convex in its log move, which a falling price softens.
    let ratio = four.measures.valueAtRiskUSD / day.measures.valueAtRiskUSD
    #expect(ratio < 2 && ratio > 1.8)
  }

  // MARK: Failures

  @Test func anAccountWithoutFactorsHasNoRisk() throws {
    var test = RandomBook(seed: 55, accountCount: 1).test
    test.assets.append(TestBook.asset("XXX", 3))
    test.balances.append(("b", "XXX", 100))
    let run = try WholeRun(test.book(), Self.settings { $0.reverseStress = .init() })
    let result = try #require(run.blocks[0].analytic)
    let row = try #require(result.measures.last)
    #expect(row.method == .riskless && row.measures == .zero)
    #expect(row.revaluation.valueAtRiskUSD == 0)
    #expect(!result.contributions.contains { $0.account == row.account })
    #expect(!result.stresses.contains { $0.account == row.account })
  }

  /// Two factors that always move alike, and no floor under eigenvalues.
  @Test func aSingularCovarianceIsNoObstacle() throws {
    var random = RandomBook(seed: 56, accountCount: 8)
    let history = try #require(random.test.history)
    var levels = history.levels
    levels[1] = levels[0].map { $0.map { $0 / 40 } }
    random.test.history = FactorHistory(
      times: history.times, factors: history.factors, levels: levels)
    var settings = Self.settings { $0.reverseStress = .init() }
    settings.covariance.eigenvalueFloor = 0
    let run = try WholeRun(random.book(), settings)
    let result = try #require(run.blocks[0].analytic)
    for row in result.measures {
      #expect(row.method == .inversion)
      #expect(row.measures.valueAtRiskUSD.isFinite)
      let stresses = result.stresses.filter { $0.account == row.account && $0.distance > 0 }
      for stress in stresses {
        let btc = try #require(stress.moves.first { $0.factor == FactorName(.spot, "BTC") })
        let eth = try #require(stress.moves.first { $0.factor == FactorName(.spot, "ETH") })
        #expect(abs(btc.move - eth.move) < 1e-9 * abs(btc.move))
      }
    }
  }

  @Test(arguments: [1e-30, 1e12, 1e60]) func amountsOfAnySizeScale(_ size: Double) throws {
    func measures(_ size: Double) throws -> AnalyticRow {
      var test = RandomBook(seed: 57, accountCount: 1).test
      test.balances = [("a", "USDC", size * 1_000)]
      test.positions = [("a", "BTC-C-80000", -size, nil), ("a", "BTC-P-70000", -size, nil)]
      let run = try WholeRun(test.book(), Self.settings())
      return try #require(run.blocks[0].analytic?.measures.first)
    }
    let (one, many) = (try measures(1), try measures(size))
    #expect(one.method == .inversion && many.method == .inversion)
    #expect(
      abs(many.measures.valueAtRiskUSD / size / one.measures.valueAtRiskUSD - 1) < 1e-9)
  }

  @Test func amountsWithoutEndAreRefused() {
    var test = RandomBook(seed: 58, accountCount: 1).test
    test.balances = [("a", "USDC", 1)]
    test.positions = [("a", "BTC-C-80000", -1e305, nil), ("a", "BTC-LIN", 1e305, nil)]
    #expect(throws: RunError.self) { try WholeRun(test.book(), Self.settings()) }
  }

  @Test func nothingChangesWithoutTheSection() throws {
    let book = RandomBook(seed: 59, accountCount: 10).book()
    var settings = RandomBook.settings()
    let plain = try WholeRun(book, settings)
    #expect(plain.blocks[0].analytic == nil)
    settings.analytic = AnalyticSettings()
    let other = try WholeRun(book, settings)
    #expect(plain.measures == other.measures && plain.margins == other.margins)
    #expect(plain.accounts == other.accounts && plain.book.sets == other.book.sets)
  }

  @Test func anAccountDependsOnNoOther() throws {
    let random = RandomBook(seed: 60, accountCount: 12)
    let settings = Self.settings { $0.reverseStress = .init() }
    let run = try WholeRun(random.book(), settings)
    let result = try #require(run.blocks[0].analytic)
    for account in 0..<12 {
      let alone = try #require(try run.run.explain(AccountIndex(account)).analytic)
      #expect(alone.measures == result.measures.filter { $0.account.position == account })
      #expect(alone.contributions == result.contributions.filter { $0.account.position == account })
      #expect(alone.stresses == result.stresses.filter { $0.account.position == account })
    }
  }
}
