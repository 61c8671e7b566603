// Liquidations that move prices that liquidate: cascades of a whole book under common scenarios.

import PortfolioModel
import RiskNumerics

/// Runs the cascade of every scenario of a sampled set.
///
/// A round values one unit of everything again at the prices that the last round left, by full
/// revaluation, and so all accounts; accounts without surplus trade, by their response, the coins
/// of delta that they hold at those prices; trades net in each market and move its price by its
/// depth. Requirements are frozen at today's, as in `BadDebtRun`, which is the first round. An
/// account loses on all that it held and trades at the last prices, which is more than it would pay
/// on the way. `CascadeState` says what is monotone.
public struct ContagionRun: Sendable {
  private let sample: SampledRun
  private let settings: LiquidationSettings
  private let markets: ContagionMarkets
  private let accounts: ContagionAccounts

  private var run: PreparedRun { sample.run }
  var reading: ValuedScenarios { sample.reading }
  private var rules: TailMeasureRules { sample.rules }
  private var horizonDays: Double { sample.horizonDays }

  /// Assets that accounts hold and of whose market neither depth nor volume is known: with any
  /// there is no result.
  public var unknown: [UnknownDepth] { markets.unknown }

  /// Prepares a book; nil where no scenario set has probabilities of a sample.
  public init?(book: Book, settings: RunSettings, threadCount: Int = 1) throws {
    guard let sample = try SampledRun(book: book, settings: settings, threadCount: threadCount)
    else { return nil }
    self.sample = sample
    self.settings = settings.liquidation
    markets = try ContagionMarkets(book: book, settings: settings, market: sample.run.market)
    accounts = try ContagionAccounts(sample.run, settings.liquidation, threadCount: threadCount)
  }

  /// The cascade of one scenario on its way or at its end.
  struct Cascade: Sendable {
    var state: CascadeState
    var rounds: [CascadeRound] = []
    var notionalUSD = 0.0
    var mixedCount = 0
  }

  /// All cascades and what they come to; `addOns` takes what they add to accounts that they cost
  /// anything, block by block in their order. Precondition: `unknown` is empty.
  public func result(
    threadCount: Int, addOns: (_ block: [ContagionAddOn]) throws -> Void = { _ in }
  ) throws -> ContagionResult {
    precondition(unknown.isEmpty, "a market without depth")
    let scenarioCount = reading.set.scenarioCount
    let start = Cascade(state: CascadeState(marketCount: markets.markets.count))
    let cascades = try settle(
      Array(0..<scenarioCount), [Cascade](repeating: start, count: scenarioCount), threadCount)
    var scenarios = cascades.enumerated().map { index, cascade in
      Self.scenario(index, cascade)
    }
    let after = scenarios.map(\.badDebtAfterUSD)
    let order = scenarios.indices.sorted {
      (after[$1], scenarios[$1].notionalAfterUSD, $0)
        < (after[$0], scenarios[$0].notionalAfterUSD, $1)
    }
    let compared = order.prefix(settings.contagion.comparedScenarioCount).sorted()
    for (scenario, greatest) in zip(compared, try greatest(compared, cascades, threadCount)) {
      scenarios[scenario].greatest = greatest
    }
    let worst = order[0]
    let shares = LossShortfall(after, confidence: run.settings.confidence.expectedShortfall)
    let contributionsUSD = try ContagionClosing(
      accounts: accounts, markets: markets,
      profitsUSD: cumulativeProfits(cascades, threadCount),
      shortfallWeights: shares.weights,
      confidence: run.settings.confidence.expectedShortfall
    ).contributionsUSD(
      accountCount: run.blocks.accountCount, threadCount: threadCount, addOns: addOns)
    return ContagionResult(
      set: reading.set.name, labels: reading.set.labels, settings: settings.contagion,
      markets: markets.markets.indices.map { forced($0, scenarios) }, scenarios: scenarios,
      todayUSD: accounts.owedTodayUSD, before: tail(scenarios.map(\.badDebtBeforeUSD)),
      after: tail(after), contributionsUSD: contributionsUSD,
      worstScenario: ScenarioIndex(worst), worstRounds: cascades[worst].rounds,
      systemicness: try systemicness(worst, threadCount))
  }

  // MARK: Rounds

