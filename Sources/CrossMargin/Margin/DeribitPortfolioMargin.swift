// Deribit's portfolio margin and its standard margin of linear perpetuals.

/// What a position gains when the price of its underlying becomes `priceRatio` times as high.
public enum FutureProfit {
  /// Of an inverse contract worth `coins` at the base price, in coins.
  public static func coins(_ coins: Double, priceRatio: Double) -> Double {
    coins * (priceRatio - 1) / priceRatio
  }

  /// Of a linear contract, in the unit of the price.
  public static func linear(_ coins: Double, price: Double, priceRatio: Double) -> Double {
    coins * price * (priceRatio - 1)
  }
}

/// Requirement of one currency pair in its settlement currency: coins for inverse contracts, USD
/// for linear ones.
public struct DeribitRequirement: Sendable, Equatable {
  /// What counts of the account's profit in each scenario of the grid.
  public var countedProfits: [Double]
  /// Scenario of the grid with the largest loss; nil where nothing is lost.
  public var worstScenario: Int?
  /// Loss in it.
  public var scan: Double
  /// Expiries moving against each other.
  public var rollShock: Double
  /// Large delta.
  public var deltaShock: Double
  /// Market maker protection, beside the risk matrix.
  public var marketMakerProtection: Double
  /// Open orders, beside the risk matrix.
  public var openOrders: Double
  /// Spot holdings, beside the risk matrix.
  public var spot: Double
  /// Maintenance over risk matrix.
  public var maintenanceFactor: Double

  /// `(scan + roll) + delta`.
  public var riskMatrix: Double { (scan + rollShock) + deltaShock }
  /// `((riskMatrix + market maker protection) + open orders) + spot`.
  public var initial: Double { ((riskMatrix + marketMakerProtection) + openOrders) + spot }
  /// The factor times the risk matrix; nothing else is asked at this level.
  public var maintenance: Double { maintenanceFactor * riskMatrix }
}

/// The part of an account that settles in one currency.
public struct DeribitPortfolio: Sendable, Equatable {
  /// How contracts settle.
  public enum Settlement: Sendable, Equatable {
    /// In coins of the underlying.
    case coin
    /// In USD.
    case linear
  }

  /// How contracts settle.
  public var settlement: Settlement
  /// Price of the underlying, USD.
  public var indexUSD: Double
  /// Profit in each scenario of the grid, unweighted, in the settlement currency at the shocked
  /// price.
  public var profits: [Double]
  /// Net delta of each expiry, coins.
  public var deltas: [ExpiryDelta]
  /// Requirement of market maker protection, in the settlement currency.
  public var marketMakerProtection = 0.0
  /// Requirement of open orders, in the settlement currency.
  public var openOrders = 0.0
  /// Requirement of spot holdings, in the settlement currency.
  public var spot = 0.0

  /// A portfolio without requirements beside the risk matrix.
  public init(
    settlement: Settlement, indexUSD: Double, profits: [Double], deltas: [ExpiryDelta]
  ) {
    self.settlement = settlement
    self.indexUSD = indexUSD
    self.profits = profits
    self.deltas = deltas
  }
}

extension DeribitPortfolioTerms {
  /// Requirement of a portfolio whose profits are those of `scenarios`.
  public func requirement(
    _ portfolio: DeribitPortfolio, scenarios: [MarginScenario]
  ) -> DeribitRequirement {
    precondition(portfolio.profits.count == scenarios.count, "one profit for each scenario")
    // One unit of the settlement currency at the present price.
    let unitUSD = portfolio.settlement == .coin ? portfolio.indexUSD : 1
    let offset = GainOffset(
      fraction: gainOffsetFraction, gainMax: gainOffsetMaxUSD.map { $0 / unitUSD })
    let counted = zip(portfolio.profits, scenarios).map { profit, scenario in
      offset.applied(
        to: dampened(
          tableProfit(profit, scenario, settlement: portfolio.settlement), scenario, portfolio))
    }
    let worst = WorstProfit(counted)
    // Deltas are coins; linear contracts are charged in USD.
    let perCoin = portfolio.settlement == .coin ? 1 : portfolio.indexUSD
    var delta = 0.0
    for expiry in portfolio.deltas { delta += expiry.delta }
    return DeribitRequirement(
      countedProfits: counted, worstScenario: worst.profit < 0 ? worst.scenario : nil,
      scan: max(-worst.profit, 0), rollShock: rollShock.rollShock(portfolio.deltas) * perCoin,
      deltaShock: deltaShock.chargeUSD(deltaUSD: delta * portfolio.indexUSD) / unitUSD,
      marketMakerProtection: portfolio.marketMakerProtection, openOrders: portfolio.openOrders,
      spot: portfolio.spot, maintenanceFactor: maintenanceFactor)
  }

  /// Whether a scenario belongs to the extended table.
  private func isFar(_ move: Double) -> Bool {
    // Standard moves are multiples of a step, so that the largest may be off by a rounding.
    abs(move) > grid.priceRangeFraction * (1 + 1e-12)
  }

  /// A profit as the tables show it. Far moves count with their weight; of inverse contracts it
  /// is the USD profit that is weighted, expressed in coins at the edge of the standard range.
  public func tableProfit(
    _ profit: Double, _ scenario: MarginScenario, settlement: DeribitPortfolio.Settlement
  ) -> Double {
    let move = scenario.priceMoveFraction
    guard isFar(move) else { return profit * scenario.weight }
    let weighted = profit * scenario.weight
    guard settlement == .coin else { return weighted }
    return weighted * scenario.priceRatio / edgeRatio(move)
  }

  /// A loss of the extended table less what the dampener relieves, at most the loss itself.
  private func dampened(
    _ profit: Double, _ scenario: MarginScenario, _ portfolio: DeribitPortfolio
  ) -> Double {
    let move = scenario.priceMoveFraction
    guard isFar(move), profit < 0 else { return profit }
    let reliefUSD = (max(abs(move) / grid.priceRangeFraction, 1) - 1) * dampenerUSD
    let edgeUnitUSD =
      portfolio.settlement == .coin ? edgeRatio(move) * portfolio.indexUSD : 1
    return profit + min(reliefUSD / edgeUnitUSD, -profit)
  }

  /// Price ratio at the edge of the standard range on the side of a move.
  private func edgeRatio(_ move: Double) -> Double {
    move < 0 ? 1 - grid.priceRangeFraction : 1 + grid.priceRangeFraction
  }
}

extension DeltaShockTerms {
  /// The charge, USD.
  public func chargeUSD(deltaUSD: Double) -> Double {
    let excessUSD = max(abs(deltaUSD) - thresholdUSD, 0)
    return min(excessUSD * chargePerUSD, abs(deltaUSD) * fractionMax)
  }
}

extension SizeScaledFraction {
  /// Requirement of a position, in the unit of the price: `|q| P (base + perCoin |q|)`.
  public func requirement(coins: Double, price: Double) -> Double {
    abs(coins) * price * (base + perCoin * abs(coins))
  }
}
