// Paradex's portfolio margin: scan, delta floor, provisions for funding and fees.

import PortfolioModel
import RiskNumerics

/// A market as portfolio margin sees it; one unit is one coin.
public struct ParadexInstrument: Sendable, Equatable {
  /// Mark, USD.
  public var markUSD: Double
  /// Delta of one coin.
  public var delta: Double
  /// Price in each scenario, USD.
  public var shockedPricesUSD: [Double]
  /// Share of profit that can still arise before settlement, in [0, 1].
  public var openShare: Double
  /// Fee for one coin, USD.
  public var feeUSD: Double
  /// Funding that one long coin pays over eight hours, USD; negative = receives.
  public var fundingUSD: Double

  /// A perpetual: its mark keeps its distance to the spot price as a ratio.
  public static func perpetual(
    markUSD: Double, delta: Double, spotUSD: Double, fundingFraction: Double, feeFraction: Double,
    scenarios: [MarginScenario]
  ) -> ParadexInstrument {
    ParadexInstrument(
      markUSD: markUSD, delta: delta,
      shockedPricesUSD: scenarios.map { markUSD * $0.priceRatio }, openShare: 1,
      feeUSD: feeFraction * markUSD, fundingUSD: fundingFraction * spotUSD)
  }

  /// An option on the spot price, by Black and Scholes with the terms' volatility shock. Profit
  /// counts from the mark, not from the model value.
  public static func option(
    _ option: OptionLeg, markUSD: Double, delta: Double, spotUSD: Double, rateContinuous: Double,
    expirySeconds: Double, feeFraction: Double, terms: ParadexPortfolioTerms
  ) -> ParadexInstrument {
    let seconds = max(expirySeconds, 0)
    let discount = ScalarMath.exp(-rateContinuous * UTCTime.years(ofDays: seconds / 86_400))
    var unit = option
    unit.coins = 1
    let chain = OptionChain(
      expirySeconds: seconds, variableForward: spotUSD / discount, fixedForward: 0,
      payment: .quote(discountFactor: discount), legs: [unit])
    let window = terms.settlementWindowSeconds
    return ParadexInstrument(
      markUSD: markUSD, delta: delta,
      shockedPricesUSD: chain.values(
        terms.scenarios, shock: terms.volatilityShock, skew: nil
      ).shocked, openShare: seconds > 0 && seconds < window ? seconds / window : 1,
      feeUSD: min(feeFraction * spotUSD, terms.optionFeeMaxFraction * markUSD), fundingUSD: 0)
  }
}

/// What an account holds and has ordered on one underlying.
public struct ParadexPortfolio: Sendable, Equatable {
  /// An open order.
  public struct Order: Sendable, Equatable {
    /// Market, by its place in `instruments`.
    public var instrument: Int
    /// Signed coins; positive buys.
    public var coins: Double
    /// Limit, USD.
    public var priceUSD: Double

    /// An order.
    public init(instrument: Int, coins: Double, priceUSD: Double) {
      self.instrument = instrument
      self.coins = coins
      self.priceUSD = priceUSD
    }
  }

  /// Spot price of the underlying, USD.
  public var spotUSD: Double
  /// Markets of positions and orders.
  public var instruments: [ParadexInstrument]
  /// Signed coins held of each market.
  public var coins: [Double]
  /// Open orders.
  public var orders: [Order]
  /// Value of holdings other than USDC, USD; charged in full.
  public var spotHoldingsUSD: Double

  /// A portfolio.
  public init(
    spotUSD: Double, instruments: [ParadexInstrument], coins: [Double], orders: [Order],
    spotHoldingsUSD: Double
  ) {
    precondition(instruments.count == coins.count, "one amount for each market")
    self.spotUSD = spotUSD
    self.instruments = instruments
    self.coins = coins
    self.orders = orders
    self.spotHoldingsUSD = spotHoldingsUSD
  }
}

