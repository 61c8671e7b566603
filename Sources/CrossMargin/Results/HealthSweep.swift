// Liquidation prices of all accounts at once, and what a move of the market would liquidate.

import PortfolioModel
import RiskNumerics

/// Where one account is liquidated along one direction.
public struct LiquidationDistance: Sendable, Equatable, BitwiseCopyable {
  /// The account.
  public var account: AccountIndex
  /// Position of the direction in `HealthRun.directions`.
  public var direction: Int
  /// Nearest log move down at which its surplus changes sign; nil = none within the sweep.
  public var down: Double?
  /// Nearest log move up; nil = none within the sweep.
  public var up: Double?
}

/// What a move of the market does to all accounts.
public struct LadderStep: Sendable, Equatable {
  /// Log move of the leading asset.
  public var move: Double
  /// Accounts without surplus at the last level.
  public var liquidatableCount: Int
  /// Their gross notional today, USD.
  public var liquidatableNotionalUSD: Double
  /// Sum of negative equities, as a positive amount, USD.
  public var negativeEquityUSD: Double
}

/// A sweep of the market from today outwards in equal log steps.
public struct HealthSweep: Sendable {
  /// Log move between neighbouring steps.
  public var step: Double
  /// Furthest log move down, positive.
  public var furthestDown: Double
  /// Furthest log move up, positive.
  public var furthestUp: Double
  /// Threads.
  public var threadCount: Int

  /// A sweep.
  public init(step: Double, furthestDown: Double, furthestUp: Double, threadCount: Int) {
    precondition(step > 0 && furthestDown >= 0 && furthestUp >= 0, "a sweep has steps")
    self.step = step
    self.furthestDown = furthestDown
    self.furthestUp = furthestUp
    self.threadCount = threadCount
  }

  /// Steps of a whole sweep, for progress.
  public var stepCount: Int { count(furthestDown) + count(furthestUp) }

  private func count(_ furthest: Double) -> Int { Int((furthest / step).rounded(.up)) }

  /// Sweeps one direction, from the health of all accounts today. [accounts]
  ///
  /// Between two steps a surplus is taken as straight in the log move, and a change of sign and back
  /// within one step is not seen: `RootSearch` finds all of one account to the last digit.
  public func run(
    _ health: HealthRun, today: [AccountHealth?], direction position: Int,
    progress: () -> Void = {}
  ) throws -> (distances: [LiquidationDistance], ladder: [LadderStep]) {
    let direction = health.directions[position]
    let moved = health.accounts(movedBy: direction)
    var distances = (0..<health.accountCount).map {
      LiquidationDistance(account: AccountIndex($0), direction: position)
    }
    var ladder = [ladderStep(health, 0, today)]
    for (sign, stepCount) in [(-1.0, count(furthestDown)), (1.0, count(furthestUp))] {
      var before = today
      var last = 0.0
      for index in 0..<stepCount {
        let move = sign * min(step * Double(index + 1), sign < 0 ? furthestDown : furthestUp)
        var after = today
        let states = try health.health(of: moved, direction, move, threadCount: threadCount)
        for (account, state) in zip(moved.lazy.map(\.position), states) {
          after[account] = state
          guard let old = before[account]?.surplusUSD, let new = state?.surplusUSD,
            (old < 0) != (new < 0)
          else { continue }
          let root = move - (move - last) * (new / (new - old))
          if sign < 0, distances[account].down == nil { distances[account].down = root }
          if sign > 0, distances[account].up == nil { distances[account].up = root }
        }
        ladder.append(ladderStep(health, move, after))
        before = after
        last = move
        progress()
      }
    }
    return (distances, ladder.sorted { $0.move < $1.move })
  }

  private func ladderStep(
    _ health: HealthRun, _ move: Double, _ states: [AccountHealth?]
  ) -> LadderStep {
    var result = LadderStep(
      move: move, liquidatableCount: 0, liquidatableNotionalUSD: 0, negativeEquityUSD: 0)
    for (account, state) in states.enumerated() {
      guard let state else { continue }
      result.negativeEquityUSD += max(-state.equityUSD, 0)
      guard state.surplusUSD < 0 else { continue }
      result.liquidatableCount += 1
      result.liquidatableNotionalUSD += health.grossNotionalUSD(AccountIndex(account))
    }
    return result
  }
}
