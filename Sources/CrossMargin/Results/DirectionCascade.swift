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
  /// Log move of its leading asset.
  public var move: Double
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
  private let book: Book
  private let settings: RunSettings
  private let today: PricedMarket
  private let holdings: [AccountHoldings]
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
    let prepared = try PreparedRun(book: book, settings: settings, threadCount: 1) { _ in }
    self.book = book
    self.settings = settings
    today = prepared.market
    holdings = book.portfolio.accounts.indices.map {
      prepared.holdings.holdings(of: AccountIndex($0))
    }
    markets = try ContagionMarkets(book: book, settings: settings, market: prepared.market)
    margins = []
    margins = try judged(
      on: MovedRules(run: prepared), holdings, threadCount: threadCount
    ).map(\.margin)
  }

  /// The cascade after a log move `x` of a direction's leading asset. Precondition: `unknown` is
  /// empty.
  public func row(
    _ direction: HealthDirection, _ x: Double, _ requirement: CascadeRequirement, threadCount: Int
  ) throws -> DirectionCascadeRow {
    precondition(unknown.isEmpty, "a market without depth")
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
      direction: direction.name, move: x, requirement: requirement,
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
    let found = try judged(
      on: MovedRules(book, settings, move), holdings, threadCount: threadCount)
    var round = CascadeRound(
      logMoves: logMoves, liquidatedCount: 0, soldUSD: logMoves.map { _ in 0 },
      boughtUSD: logMoves.map { _ in 0 }, badDebtUSD: 0)
    for (account, judged) in found.enumerated() {
      guard let now = judged.margin, let before = margins[account] else { continue }
      let asked =
        requirement == .rescanned
        ? (now.surplusUSD, now.requirementUSD)
        : (before.surplusUSD + now.equityUSD - before.equityUSD, before.requirementUSD)
      let fraction = settings.liquidation.contagion.response.soldFraction(
        surplusUSD: asked.0, requirementUSD: asked.1)
      guard fraction > 0 else { continue }
      round.liquidatedCount += 1
      let costUSD =
        fraction * settings.liquidation.costFraction * holdings[account].grossNotionalUSD
      round.badDebtUSD += max(costUSD - now.equityUSD, 0)
      for market in logMoves.indices {
        let tradeUSD = fraction * judged.exposuresUSD[market]
        round.soldUSD[market] += max(tradeUSD, 0)
        round.boughtUSD[market] += max(-tradeUSD, 0)
      }
    }
    return round
  }

  /// An account on a market.
  private struct Judged: Sendable {
    var margin: Margin?
    /// Coins of delta there, at today's prices, USD; empty without margin. [markets]
    var exposuresUSD: [Double] = []
  }

  private func judged(
    on moved: MovedRules, _ holdings: [AccountHoldings], threadCount: Int
  ) throws -> [Judged] {
    try AccountBlocks(accountCount: holdings.count).joined(threadCount: threadCount) { accounts in
      let carried = moved.carried(Array(holdings[accounts]), from: today)
      return zip(carried, try moved.run.margins(carried)).map { holdings, margin in
        guard let margin else { return Judged() }
        return Judged(
          margin: Margin(
            surplusUSD: margin.maintenance.surplusUSD,
            requirementUSD: margin.maintenance.requirementUSD,
            equityUSD: EquityReading(holdings, base: moved.run.base).equityUSD),
          exposuresUSD: exposures(holdings, moved.run))
      }
    }
  }

  private func exposures(_ holdings: AccountHoldings, _ run: PreparedRun) -> [Double] {
    var result = [Double](repeating: 0, count: markets.markets.count)
    let sellsCoins = settings.liquidation.contagion.isCollateralSold
    holdings.forEachColumn(run.base.columns) { column, quantity in
      guard sellsCoins || column >= run.base.columns.assetCount,
        let market = markets.market(tradedByColumn: column)
      else { return }
      let asset = markets.assets[market]
      result[market] +=
        quantity * run.exposure.greeks.greeks[column].deltaTotalUSD
        * today.priceUSD(asset) / run.market.priceUSD(asset)
    }
    return result
  }
}
