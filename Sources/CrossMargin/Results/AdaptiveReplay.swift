// Requirements that follow the market, replayed over its past: what they liquidate in vain, what they
// leave unpaid, and how hard they swing.

import PortfolioModel
import RiskNumerics

/// How the requirement of a replay is set.
public struct AdaptivePolicy: Sendable, Equatable {
  /// Its name: small letters, digits and `_`.
  public var name: String
  /// What it does, for a reader.
  public var words: String
  /// How the requirement follows volatility; nil = it stays at `fixedFraction`.
  public var terms: AdaptiveRequirement?
  /// Requirement without terms.
  public var fixedFraction: Double
  /// Days over which a change reaches positions that are open already; 0 = at once.
  public var rampDays: Int

  /// A policy.
  public init(
    name: String, words: String, terms: AdaptiveRequirement?, fixedFraction: Double = 0,
    rampDays: Int = 0
  ) {
    precondition(rampDays >= 0, "a ramp does not run backwards")
    precondition(terms != nil || fixedFraction > 0, "a requirement is positive")
    self.name = name
    self.words = words
    self.terms = terms
    self.fixedFraction = fixedFraction
    self.rampDays = rampDays
  }

  /// Policies to compare: a fixed requirement; one that follows volatility freely; the same with a
  /// floor; with floor and bounded steps; and these with ramps for open positions. All cover three
  /// deviations of one day.
  public static let standard: [AdaptivePolicy] = {
    func terms(floor: Double, rise: Double, fall: Double) -> AdaptiveRequirement {
      AdaptiveRequirement(
        fractionMin: floor, deviationMultiple: 3, closePeriods: 1, riseFactorMax: rise,
        fallFactorMax: fall)
    }
    let free = terms(floor: 0.001, rise: 1_000, fall: 1_000)
    let floored = terms(floor: 0.08, rise: 1_000, fall: 1_000)
    let bounded = terms(floor: 0.08, rise: 1.25, fall: 1.05)
    return [
      AdaptivePolicy(name: "fixed", words: "fixed at 12 %", terms: nil, fixedFraction: 0.12),
      AdaptivePolicy(name: "free", words: "follows volatility freely", terms: free),
      AdaptivePolicy(name: "floor", words: "follows volatility, at least 8 %", terms: floored),
      AdaptivePolicy(
        name: "floor_steps", words: "at least 8 %, in bounded daily steps", terms: bounded),
      AdaptivePolicy(
        name: "floor_steps_ramp",
        words: "at least 8 %, in bounded steps that reach open positions over five days",
        terms: bounded, rampDays: 5)
    ]
  }()

  /// Fixed at the mean requirement of the one with floor and bounded steps, so that both ask for as
  /// much; nil without scores of that one.
  public static func sameMean(as scores: [AdaptiveScore]) -> AdaptivePolicy? {
    scores.first { $0.policy.name == "floor_steps" }.map { score in
      AdaptivePolicy(
        name: "fixed_same_mean", words: "fixed at the mean of the one with bounded steps",
        terms: nil, fixedFraction: score.meanFraction)
    }
  }
}

/// What came of a policy over the past of one price.
public struct AdaptiveScore: Sendable, Equatable {
  /// The policy.
  public var policy: AdaptivePolicy
  /// Days with a requirement.
  public var dayCount: Int
  /// Mean requirement, a fraction of notional.
  public var meanFraction: Double
  /// Largest requirement over the smallest.
  public var peakToTrough: Double
  /// Largest rise within five days, as a share.
  public var largestRiseOfFive: Double
  /// Share of days whose move, up or down, was within the requirement before it.
  public var coverage: Double
  /// Positions that were opened.
  public var positionCount: Int
  /// Share of them that were liquidated.
  public var liquidatedFraction: Double
  /// Share of the liquidated that would have had equity left on every day and at the end.
  public var falseFraction: Double
  /// Share of the liquidated that the requirement of the day before would not have liquidated.
  public var raisedFraction: Double
  /// Unpaid losses over the notional of all positions.
  public var badDebtFraction: Double
}

/// A replay over closing prices.
///
/// Each day a long and a short position of one USD are opened with equity of `openingMultiple`
/// requirements and held for `holdingDays`. A position whose equity is below the requirement of a
/// day's end is closed at the end of the next, since nobody closes at the price that triggers; what
/// its equity then lacks is bad debt.
public struct AdaptiveReplay: Sendable {
  /// Equity at opening over the requirement.
  public var openingMultiple = 1.5
  /// Days that positions are held.
  public var holdingDays = 20
  /// Weight of a day relative to the next in the volatility.
  public var decayPerDay = 0.94
  /// Moves before the first requirement.
  public var firstMoveCount = 30

  /// A replay of positions of twenty days at one and a half requirements.
  public init() {}