  /// Takes cascades of scenarios to their ends; those that are settled cost no further round.
  private func settle(
    _ scenarios: [Int], _ starts: [Cascade], _ threadCount: Int
  ) throws -> [Cascade] {
    var cascades = starts
    var active = Array(scenarios.indices)
    while !active.isEmpty {
      let valuation = valuation(
        active.map { scenarios[$0] }, active.map { cascades[$0].state }, threadCount)
      let found = try accounts.reading(valuation, threadCount: threadCount)
      for (row, index) in active.enumerated() {
        cascades[index].take(
          found, row: row, markets: markets.markets, tolerance: settings.contagion.tolerance)
      }
      active.removeAll {
        cascades[$0].state.isSettled
          || cascades[$0].rounds.count >= settings.contagion.roundsMax
      }
    }
    return cascades
  }

  /// Cascades from full liquidation in the directions that the rising ones took, where they took
  /// none, in those of the scenarios.
  private func greatest(
    _ scenarios: [Int], _ rising: [Cascade], _ threadCount: Int
  ) throws -> [GreatestCascade] {
    let none = CascadeState(marketCount: markets.markets.count)
    let shocked = valuation(scenarios, scenarios.map { _ in none }, threadCount)
    let directions = scenarios.enumerated().map { row, scenario in
      rising[scenario].state.directions.enumerated().map { market, direction -> Double in
        if direction != 0 { return direction }
        let column = run.base.columns.column(of: markets.assets[market])
        return shocked.profitUSD[scenario: row, column: column] > 0 ? 1 : -1
      }
    }
    let sizes = try accounts.oneSidedUSD(shocked, directions, threadCount: threadCount)
    let starts = scenarios.enumerated().map { row, scenario in
      let moves = markets.markets.enumerated().map { market, depth -> Double in
        let direction = directions[row][market]
        let full = direction * depth.logMove(netSalesUSD: -direction * sizes[market][row])
        // Deltas of options may have grown on the way: full is not less than what was reached.
        return direction * max(full, direction * rising[scenario].state.logMoves[market])
      }
      return Cascade(state: CascadeState(falling: moves, directions: directions[row]))
    }
    return try settle(scenarios, starts, threadCount).map { cascade in
      let last = cascade.rounds[cascade.rounds.count - 1]
      return GreatestCascade(
        logMoves: last.logMoves, liquidatedCount: last.liquidatedCount,
        badDebtUSD: last.badDebtUSD, isSettled: cascade.state.isSettled)
    }
  }

  // MARK: Valuation

  private func profits(
    _ scenarios: [Int], _ logMoves: [[Double]], _ threadCount: Int
  ) -> ScenarioMatrix {
    ValuedScenarios(
      set: markets.moved(reading.set, scenarios: scenarios, logMoves: logMoves),
      market: run.market, base: run.base, term: run.settings.volatilityTerm,
      threadCount: threadCount
    ).unitProfitUSD
  }

  /// Relative move of a price by which deltas are found: central, so that its square counts.
  private static let bump = 1e-4

  private func valuation(
    _ scenarios: [Int], _ states: [CascadeState], _ threadCount: Int
  ) -> ContagionValuation {
    let moves = states.map(\.logMoves)
    let sales = markets.classes.map { own -> ContagionSales in
      let isBumped = markets.markets.indices.map { own.contains($0) }
      func bumped(_ relative: Double) -> ScenarioMatrix {
        profits(
          scenarios,
          moves.map { moves in
            zip(moves, isBumped).map { $1 ? $0 + ScalarMath.logOfOnePlus(relative) : $0 }
          }, threadCount)
      }
      return self.sales(own, up: bumped(Self.bump), down: bumped(-Self.bump), threadCount)
    }
    return ContagionValuation(
      profitUSD: profits(scenarios, moves, threadCount), sales: sales,
      directions: states.map(\.directions), marketCount: markets.markets.count)
  }

  /// Coins of delta times today's price, from the difference of profits over that of one coin.
  private func sales(
    _ own: ContagionClass, up: ScenarioMatrix, down: ScenarioMatrix, _ threadCount: Int
  ) -> ContagionSales {
    let columns = run.base.columns
    let height = ScenarioMatrix.blockRowCount
    let marketOfColumn = own.marketOfColumn.enumerated().map { column, market in
      market.flatMap { market in
        markets.trades(column: column, in: market)
          && (settings.contagion.isCollateralSold || column >= columns.assetCount)
          ? market : nil
      }
    }
    let unitUSD = ScenarioMatrix.filled(
      scenarioCount: up.scenarioCount, columnCount: columns.count, threadCount: threadCount
    ) { (block: Int, elements: inout MutableSpan<Double>) in
      up.withBlock(block) { up in
        down.withBlock(block) { down in
          for (column, market) in marketOfColumn.enumerated() {
            guard let market else { continue }
            let coin = columns.column(of: markets.assets[market])
            let priceUSD = run.market.priceUSD(markets.assets[market])
            for row in 0..<height {
              let coinUSD = up[coin * height + row] - down[coin * height + row]
              let place = column * height + row
              elements[place] = coinUSD > 0 ? priceUSD * (up[place] - down[place]) / coinUSD : 0
            }
          }
        }
      }
    }
    return ContagionSales(unitUSD: unitUSD, marketOfColumn: marketOfColumn)
  }

