// Margins of linear exposures taken together: Reya's covariance form and Hyperliquid's ratios.

import RiskNumerics

/// A margin from the covariance of exposures, `sqrt(E' A E)`, times a factor per level.
///
/// Source: Reya documentation, the liquidation margin requirement.
public struct CovarianceMargin: Sendable, Equatable {
  /// A [exposures x exposures], symmetric, positive semidefinite; square of a relative move.
  public let riskMatrix: Matrix
  /// Multiple of the liquidation requirement for maintenance.
  public let maintenanceFactor: Double
  /// Multiple of the liquidation requirement for initial margin.
  public let initialFactor: Double

  /// A rule.
  public init(riskMatrix: Matrix, maintenanceFactor: Double, initialFactor: Double) {
    precondition(riskMatrix.rowCount == riskMatrix.columnCount, "a risk matrix is square")
    self.riskMatrix = riskMatrix
    self.maintenanceFactor = maintenanceFactor
    self.initialFactor = initialFactor
  }

  /// The liquidation requirement, USD; exposures are signed values, USD [exposures].
  public func liquidationUSD(exposuresUSD: [Double]) -> Double {
    let moved = LinearAlgebra.product(riskMatrix, vector: exposuresUSD)
    let square = OrderedSum.total(of: zip(exposuresUSD, moved).map { $0 * $1 })
    return max(square, 0).squareRoot()
  }

  /// Both levels, USD.
  public func requirementUSD(exposuresUSD: [Double]) -> LevelPair {
    let base = liquidationUSD(exposuresUSD: exposuresUSD)
    return LevelPair(initial: base * initialFactor, maintenance: base * maintenanceFactor)
  }
}

/// Margin of one perpetual position by leverage: Hyperliquid.
public struct LeverageMargin: Sendable, Equatable {
  /// Maintenance tiers.
  public var maintenance: TierSchedule
  /// Leverage that the user chose.
  public var leverage: Double

  /// Rates of a position.
  public init(maintenance: TierSchedule, leverage: Double) {
    self.maintenance = maintenance
    self.leverage = leverage
  }

  /// Initial `notional / leverage`, maintenance by tier, USD.
  public func requirementUSD(coins: Double, markUSD: Double) -> LevelPair {
    let notionalUSD = abs(coins) * markUSD
    return LevelPair(
      initial: notionalUSD / leverage,
      maintenance: maintenance.requirementUSD(notionalUSD: notionalUSD))
  }
}

/// Borrowing against a balance in Hyperliquid's portfolio margin.
public enum PortfolioBorrowing {
  /// `balance x price x loan-to-value`, USD.
  public static func borrowableUSD(
    balance: Double, priceUSD: Double, loanToValue: Double
  ) -> Double {
    balance * priceUSD * loanToValue
  }
}

/// Parts of Kraken's options portfolio margin, USD; netting is positive and lowers the sum.
///
/// Source: Kraken documentation of the demo venue. How the charge for net delta and the netting
/// between assets are formed is not public; callers bring both.
public struct DeltaHedgedMargin: Sendable, Equatable {
  /// Worst loss of the delta-hedged book over the scenarios, at least 0.
  public var hedgedScanUSD: Double
  /// `sum |delta| x price x maintenance factor x 2` of options.
  public var absoluteDeltaUSD: Double
  /// Charge for the net delta of the portfolio.
  public var netDeltaUSD: Double
  /// Margin of futures.
  public var futuresUSD: Double
  /// Relief between assets.
  public var nettingUSD: Double

  /// Margin from the profits of the delta-hedged book in each scenario, USD, and the option deltas,
  /// coins.
  public init(
    hedgedProfitsUSD: [Double], optionDeltasCoins: [Double], priceUSD: Double,
    maintenanceFactor: Double
  ) {
    hedgedScanUSD = max(-(hedgedProfitsUSD.min() ?? 0), 0)
    absoluteDeltaUSD =
      optionDeltasCoins.reduce(0) { $0 + abs($1) } * priceUSD * maintenanceFactor * 2
    netDeltaUSD = 0
    futuresUSD = 0
    nettingUSD = 0
  }

  /// Sum in the order of the parts, USD.
  public var totalUSD: Double {
    hedgedScanUSD + absoluteDeltaUSD + netDeltaUSD + futuresUSD - nettingUSD
  }
}

/// A linear contract: profit is coins times the price change.
public struct LinearContract: Sendable, Equatable {
  /// Coins, positive is long.
  public var coins: Double
  /// Entry price, USD.
  public var entryUSD: Double

  /// A position.
  public init(coins: Double, entryUSD: Double) {
    self.coins = coins
    self.entryUSD = entryUSD
  }

  /// Unrealised profit at a mark, USD.
  public func unrealisedUSD(markUSD: Double) -> Double { coins * (markUSD - entryUSD) }
}
