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
  private let markets: MechanicsMarkets
  /// With keepers, without.
  private let worlds: [MechanismWorld]
  private let memory: MechanicsMemory

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
    markets = MechanicsMarkets(
      book: book, market: paths.run.market, holdings: paths.run.holdings)
    worlds = Self.worlds(markets, paths, settings)
    memory = MechanicsMemory(mechanics, book: book)
  }

  private static func worlds(
    _ markets: MechanicsMarkets, _ paths: MarketPaths, _ settings: RunSettings
  ) -> [MechanismWorld] {
    let mechanics = settings.liquidation.mechanics
    let stepDays = mechanics.horizonDays / Double(mechanics.stepCount)
    let calm = MarketLiquidity(
      assets: markets.liquidity(paths.model), form: mechanics.impact,
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
  ///
  /// - Parameters:
  ///   - threadCount: threads, positive; fewer work where all would need too much memory.
  ///   - progress: told of blocks of accounts that are done.
  ///   - accounts: takes the accounts of one block that some row's mechanism liquidates, by account,
  ///     then row; blocks come in the order of accounts, on the calling thread.
  public func result(
    threadCount: Int, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
    accounts: ([MechanicsAccount]) throws -> Void
  ) throws -> MechanicsResult {
    let threadCount = memory.threadCount(of: threadCount)
    let rowCount = worlds.count * mechanisms.count
    let empty = ClosedFlow(
      assetCount: markets.assets.count, instantCount: settings.stepCount + 1,
      pathCount: paths.pathCount)
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
    let sums = try sums(
      crowds, threadCount: threadCount, progress: { progress(blockCount + $0, 2 * blockCount) },
      accounts: accounts)
    return result(sums)
  }

  /// The second walk. [rows][paths]
  private func sums(
    _ crowds: [MechanismCrowd], threadCount: Int, progress: (Int) -> Void,
    accounts: ([MechanicsAccount]) throws -> Void
  ) throws -> [[MechanicsPath]] {
    let noPaths = [MechanicsPath](repeating: MechanicsPath(), count: paths.pathCount)
    var sums = crowds.map { _ in noPaths }
    try Parallel.ordered(
      count: paths.run.blocks.count, threadCount: threadCount, windowCount: threadCount + 1,
      produce: { block in
        var own = crowds.map { _ in noPaths }
        var found: [MechanicsAccount] = []
        try forEachOutcome(block, crowds: crowds) { subject, row, path, outcome in
          own[row][path].add(outcome, isHealthyWithout: subject.isHealthyAtEnd)
          guard outcome.triggeredInstant != nil else { return }
          if found.last?.account != subject.account {
            found += crowds.indices.map { MechanicsAccount(account: subject.account, row: $0) }
          }
          let place = found.count - crowds.count + row
          found[place].liquidatedCount += 1
          found[place].badDebtUSD += outcome.badDebtUSD
        }
        return (sums: own, accounts: found.filter { $0.liquidatedCount > 0 })
      },
      consume: { block, own in
        for row in sums.indices {
          for path in noPaths.indices { sums[row][path].add(own.sums[row][path]) }
        }
        try accounts(own.accounts)
        progress(block + 1)
      })
    return sums
  }

  private func result(_ sums: [[MechanicsPath]]) -> MechanicsResult {
    guard let rules = TailMeasureRules(paths.steps[0].set, confidence) else {
      preconditionFailure("paths are a sample")
    }
    let rows = sums.enumerated().map { row, sums in
      MechanicsRow(
        mechanism: mechanisms[row % mechanisms.count],
        areKeepersPresent: worlds[row / mechanisms.count].areKeepersPresent, paths: sums,
        tail: rules.measures(of: LossTail(of: sums.map(\.badDebtUSD), keeping: rules.tailCount)))
    }
    let fallback = markets.assets.indices.filter { worlds[0].liquidity.isFallback(asset: $0) }
    return MechanicsResult(
      settings: settings, rows: rows,
      fallbackAssets: fallback.map {
        paths.run.market.assets[markets.assets[$0].position].name
      })
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
    let closing = markets.closing(candidate.holdings)
    return MechanismSubject(
      equityUSD: candidate.equityUSD, requirementUSD: candidate.equityUSD - candidate.surplusUSD,
      notionalUSD: closing.notionalUSD, exposures: closing.exposures,
      deviationDailyUSD: (variance * 86_400 / worlds[0].stepSeconds).squareRoot())
  }
}
