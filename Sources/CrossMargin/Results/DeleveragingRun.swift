// Who pays what the tiers do not: winners of the scenario in which they first do not suffice as
// badly as the tail does.

import PortfolioModel
import RiskNumerics

/// Deleveraging in one scenario.
public struct DeleveragingResult: Sendable, Equatable {
  /// The scenario.
  public var scenario: Int
  /// Bad debt there, USD.
  public var badDebtUSD: Double
  /// What the tiers leave, USD: the need in wealth.
  public var residualUSD: Double
  /// Net notional of the accounts with bad debt in the asset, by the part of the debt that is left: the
  /// need in contracts, USD.
  public var closingUSD: Double
  /// Asset whose positions are closed.
  public var asset: String
  /// Accounts on the other side of the asset that gain there and are not liquidated.
  public var pool: DeleveragingPool
  /// All rules in wealth, then in contracts.
  public var outcomes: [DeleveragingOutcome]
}

extension BadDebtRun {
  /// Deleveraging in that scenario, among those in which something is left, whose bad debt is
  /// nearest to the expected shortfall; nil where the tiers suffice everywhere.
  ///
  /// Winners are those on the other side, net, of the asset in which the accounts with bad debt have
  /// most notional. They can give their profits up to their equity, in contracts their positions in
  /// that asset. What closing those does to a winner's own requirement is scanned, at today's market;
  /// it is unknown where the rule set does not cover what is left.
  public func deleveraging(
    _ badDebt: BadDebtResult, threadCount: Int
  ) throws -> DeleveragingResult? {
    let waterfall = settings.waterfall(periodDays: horizonDays)
    let residualsUSD = badDebt.badDebtUSD.map { waterfall.payment(ofLossUSD: $0).residualUSD }
    let shortfallUSD = badDebt.tail.expectedShortfallUSD
    let left = residualsUSD.indices.filter { residualsUSD[$0] > 0 }
    let nearest = left.min {
      (abs(badDebt.badDebtUSD[$0] - shortfallUSD), $0)
        < (abs(badDebt.badDebtUSD[$1] - shortfallUSD), $1)
    }
    guard let scenario = nearest else { return nil }
    let states = try states(in: scenario, threadCount: threadCount)
    var bankruptUSD = [Double](repeating: 0, count: run.market.assets.count)
    for state in states where state.isBankrupt {
      for (asset, notionalUSD) in notionals(state.holdings) {
        bankruptUSD[asset.position] += notionalUSD
      }
    }
    let largest = bankruptUSD.indices.max { (bankruptUSD[$0], $1) < (bankruptUSD[$1], $0) }
    guard let asset = largest.map(AssetIndex.init) else { return nil }
    let openUSD = OrderedSum.total(
      of: states.filter(\.isBankrupt).map { signedUSD($0.holdings, asset) })
    let winners = try winners(
      states, asset, against: openUSD, threadCount: threadCount)
    let pool = DeleveragingPool(winners: winners)
    let lossUSD = badDebt.badDebtUSD[scenario]
    let closingUSD = abs(openUSD) * residualsUSD[scenario] / lossUSD
    return DeleveragingResult(
      scenario: scenario, badDebtUSD: lossUSD, residualUSD: residualsUSD[scenario],
      closingUSD: closingUSD, asset: run.market.assets[asset.position].name, pool: pool,
      outcomes: DeleveragingNumeraire.allCases.flatMap {
        pool.outcomes(
          $0, needUSD: $0 == .wealth ? residualsUSD[scenario] : closingUSD,
          lossUSD: residualsUSD[scenario])
      })
  }

  /// An account in the scenario: a winner or bankrupt.
  private struct ScenarioState: Sendable {
    var holdings: AccountHoldings
    var profitUSD: Double
    var equityUSD: Double
    var requirementUSD: Double
    var isBankrupt: Bool
  }

  private func states(in scenario: Int, threadCount: Int) throws -> [ScenarioState] {
    try run.blocks.joined(threadCount: threadCount) { accounts in
      var own: [ScenarioState] = []
      for candidate in try run.liquidationCandidates(accounts) {
        let profitUSD = withProfits(of: candidate) { $0[scenario] }
        let equityUSD = candidate.equityUSD + profitUSD
        let isLiquidated = candidate.surplusUSD + profitUSD < 0
        guard isLiquidated ? missingUSD(candidate, profitUSD) > 0 : profitUSD > 0 else {
          continue
        }
        own.append(
          ScenarioState(
            holdings: candidate.holdings, profitUSD: profitUSD, equityUSD: equityUSD,
            requirementUSD: candidate.equityUSD - candidate.surplusUSD,
            isBankrupt: isLiquidated))
      }
      return own
    }
  }

  /// Notional of contracts by underlying, USD, in the order of instruments.
  private func notionals(
    _ holdings: AccountHoldings
  ) -> [(asset: AssetIndex, notionalUSD: Double)] {
    holdings.contracts.map { index, quantity in
      (underlying(index), abs(quantity) * run.holdings.notionalUSD(of: index))
    }
  }

  private func underlying(_ index: InstrumentIndex) -> AssetIndex {
    run.market.trackedAsset[run.book[index].underlying.position]
  }

  private func winners(
    _ states: [ScenarioState], _ asset: AssetIndex, against openUSD: Double, threadCount: Int
  ) throws -> [DeleveragingWinner] {
    let gaining = states.filter { !$0.isBankrupt }
    return try AccountBlocks(accountCount: gaining.count).joined(threadCount: threadCount) {
      let part = gaining[$0]
      let requirements = try requirementsWithout(part.map(\.holdings), asset)
      return zip(part, requirements).compactMap { state, requirementUSD in
        winner(state, asset, requirementUSD, against: openUSD)
      }
    }
  }

  /// Notional of the contracts on an asset, USD, bought less sold.
  private func signedUSD(_ holdings: AccountHoldings, _ asset: AssetIndex) -> Double {
    holdings.contracts.filter { underlying($0.instrument) == asset }
      .reduce(0) { $0 + $1.quantity * run.holdings.notionalUSD(of: $1.instrument) }
  }

  /// An account on the other side of what the bankrupt leave open; nil for others.
  private func winner(
    _ state: ScenarioState, _ asset: AssetIndex, _ requirementUSD: Double?, against openUSD: Double
  ) -> DeleveragingWinner? {
    let signedUSD = signedUSD(state.holdings, asset)
    guard signedUSD * openUSD < 0 else { return nil }
    var winner = DeleveragingWinner(
      name: run.book.portfolio.accounts[state.holdings.account.position].name,
      profitUSD: state.profitUSD, equityUSD: state.equityUSD, notionalUSD: abs(signedUSD),
      isShort: signedUSD < 0)
    winner.requirementChangeUSD = requirementUSD.map { $0 - state.requirementUSD }
    return winner
  }

  /// Requirements of accounts whose contracts on an asset are gone, USD; nil without a margin.
  private func requirementsWithout(
    _ accounts: [AccountHoldings], _ asset: AssetIndex
  ) throws(RunError) -> [Double?] {
    let cut = accounts.map { holdings in
      var holdings = holdings
      holdings.contracts.removeAll { underlying($0.instrument) == asset }
      return holdings
    }
    return zip(cut, try run.margins(cut)).map { holdings, margin in
      margin.map {
        EquityReading(holdings, base: run.base).equityUSD - $0.maintenance.surplusUSD
      }
    }
  }
}
