// Reverse stress: known answers by hand, and ten thousand scenarios that are nearer and lose less.

import CrossMargin
import PortfolioModel
import RiskNumerics
import Testing

@Suite struct ReverseStressTests {
  private static func settings() -> RunSettings {
    var settings = TestTerms.settings()
    var analytic = AnalyticSettings()
    analytic.isMeasured = false
    analytic.reverseStress = ReverseStressSettings()
    settings.analytic = analytic
    // A user's volatility shock holds at every expiry; without a term structure so does a move.
    settings.volatilityTerm = nil
    return settings
  }

  /// Covariance per day of the log moves of a history, as the run estimates it.
  private static func covariance(_ history: FactorHistory) throws -> Matrix {
    let columns = history.levels.map { levels in
      zip(levels.dropFirst(), levels).map { after, before -> Double? in
        guard let after, let before else { return nil }
        return ScalarMath.log(after / before)
      }
    }
    let estimate = try Covariance.exponentiallyWeighted(
      MoveHistory(columns: columns), lambda: CovarianceSettings().decayPerDay)
    return try Covariance.repaired(
      estimate.matrix, floor: CovarianceSettings().eigenvalueFloor
    ).matrix
  }

  private static func stresses(
    _ run: WholeRun, _ account: Int, _ target: ReverseStressRow.Target
  ) -> [ReverseStressRow] {
    run.blocks[0].analytic?.stresses.filter {
      $0.account.position == account && $0.target == target
    } ?? []
  }

  /// A history of BTC alone.
  private static func oneFactor(seed: UInt64) throws -> FactorHistory {
    let full = try #require(RandomBook(seed: seed, accountCount: 1).test.history)
    return FactorHistory(
      times: full.times, factors: [full.factors[0]], levels: [full.levels[0]])
  }

  /// One long perpetual of 80,000 USD and nothing else that moves: the loss in a log move x is
  /// 80,000 (1 - e^x), so that an amount is lost at |ln(1 - amount / 80,000)| / sigma.
  @Test func aPerpetualIsLostWhereALogarithmSays() throws {
    var test = TestBook()
    test.history = try Self.oneFactor(seed: 61)
    test.positions = [("a", "BTC-LIN", 1, nil)]
    test.balances = [("a", "USDC", 40_000)]
    let run = try WholeRun(test.book(), Self.settings())
    let history = try #require(test.history)
    let deviation = try Self.covariance(history)[0, 0].squareRoot()
    let margin = run.margins[0].maintenance
    let surplusUSD = margin.surplusUSD
    for (target, amountUSD) in [
      (ReverseStressRow.Target.maintenance, surplusUSD), (.equity, 40_000)
    ] {
      let row = try #require(Self.stresses(run, 0, target).first)
      let move = ScalarMath.log(1 - amountUSD / 80_000)
      #expect(abs(row.distance - abs(move) / deviation) < 1e-9 * row.distance)
      #expect(abs(row.moves[0].move - move) < 1e-9 * abs(move))
      #expect(abs(row.revaluedLossUSD - amountUSD) < 1e-9 * amountUSD)
      let outside = 2 * NormalDistribution.complement(row.distance)
      #expect(abs(row.outsideProbability - outside) <= 1e-9 * outside)
      // The form takes 80,000 (x + x^2 / 2) for the profit.
      let form = -80_000 * (move + move * move / 2)
      #expect(abs(row.formLossUSD - form) < 1e-6 * form)
    }
    // The worst of 99 %: 2.576 deviations down.
    let worst = try #require(Self.stresses(run, 0, .worstCase).first)
    let radius = NormalDistribution.quantile(0.995)
    #expect(abs(worst.distance - radius) < 1e-9)
    let lossUSD = 80_000 * (1 - ScalarMath.exp(-radius * deviation))
    #expect(abs(worst.revaluedLossUSD - lossUSD) < 1e-6 * lossUSD)
  }

  /// A sold strangle loses on both sides; the nearer side comes first.
  @Test func bothSidesOfASoldStrangleAreFound() throws {
    var test = TestBook()
    test.history = try Self.oneFactor(seed: 62)
    test.positions = [("a", "BTC-LC-90000", -2, nil), ("a", "BTC-LP-80000", -2.25, nil)]
    test.balances = [("a", "USDC", 48_000)]
    let run = try WholeRun(test.book(), Self.settings())
    let rows = Self.stresses(run, 0, .equity)
    #expect(rows.map(\.rank) == Array(rows.indices))
    let nearest = try #require(rows.first)
    #expect(rows.count == 2)
    #expect(rows.allSatisfy { $0.distance <= nearest.distance * 1.1 })
    // Either side by a walk along the axis.
    let history = try #require(test.history)
    let deviation = try Self.covariance(history)[0, 0].squareRoot()
    let steps = (1...4_000).map { 0.01 * Double($0) }
    for sign in [1.0, -1] {
      test.scenarios = [
        TestTerms.user(
          "walk",
          steps.map { [.scale(FactorName(.spot, "BTC"), ScalarMath.exp(sign * $0 * deviation))] })
      ]
      let walk = try Self.losses(test, "walk")
      let distance = try #require(zip(steps, walk).first { $0.1 >= run.accounts[0].equityUSD }?.0)
      let isNear = distance <= 1.1 * nearest.distance
      let found = rows.contains { ($0.moves[0].move > 0) == (sign > 0) }
      #expect(found == isNear)
      if let row = rows.first(where: { ($0.moves[0].move > 0) == (sign > 0) }) {
        #expect(row.distance <= distance && row.distance > distance - 0.011)
      }
    }
  }

