// Dederi's portfolio margin: the worst of a grid and contingencies on futures and options.

import PortfolioModel
import RiskNumerics

/// Requirement of one underlying, USD: the sum of what is shown, in the order shown.
public struct DederiRequirement: Sendable, Equatable {
  /// Worst loss of the grid.
  public var scanUSD: Double
  /// Charge on futures.
  public var futureContingencyUSD: Double
  /// Charge on options.
  public var optionContingencyUSD: Double

  /// The requirement.
  public var totalUSD: Double { (scanUSD + futureContingencyUSD) + optionContingencyUSD }
}

/// A future of an account.
public struct DederiFuture: Sendable, Equatable {
  /// Signed coins.
  public var coins: Double
  /// Mark, USD.
  public var markUSD: Double

  /// A future.
  public init(coins: Double, markUSD: Double) {
    self.coins = coins
    self.markUSD = markUSD
  }
}

extension DederiTerms {
  /// Forward price of an expiry: `index e^(basis days / 365)`, the basis continuous per year.
  public static func forwardUSD(indexUSD: Double, basisAnnual: Double, days: Double) -> Double {
    indexUSD * ScalarMath.exp(basisAnnual * UTCTime.years(ofDays: days))
  }

  /// Charge on futures: `fraction x index x sum |coins|`, USD.
  public static func futureContingencyUSD(
    coins: [Double], indexUSD: Double, fraction: Double
  ) -> Double {
    var sum = 0.0
    for amount in coins { sum += abs(amount) }
    return fraction * indexUSD * sum
  }

  /// Requirement of futures and options on one underlying. Option chains are valued with the
  /// discount that they carry.
  public func requirement(
    futures: [DederiFuture], chains: [OptionChain], asset: String, indexUSD: Double
  ) -> DederiRequirement {
    let scenarios = MarginScenario.grid(grid, asset: asset)
    let shock = VolatilityShock(
      term: grid.volatilityTerm, raisedVolatilityAnnualMin: grid.raisedVolatilityAnnualMin)
    var profits = scenarios.map { scenario in
      var profit = 0.0
      for future in futures {
        profit += FutureProfit.linear(
          future.coins, price: future.markUSD, priceRatio: scenario.priceRatio)
      }
      return profit
    }
    var nakedCoins = 0.0
    for chain in chains {
      let values = chain.values(scenarios, shock: shock, skew: nil)
      for index in profits.indices { profits[index] += values.shocked[index] - values.base }
      nakedCoins += NakedShorts.coins(chain.legs)
    }
    let weighted = zip(profits, scenarios).map { $0 * $1.weight }
    return DederiRequirement(
      scanUSD: max(-WorstProfit(weighted).profit, 0),
      futureContingencyUSD: Self.futureContingencyUSD(
        coins: futures.map(\.coins), indexUSD: indexUSD, fraction: futureContingencyFraction),
      optionContingencyUSD: nakedCoins * optionContingencyFraction * indexUSD)
  }
}
