// Break-point walks against the ray accounts whose break points are known, and against searches.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct BreakPointWalkTests {
  /// A seeded account of contracts with tiers, collateral by tiers and half-counted profits.
  private static func account(seed: UInt64) throws -> RayAccount {
    var random = SeededGenerator(seed: seed)
    let schedule = try TierSchedule(
      [
        (0.0, 0.01), (50_000, 0.025), (250_000, 0.05), (1_000_000, 0.1)
      ].map { MarginTier(lowerNotionalUSD: $0, rateFraction: $1) })
    let contracts = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      RayContract(
        coins: .random(in: -20...20, using: &random),
        markUSD: .random(in: 1_000...20_000, using: &random),
        unrealisedUSD: .random(in: -5_000...5_000, using: &random),
        direction: Bool.random(using: &random) ? 1 : .random(in: -0.5...1.5, using: &random),
        schedule: schedule)
    }
    let notional = contracts.reduce(0) { $0 + abs($1.coins) * $1.markUSD }
    return RayAccount(
      cashUSD: .random(in: 0.02...0.5, using: &random) * notional, contracts: contracts,
      balances: [], profitCountedFraction: .random(in: 0.5...1, using: &random))
  }

  /// Both ways find the same nearest roots on each side, and a halving search finds all that the walk
  /// finds: three ways that share nothing but the surplus.
  @Test(arguments: 0..<2_000)
  func walkAndRayAndSearchAgree(seed: Int) throws {
    let account = try Self.account(seed: UInt64(seed))
    let prices = account.contracts.map(\.direction)
    let low = max(-0.9, prices.filter { $0 > 0 }.map { -1 / $0 }.max() ?? -1 + 1e-9)
    let high = min(2, prices.filter { $0 < 0 }.map { -1 / $0 }.min() ?? 2)
    let scale = account.contracts.reduce(account.cashUSD) { $0 + abs($1.coins) * $1.markUSD }
    let walk = try #require(
      BreakPointWalk(low...high, scale: scale, account.surplusUSD))
    let roots = account.roots
    let tolerance = 1e-9
    func agree(_ walked: Double?, _ exact: Double?) -> Bool {
      guard let walked else { return exact.map { $0 <= low || $0 >= high } ?? true }
      guard let exact else { return false }
      return abs(walked - exact) <= tolerance * max(1, abs(exact))
    }
    #expect(agree(walk.zeros.first { $0 > 0 }, roots.positive))
    #expect(agree(walk.zeros.last { $0 < 0 }, roots.negative))
    let grid = (0...2_000).map { low + (high - low) * Double($0) / 2_000 }
    let searched = ScalarSearch.zeros(on: grid, account.surplusUSD)
    #expect(searched.count == walk.zeros.count)
    #expect(zip(searched, walk.zeros).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($0)) })
  }

  /// What is not straight between few points is refused, not approximated.
  @Test func curvesAreRefused() {
    #expect(BreakPointWalk(-1...2, scale: 1) { $0 * $0 - 0.5 } == nil)
    #expect(BreakPointWalk(0.1...2, scale: 1) { ScalarMath.log($0) } == nil)
    #expect(BreakPointWalk(0...1, scale: 1) { _ in .nan } == nil)
  }

  /// A jump through zero is found where it is; touching zero without changing sign is no zero.
  @Test func jumpsAndTouches() throws {
    let jump = try #require(BreakPointWalk(0...1, scale: 1) { $0 < 0.3 ? 1 : -1 })
    #expect(jump.zeros.count == 1 && abs((jump.zeros.first ?? 0) - 0.3) < 1e-12)
    let touch = try #require(BreakPointWalk(-1...1, scale: 1) { abs($0) })
    #expect(touch.zeros.isEmpty && touch.stops.contains { abs($0) < 1e-12 })
  }
}
