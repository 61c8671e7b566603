// Winners who may be deleveraged, and what a rule does to a pool of them.

import RiskNumerics

/// One winner.
public struct DeleveragingWinner: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Unrealised profit, USD.
  public var profitUSD: Double
  /// Account value, USD.
  public var equityUSD: Double
  /// Notional that may be closed, USD, positive.
  public var notionalUSD: Double
  /// Whether the position is a short one.
  public var isShort: Bool
  /// Change of its own requirement if all of that notional is closed, USD: positive where the
  /// position was a hedge; nil where it is not known, as where no rule set covers what is left.
  public var requirementChangeUSD: Double?

  /// A winner.
  public init(
    name: String, profitUSD: Double, equityUSD: Double, notionalUSD: Double, isShort: Bool
  ) {
    self.name = name
    self.profitUSD = profitUSD
    self.equityUSD = equityUSD
    self.notionalUSD = notionalUSD
    self.isShort = isShort
  }

  /// What can be taken of it in money: its profit, as far as it is there, USD.
  public var capacityUSD: Double { max(min(profitUSD, equityUSD), 0) }

  /// Notional over account value; the account's position is bankrupt where its value is gone.
  public var leverage: Double { notionalUSD / max(equityUSD, .leastNormalMagnitude) }

  /// The position as rules of BitMEX see it: bankrupt where the account value is used up.
  public var ranked: RankedPosition {
    let sign = isShort ? -1.0 : 1
    return RankedPosition(
      markValueUSD: sign * notionalUSD, entryValueUSD: sign * entryUSD,
      bankruptValueUSD: sign * (notionalUSD - sign * equityUSD))
  }

  /// Mark over entry price of a long position, entry over mark of a short one: above 1 with profit.
  public var priceRatio: Double { isShort ? entryUSD / notionalUSD : notionalUSD / entryUSD }

  /// Value at entry, USD; of options whose profit exceeds their notional nearly nothing.
  private var entryUSD: Double {
    max(isShort ? notionalUSD + profitUSD : notionalUSD - profitUSD, .leastNormalMagnitude)
  }
}

/// In what a need is counted.
public enum DeleveragingNumeraire: String, Sendable, CaseIterable {
  /// USD of profit that is taken.
  case wealth
  /// USD of notional that is closed.
  case contracts
}

/// What a rule does to a pool.
public struct DeleveragingOutcome: Sendable, Equatable {
  /// The rule.
  public let rule: DeleveragingRule
  /// In what the need is counted.
  public let numeraire: DeleveragingNumeraire
  /// What was needed, USD of the numeraire.
  public let needUSD: Double
  /// What each winner gives, USD of the numeraire [winners].
  public let takenUSD: [Double]
  /// Share of the need that is covered.
  public let coveredFraction: Double
  /// What is taken beyond the need, USD of the numeraire.
  public let overshootUSD: Double
  /// What winners lose in money, USD: what is taken, or the loss spread over the notional that was
  /// needed, by what of it each closes.
  public let wealthUSD: Double
  /// What they lose beyond the loss, USD.
  public let wealthOvershootUSD: Double
  /// Unrealised profit of what is closed, USD; it becomes a realised one and is no loss.
  public let closedProfitUSD: Double
  /// Largest haircut: what a winner loses in money as a share of its profit; above 1 where it loses
  /// more than that.
  public let largestHaircutFraction: Double
  /// Gini coefficient of haircuts over all winners with a profit.
  public let haircutGini: Double
  /// Winners who give anything.
  public let touchedCount: Int
  /// Rise of requirements of those who give and for whom they rise, USD, where that is known; nil
  /// where it is known of none of those who give.
  public let requirementIncreaseUSD: Double?
  /// Winners who give and of whom it is not known.
  public let unknownRequirementCount: Int
}

/// Winners of one event as one pool.
public struct DeleveragingPool: Sendable, Equatable {
  /// The winners.
  public let winners: [DeleveragingWinner]

