// How large an insurance fund must be to outlast the defaults of its largest groups.

import RiskNumerics

/// A fund that covers the n largest losses of groups in every scenario.
///
/// Source: CPMI-IOSCO, Principles for Financial Market Infrastructures 2012, principle 4.
public struct CoverageNeed: Sendable, Equatable {
  /// The need, USD.
  public let amountUSD: Double
  /// Scenario that sets it; the lowest at a tie.
  public let scenario: Int
  /// Groups that make it up there, the largest loss first.
  public let groups: [Int]
  /// Share of the largest group in the need; 0 where there is no need.
  public let largestShare: Double

  /// The largest sum over scenarios of the `groupCount` largest losses beyond margin.
  ///
  /// Shapes: lossesUSD [scenarios x groups]; gains and losses within margin count as zero.
  public init(lossesUSD: Matrix, groupCount: Int) {
    precondition(groupCount > 0 && lossesUSD.rowCount > 0, "a need has scenarios and groups")
    var best: (amount: Double, scenario: Int, groups: [Int]) = (-1, 0, [])
    for scenario in 0..<lossesUSD.rowCount {
      let order = (0..<lossesUSD.columnCount).sorted {
        (lossesUSD[scenario, $1], $0) < (lossesUSD[scenario, $0], $1)
      }
      let groups = order.prefix(groupCount).filter { lossesUSD[scenario, $0] > 0 }
      let amount = groups.reduce(0) { $0 + lossesUSD[scenario, $1] }
      if amount > best.amount { best = (amount, scenario, groups) }
    }
    amountUSD = best.amount
    scenario = best.scenario
    groups = best.groups
    largestShare = best.groups.first.map { lossesUSD[best.scenario, $0] / best.amount } ?? 0
  }

  /// The same from the largest losses of every scenario, of which at least `groupCount` were kept.
  public init(_ largest: LargestLosses, groupCount: Int) {
    precondition(groupCount > 0 && groupCount <= largest.keptCount, "more groups than were kept")
    var best: (amount: Double, scenario: Int) = (-1, 0)
    for scenario in 0..<largest.scenarioCount {
      let amount = (0..<groupCount).reduce(0) {
        $0 + largest.lossUSD(scenario: scenario, rank: $1)
      }
      if amount > best.amount { best = (amount, scenario) }
    }
    amountUSD = best.amount
    scenario = best.scenario
    groups = (0..<groupCount).compactMap { largest.group(scenario: best.scenario, rank: $0) }
    largestShare =
      best.amount > 0 ? largest.lossUSD(scenario: best.scenario, rank: 0) / best.amount : 0
  }
}

/// The largest losses of groups in every scenario, kept while groups come one after the other, so
/// that no table of scenarios and groups is needed.
public struct LargestLosses: Sendable, Equatable {
  /// Number of scenarios.
  public let scenarioCount: Int
  /// Losses kept of each scenario.
  public let keptCount: Int
  /// Losses by scenario, the largest first; 0 where there are fewer. [scenarios x kept]
  private var lossesUSD: [Double]
  /// Their groups, -1 where there are fewer.
  private var groups: [Int]

  /// No groups yet.
  public init(scenarioCount: Int, keptCount: Int) {
    precondition(scenarioCount > 0 && keptCount > 0, "losses have scenarios and ranks")
    self.scenarioCount = scenarioCount
    self.keptCount = keptCount
    lossesUSD = [Double](repeating: 0, count: scenarioCount * keptCount)
    groups = [Int](repeating: -1, count: scenarioCount * keptCount)
  }

  /// A loss of a scenario by its rank, counted from 0, USD; 0 where fewer groups lose.
  public func lossUSD(scenario: Int, rank: Int) -> Double {
    lossesUSD[scenario * keptCount + rank]
  }

  /// The group of that loss; nil where fewer groups lose.
  public func group(scenario: Int, rank: Int) -> Int? {
    let group = groups[scenario * keptCount + rank]
    return group >= 0 ? group : nil
  }

  /// Adds the loss of a group in a scenario, USD; at equal losses the lower group goes first.
  public mutating func add(_ lossUSD: Double, group: Int, scenario: Int) {
    guard lossUSD > 0 else { return }
    let first = scenario * keptCount
    var place = first + keptCount
    while place > first {
      let (other, holder) = (lossesUSD[place - 1], groups[place - 1])
      guard other < lossUSD || (other == lossUSD && holder > group) else { break }
      if place < first + keptCount {
        lossesUSD[place] = other
        groups[place] = holder
      }
      place -= 1
    }
    guard place < first + keptCount else { return }
    lossesUSD[place] = lossUSD
    groups[place] = group
  }

  /// Adds the losses of other groups.
  public mutating func add(_ other: LargestLosses) {
    for scenario in 0..<scenarioCount {
      for rank in 0..<other.keptCount {
        guard let group = other.group(scenario: scenario, rank: rank) else { break }
        add(other.lossUSD(scenario: scenario, rank: rank), group: group, scenario: scenario)
      }
    }
  }
}
