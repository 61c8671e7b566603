// Which accounts stay healthy wherever the market goes within eight standard deviations.

import PortfolioModel
import RiskNumerics

/// What is known of an account before any path is drawn.
public enum TriageVerdict: String, Sendable, Equatable, CaseIterable {
  /// It has no margin under its rule set.
  case unmargined
  /// It has no surplus today.
  case lost
  /// The bound does not show that it stays healthy: it is simulated.
  case open
  /// There is no bound for what it holds or for its rule set: it is simulated.
  case unbounded
  /// It stays healthy in the whole box: it need not be simulated.
  case skipped
}

/// Which requirement a bound is meant for.
public enum BoundedRequirement: String, Sendable, Equatable, CaseIterable {
  /// That of today, as `FirstPassageRun` has it.
  case frozen
  /// That which is scanned again where the market is. Bounded for rule sets that ask for a share of
  /// each contract's notional, which rises with its price; others offer no bound.
  case rescanned
}

/// Bounds the surplus of every account from below over a box of normal moves.
///
/// The box reaches `deviations` standard deviations of the horizon to each side in every factor. By
/// Lévy's inequality a path of `d` factors leaves it at any time within the horizon with a probability of
/// at most `4 d Phi(-deviations)`, so that an account which is healthy in all of it is liquidated with at
/// most that. The bound is of the positions, not of the paths: it holds for any number of steps.
public struct TriageRun: Sendable {
  private let health: HealthRun
  private let space: FactorSpace
  /// Half the width of the box, standard deviations.
  public let deviations: Double
  private let requirement: BoundedRequirement

  /// Accounts of one task.
  private static let blockAccountCount = 250

  /// A box of a distance run's moves.
  public init(
    _ run: DistanceRun, deviations: Double = 8, requirement: BoundedRequirement = .frozen
  ) {
    precondition(deviations > 0, "a box has a width")
    health = run.health
    space = run.space
    self.deviations = deviations
    self.requirement = requirement
  }

  /// Largest probability with which an account that is skipped is liquidated within the horizon, for
  /// normal moves.
  public var probabilityMax: Double {
    4 * Double(space.factors.count) * NormalDistribution.cdf(-deviations)
  }

  /// Verdicts on all accounts. Shapes: today [accounts], result [accounts].
  public func verdicts(today: [AccountHealth?], threadCount: Int) throws -> [TriageVerdict] {
    precondition(today.count == health.accountCount, "one health for each account")
    let size = Self.blockAccountCount
    let bound = EquityBound(health, space, deviations: deviations)
    var verdicts: [TriageVerdict] = []
    try Parallel.ordered(
      count: (today.count + size - 1) / size, threadCount: threadCount,
      windowCount: 2 * threadCount,
      produce: { block in
        try (block * size..<min((block + 1) * size, today.count)).map { position in
          try verdict(AccountIndex(position), today[position], bound)
        }
      }, consume: { verdicts += $1 })
    return verdicts
  }

  private func verdict(
    _ account: AccountIndex, _ today: AccountHealth?, _ bound: EquityBound
  ) throws(RunError) -> TriageVerdict {
    guard let today else { return .unmargined }
    guard today.surplusUSD > 0 else { return .lost }
    let holdings = health.holdings(of: account)
    switch requirement {
    case .frozen:
      guard let worstUSD = bound.leastProfitUSD(holdings) else { return .unbounded }
      return today.surplusUSD + worstUSD >= 0 ? .skipped : .open
    case .rescanned:
      guard let mostUSD = try largestRequirementUSD(account),
        let worstUSD = bound.leastProfitUSD(holdings)
      else { return .unbounded }
      return mostUSD.valueUSD + worstUSD - mostUSD.requirementUSD >= 0 ? .skipped : .open
    }
  }

  /// What counts today and the largest requirement in the box, USD; nil where the rule set offers no
  /// bound.
  ///
  /// A venue of perpetuals with one cash collateral counts the cash, which all profits are paid in, and
  /// asks for a share of each notional that does not fall with it: the most is asked where all prices are
  /// highest.
  private func largestRequirementUSD(
    _ account: AccountIndex
  ) throws(RunError) -> (valueUSD: Double, requirementUSD: Double)? {
    let cashName: String
    switch health.settings.models[health.run.modelOfAccount[account.position]].family {
    case .leverage(let terms): cashName = terms.cashAsset
    case .openInterest(let terms): cashName = terms.cashAsset
    default: return nil
    }
    guard let cash = health.book.market.assetIndex(named: cashName),
      space.spotFactor[cash.position] == nil, health.book.market[cash].priceUSD == 1,
      let rescanned = try health.rescanned(account),
      let today = try rescanned.margin(rescanned.holdings)
    else { return nil }
    let all = Array(space.factors.indices)
    let top = all.map { deviations * space.covariance[$0, $0].squareRoot() }
    guard let corner = try rescanned.margin(at: space.move(all, top)) else { return nil }
    return (today.maintenance.valueUSD, corner.maintenance.requirementUSD)
  }
}
