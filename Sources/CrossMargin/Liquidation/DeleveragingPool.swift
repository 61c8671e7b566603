// Winners who may be deleveraged, and the rules by which a loss or a closing is shared among them.

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
  /// position was a hedge.
  public var requirementChangeUSD = 0.0

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

/// A rule. Queues close the last position in part; those that end in `_whole` close all of it, as
/// venues do that close positions and not amounts.
public enum DeleveragingRule: String, Sendable, CaseIterable {
  /// Profit times leverage.
  case bitmex
  /// The same by whole positions.
  case bitmexWhole = "bitmex_whole"
  /// Mark over entry times leverage.
  case hyperliquid
  /// The same by whole positions.
  case hyperliquidWhole = "hyperliquid_whole"
  /// Leverage, then profit, then account value, then the order of the pool, as on Ethereal.
  case lexicographic
  /// The same by whole positions.
  case lexicographicWhole = "lexicographic_whole"
  /// One share of every capacity.
  case proRata = "pro_rata"
  /// The smallest largest share of profits.
  case waterFilling = "water_filling"
  /// Nearest in squares to shares by account value.
  case leastSquares = "least_squares"
  /// Evenly from those whose requirement does not rise, then from those for whom it rises least.
  case hedgeAware = "hedge_aware"

  private var isWhole: Bool {
    switch self {
    case .bitmexWhole, .hyperliquidWhole, .lexicographicWhole: true
    case .bitmex, .hyperliquid, .lexicographic, .proRata, .waterFilling, .leastSquares,
      .hedgeAware:
      false
    }
  }

  /// What each winner gives, in the numeraire's USD [winners].
  fileprivate func taken(
    _ winners: [DeleveragingWinner], capacities: [Double], need: Double
  ) -> [Double] {
    let count = winners.count
    switch self {
    case .bitmex, .bitmexWhole:
      return queue(DeleveragingQueue.order(scores: winners.map(\.ranked.score)), capacities, need)
    case .hyperliquid, .hyperliquidWhole:
      let scores = winners.map {
        RankedPosition.profitIndex(
          markUSD: $0.priceRatio, entryUSD: 1, notionalUSD: $0.notionalUSD,
          accountValueUSD: max($0.equityUSD, .leastNormalMagnitude))
      }
      return queue(DeleveragingQueue.order(scores: scores), capacities, need)
    case .lexicographic, .lexicographicWhole:
      let order = (0..<count).sorted { left, right in
        let (a, b) = (winners[left], winners[right])
        return (b.leverage, b.profitUSD, b.equityUSD, left)
          < (a.leverage, a.profitUSD, a.equityUSD, right)
      }
      return queue(order, capacities, need)
    case .proRata:
      return ProRataDeleveraging.takenUSD(capacitiesUSD: capacities, needUSD: need)
    case .waterFilling: return Self.waterFilling(winners, capacities, need, Array(0..<count))
    case .leastSquares:
      let equityUSD = winners.map { max($0.equityUSD, 0) }
      let sum = OrderedSum.total(of: equityUSD)
      return DeleveragingAllocation.leastSquares(
        capacitiesUSD: capacities,
        targetsUSD: equityUSD.map { sum > 0 ? need * $0 / sum : need / Double(count) },
        needUSD: need
      ).takenUSD
    case .hedgeAware:
      let free = winners.indices.filter { winners[$0].requirementChangeUSD <= 0 }
      var taken = Self.waterFilling(winners, capacities, need, free)
      var rest = need - OrderedSum.total(of: taken)
      let bound = winners.indices.filter {
        winners[$0].requirementChangeUSD > 0 && capacities[$0] > 0
      }.sorted {
        let rises = [$0, $1].map { winners[$0].requirementChangeUSD / capacities[$0] }
        return (rises[0], $0) < (rises[1], $1)
      }
      for winner in bound where rest > need * Self.roundingSlack {
        taken[winner] = min(rest, capacities[winner])
        rest -= taken[winner]
      }
      return taken
    }
  }

  /// What sums of all winners are off by is not asked of somebody else.
  private static let roundingSlack = 1e-12

  private func queue(_ order: [Int], _ capacities: [Double], _ need: Double) -> [Double] {
    var taken = capacities.map { _ in 0.0 }
    var rest = need
    for winner in order where rest > 0 {
      taken[winner] = isWhole ? capacities[winner] : min(rest, capacities[winner])
      rest -= taken[winner]
    }
    return taken
  }

  /// Water-filling over those of some winners who have anything to give.
  private static func waterFilling(
    _ winners: [DeleveragingWinner], _ capacities: [Double], _ need: Double, _ places: [Int]
  ) -> [Double] {
    let places = places.filter { capacities[$0] > 0 && winners[$0].profitUSD > 0 }
    var taken = capacities.map { _ in 0.0 }
    guard !places.isEmpty else { return taken }
    let allocation = DeleveragingAllocation.waterFilling(
      capacitiesUSD: places.map { capacities[$0] },
      profitsUSD: places.map { winners[$0].profitUSD }, needUSD: need)
    for (place, amount) in zip(places, allocation.takenUSD) { taken[place] = amount }
    return taken
  }
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
  /// Rise of requirements of those for whom they rise, USD.
  public let requirementIncreaseUSD: Double
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
    return DeleveragingOutcome(
      rule: rule, numeraire: numeraire, needUSD: needUSD, takenUSD: taken,
      coveredFraction: needUSD > 0 ? min(sum / needUSD, 1) : 1,
      overshootUSD: Self.beyond(sum, needUSD), wealthUSD: wealthUSD,
      wealthOvershootUSD: Self.beyond(wealthUSD, isWealth ? needUSD : lossUSD),
      closedProfitUSD: OrderedSum.total(
        of: zip(winners, closedShares).map { $0.profitUSD * $1 }),
      largestHaircutFraction: haircuts.max() ?? 0, haircutGini: GiniCoefficient(haircuts).value,
      touchedCount: taken.count { $0 > 0 },
      requirementIncreaseUSD: OrderedSum.total(
        of: zip(winners, closedShares).map { max($0.requirementChangeUSD, 0) * $1 }))
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
