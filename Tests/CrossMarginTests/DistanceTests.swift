// Single accounts on moved markets: rescans, roots, distances, cures, triage.

import CrossMargin
import Foundation
import PortfolioModel
import RiskNumerics
import Testing

private func count(_ name: String, otherwise: Int) -> Int {
  ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? otherwise
}

@Suite struct DistanceTests {
  private static func health(seed: UInt64, accountCount: Int) throws -> HealthRun {
    try HealthRun(
      book: RandomBook(seed: seed, accountCount: accountCount).book(),
      settings: RandomBook.settings())
  }

  private static func today(_ health: HealthRun) throws -> [AccountHealth?] {
    try health.health(health.directions[0], 0, threadCount: 2)
  }

  /// An account by itself has the health that it has in its book, to the last bit.
  @Test func anAccountAloneIsWhatItIsInItsBook() throws {
    let health = try Self.health(seed: 41, accountCount: 25)
    for direction in health.directions {
      for move in [-0.4, 0, 0.15] {
        let whole = try health.health(direction, move, threadCount: 2)
        for account in whole.indices {
          #expect(
            try health.health(of: AccountIndex(account), direction, move) == whole[account])
        }
      }
    }
  }

  /// No change of sign of a scan ten times as dense is missed. CROSSMARGIN_ROOT_ACCOUNTS sets the
  /// number of accounts.
  @Test func rootsMissNoChangeOfSign() throws {
    let accountCount = count("CROSSMARGIN_ROOT_ACCOUNTS", otherwise: 12)
    let health = try Self.health(seed: 42, accountCount: accountCount)
    let search = RootSearch(furthestDown: 0.8, furthestUp: 0.7)
    let position = try #require(health.directions.firstIndex { $0.name == "BTC" })
    let direction = health.directions[position]
    let steps = (0...3_000).map { -0.8 + 1.5 * Double($0) / 3_000 }
    let states = try steps.map { try health.health(direction, $0, threadCount: 2) }
    var rootCount = 0
    for account in 0..<accountCount {
      let found = try search.roots(
        health, of: AccountIndex(account), directions: position..<position + 1)
      let roots = try #require(found?.first).moves
      rootCount += roots.count
      for (left, right) in zip(steps.indices, steps.indices.dropFirst()) {
        guard let low = states[left][account], let high = states[right][account],
          (low.surplusUSD < 0) != (high.surplusUSD < 0)
        else { continue }
        let isFound = roots.contains { $0 >= steps[left] - 1e-12 && $0 <= steps[right] + 1e-12 }
        #expect(isFound, "account \(account) near \(steps[left])")
      }
      // And none is made up: the surplus has different signs on both sides of each.
      for root in roots where abs(root) < 0.69 {
        let sides = try [root - 1e-9, root + 1e-9].map {
          try health.health(of: AccountIndex(account), direction, $0)?.surplusUSD ?? 0
        }
        #expect(sides[0] * sides[1] <= 0, "account \(account) at \(root)")
      }
    }
    #expect(rootCount > 0)
  }

  /// Accounts without options are walked, others scanned, and the walk finds what the scan finds.
  @Test func linearAccountsAreWalked() throws {
    var test = TestBook()
    test.positions = [
      ("a", "BTC-LIN", 1, nil), ("b", "BTC-LIN", -1, nil), ("b", "BTC-INV", 50_000, nil),
      ("c", "BTC-LC-80000", -1, nil)
    ]
    test.balances = [("a", "USD", 20_000), ("b", "USD", 9_000), ("c", "USD", 30_000)]
    let health = try HealthRun(book: test.book(), settings: TestTerms.settings())
    let search = RootSearch(furthestDown: 1, furthestUp: 1)
    let position = try #require(health.directions.firstIndex { $0.name == "BTC" })
    for (account, method) in [RootMethod.breakPoints, .breakPoints, .scan].enumerated() {
      let found = try search.roots(
        health, of: AccountIndex(account), directions: position..<position + 1)
      let roots = try #require(found?.first)
      #expect(roots.method == method && !roots.moves.isEmpty)
      let grid = (-200...200).map { Double($0) * 0.005 }
      let scanned = try grid.map {
        try health.health(of: AccountIndex(account), health.directions[position], $0)?.surplusUSD
          ?? 0
      }
      let changes = zip(scanned, scanned.dropFirst()).count { ($0 < 0) != ($1 < 0) }
      #expect(changes == roots.moves.count)
    }
  }

  /// Refined points lie on the border, their shares sum to one, threads change no bit, and no factor
  /// alone reaches the border nearer.
  @Test func refinedPointsLieOnTheBorder() throws {
    let health = try Self.health(seed: 43, accountCount: 24)
    let run = try DistanceRun(health, horizonDays: 10)
    let today = try Self.today(health)
    let forms = try run.forms(today: today, rescannedWithin: 8, threadCount: 2)
    #expect(forms == (try run.forms(today: today, rescannedWithin: 8, threadCount: 1)))
    let near = forms.filter { ($0.found.point?.distance ?? 99) < 8 }.map(\.account).prefix(6)
    let refined = try run.refined(Array(near), threadCount: 2).compactMap(\.self)
    #expect(refined == (try run.refined(Array(near), threadCount: 1)).compactMap(\.self))
    #expect(refined.count == near.count && !near.isEmpty)
    for account in refined {
      for point in [account.frozen.point, account.rescanned.point].compactMap(\.self) {
        #expect(abs(point.moves.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        #expect(point.oneSidedProbability == NormalDistribution.cdf(-point.distance))
      }
    }
    for form in forms where form.surplusUSD <= 0 { #expect(form.found.outcome == .lost) }
    #expect(throws: RunError.self) {
      var bare = RandomBook(seed: 43, accountCount: 1).test
      bare.history = nil
      _ = try DistanceRun(
        HealthRun(book: bare.book(), settings: TestTerms.settings()), horizonDays: 10)
    }
  }

  /// Every cure restores what it promises when the whole book is judged again with the change, and a
  /// little less of a deposit does not.
  @Test func curesRestoreHealth() throws {
    let book = RandomBook(seed: 44, accountCount: 30).book()
    let settings = RandomBook.settings()
    let health = try HealthRun(book: book, settings: settings)
    let goal = CureSettings(
      tradeCostFraction: 0.0005, capitalCostAnnual: 0.1, horizonDays: 10, bufferFraction: 0.2)
    let accounts = book.portfolio.accounts.indices.map { AccountIndex($0) }
    let found = try CureRun(health, goal).cures(of: accounts, threadCount: 2).compactMap(\.self)
    var kinds: Set<CureKind> = []
    func missing(_ change: AccountChange, paidUSD: Double) throws -> Double {
      let after = try change.effect(on: book, settings: settings).after.margin.maintenance
      return 0.2 * after.requirementUSD - (after.surplusUSD - paidUSD)
    }
    for account in found {
      #expect(account.isHealthy == (account.surplusUSD >= 0.2 * account.requirementUSD))
      #expect(account.isHealthy || account.cures.contains { $0.kind == .deposit })
      #expect(
        zip(account.cures, account.cures.dropFirst()).allSatisfy { $0.costUSD <= $1.costUSD })
      for cure in account.cures {
        kinds.insert(cure.kind)
        let paidUSD = cure.kind == .deposit ? 0 : cure.costUSD
        let scale = account.requirementUSD + abs(account.surplusUSD)
        #expect(
          try missing(cure.change, paidUSD: paidUSD) <= 1e-12 * scale,
          "\(account.account) \(cure.kind)")
        guard cure.kind == .deposit else { continue }
        var less = cure.change
        less.deposits[0].amount *= 0.999
        #expect(try missing(less, paidUSD: 0) > 0)
      }
    }
    #expect(kinds.isSuperset(of: [.deposit, .closing, .combination, .hedge]))
  }
}

