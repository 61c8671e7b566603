// Several liquidation mechanisms on identical accounts and identical paths of the market.

import PortfolioModel
import RiskNumerics

/// Liquidates the accounts of a book along paths, under one mechanism after the other.
///
/// Requirements are frozen at today's, positions are held until they are closed, and mechanisms act
/// today and at the end of each step. Two walks: in the first nobody stands in another's way; what
/// it closes is the crowd of the second, whose closings set the price of the market and keep
/// keepers busy. Moves of the market itself by liquidations are the business of contagion.
public struct MechanicsRun: Sendable {
  private let paths: MarketPaths
  private let settings: MechanicsSettings
  private let confidence: ConfidenceLevels
  private let mechanisms: [LiquidationMechanism]
  /// Assets whose markets are closed in, and each asset's place among them, -1 without one.
  private let markets: [AssetIndex]
  private let marketOfAsset: [Int]
  /// With keepers, without.
  private let worlds: [MechanismWorld]
  private let instruments: [Instrument]

  /// Accounts read together.
  private static let batchAccountCount = 16

  /// Prepares paths drawn like `draws`, whose horizon and count are those of the settings. Unknown
  /// names of mechanisms are left out.
  public init(
    book: Book, settings: RunSettings, draws: MonteCarloSettings, threadCount: Int = 1
  ) throws(RunError) {
    let mechanics = settings.liquidation.mechanics
    self.settings = mechanics
    confidence = settings.confidence
    mechanisms =
      mechanics.names.isEmpty
      ? LiquidationMechanism.all : mechanics.names.compactMap(LiquidationMechanism.named)
    var drawn = draws
    drawn.scenarioCount = mechanics.pathCount
    drawn.horizonDays = mechanics.horizonDays
    paths = try MarketPaths(
      book: book, settings: settings,
      passage: PassageSettings(draws: drawn, stepCount: mechanics.stepCount),
      threadCount: threadCount)
    instruments = book.instruments
    let market = paths.run.market
    let debts = Set(book.portfolio.balances.owedAssets.map { market.trackedAsset[$0.position] })
    let traded = Set(book.instruments.map { market.trackedAsset[$0.underlying.position] })
    markets = traded.union(debts).sorted()
    var marketOfAsset = market.assets.map { _ in -1 }
    for (place, asset) in markets.enumerated() { marketOfAsset[asset.position] = place }
    self.marketOfAsset = market.trackedAsset.map { marketOfAsset[$0.position] }
    worlds = Self.worlds(markets, paths, settings)
  }

  private static func worlds(
    _ markets: [AssetIndex], _ paths: MarketPaths, _ settings: RunSettings
  ) -> [MechanismWorld] {
    let mechanics = settings.liquidation.mechanics
    let stepDays = mechanics.horizonDays / Double(mechanics.stepCount)
    let market = paths.run.market
    let assets = markets.map { index in
      let asset = market.assets[index.position]
      let factor = paths.model.factors.firstIndex(of: FactorName(.spot, asset.name))
      return AssetLiquidity(
        dailyVolumeUSD: asset.averageDailyVolumeUSD,
        depthUSDPerPercent: asset.depthUSDPerPercent,
        volatilityDaily: factor.map { paths.model.covariance[$0, $0].squareRoot() })
    }
    let calm = MarketLiquidity(
      assets: assets, form: mechanics.impact,
      fallbackFraction: settings.liquidation.costFraction, workedDays: stepDays,
      outstandingDays: mechanics.outstandingDays)
    var stressed = calm
    stressed.depthFraction = mechanics.stressedDepthFraction
    return [(calm, true), (stressed, false)].map { liquidity, areKeepersPresent in
      MechanismWorld(
        liquidity: liquidity, keepers: mechanics.keepers, areKeepersPresent: areKeepersPresent,
        stepSeconds: stepDays * 86_400)
    }
  }

