// Samples beyond past moves and normal draws: t distributions and copulas, Sobol points, filters,
// runs of days, correlations under stress. Read through the profit of accounts that hold one coin.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct SampledScenarioTests {
  private static let decay = 0.97

  /// Two coins with seeded moves of correlation 0.6; the second has heavy tails of its own.
  private static func book(days: Int = 500, calm: Int? = nil) -> TestBook {
    var test = TestBook()
    test.balances = [("bitcoin", "BTC", 1), ("ether", "ETH", 1)]
    let normals = Philox.normals(
      seed: 11, stream: 0, scenarioCount: days, factorCount: 3, threadCount: 1)
    let heavy = ChiSquareDistribution(degrees: 3)
    var times = [TestBook.valuationTime.adding(days: -Double(days))]
    var levels: [[Double?]] = [[80_000], [2_000]]
    var sums = (0.0, 0.0)
    for day in 0..<days {
      let (first, second) = (normals.column(0)[day], normals.column(1)[day])
      let mixing = (1 / heavy.quantile(NormalDistribution.cdf(normals.column(2)[day]))).squareRoot()
      let size = day >= calm ?? days ? 0.01 : 0.04
      sums.0 += size * first
      sums.1 += size * (0.6 * first + 0.8 * second) * mixing
      times.append(TestBook.valuationTime.adding(days: Double(day + 1 - days)))
      levels[0].append(80_000 * exp(sums.0))
      levels[1].append(2_000 * exp(sums.1))
    }
    test.history = FactorHistory(
      times: times, factors: [FactorName(.spot, "BTC"), FactorName(.spot, "ETH")], levels: levels)
    return test
  }

  private static func settings(_ source: ScenarioSource) -> RunSettings {
    var settings = TestTerms.settings([ScenarioSetSettings(name: "set", source: source)])
    settings.covariance.decayPerDay = decay
    return settings
  }

  /// Log moves of both coins in each scenario.
  private static func moves(
    _ source: ScenarioSource, _ test: TestBook = book(),
    change: (inout RunSettings) -> Void = { _ in }
  ) throws -> (bitcoin: [Double], ether: [Double], warnings: [RunWarning]) {
    var settings = settings(source)
    change(&settings)
    var result: [[Double]] = []
    var warnings: [RunWarning] = []
    for (name, price) in [("BTC", 80_000.0), ("ETH", 2_000)] {
      var only = test
      only.balances = [("holder", name, 1)]
      let run = try WholeRun(only.book(), settings)
      result.append(run.book.sets[0].profitUSD.map { log1p($0 / price) })
      warnings = run.book.warnings
    }
    return (result[0], result[1], warnings)
  }

  private static func draws(
    _ distribution: MoveDistribution, count: Int = 16_384, sampling: Sampling = .random,
    stress: CorrelationStress? = nil
  ) -> ScenarioSource {
    var draws = MonteCarloSettings(scenarioCount: count)
    draws.distribution = distribution
    draws.sampling = sampling
    draws.correlationStress = stress
    return .monteCarlo(draws)
  }

  private static func variance(_ values: [Double]) -> Double {
    values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
  }

  private static func correlation(_ left: [Double], _ right: [Double]) -> Double {
    let product = zip(left, right).reduce(0) { $0 + $1.0 * $1.1 } / Double(left.count)
    return product / (variance(left) * variance(right)).squareRoot()
  }

  // MARK: Draws

  @Test func otherDistributionsShareTheNormalsAndTheCovariance() throws {
    let normal = try Self.moves(Self.draws(.normal))
    let student = try Self.moves(Self.draws(.student(degrees: .fixed(6))))
    // One mixing variable for both coins: both moves are stretched alike.
    for scenario in 0..<1_000 {
      let (left, right) = (
        student.bitcoin[scenario] / normal.bitcoin[scenario],
        student.ether[scenario] / normal.ether[scenario]
      )
      #expect(abs(left / right - 1) < 1e-6)
    }
    // The kurtosis of t6 is 6: the variance of n draws has an error of sqrt(5 / n).
    let error = 4 * (5.0 / 16_384).squareRoot()
    #expect(abs(Self.variance(student.bitcoin) / Self.variance(normal.bitcoin) - 1) < error)
    let extreme = student.bitcoin.map(abs).max() ?? 0
    #expect(extreme > 1.3 * (normal.bitcoin.map(abs).max() ?? 0))
  }

  @Test func marginsOfACopulaAreTheirOwn() throws {
    let copula = try Self.moves(Self.draws(.studentCopula(degrees: .fixed(5))))
    func kurtosis(_ values: [Double]) -> Double {
      let variance = Self.variance(values)
      return values.reduce(0) { $0 + pow($1, 4) } / Double(values.count) / variance / variance
    }
    // Bitcoin moved normally, ether with tails of 3 degrees.
    #expect(kurtosis(copula.bitcoin) < 4.5)
    #expect(kurtosis(copula.ether) > 6)
    let normal = try Self.moves(Self.draws(.normal))
    #expect(abs(Self.variance(copula.bitcoin) / Self.variance(normal.bitcoin) - 1) < 0.06)
    // The median of a margin stays where it was: signs are those of the normals.
    for (left, right) in zip(copula.ether, normal.ether) { #expect(left * right >= 0) }
  }

  @Test func fittedTailsAreThoseOfThePast() throws {
    let fitted = try Self.moves(Self.draws(.student(degrees: .fitted), count: 512))
    let heavy = try Self.moves(Self.draws(.student(degrees: .fixed(2.5)), count: 512))
    let light = try Self.moves(Self.draws(.student(degrees: .fixed(80)), count: 512))
    func largest(_ moves: [Double]) -> Double { moves.map(abs).max() ?? 0 }
    #expect(largest(fitted.bitcoin) < largest(heavy.bitcoin))
    #expect(largest(fitted.bitcoin) > largest(light.bitcoin))
  }

  @Test func evenPointsMissTheVarianceByLess() throws {
    let target = Self.variance(try Self.moves(Self.draws(.normal, count: 1 << 16)).bitcoin)
    func miss(_ sampling: Sampling) throws -> Double {
      try (1...6).map { seed in
        let drawn = try Self.moves(Self.draws(.normal, count: 1_024, sampling: sampling)) {
          $0.seed = UInt64(seed)
        }
        return abs(Self.variance(drawn.bitcoin) / target - 1)
      }.reduce(0, +) / 6
    }
    // The target itself is known to sqrt(2 / 65,536), half a percent.
    #expect(try miss(.sobol) < 0.012)
    #expect(try miss(.random) > 0.02)
  }

  @Test func correlationsAreBrokenAndRaised() throws {
    let plain = try Self.moves(Self.draws(.normal))
    let before = Self.correlation(plain.bitcoin, plain.ether)
    func stressed(
      _ target: CorrelationStress.Target, _ weight: Double, _ assets: [String] = []
    ) throws -> (correlation: Double, warnings: [RunWarning]) {
      let stress = CorrelationStress(target: target, weight: weight, assets: assets)
      let moves = try Self.moves(Self.draws(.normal, stress: stress))
      return (Self.correlation(moves.bitcoin, moves.ether), moves.warnings)
    }
    // Correlations of n draws are known to about 1 / sqrt(n).
    let error = 4 / 16_384.0.squareRoot()
    #expect(abs(try stressed(.zero, 1).correlation) < error)
    #expect(abs(try stressed(.zero, 0.5).correlation - before / 2) < error)
    #expect(abs(try stressed(.one, 0.5).correlation - (1 + before) / 2) < error)
    let (one, warnings) = try stressed(.one, 1)
    #expect(one > 0.999)
    #expect(warnings.contains { $0.kind.hasSuffix("correlation_stressed") && $0.count == 1 })
    // A block of one asset parts from the rest, and is one with itself already.
    #expect(abs(try stressed(.zero, 1, ["ETH"]).correlation) < error)
    #expect(abs(try stressed(.one, 1, ["ETH"]).correlation - before) < error)
    #expect(throws: RunError.self) { try stressed(.one, 1, ["DOGE"]) }
  }

  // MARK: Past moves

  @Test(arguments: [VolatilityFilter.exponential, .garch])
  func filteredMovesHaveTheVolatilityOfNow(filter: VolatilityFilter) throws {
    let test = Self.book(calm: 400)
    var past = HistorySettings()
    let plain = try Self.moves(.history(past), test)
    past.filter = filter
    let filtered = try Self.moves(.history(past), test)
    // The first 50 moves have no volatility.
    #expect(filtered.bitcoin.count == plain.bitcoin.count - 50)
    let now = Self.variance(Array(plain.bitcoin.suffix(60)))
    #expect(Self.variance(plain.bitcoin) > 8 * now)
    let ratio = Self.variance(filtered.bitcoin) / now
    // Volatility fell at once, the filters follow it over some twenty days.
    #expect(ratio > 0.5 && ratio < 2.5, "\(ratio)")
    for (before, after) in zip(plain.bitcoin.dropFirst(50), filtered.bitcoin) {
      #expect(before * after >= 0)
    }
  }

  @Test func pathsAreSumsOfConsecutiveDays() throws {
    let plain = try Self.moves(.history(HistorySettings())).bitcoin
    var past = BootstrapSettings()
    past.scenarioCount = 200
    past.dayCount = 6
    past.blockDayCount = 3
    let paths = try Self.moves(.bootstrap(past)).bitcoin
    let runs = plain.indices.dropLast(2).map { plain[$0] + plain[$0 + 1] + plain[$0 + 2] }
    for path in paths.prefix(20) {
      let isSum = runs.contains { first in
        runs.contains { abs(first + $0 - path) < 1e-10 }
      }
      #expect(isSum)
    }
    past.scenarioCount = 50
    #expect(try Self.moves(.bootstrap(past)).bitcoin == Array(paths.prefix(50)))
    past.blockDayCount = 600
    #expect(throws: RunError.historyTooShort(set: "set", found: 500, needed: 600)) {
      try Self.moves(.bootstrap(past))
    }
  }

  // MARK: Covariances

  @Test(arguments: CovarianceEstimator.allCases)
  func everyEstimatorKnowsTheCorrelation(estimator: CovarianceEstimator) throws {
    let moves = try Self.moves(Self.draws(.normal)) { $0.covariance.estimator = estimator }
    let correlation = Self.correlation(moves.bitcoin, moves.ether)
    // Two factors are no noise to clean; weights of about 65 days know a correlation to 0.1, and
    // moves with tails to less.
    #expect(correlation > 0.2 && correlation < 0.95, "\(correlation)")
  }

  @Test func bothRepairsAreReported() throws {
    var test = Self.book(days: 60)
    let whole = test.history
    // Gaps that do not overlap: three pairs of correlations that no moves can have together.
    guard var levels = whole?.levels, let times = whole?.times else { return }
    levels.append(levels[0].enumerated().map { $0 % 2 == 0 ? $1.map { 1 / $0 } : nil })
    levels[1] = levels[0].enumerated().map { index, level in
      index < 30 ? level.map { $0 / 40 } : nil
    }
    levels[2] = levels[0].enumerated().map { index, level in
      index < 15 ? level.map { 4e9 / $0 } : index < 45 ? nil : level.map { $0 / 2 }
    }
    test.history = FactorHistory(
      times: times,
      factors: [FactorName(.spot, "BTC"), FactorName(.spot, "ETH"), FactorName(.spot, "USDC")],
      levels: levels)
    var distances: [Double] = []
    for repair in CovarianceRepairMethod.allCases {
      let run = try WholeRun(
        test.book(),
        {
          var settings = Self.settings(Self.draws(.normal, count: 64))
          settings.covariance.repair = repair
          return settings
        }())
      let warning = try #require(
        run.book.warnings.first { $0.kind.hasSuffix("covariance_repaired") })
      let words = try #require(warning.examples.first?.split(separator: " ").last)
      distances.append(try #require(Double(words)))
    }
    // The nearest matrix is not farther than the spectral one.
    #expect(distances[1] <= distances[0])
  }
}