@Suite struct TriageTests {
  /// Accounts with much collateral, half of which a bound can show to be safe.
  private static func book(accountCount: Int) -> Book {
    var book = RandomBook(seed: 51, accountCount: accountCount)
    var random = SeededGenerator(seed: 52)
    for account in 0..<accountCount {
      let scale = 1 + 40 * Double.random(in: 0...1, using: &random)
      book.test.balances.append(("account-\(account)", "USD", 10_000 * scale))
    }
    return book.book()
  }

  /// Of accounts that are skipped none loses its surplus anywhere in the box, and none has a
  /// probability above a millionth by importance sampling, which sees those that are not skipped. The
  /// published figure is for 10,000 skipped accounts.
  @Test func skippedAccountsAreSafe() throws {
    let accountCount = count("CROSSMARGIN_TRIAGE_ACCOUNTS", otherwise: 300)
    let health = try HealthRun(
      book: Self.book(accountCount: accountCount), settings: RandomBook.settings())
    let run = try DistanceRun(health, horizonDays: 10)
    let today = try health.health(health.directions[0], 0, threadCount: 2)
    let verdicts = try TriageRun(run).verdicts(today: today, threadCount: 2)
    #expect(verdicts == (try TriageRun(run).verdicts(today: today, threadCount: 1)))
    #expect(TriageRun(run).probabilityMax < 1e-6)
    let skipped = verdicts.indices.filter { verdicts[$0] == .skipped }
    print("triage: \(skipped.count) of \(accountCount) accounts skipped")
    #expect(skipped.count > accountCount / 20)
    for position in skipped {
      #expect(try Self.probability(run, position, today) <= 1e-6, "account \(position)")
    }
    // The same estimate sees risk: a box of half a deviation skips accounts that have it.
    let narrow = try TriageRun(run, deviations: 0.5).verdicts(today: today, threadCount: 2)
    let risky = try narrow.indices.filter { narrow[$0] == .skipped && verdicts[$0] != .skipped }
      .prefix(400).filter { try Self.probability(run, $0, today) > 1e-6 }
    #expect(!risky.isEmpty)
    // A scan offers no bound of its requirement.
    let rescanned = try TriageRun(run, requirement: .rescanned)
      .verdicts(today: today, threadCount: 2)
    #expect(!rescanned.contains(.skipped) && rescanned.contains(.unbounded))
  }

