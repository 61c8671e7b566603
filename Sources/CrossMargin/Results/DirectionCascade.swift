// Cascades after one move of the market, with requirements scanned again or frozen at today's.

import PortfolioModel
import RiskNumerics

/// Whether requirements follow prices.
public enum CascadeRequirement: String, Sendable, CaseIterable {
  /// Today's, kept: surplus changes by the change of equity, as in `ContagionRun`.
  case frozen
  /// Scanned again at the prices of every round under each account's own rule set.
  case rescanned
}

/// A cascade along a direction of the market.
public struct DirectionCascadeRow: Sendable, Equatable {
  /// Name of the direction.
  public var direction: String
  /// Relative move of its leading asset.
  public var moveFraction: Double
  /// What requirements did.
  public var requirement: CascadeRequirement
  /// Names of the markets.
  public var markets: [String]
  /// Its rounds.
  public var outcome: CascadeOutcome
}

/// Runs cascades after moves along directions, with the response, markets and laws of the contagion
/// settings.
///
/// Each round makes the moved market and judges all accounts on it by their rule sets. What an
/// account trades are its coins of delta there.
public struct DirectionCascade: Sendable {
  private let run: PreparedRun
  private var margins: [Margin?]
  private let markets: ContagionMarkets

  /// What is kept of an account's margin.
  private struct Margin: Sendable {
    var surplusUSD: Double
    var requirementUSD: Double
    var equityUSD: Double
  }

  /// Assets that accounts hold and of whose market nothing is known: with any there is no cascade.
  public var unknown: [UnknownDepth] { markets.unknown }

  /// Prepares a book.
  public init(book: Book, settings: RunSettings, threadCount: Int = 1) throws {
    var settings = settings
    settings.scenarioSets = []
    settings.analytic = nil
    let run = try PreparedRun(book: book, settings: settings, threadCount: 1) { _ in }
    self.run = run
    markets = try ContagionMarkets(book: book, settings: settings, market: run.market)
    margins = []
    let unjudged = self
    margins = try run.blocks.joined(threadCount: threadCount) {
      try unjudged.judged($0, on: run).map { $0?.margin }
    }
  }

  private var settings: RunSettings { run.settings }

  /// The cascade after a relative move of a direction's leading asset, above -1. Precondition:
  /// `unknown` is empty.
  public func row(
    _ direction: HealthDirection, moveFraction: Double, _ requirement: CascadeRequirement,
    threadCount: Int
  ) throws -> DirectionCascadeRow {
    precondition(unknown.isEmpty, "a market without depth")
    let x = ScalarMath.log(1 + moveFraction)
    let contagion = settings.liquidation.contagion
    var state = CascadeState(marketCount: markets.markets.count)
    var rounds: [CascadeRound] = []
    while !state.isSettled, rounds.count < contagion.roundsMax {
      let round = try round(direction, x, requirement, state.logMoves, threadCount)
      state.advance(
        netSalesUSD: zip(round.soldUSD, round.boughtUSD).map { $0 - $1 },
        liquidatedCount: round.liquidatedCount, markets: markets.markets,
        tolerance: contagion.tolerance)
      rounds.append(round)
    }
    return DirectionCascadeRow(
      direction: direction.name, moveFraction: moveFraction, requirement: requirement,
      markets: markets.markets.map(\.name),
      outcome: CascadeOutcome(
        rounds: rounds, isSettled: state.isSettled, heldLogMove: state.heldLogMove))
  }

  // MARK: One round

  private func round(
    _ direction: HealthDirection, _ x: Double, _ requirement: CascadeRequirement,
    _ logMoves: [Double], _ threadCount: Int
  ) throws -> CascadeRound {
    let ratios = markets.assetRatios(logMoves: logMoves)
    let move = MarketMove(
      spotRatios: zip(direction.spotLoadings, ratios).map { ScalarMath.exp($0 * x) * $1 },
      volatilityMoves: direction.volatilityLoadings.map { $0 * x },
      volatilityTerm: settings.volatilityTerm)
    let moved = try run.moved(move)
    var round = CascadeRound(marketMoves: logMoves)
    try run.blocks.forEach(
      threadCount: threadCount,
      { accounts in
        var own = CascadeRound(marketMoves: logMoves)
        for (place, judged) in zip(accounts, try judged(accounts, on: moved)) {
          guard let judged, let before = margins[place] else { continue }
          liquidate(judged, before, requirement, in: &own)
        }
        return own
      },
      consume: { round.add($1) })
    return round
  }

