// An approximation of Bybit's portfolio margin: the worst scenario and five contingencies.

import PortfolioModel

/// A signed exposure of one expiry.
public struct ExpiryExposure: Sendable, Equatable {
  /// Days to expiry, at least 0.
  public var expiryDays: Double
  /// Vega or delta, signed.
  public var amount: Double

  /// An exposure.
  public init(expiryDays: Double, amount: Double) {
    self.expiryDays = expiryDays
    self.amount = amount
  }

  /// Sum of `days between x hedged amount` over pairs of opposite exposures. Expiries are taken in
  /// order of time, and each uses up the earliest opposite amounts that are left.
  public static func hedgedDays(_ exposures: [ExpiryExposure]) -> Double {
    let ordered = exposures.enumerated().sorted {
      ($0.element.expiryDays, $0.offset) < ($1.element.expiryDays, $1.offset)
    }
    var left: [ExpiryExposure] = []
    var sum = 0.0
    for (_, exposure) in ordered {
      var open = exposure
      for index in left.indices where left[index].amount * open.amount < 0 {
        let hedged = min(abs(left[index].amount), abs(open.amount))
        sum += (open.expiryDays - left[index].expiryDays) * hedged
        left[index].amount += left[index].amount < 0 ? hedged : -hedged
        open.amount += open.amount < 0 ? hedged : -hedged
      }
      left.append(open)
    }
    return sum
  }
}

/// Requirement of one underlying, USD: the sum of what is shown, in the order shown.
public struct BybitRequirement: Sendable, Equatable {
  /// Worst loss of the scenarios.
  public var scanUSD: Double
  /// Net short options.
  public var shortOptionUSD: Double
  /// Vega hedged across expiries.
  public var vegaSpreadUSD: Double
  /// Delta hedged across expiries.
  public var deltaSpreadUSD: Double
  /// Delta hedged across stablecoins.
  public var stablecoinSpreadUSD: Double
  /// Perpetuals and futures.
  public var futureUSD: Double
  /// Initial over maintenance requirement.
  public var initialFactor: Double

  /// Maintenance requirement.
  public var maintenanceUSD: Double {
    ((((scanUSD + shortOptionUSD) + vegaSpreadUSD) + deltaSpreadUSD) + stablecoinSpreadUSD)
      + futureUSD
  }
  /// Initial requirement.
  public var initialUSD: Double { maintenanceUSD * initialFactor }
}

/// What the requirement of one underlying is made of.
public struct BybitPortfolio: Sendable, Equatable {
  /// Price of the underlying, USD.
  public var indexUSD: Double
  /// Profit in each scenario, unweighted, USD.
  public var profitsUSD: [Double]
  /// Coins of net short options.
  public var netShortCoins: Double
  /// Vega of each expiry, coins per unit of volatility.
  public var vegas: [ExpiryExposure]
  /// Delta of each expiry, coins.
  public var deltas: [ExpiryExposure]
  /// Delta in contracts settled in USDT, coins.
  public var tetherDeltaCoins: Double
  /// Delta in contracts settled in USDC, coins.
  public var usdCoinDeltaCoins: Double
  /// Signed coins of each perpetual and future.
  public var futureCoins: [Double]

  /// All parts in order.
  public init(
    indexUSD: Double, profitsUSD: [Double], netShortCoins: Double, vegas: [ExpiryExposure],
    deltas: [ExpiryExposure], tetherDeltaCoins: Double, usdCoinDeltaCoins: Double,
    futureCoins: [Double]
  ) {
    self.indexUSD = indexUSD
    self.profitsUSD = profitsUSD
    self.netShortCoins = netShortCoins
    self.vegas = vegas
    self.deltas = deltas
    self.tetherDeltaCoins = tetherDeltaCoins
    self.usdCoinDeltaCoins = usdCoinDeltaCoins
    self.futureCoins = futureCoins
  }
}

extension BybitPortfolioTerms {
  /// Requirement of a portfolio.
  public func requirement(_ portfolio: BybitPortfolio) -> BybitRequirement {
    precondition(portfolio.profitsUSD.count == scenarios.count, "one profit for each scenario")
    let worst = WorstProfit(zip(portfolio.profitsUSD, scenarios).map { $0 * $1.weight })
    let (tether, usdCoin) = (portfolio.tetherDeltaCoins, portfolio.usdCoinDeltaCoins)
    let hedgedCoins = tether * usdCoin < 0 ? min(abs(tether), abs(usdCoin)) : 0
    var futureCoins = 0.0
    for coins in portfolio.futureCoins { futureCoins += abs(coins) }
    let hedgedYears = UTCTime.years(ofDays: ExpiryExposure.hedgedDays(portfolio.deltas))
    let indexUSD = portfolio.indexUSD
    return BybitRequirement(
      scanUSD: max(-worst.profit, 0),
      shortOptionUSD: portfolio.netShortCoins * shortOptionFraction * indexUSD,
      vegaSpreadUSD: ExpiryExposure.hedgedDays(portfolio.vegas) * vegaSpreadFractionPerDay
        * indexUSD,
      deltaSpreadUSD: hedgedYears * deltaSpreadFractionAnnual * indexUSD,
      stablecoinSpreadUSD: hedgedCoins * stablecoinSpreadFraction * indexUSD,
      futureUSD: futureCoins * futureFraction * indexUSD, initialFactor: initialFactor)
  }
}
