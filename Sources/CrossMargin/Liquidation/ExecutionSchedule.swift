// How fast to sell: the schedule that trades expected cost against variance.

import RiskNumerics

/// Costs and risk of selling a block.
///
/// Source: Almgren and Chriss 2000, Optimal Execution of Portfolio Transactions.
public struct ExecutionProblem: Sendable, Equatable {
  /// X: units to sell, positive.
  public var units: Double
  /// T: time for it, days.
  public var days: Double
  /// N: number of equal periods, positive.
  public var periodCount: Int
  /// sigma: price move per square root of a day, USD.
  public var moveUSDPerRootDay: Double
  /// Costs of trading.
  public var costs: ExecutionCosts

  /// A problem.
  public init(
    units: Double, days: Double, periodCount: Int, moveUSDPerRootDay: Double,
    costs: ExecutionCosts
  ) {
    precondition(periodCount > 0 && days > 0, "a schedule has periods")
    self.units = units
    self.days = days
    self.periodCount = periodCount
    self.moveUSDPerRootDay = moveUSDPerRootDay
    self.costs = costs
  }

  /// tau: length of a period, days.
  var periodDays: Double { days / Double(periodCount) }

  /// `eta - gamma tau / 2`, which must be positive.
  var temporaryNet: Double { costs.temporary - costs.permanent * periodDays / 2 }
}

/// Linear costs of trading.
public struct ExecutionCosts: Sendable, Equatable {
  /// epsilon: cost per unit whatever the pace, USD.
  public var fixedUSD: Double
  /// gamma: move of the price that stays, USD per unit sold.
  public var permanent: Double
  /// eta: concession, USD per unit per day of pace.
  public var temporary: Double

  /// Costs.
  public init(fixedUSD: Double, permanent: Double, temporary: Double) {
    self.fixedUSD = fixedUSD
    self.permanent = permanent
    self.temporary = temporary
  }
}

/// The schedule of least `expected cost + lambda x variance`.
public struct ExecutionSchedule: Sendable, Equatable {
  /// kappa, per day: `2 (cosh(kappa tau) - 1) / tau^2 = lambda sigma^2 / (eta - gamma tau / 2)`.
  public let urgencyPerDay: Double
  /// Units still held at the end of each period, the whole first [periods + 1].
  public let holdings: [Double]
  /// Expected cost, USD.
  public let expectedCostUSD: Double
  /// Variance of the cost, USD squared.
  public let varianceUSDSquared: Double

  /// `1 / kappa`, days: the time in which a very long sale shrinks by e.
  public var halfLifeDays: Double { 1 / urgencyPerDay }

  /// The schedule at an aversion lambda per USD, at least 0; at 0 units are sold evenly.
  public init(_ problem: ExecutionProblem, riskAversionPerUSD: Double) {
    precondition(problem.temporaryNet > 0, "eta exceeds gamma tau / 2")
    let (tau, sigma) = (problem.periodDays, problem.moveUSDPerRootDay)
    let pull = riskAversionPerUSD * sigma * sigma / problem.temporaryNet
    // cosh(a) - 1 = 2 sinh^2(a / 2), so that a small urgency keeps its digits.
    let urgency = 2 / tau * ScalarMath.inverseHyperbolicSine(tau / 2 * pull.squareRoot())
    urgencyPerDay = urgency
    let end = urgency * problem.days
    let held = (0...problem.periodCount).map { period in
      let left = Double(problem.periodCount - period) / Double(problem.periodCount)
      // A steep sale is written by exponentials of what is gone, which cannot overflow.
      if end == 0 { return problem.units * left }
      if end < 30 {
        return problem.units * ScalarMath.hyperbolicSine(end * left)
          / ScalarMath.hyperbolicSine(end)
      }
      return problem.units
        * (ScalarMath.exp(end * (left - 1)) - ScalarMath.exp(-end * (left + 1)))
    }
    holdings = held
    var (squares, rest) = (OrderedSum(), OrderedSum())
    for period in 1...problem.periodCount {
      let sold = held[period - 1] - held[period]
      squares.add(sold * sold)
      rest.add(held[period] * held[period])
    }
    expectedCostUSD =
      problem.costs.permanent * problem.units * problem.units / 2
      + problem.costs.fixedUSD * problem.units + problem.temporaryNet / tau * squares.total
    varianceUSDSquared = sigma * sigma * tau * rest.total
  }
}