  /// The comparison.
  public func result(
    threadCount: Int, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws -> MechanicsResult {
    let rowCount = worlds.count * mechanisms.count
    let empty = ClosedFlow(
      assetCount: markets.count, instantCount: settings.stepCount + 1, pathCount: paths.pathCount)
    var flows = [ClosedFlow](repeating: empty, count: rowCount)
    let blockCount = paths.run.blocks.count
    try Parallel.ordered(
      count: blockCount, threadCount: threadCount, windowCount: threadCount + 1,
      produce: { block in
        var own = [ClosedFlow](repeating: empty, count: rowCount)
        try forEachOutcome(block, crowds: nil) { subject, row, path, outcome in
          for closing in outcome.closings {
            for exposure in subject.exposures {
              own[row].add(
                closing.share * exposure.notionalUSD, path: path, instant: closing.instant,
                asset: exposure.asset)
            }
          }
        }
        return own
      },
      consume: { block, own in
        for row in flows.indices { flows[row].add(own[row]) }
        progress(block + 1, 2 * blockCount)
      })
    let crowds = flows.enumerated().map {
      MechanismCrowd(flow: $1, turnoverUSD: worlds[$0 / mechanisms.count].turnoverUSD)
    }
    return try result(crowds, threadCount: threadCount) {
      progress(blockCount + $0, 2 * blockCount)
    }
  }

  /// The second walk.
  private func result(
    _ crowds: [MechanismCrowd], threadCount: Int, progress: (Int) -> Void
  ) throws -> MechanicsResult {
    let noPaths = [MechanicsPath](repeating: MechanicsPath(), count: paths.pathCount)
    var sums = crowds.map { _ in noPaths }
    var accounts: [MechanicsAccount] = []
    try Parallel.ordered(
      count: paths.run.blocks.count, threadCount: threadCount, windowCount: threadCount + 1,
      produce: { block in
        var own = crowds.map { _ in noPaths }
        var rows: [MechanicsAccount] = []
        try forEachOutcome(block, crowds: crowds) { subject, row, path, outcome in
          own[row][path].add(outcome, isHealthyWithout: subject.isHealthyAtEnd)
          guard outcome.triggeredInstant != nil else { return }
          if rows.last?.account != subject.account {
            rows.append(
              MechanicsAccount(
                account: subject.account, liquidatedCounts: crowds.map { _ in 0 },
                badDebtUSD: crowds.map { _ in 0 }))
          }
          rows[rows.count - 1].liquidatedCounts[row] += 1
          rows[rows.count - 1].badDebtUSD[row] += outcome.badDebtUSD
        }
        return (sums: own, accounts: rows)
      },
      consume: { block, own in
        for row in sums.indices {
          for path in noPaths.indices { sums[row][path].add(own.sums[row][path]) }
        }
        accounts += own.accounts
        progress(block + 1)
      })
    guard let rules = TailMeasureRules(paths.steps[0].set, confidence) else {
      preconditionFailure("paths are a sample")
    }
    let rows = sums.enumerated().map { row, sums in
      MechanicsRow(
        mechanism: mechanisms[row % mechanisms.count],
        areKeepersPresent: worlds[row / mechanisms.count].areKeepersPresent, paths: sums,
        tail: rules.measures(of: LossTail(of: sums.map(\.badDebtUSD), keeping: rules.tailCount)))
    }
    return MechanicsResult(
      settings: settings, rows: rows, accounts: accounts,
      fallbackAssets: markets.enumerated().filter { place, asset in
        worlds[0].liquidity.isFallback(asset: place)
          && paths.run.market.assets[asset.position].name != "USD"
      }.map { paths.run.market.assets[$1.position].name })
  }

  /// An account on a path on which it falls below maintenance.
  private struct PathSubject {
    var account: AccountIndex
    var exposures: [(asset: Int, notionalUSD: Double)]
    /// Whether it has a surplus at the end if nobody touches it.
    var isHealthyAtEnd: Bool
  }

  /// Calls `body` with every outcome of a block: by account, then path, then row.
  private func forEachOutcome(
    _ block: Int, crowds: [MechanismCrowd]?,
    _ body: (PathSubject, _ row: Int, _ path: Int, MechanismOutcome) -> Void
  ) throws(RunError) {
    let candidates = try paths.run.liquidationCandidates(paths.run.blocks[block])
    var start = 0
    while start < candidates.count {
      let batch = candidates[start..<min(start + Self.batchAccountCount, candidates.count)]
      let profitsUSD = paths.profitsUSD(batch)
      for (unit, candidate) in batch.enumerated() {
        walk(candidate, profitsUSD.map { $0[unit] }, crowds, body)
      }
      start = batch.endIndex
    }
  }

  /// `columns` are profits of the account to the end of each step. [steps][paths]
  private func walk(
    _ candidate: LiquidationCandidate, _ columns: [[Double]], _ crowds: [MechanismCrowd]?,
    _ body: (PathSubject, _ row: Int, _ path: Int, MechanismOutcome) -> Void
  ) {
    var subject: MechanismSubject?
    var profitsUSD = [Double](repeating: 0, count: columns.count + 1)
    for path in 0..<paths.pathCount {
      var lowestUSD = 0.0
      for step in columns.indices {
        profitsUSD[step + 1] = columns[step][path]
        lowestUSD = min(lowestUSD, columns[step][path])
      }
      guard candidate.surplusUSD + lowestUSD < 0 else { continue }
      let known = subject ?? self.subject(candidate, firstStepUSD: columns[0])
      subject = known
      let onPath = PathSubject(
        account: candidate.account, exposures: known.exposures,
        isHealthyAtEnd: candidate.surplusUSD + profitsUSD[columns.count] >= 0)
      for (world, surroundings) in worlds.enumerated() {
        for (place, mechanism) in mechanisms.enumerated() {
          let row = world * mechanisms.count + place
          body(
            onPath, row, path,
            MechanismWalk.outcome(
              of: known, under: mechanism, in: surroundings, profitsUSD: profitsUSD,
              crowd: crowds?[row], path: path))
        }
      }
    }
  }

  private func subject(
    _ candidate: LiquidationCandidate, firstStepUSD: [Double]
  ) -> MechanismSubject {
    let count = Double(firstStepUSD.count)
    let mean = OrderedSum.total(of: firstStepUSD) / count
    let variance = OrderedSum.total(of: firstStepUSD.map { ($0 - mean) * ($0 - mean) }) / count
    return MechanismSubject(
      equityUSD: candidate.equityUSD, requirementUSD: candidate.equityUSD - candidate.surplusUSD,
      exposures: exposures(candidate.holdings),
      deviationDailyUSD: (variance * 86_400 / worlds[0].stepSeconds).squareRoot())
  }

  /// Notional of contracts by underlying and of what is owed by asset, as far as they have markets.
  private func exposures(_ holdings: AccountHoldings) -> [(asset: Int, notionalUSD: Double)] {
    var notionalUSD = [Double](repeating: 0, count: markets.count)
    for (index, quantity) in holdings.contracts {
      let place = marketOfAsset[instruments[index.position].underlying.position]
      notionalUSD[place] += abs(quantity) * paths.run.holdings.notionalUSD(of: index)
    }
    for (asset, amount) in holdings.amounts where amount < 0 {
      let place = marketOfAsset[asset.position]
      if place >= 0 { notionalUSD[place] -= amount * paths.run.market.priceUSD(asset) }
    }
    return notionalUSD.indices.filter { notionalUSD[$0] > 0 }.map { ($0, notionalUSD[$0]) }
  }
}

extension BalanceTable {
  /// Assets that some account owes.
  fileprivate var owedAssets: Set<AssetIndex> {
    Set(zip(assets, amounts).filter { $1 < 0 }.map(\.0))
  }
}