/// Requirement at one level, USD: the sum of what is shown, in the order shown.
public struct ParadexRequirement: Sendable, Equatable {
  /// Worst loss of the scenarios.
  public var scanUSD: Double
  /// What is missing to the least requirement for delta.
  public var deltaUSD: Double
  /// Funding of the next eight hours.
  public var fundingUSD: Double
  /// Fees of closing.
  public var feeUSD: Double
  /// Holdings other than USDC.
  public var spotHoldingsUSD: Double

  /// The requirement.
  public var totalUSD: Double {
    (((scanUSD + deltaUSD) + fundingUSD) + feeUSD) + spotHoldingsUSD
  }
}

/// Margin of one underlying at both levels.
public struct ParadexMargin: Sendable, Equatable {
  /// Initial level, with orders.
  public var initial: ParadexRequirement
  /// Maintenance level, of positions alone.
  public var maintenance: ParadexRequirement
  /// Scenario of the largest loss with orders, the lowest of equals.
  public var worstScenario: Int
  /// Delta with orders.
  public var delta: DeltaSplit
  /// Least requirement for it, USD.
  public var deltaFloorUSD: Double
}

extension ParadexPortfolioTerms {
  /// Margin of a portfolio.
  public func margin(_ portfolio: ParadexPortfolio) -> ParadexMargin {
    let withOrders = level(portfolio, orders: portfolio.orders)
    let alone = level(portfolio, orders: [])
    var maintenance = alone.requirement
    maintenance.scanUSD *= maintenanceFactor
    maintenance.deltaUSD *= maintenanceFactor
    return ParadexMargin(
      initial: withOrders.requirement, maintenance: maintenance,
      worstScenario: withOrders.worstScenario, delta: withOrders.delta,
      deltaFloorUSD: withOrders.delta.floor(deltaFloor, spot: portfolio.spotUSD))
  }

  private func level(
    _ portfolio: ParadexPortfolio, orders: [ParadexPortfolio.Order]
  ) -> (requirement: ParadexRequirement, worstScenario: Int, delta: DeltaSplit) {
    // Gains count as nothing, so that without a loss the first scenario is the worst.
    let worst = WorstProfit(
      scenarios.indices.map { min(profitUSD(portfolio, orders: orders, scenario: $0), 0) })
    let scanUSD = -worst.profit
    let delta = DeltaSplit(
      positions: zip(portfolio.instruments, portfolio.coins).map { $0.delta * $1 },
      orders: orders.map { portfolio.instruments[$0.instrument].delta * $0.coins })
    var (fundingUSD, feeUSD) = (0.0, 0.0)
    for (instrument, coins) in zip(portfolio.instruments, portfolio.coins) {
      fundingUSD += instrument.fundingUSD * coins
      feeUSD += instrument.feeUSD * abs(coins)
    }
    for order in orders {
      let instrument = portfolio.instruments[order.instrument]
      // The venue's engine takes orders off: what would be bought counts as if it were sold.
      fundingUSD -= instrument.fundingUSD * order.coins
      feeUSD += instrument.feeUSD * abs(order.coins)
    }
    let floorUSD = delta.floor(deltaFloor, spot: portfolio.spotUSD)
    let requirement = ParadexRequirement(
      scanUSD: scanUSD, deltaUSD: max(floorUSD - scanUSD, 0), fundingUSD: max(fundingUSD, 0),
      feeUSD: feeUSD, spotHoldingsUSD: portfolio.spotHoldingsUSD)
    return (requirement, worst.scenario ?? 0, delta)
  }

  /// Weighted profit in one scenario; of orders only losses against the limit count.
  private func profitUSD(
    _ portfolio: ParadexPortfolio, orders: [ParadexPortfolio.Order], scenario: Int
  ) -> Double {
    var profit = 0.0
    for (instrument, coins) in zip(portfolio.instruments, portfolio.coins) {
      let gain = instrument.shockedPricesUSD[scenario] - instrument.markUSD
      profit += gain * coins * instrument.openShare
    }
    for order in orders {
      let instrument = portfolio.instruments[order.instrument]
      let gain = instrument.shockedPricesUSD[scenario] - order.priceUSD
      profit += min(gain * order.coins, 0) * instrument.openShare
    }
    return profit * scenarios[scenario].weight
  }
}
