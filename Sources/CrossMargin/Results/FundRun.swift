// How large the fund must be: the largest groups, the tail, and ruin over several days.

import PortfolioModel
import RiskNumerics

/// One way to size a fund.
public struct FundSize: Sendable, Equatable {
  /// The question that the size answers.
  public enum Method: String, Sendable, CaseIterable {
    /// The largest loss of one group.
    case coverOne = "cover_1"
    /// The largest sum of the losses of two groups.
    case coverTwo = "cover_2"
    /// Expected shortfall of all losses.
    case expectedShortfall = "expected_shortfall"
    /// Ruin within the horizon with the accepted probability.
    case ruin
  }

  /// The question.
  public var method: Method
  /// The size, USD.
  public var amountUSD: Double
  /// Its standard error; nil where there is none.
  public var standardErrorUSD: Double?
  /// Scenario that sets it: the worst for one and two groups, the one at the edge of the tail, and
  /// the largest loss of the sequence of days that sets ruin.
  public var scenario: Int
  /// The first account of the group with the largest part; nil without losses.
  public var largestGroup: AccountIndex?
  /// Its share: of the losses in the scenario, of the tail for expected shortfall.
  public var largestShare: Double
}

/// Sizes of a fund and what the tiers go through.
public struct FundResult: Sendable, Equatable {
  /// By method.
  public var sizes: [FundSize]
  /// The tiers over the horizon.
  public var horizon: WaterfallHorizon
  /// Number of groups.
  public var groupCount: Int
  /// Whether groups are those of `accounts.csv`; otherwise every account is one.
  public var areGroupsGiven: Bool
  /// Periods of the horizon, each as long as the scenarios.
  public var periodCount: Int
}

/// Accounts by their beneficial owners; an account without one is a group of its own.
struct AccountGroups: Sendable {
  /// Accounts of each group, ascending; groups by their first account.
  private(set) var members: [[Int]] = []
  /// Whether any account names a group.
  private(set) var areGiven = false

  init(_ accounts: [Account]) {
    var positions: [String: Int] = [:]
    for (position, account) in accounts.enumerated() {
      if let name = account.group, let known = positions[name] {
        members[known].append(position)
        continue
      }
      if let name = account.group {
        positions[name] = members.count
        areGiven = true
      }
      members.append([position])
    }
  }

  /// The account that a group is named by.
  func firstAccount(_ group: Int) -> AccountIndex { AccountIndex(members[group][0]) }

  /// Ranges of groups with about so many accounts each.
  func batches(accountCount: Int) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var (first, count) = (0, 0)
    for group in members.indices {
      count += members[group].count
      if count >= accountCount || group == members.count - 1 {
        batches.append(first..<(group + 1))
        (first, count) = (group + 1, 0)
      }
    }
    return batches
  }
}

extension BadDebtRun {
  /// The sizes, from the losses of every group in every scenario and the book's distribution.
  public func fund(_ badDebt: BadDebtResult, threadCount: Int) throws -> FundResult {
    let groups = AccountGroups(run.book.portfolio.accounts)
    let largest = try largestLosses(groups, keptCount: 2, threadCount: threadCount)
    let sizing = settings.fund
    let periodDays = horizonDays
    let periodCount = max(Int((sizing.horizonDays / periodDays).rounded()), 1)
    let sequences = LossSequences(
      lossesUSD: badDebt.badDebtUSD, standingUSD: badDebt.todayUSD, periodCount: periodCount,
      count: sizing.sequenceCount, seed: run.settings.seed)
    return FundResult(
      sizes: [
        size(.coverOne, CoverageNeed(largest, groupCount: 1), groups),
        size(.coverTwo, CoverageNeed(largest, groupCount: 2), groups),
        shortfallSize(badDebt, groups),
        ruinSize(
          RuinNeed(
            sequences, inflowUSD: sizing.inflowUSDPerDay * periodDays,
            ruinProbability: sizing.ruinProbability), badDebt, largest, groups)
      ],
      horizon: WaterfallHorizon(sequences, waterfall: settings.waterfall(periodDays: periodDays)),
      groupCount: groups.members.count, areGroupsGiven: groups.areGiven, periodCount: periodCount)
  }

