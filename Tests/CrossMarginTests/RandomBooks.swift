// Seeded random portfolios for laws that must hold for every book.

import CrossMargin
import PortfolioModel

/// A small deterministic generator (SplitMix64 of Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A book of random accounts on the market of `TestBook`.
struct RandomBook {
  var test = TestBook()

  static let options = [60_000, 70_000, 80_000, 90_000, 100_000].flatMap { strike in
    ["C", "P", "LC", "LP"].map { "BTC-\($0)-\(strike)" }
  }

  init(seed: UInt64, accountCount: Int) {
    var random = SeededGenerator(seed: seed)
    for account in 0..<accountCount {
      let name = "account-\(account)"
      test.balances.append((name, "USDC", .random(in: 1_000...50_000, using: &random)))
      if Bool.random(using: &random) {
        test.balances.append((name, "BTC", .random(in: -0.1...0.5, using: &random)))
      }
      if Bool.random(using: &random) {
        test.balances.append((name, "STETH", .random(in: 0...5, using: &random)))
      }
      let linear = Double.random(in: -1...1, using: &random)
      let entry = Double.random(in: 60_000...100_000, using: &random)
      test.positions.append((name, "BTC-LIN", linear, entry))
      test.positions.append(
        (name, "ETH-INV", .random(in: -20_000...20_000, using: &random), 2_100))
      if Bool.random(using: &random) {
        test.positions.append((name, "BTC-FUT", .random(in: -1...1, using: &random), nil))
      }
      for option in Self.options where Int.random(in: 0..<4, using: &random) == 0 {
        test.positions.append((name, option, .random(in: -1...1, using: &random), nil))
      }
    }
    test.history = Self.history(using: &random)
  }

  func book() -> Book { test.book() }

  /// Two hundred days of moves that are correlated through a common part.
  private static func history(using random: inout SeededGenerator) -> FactorHistory {
    let factors = [
      FactorName(.spot, "BTC"), FactorName(.spot, "ETH"), FactorName(.spot, "USDC"),
      FactorName(.volatility, "BTC")
    ]
    let sizes = [0.02, 0.03, 0.0005, -0.04]
    var levels = [80_000.0, 2_000, 1, 0.5]
    var columns = [[Double?]](repeating: [], count: factors.count)
    let dayCount = 200
    for _ in 0..<dayCount {
      let common = Double.random(in: -1.5...1.5, using: &random)
      for factor in factors.indices {
        let own = Double.random(in: -1...1, using: &random)
        levels[factor] *= 1 + sizes[factor] * (0.8 * common + 0.6 * own)
        columns[factor].append(levels[factor])
      }
    }
    let times = (0..<dayCount).map {
      TestBook.valuationTime.adding(days: Double($0 - dayCount + 1))
    }
    return FactorHistory(times: times, factors: factors, levels: columns)
  }

  /// A grid, the history and draws.
  static func settings(drawCount: Int = 300) -> RunSettings {
    TestTerms.settings([
      ScenarioSetSettings(name: "grid", source: .grid(TestTerms.scan().grid)),
      ScenarioSetSettings(name: "history", source: .history(HistorySettings())),
      ScenarioSetSettings(
        name: "montecarlo",
        source: .monteCarlo(MonteCarloSettings(scenarioCount: drawCount, horizonDays: 1)))
    ])
  }
}