  /// A pool.
  public init(winners: [DeleveragingWinner]) { self.winners = winners }

  /// What can be given in all, USD of a numeraire.
  public func capacityUSD(_ numeraire: DeleveragingNumeraire) -> Double {
    OrderedSum.total(of: capacities(numeraire))
  }

  private func capacities(_ numeraire: DeleveragingNumeraire) -> [Double] {
    switch numeraire {
    case .wealth: winners.map(\.capacityUSD)
    case .contracts: winners.map(\.notionalUSD)
    }
  }

  /// What a rule does. `lossUSD` is the money that is missing; in wealth it is the need.
  public func outcome(
    _ rule: DeleveragingRule, _ numeraire: DeleveragingNumeraire, needUSD: Double, lossUSD: Double
  ) -> DeleveragingOutcome {
    let capacities = capacities(numeraire)
    let taken = rule.taken(winners, capacities: capacities, need: needUSD)
    let sum = OrderedSum.total(of: taken)
    let isWealth = numeraire == .wealth
    let wealthUSD = isWealth ? sum : needUSD > 0 ? lossUSD * sum / needUSD : 0
    let lossPerTaken = isWealth ? 1 : needUSD > 0 ? lossUSD / needUSD : 0
    let haircuts = winners.indices.filter { winners[$0].profitUSD > 0 }
      .map { taken[$0] * lossPerTaken / winners[$0].profitUSD }
    let closedShares = winners.indices.map { capacities[$0] > 0 ? taken[$0] / capacities[$0] : 0 }
    let touched = winners.indices.filter { taken[$0] > 0 }
    let rises = touched.compactMap { place in
      winners[place].requirementChangeUSD.map { max($0, 0) * closedShares[place] }
    }
    return DeleveragingOutcome(
      rule: rule, numeraire: numeraire, needUSD: needUSD, takenUSD: taken,
      coveredFraction: needUSD > 0 ? min(sum / needUSD, 1) : 1,
      overshootUSD: Self.beyond(sum, needUSD), wealthUSD: wealthUSD,
      wealthOvershootUSD: Self.beyond(wealthUSD, isWealth ? needUSD : lossUSD),
      closedProfitUSD: OrderedSum.total(
        of: zip(winners, closedShares).map { $0.profitUSD * $1 }),
      largestHaircutFraction: haircuts.max() ?? 0, haircutGini: GiniCoefficient(haircuts).value,
      touchedCount: touched.count,
      requirementIncreaseUSD: rises.isEmpty && !touched.isEmpty
        ? nil : OrderedSum.total(of: rises),
      unknownRequirementCount: touched.count - rises.count)
  }

  /// All rules in the order of their declaration.
  public func outcomes(
    _ numeraire: DeleveragingNumeraire, needUSD: Double, lossUSD: Double
  ) -> [DeleveragingOutcome] {
    DeleveragingRule.allCases.map {
      outcome($0, numeraire, needUSD: needUSD, lossUSD: lossUSD)
    }
  }

  /// An excess; what rounding of a sum of all winners makes is none.
  private static func beyond(_ sum: Double, _ need: Double) -> Double {
    sum > need * (1 + 1e-9) ? sum - need : 0
  }
}

/// How uneven amounts are: 0 = all alike, near 1 = one has all.
public struct GiniCoefficient: Sendable, Equatable {
  /// The coefficient; 0 where all amounts are 0.
  public let value: Double

  /// Of amounts that are at least 0: `2 sum(rank x amount) / (n sum) - (n + 1) / n`, ranks
  /// ascending from 1.
  public init(_ amounts: [Double]) {
    let sorted = amounts.sorted()
    let sum = OrderedSum.total(of: sorted)
    let count = Double(sorted.count)
    let ranked = OrderedSum.total(of: sorted.enumerated().map { Double($0 + 1) * $1 })
    // Of equal amounts rounding leaves a little less than nothing.
    value = sum > 0 ? max((2 * ranked / sum - count - 1) / count, 0) : 0
  }
}