  private func size(
    _ method: FundSize.Method, _ need: CoverageNeed, _ groups: AccountGroups
  ) -> FundSize {
    FundSize(
      method: method, amountUSD: need.amountUSD, standardErrorUSD: nil, scenario: need.scenario,
      largestGroup: need.groups.first.map { groups.firstAccount($0) },
      largestShare: need.largestShare)
  }

  private func shortfallSize(_ badDebt: BadDebtResult, _ groups: AccountGroups) -> FundSize {
    let sums = groups.members.map { $0.reduce(0) { $0 + badDebt.contributionsUSD[$1] } }
    let first = sums.indices.max { (sums[$0], $1) < (sums[$1], $0) }
    let shortfallUSD = badDebt.tail.expectedShortfallUSD
    let isLost = shortfallUSD > 0
    // The least loss of the tail stands at its edge.
    let order = badDebt.badDebtUSD.indices.sorted {
      (badDebt.badDebtUSD[$1], $0) < (badDebt.badDebtUSD[$0], $1)
    }
    let tailCount = Double(order.count) * (1 - run.settings.confidence.expectedShortfall)
    let edge = min(max(Int(tailCount.rounded(.up)) - 1, 0), order.count - 1)
    return FundSize(
      method: .expectedShortfall, amountUSD: shortfallUSD,
      standardErrorUSD: badDebt.tail.expectedShortfallErrorUSD, scenario: order[edge],
      largestGroup: isLost ? first.map { groups.firstAccount($0) } : nil,
      largestShare: isLost ? first.map { sums[$0] / shortfallUSD } ?? 0 : 0)
  }

  private func ruinSize(
    _ need: RuinNeed, _ badDebt: BadDebtResult, _ largest: LargestLosses, _ groups: AccountGroups
  ) -> FundSize {
    let lossUSD = badDebt.badDebtUSD[need.scenario]
    return FundSize(
      method: .ruin, amountUSD: need.amountUSD, standardErrorUSD: need.standardErrorUSD,
      scenario: need.scenario,
      largestGroup: largest.group(scenario: need.scenario, rank: 0).map { groups.firstAccount($0) },
      largestShare: lossUSD > 0
        ? largest.lossUSD(scenario: need.scenario, rank: 0) / lossUSD : 0)
  }

  private func largestLosses(
    _ groups: AccountGroups, keptCount: Int, threadCount: Int
  ) throws -> LargestLosses {
    let scenarioCount = reading.set.scenarioCount
    let empty = LargestLosses(scenarioCount: scenarioCount, keptCount: keptCount)
    let batches = groups.batches(accountCount: RiskRun.accountsPerBlock)
    var largest = empty
    try Parallel.ordered(
      count: batches.count, threadCount: threadCount, windowCount: 2 * threadCount,
      produce: { batch in
        var own = empty
        let candidates = try run.liquidationCandidates(
          groups.members[batches[batch]].joined().sorted())
        var places: [Int: LiquidationCandidate] = [:]
        for candidate in candidates { places[candidate.account.position] = candidate }
        for group in batches[batch] {
          var lossesUSD = [Double](repeating: 0, count: scenarioCount)
          var isLost = false
          for member in groups.members[group] {
            guard let candidate = places[member] else { continue }
            forEachLiquidation(of: candidate) { scenario, missingUSD in
              lossesUSD[scenario] += missingUSD
              isLost = true
            }
          }
          guard isLost else { continue }
          for scenario in 0..<scenarioCount {
            own.add(lossesUSD[scenario], group: group, scenario: scenario)
          }
        }
        return own
      },
      consume: { _, own in largest.add(own) })
    return largest
  }
}