  /// Scores of policies over closing prices of consecutive days, oldest first, all positive; empty
  /// where they are too few.
  public func scores(_ policies: [AdaptivePolicy], pricesUSD: [Double]) -> [AdaptiveScore] {
    precondition(pricesUSD.allSatisfy { $0 > 0 }, "prices are positive")
    guard pricesUSD.count > firstMoveCount + holdingDays + 2 else { return [] }
    let volatilities = volatilities(pricesUSD)
    return policies.map { score($0, pricesUSD, volatilities) }
  }

  /// Deviation of the next day's move, known at the end of each day from `firstMoveCount` on.
  private func volatilities(_ pricesUSD: [Double]) -> [Double] {
    var variance = 0.0
    var weight = 0.0
    var result = [0.0]
    for day in 1..<pricesUSD.count {
      let move = ScalarMath.log(pricesUSD[day] / pricesUSD[day - 1])
      variance = decayPerDay * variance + move * move
      weight = decayPerDay * weight + 1
      result.append((variance / weight).squareRoot())
    }
    return result
  }

  /// Requirements at the end of each day from `firstMoveCount` on.
  func requirements(_ policy: AdaptivePolicy, _ volatilities: [Double]) -> [Double] {
    guard let terms = policy.terms else {
      return volatilities.dropFirst(firstMoveCount).map { _ in policy.fixedFraction }
    }
    var result: [Double] = []
    for volatility in volatilities.dropFirst(firstMoveCount) {
      let target = terms.target(volatility: volatility, impactFraction: 0, spreadFraction: 0)
      result.append(result.last.map { terms.next(after: $0, target: target) } ?? target)
    }
    return result
  }

  /// The requirement of positions that are open, day by day: each change comes in equal parts over
  /// the days of the ramp.
  private func ramped(_ requirements: [Double], days: Int) -> [Double] {
    if days == 0 { return requirements }
    return requirements.indices.map { day in
      var value = requirements[0]
      for change in 1..<max(day + 1, 1) {
        let ramp = ThresholdRamp(
          from: 0, to: requirements[change] - requirements[change - 1], lengthSeconds: Double(days))
        value += ramp.value(elapsedSeconds: Double(day - change), isNewRisk: false)
      }
      return value
    }
  }

  private struct Counts {
    var positions = 0
    var liquidated = 0
    var inVain = 0
    var raised = 0
    var badDebt = OrderedSum()
  }

  private func score(
    _ policy: AdaptivePolicy, _ pricesUSD: [Double], _ volatilities: [Double]
  ) -> AdaptiveScore {
    let requirements = requirements(policy, volatilities)
    let open = ramped(requirements, days: policy.rampDays)
    let prices = Array(pricesUSD.dropFirst(firstMoveCount))
    var covered = 0
    for day in 1..<prices.count
    where abs(prices[day] / prices[day - 1] - 1) <= requirements[day - 1] { covered += 1 }
    var counts = Counts()
    for opened in 0..<(prices.count - holdingDays - 1) {
      for side in [1.0, -1] {
        hold(side, opened, prices, requirements[opened] * openingMultiple, open, &counts)
      }
    }
    let swing = Procyclicality(margins: requirements)
    let liquidated = Double(max(counts.liquidated, 1))
    return AdaptiveScore(
      policy: policy, dayCount: requirements.count,
      meanFraction: OrderedSum.total(of: requirements) / Double(requirements.count),
      peakToTrough: swing.peakToTrough, largestRiseOfFive: swing.largestIncrease(dayCount: 5),
      coverage: Double(covered) / Double(prices.count - 1), positionCount: counts.positions,
      liquidatedFraction: Double(counts.liquidated) / Double(counts.positions),
      falseFraction: Double(counts.inVain) / liquidated,
      raisedFraction: Double(counts.raised) / liquidated,
      badDebtFraction: counts.badDebt.total / Double(counts.positions))
  }

  /// One position of `side` USD from the end of a day on.
  private func hold(
    _ side: Double, _ opened: Int, _ prices: [Double], _ equityUSD: Double, _ open: [Double],
    _ counts: inout Counts
  ) {
    counts.positions += 1
    func equity(_ day: Int) -> Double { equityUSD + side * (prices[day] / prices[opened] - 1) }
    func requirement(_ day: Int, at fraction: Double) -> Double {
      fraction * prices[day] / prices[opened]
    }
    let last = opened + holdingDays
    // On the day of opening the requirement of new positions holds, which ramps do not soften.
    guard
      let day = ((opened + 1)...last).first(where: {
        equity($0) < requirement($0, at: open[$0])
      })
    else { return }
    counts.liquidated += 1
    counts.badDebt.add(max(-equity(day + 1), 0))
    if equity(day) >= requirement(day, at: open[day - 1]) { counts.raised += 1 }
    if (day...last).allSatisfy({ equity($0) > 0 }) { counts.inVain += 1 }
  }
}