  /// Probability of a surplus below zero at the horizon: draws around points on every axis at 2, 4 and
  /// 7 deviations, weighted against their mixture [balance heuristic, Veach and Guibas 1995].
  private static func probability(
    _ run: DistanceRun, _ position: Int, _ today: [AccountHealth?]
  ) throws -> Double {
    let account = AccountIndex(position)
    let dimension = run.factorCount(of: account)
    guard let surplus = today[position]?.surplusUSD else { return 0 }
    var centres: [[Double]] = []
    for axis in 0..<dimension {
      for place in [2.0, -2, 4, -4, 7, -7] {
        var centre = [Double](repeating: 0, count: dimension)
        centre[axis] = place
        centres.append(centre)
      }
    }
    let perCentre = 8
    let normals = SobolSequence(dimensionCount: dimension)
    func point(_ number: Int, _ draw: Int) -> [Double] {
      let index = UInt32(number * perCentre + draw)
      return (0..<dimension).map { axis -> Double in
        let uniform = normals.scrambled(index: index, dimension: axis, seed: 5)
        return centres[number][axis] + NormalDistribution.quantile(uniform)
      }
    }
    let points = centres.indices.flatMap { number -> [[Double]] in
      (0..<perCentre).map { point(number, $0) }
    }
    let surpluses =
      try run.frozenSurplusesUSD(of: account, surplusUSD: surplus, at: points) ?? []
    var sum = 0.0
    for (point, value) in zip(points, surpluses) where value < 0 {
      let square = squared(point)
      var mixture = 0.0
      for centre in centres {
        let gap = squared(zip(point, centre).map { (a: Double, b: Double) in a - b })
        mixture += ScalarMath.exp((square - gap) / 2)
      }
      sum += Double(centres.count) / mixture
    }
    return sum / Double(points.count)
  }

  private static func squared(_ vector: [Double]) -> Double {
    vector.reduce(0.0) { (sum: Double, entry: Double) in sum + entry * entry }
  }
}