  /// Profits of units in all scenarios with no market moved, then one class of markets after the other
  /// at its end.
  private func cumulativeProfits(
    _ cascades: [Cascade], _ threadCount: Int
  ) -> [ScenarioMatrix] {
    let all = Array(cascades.indices)
    return [reading.unitProfitUSD]
      + markets.classes.indices.map { last in
        let isMoved = markets.markets.indices.map { market in
          markets.classes[...last].contains { $0.contains(market) }
        }
        let moves = cascades.map { cascade in
          zip(cascade.endLogMoves, isMoved).map { $1 ? $0 : 0 }
        }
        return profits(all, moves, threadCount)
      }
  }

  // MARK: Distribution

  private static func scenario(_ index: Int, _ cascade: Cascade) -> ContagionScenario {
    let (first, last) = (cascade.rounds[0], cascade.rounds[cascade.rounds.count - 1])
    return ContagionScenario(
      scenario: ScenarioIndex(index), roundCount: cascade.rounds.count,
      isSettled: cascade.state.isSettled, heldLogMove: cascade.state.heldLogMove,
      liquidatedBefore: first.liquidatedCount, liquidatedAfter: last.liquidatedCount,
      mixedCount: cascade.mixedCount, badDebtBeforeUSD: first.badDebtUSD,
      badDebtAfterUSD: last.badDebtUSD, notionalAfterUSD: cascade.notionalUSD,
      logMoves: last.logMoves, soldUSD: last.soldUSD, boughtUSD: last.boughtUSD)
  }

  private func tail(_ lossesUSD: [Double]) -> BadDebtTail {
    let shares = LossShortfall(lossesUSD, confidence: run.settings.confidence.expectedShortfall)
    let payments = TierPayments(
      waterfall: settings.waterfall(periodDays: horizonDays), lossesUSD: lossesUSD,
      shortfallWeights: shares.weights)
    return BadDebtTail(
      tail: rules.measures(of: LossTail(of: lossesUSD, keeping: rules.tailCount)),
      tierProbabilities: payments.probabilities, tierTailUSD: payments.tailUSD)
  }

  private func forced(_ market: Int, _ scenarios: [ContagionScenario]) -> ContagionMarket {
    let volumes = scenarios.map { $0.soldUSD[market] + $0.boughtUSD[market] }
    return ContagionMarket(
      depth: markets.markets[market], dailyVolumeUSD: markets.dailyVolumesUSD[market],
      meanForcedUSD: OrderedSum.total(of: volumes) / Double(volumes.count),
      forcedTail: rules.measures(of: LossTail(of: volumes, keeping: rules.tailCount)))
  }

  private func systemicness(_ scenario: Int, _ threadCount: Int) throws -> BookSystemicness? {
    let none = CascadeState(marketCount: markets.markets.count)
    let found = accounts.partlyLiquidated(valuation([scenario], [none], threadCount))
    if found.accounts.isEmpty { return nil }
    return BookSystemicness(
      scenario: ScenarioIndex(scenario), accounts: found.accounts,
      linear: try Systemicness(
        exposuresUSD: found.exposuresUSD, sensitivities: found.sensitivities,
        depthsUSD: markets.markets.map(\.depthUSD)))
  }
}

extension ContagionRun.Cascade {
  /// Log moves at which the last round was read. [markets]
  var endLogMoves: [Double] { rounds.last?.logMoves ?? state.logMoves }

  /// Takes one round of a scenario.
  mutating func take(
    _ reading: ContagionReading, row: Int, markets: [MarketDepth], tolerance: Double
  ) {
    let round = CascadeRound(
      logMoves: state.logMoves, liquidatedCount: reading.liquidatedCounts[row],
      soldUSD: reading.soldUSD.map { $0[row] }, boughtUSD: reading.boughtUSD.map { $0[row] },
      badDebtUSD: reading.badDebtUSD[row])
    rounds.append(round)
    notionalUSD = reading.notionalUSD[row]
    mixedCount = reading.mixedCounts[row]
    state.advance(
      netSalesUSD: zip(round.soldUSD, round.boughtUSD).map { $0 - $1 },
      liquidatedCount: round.liquidatedCount, markets: markets, tolerance: tolerance)
  }
}