  /// Liquidates an account where it has no surplus.
  private func liquidate(
    _ judged: Judged, _ before: Margin, _ requirement: CascadeRequirement,
    in round: inout CascadeRound
  ) {
    let now = judged.margin
    let asked =
      requirement == .rescanned
      ? (now.surplusUSD, now.requirementUSD)
      : (before.surplusUSD + now.equityUSD - before.equityUSD, before.requirementUSD)
    let fraction = settings.liquidation.contagion.response.soldFraction(
      surplusUSD: asked.0, requirementUSD: asked.1)
    guard fraction > 0 else { return }
    round.liquidatedCount += 1
    let costUSD = fraction * settings.liquidation.costFraction * judged.notionalUSD
    round.badDebtUSD += max(costUSD - now.equityUSD, 0)
    for (market, exposureUSD) in judged.exposuresUSD.enumerated() {
      let tradeUSD = fraction * exposureUSD
      round.soldUSD[market] += max(tradeUSD, 0)
      round.boughtUSD[market] += max(-tradeUSD, 0)
    }
  }

  /// An account on a market.
  private struct Judged: Sendable {
    var margin: Margin
    /// Gross notional today, USD.
    var notionalUSD: Double
    /// Coins of delta there, at today's prices, USD. [markets]
    var exposuresUSD: [Double]
  }

  /// A block of accounts on a market; nil for those without margin.
  private func judged(_ accounts: Range<Int>, on moved: PreparedRun) throws -> [Judged?] {
    let carried = moved.carried(
      accounts.map { run.holdings.holdings(of: AccountIndex($0)) }, from: run.market)
    return zip(carried, try moved.margins(carried)).map { holdings, margin in
      margin.map { margin in
        Judged(
          margin: Margin(
            surplusUSD: margin.maintenance.surplusUSD,
            requirementUSD: margin.maintenance.requirementUSD,
            equityUSD: EquityReading(holdings, base: moved.base).equityUSD),
          notionalUSD: holdings.grossNotionalUSD, exposuresUSD: exposures(holdings, on: moved))
      }
    }
  }

  private func exposures(_ holdings: AccountHoldings, on moved: PreparedRun) -> [Double] {
    var result = [Double](repeating: 0, count: markets.markets.count)
    let sellsCoins = settings.liquidation.contagion.isCollateralSold
    holdings.forEachColumn(moved.base.columns) { column, quantity in
      guard sellsCoins || column >= moved.base.columns.assetCount,
        let market = markets.market(tradedByColumn: column)
      else { return }
      let asset = markets.assets[market]
      result[market] +=
        quantity * moved.exposure.greeks.greeks[column].deltaTotalUSD
        * run.market.priceUSD(asset) / moved.market.priceUSD(asset)
    }
    return result
  }
}

extension CascadeRound {
  /// Nothing liquidated yet at these moves of prices.
  fileprivate init(marketMoves: [Double]) {
    let none = marketMoves.map { _ in 0.0 }
    self.init(
      logMoves: marketMoves, liquidatedCount: 0, soldUSD: none, boughtUSD: none, badDebtUSD: 0)
  }

  /// Adds what other accounts do at the same prices.
  fileprivate mutating func add(_ other: CascadeRound) {
    liquidatedCount += other.liquidatedCount
    badDebtUSD += other.badDebtUSD
    for market in soldUSD.indices {
      soldUSD[market] += other.soldUSD[market]
      boughtUSD[market] += other.boughtUSD[market]
    }
  }
}