  /// Losses of the only account in the scenarios of a user's file.
  private static func losses(_ test: TestBook, _ name: String) throws -> [Double] {
    var settings = TestTerms.settings([TestTerms.set(name)])
    settings.volatilityTerm = nil
    return try WholeRun(test.book(), settings).book.sets[0].profitUSD.map(-)
  }

  @Test(arguments: [63, 64, 65, 66] as [UInt64]) func noNearerScenarioLosesAsMuch(
    seed: UInt64
  ) throws {
    let random = RandomBook(seed: seed, accountCount: 1)
    let run = try WholeRun(random.book(), Self.settings())
    let history = try #require(random.test.history)
    let covariance = try Self.covariance(history)
    let root = try LinearAlgebra.cholesky(covariance)
    for target in [ReverseStressRow.Target.maintenance, .equity] {
      guard let row = Self.stresses(run, 0, target).first, row.distance > 0 else { continue }
      let moves = history.factors.map { factor in
        row.moves.first { $0.factor == factor }?.move ?? 0
      }
      // Its distance under the covariance as estimated here: x' C^-1 x.
      let scaled = try Self.whitened(moves, root)
      let length = scaled.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(length - row.distance) < 1e-6 * row.distance)

      var generator = SeededGenerator(seed: seed)
      var shocks = [Self.shocks(history.factors, moves)]
      for number in 0..<10_000 {
        var direction = history.factors.map { _ in Double.random(in: -1...1, using: &generator) }
        // Half of them lie around the point that was found.
        if number % 2 == 0 {
          direction = zip(scaled, direction).map { $0 / length + 0.2 * $1 }
        }
        let size = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let radius = 0.999 * row.distance * Double.random(in: 0.9...1, using: &generator)
        let x = LinearAlgebra.product(root, vector: direction.map { $0 / size * radius })
        shocks.append(Self.shocks(history.factors, x))
      }
      var test = random.test
      test.scenarios = [TestTerms.user("points", shocks)]
      let losses = try Self.losses(test, "points")
      // A user's scenario of the same moves loses the amount, to the rounding of e^x.
      #expect(abs(losses[0] - row.revaluedLossUSD) < 1e-9 * row.revaluedLossUSD)
      #expect(losses.dropFirst().allSatisfy { $0 < row.revaluedLossUSD })
    }
    let worst = try #require(Self.stresses(run, 0, .worstCase).first)
    #expect(worst.rank == 0 && worst.revaluedLossUSD > 0)
  }

  /// y with root y = x, root lower triangular.
  private static func whitened(_ x: [Double], _ root: Matrix) throws -> [Double] {
    var y = x
    for row in x.indices {
      for column in 0..<row { y[row] -= root[row, column] * y[column] }
      y[row] /= root[row, row]
    }
    return y
  }

  private static func shocks(_ factors: [FactorName], _ moves: [Double]) -> [FactorShock] {
    zip(factors, moves).map { .scale($0, ScalarMath.exp($1)) }
  }

  @Test func whatIsLostAlreadyIsAtDistanceZero() throws {
    var test = TestBook()
    test.history = try Self.oneFactor(seed: 67)
    test.positions = [("a", "BTC-LIN", 1, nil)]
    test.balances = [("a", "USDC", 100)]
    let run = try WholeRun(test.book(), Self.settings())
    let row = try #require(Self.stresses(run, 0, .maintenance).first)
    #expect(row.distance == 0 && row.outsideProbability == 1 && row.moves.isEmpty)
    #expect(try #require(Self.stresses(run, 0, .equity).first).distance > 0)
  }

  @Test func whatNothingLosesHasNoScenario() throws {
    var test = TestBook()
    test.history = try Self.oneFactor(seed: 68)
    // A bought call cannot lose more than it cost.
    test.positions = [("a", "BTC-LC-100000", 0.01, nil)]
    test.balances = [("a", "USDC", 1_000)]
    let run = try WholeRun(test.book(), Self.settings())
    #expect(Self.stresses(run, 0, .equity).isEmpty)
    #expect(!Self.stresses(run, 0, .worstCase).isEmpty)
  }
}
