// Liquidation prices of all accounts at once, and what a move of the market would liquidate.

import PortfolioModel
import RiskNumerics

/// Where one account is liquidated along one direction.
public struct LiquidationDistance: Sendable, Equatable {
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
  public var stepCount: Int { stepCountDown + stepCountUp + 1 }
  /// Steps down.
  var stepCountDown: Int { count(furthestDown) }
  /// Steps up.
  var stepCountUp: Int { count(furthestUp) }

  private func count(_ furthest: Double) -> Int { Int((furthest / step).rounded(.up)) }

  /// Sweeps one direction.
  ///
  /// Between two steps a surplus is taken as straight in the log move; `refined` finds the move of
  /// one account to the last digit. A change of sign and back within one step is not seen.
  public func run(
    _ health: HealthRun, direction position: Int, progress: () -> Void = {}
  ) throws -> (distances: [LiquidationDistance], ladder: [LadderStep]) {
    let direction = health.directions[position]
    let today = try health.health(direction, 0, threadCount: threadCount)
    progress()
    var distances = (0..<health.accountCount).map {
      LiquidationDistance(account: AccountIndex($0), direction: position)
    }
    var ladder = [ladderStep(health, 0, today)]
    for (sign, stepCount) in [(-1.0, stepCountDown), (1.0, stepCountUp)] {
      var before = today
      for index in 0..<stepCount {
        let move = sign * step * Double(index + 1)
        let after = try health.health(direction, move, threadCount: threadCount)
        for account in distances.indices {
          guard let old = before[account]?.surplusUSD, let new = after[account]?.surplusUSD,
            (old < 0) != (new < 0)
          else { continue }
          let root = move - sign * step * (new / (new - old))
          if sign < 0, distances[account].down == nil { distances[account].down = root }
          if sign > 0, distances[account].up == nil { distances[account].up = root }
        }
        ladder.append(ladderStep(health, move, after))
        before = after
        progress()
      }
    }
    return (distances, ladder.sorted { $0.move < $1.move })
  }

  /// The move at which the surplus of one account changes sign, near one that a sweep found, and the
  /// surplus there, which is zero to rounding; the found one where the account has no health.
  public func refined(
    _ found: Double, of account: AccountIndex, _ health: HealthRun, direction position: Int
  ) throws(RunError) -> Double {
    let direction = health.directions[position]
    guard let rescanned = try health.rescanned(account) else { return found }
    func surplus(_ x: Double) throws(RunError) -> Double? {
      try rescanned.health(at: health.move(direction, x))?.surplusUSD
    }
    let start = (found / step).rounded(.towardZero) * step
    var (low, high) = (start, start + (found < 0 ? -step : step))
    guard let first = try surplus(low), let last = try surplus(high), (first < 0) != (last < 0)
    else { return found }
    var (lowValue, highValue) = (first, last)
    // Regula falsi with halved weights [Dowell, Jarratt 1971]: brackets, and faster than halving.
    var retained = 0
    for _ in 0..<60 {
      let middle = high - highValue * (high - low) / (highValue - lowValue)
      guard let value = try surplus(middle) else { return found }
      if value == 0 || abs(high - low) < 1e-13 { return middle }
      if (value < 0) == (highValue < 0) {
        (high, highValue) = (middle, value)
        if retained == 1 { lowValue /= 2 }
        retained = 1
      } else {
        (low, lowValue) = (middle, value)
        if retained == -1 { highValue /= 2 }
        retained = -1
      }
      if abs(value) < 1e-9 * (abs(first) + abs(last)) { return middle }
    }
    return (low + high) / 2
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
