// Fire sales among accounts of linear holdings: the least and the greatest cascade.

import RiskNumerics

/// One account of a cascade.
public struct CascadeAccount: Sendable, Equatable {
  /// Surplus at the last level after the first shock, USD; negative = liquidated.
  public var surplusUSD: Double
  /// Requirement of the whole account, frozen, USD.
  public var requirementUSD: Double

  /// An account.
  public init(surplusUSD: Double, requirementUSD: Double) {
    self.surplusUSD = surplusUSD
    self.requirementUSD = requirementUSD
  }
}

/// One round of a cascade: what accounts do at its prices.
public struct CascadeRound: Sendable, Equatable {
  /// Log moves of prices that liquidations have made before this round. [markets]
  public var logMoves: [Double]
  /// Accounts liquidated at these prices, wholly or in part.
  public var liquidatedCount: Int
  /// Sold by accounts, USD at today's prices, not negative. [markets]
  public var soldUSD: [Double]
  /// Bought by accounts, USD at today's prices, not negative. [markets]
  public var boughtUSD: [Double]
  /// What liquidated accounts leave unpaid at these prices, USD; 0 where no equity is known.
  public var badDebtUSD: Double
}

/// A cascade from its first to its last round.
public struct CascadeOutcome: Sendable, Equatable {
  /// The rounds; the last changes nothing unless `isSettled` is false.
  public var rounds: [CascadeRound]
  /// Whether it ended within the bound of rounds.
  public var isSettled: Bool
  /// Largest log move that is held although trades at the last prices would give it back; 0 where
  /// the last prices are a fixed point.
  public var heldLogMove: Double

  /// Log moves of prices in the end. [markets]
  public var logMoves: [Double] { rounds.last?.logMoves ?? [] }
}

/// Accounts with linear holdings, and markets in which their liquidations move prices.
///
/// Losses move prices only through sales: an account that loses more than its surplus sells by its
/// response, sales move prices by the depth of each market, and moved prices make losses. An
/// account loses on all that it held and trades at the last prices. See `CascadeState` for what is
/// monotone. Source: Cont and Schaanning 2017; Greenwood, Landier and Thesmar 2015.
public struct PriceCascade: Sendable {
  /// The accounts.
  public let accounts: [CascadeAccount]
  /// Holdings of accounts, USD at the shocked prices, signed. [accounts x markets]
  public let exposuresUSD: Matrix
  /// The markets.
  public let markets: [MarketDepth]
  /// What is sold.
  public let response: LiquidationResponse
  /// Log move of the mark of each market (row) per log move of what is traded in each (column), not
  /// negative; nil = each market marks itself. [markets x markets]
  public let transmission: Matrix?

  /// A cascade.
  public init(
    accounts: [CascadeAccount], exposuresUSD: Matrix, markets: [MarketDepth],
    response: LiquidationResponse, transmission: Matrix? = nil
  ) {
    precondition(
      exposuresUSD.rowCount == accounts.count && exposuresUSD.columnCount == markets.count,
      "one row for each account and one column for each market")
    if let transmission {
      precondition(
        transmission.rowCount == markets.count && transmission.columnCount == markets.count
          && transmission.elements.allSatisfy { $0 >= 0 }, "moves pass on in their direction")
    }
    self.accounts = accounts
    self.exposuresUSD = exposuresUSD
    self.markets = markets
    self.response = response
    self.transmission = transmission
  }

  /// The cascade from no sales: the smallest where it is monotone.
  public func least(tolerance: Double = 1e-12, roundsMax: Int = 10_000) -> CascadeOutcome {
    run(CascadeState(marketCount: markets.count), tolerance, roundsMax)
  }

  /// The cascade from the liquidation of every holding that trades in the direction of its market:
  /// the greatest where it is monotone. Directions are those given, -1 = prices fall, 1 = they
  /// rise.
  public func greatest(
    directions: [Double], tolerance: Double = 1e-12, roundsMax: Int = 10_000
  ) -> CascadeOutcome {
    precondition(directions.count == markets.count, "one direction for each market")
    precondition(directions.allSatisfy { abs($0) == 1 }, "a price falls or rises")
    let moves = markets.indices.map { market -> Double in
      var sum = OrderedSum()
      for account in accounts.indices {
        sum.add(max(-directions[market] * exposuresUSD[account, market], 0))
      }
      return markets[market].logMove(netSalesUSD: -directions[market] * sum.total)
    }
    return run(CascadeState(falling: moves, directions: directions), tolerance, roundsMax)
  }

  /// Share of each account that is liquidated at log moves of traded prices. [accounts]
  public func soldFractions(logMoves: [Double]) -> [Double] {
    let marks = marks(logMoves)
    return accounts.indices.map { account in
      response.soldFraction(
        surplusUSD: accounts[account].surplusUSD + profitUSD(account, marks),
        requirementUSD: accounts[account].requirementUSD)
    }
  }

  /// Profit of each account, as if it held on, from log moves of traded prices, USD. [accounts]
  public func profitsUSD(logMoves: [Double]) -> [Double] {
    let marks = marks(logMoves)
    return accounts.indices.map { profitUSD($0, marks) }
  }

  private func profitUSD(_ account: Int, _ markRatios: [Double]) -> Double {
    var profit = 0.0
    for market in markets.indices {
      profit += exposuresUSD[account, market] * (markRatios[market] - 1)
    }
    return profit
  }

  /// Marks over their values before the cascade. [markets]
  private func marks(_ logMoves: [Double]) -> [Double] {
    guard let transmission else { return logMoves.map(ScalarMath.exp) }
    return markets.indices.map { mark in
      var sum = 0.0
      for market in markets.indices { sum += transmission[mark, market] * logMoves[market] }
      return ScalarMath.exp(sum)
    }
  }

  private func run(
    _ start: CascadeState, _ tolerance: Double, _ roundsMax: Int
  ) -> CascadeOutcome {
    var state = start
    var rounds: [CascadeRound] = []
    while !state.isSettled, rounds.count < roundsMax {
      let round = round(state.logMoves)
      state.advance(
        netSalesUSD: zip(round.soldUSD, round.boughtUSD).map { $0 - $1 },
        liquidatedCount: round.liquidatedCount, markets: markets, tolerance: tolerance)
      rounds.append(round)
    }
    return CascadeOutcome(
      rounds: rounds, isSettled: state.isSettled, heldLogMove: state.heldLogMove)
  }

  private func round(_ logMoves: [Double]) -> CascadeRound {
    let fractions = soldFractions(logMoves: logMoves)
    var round = CascadeRound(
      logMoves: logMoves, liquidatedCount: fractions.count { $0 > 0 },
      soldUSD: markets.map { _ in 0 }, boughtUSD: markets.map { _ in 0 }, badDebtUSD: 0)
    for (account, fraction) in fractions.enumerated() where fraction > 0 {
      for market in markets.indices {
        let tradeUSD = fraction * exposuresUSD[account, market]
        round.soldUSD[market] += max(tradeUSD, 0)
        round.boughtUSD[market] += max(-tradeUSD, 0)
      }
    }
    return round
  }
}
