// Paradex's cross margin: markets one by one, orders on the side that asks for more.

import RiskNumerics

/// What an account holds and has ordered of one market.
public struct ParadexMarketPosition: Sendable, Equatable {
  /// An open order.
  public struct Order: Sendable, Equatable {
    /// Signed coins; positive buys.
    public var coins: Double
    /// Limit, USD.
    public var priceUSD: Double

    /// An order.
    public init(coins: Double, priceUSD: Double) {
      self.coins = coins
      self.priceUSD = priceUSD
    }
  }

  /// Signed coins held.
  public var coins: Double
  /// Open orders.
  public var orders: [Order]
  /// Mark of the market, USD.
  public var markUSD: Double
  /// Fee for one coin, USD.
  public var feeUSD: Double

  /// A position.
  public init(
    coins: Double, orders: [Order], markUSD: Double, feeUSD: Double
  ) {
    self.coins = coins
    self.orders = orders
    self.markUSD = markUSD
    self.feeUSD = feeUSD
  }

  /// Largest long position that orders may lead to, at least 0.
  var longCoinsMax: Double { sideMax(1) }
  /// Largest short position that orders may lead to, positive coins, at least 0.
  var shortCoinsMax: Double { sideMax(-1) }

  private func sideMax(_ sign: Double) -> Double {
    var total = sign * coins
    for order in orders where sign * order.coins > 0 { total += sign * order.coins }
    return max(total, 0)
  }

  /// What orders lose at once by being priced through the mark, USD.
  var openLossUSD: Double {
    var loss = 0.0
    for order in orders { loss += max(order.coins * (order.priceUSD - markUSD), 0) }
    return loss
  }
}

/// Requirement of one market at one level, USD: the sum of what is shown, in the order shown.
public struct ParadexMarketRequirement: Sendable, Equatable {
  /// Requirement of the position, at the initial level with orders.
  public var netUSD: Double
  /// What orders lose at once.
  public var openLossUSD: Double
  /// Fees.
  public var feeUSD: Double

  /// The requirement.
  public var totalUSD: Double { (netUSD + openLossUSD) + feeUSD }
}

extension ParadexFutureTerms {
  /// Requirements of a perpetual or future. Orders do not raise the maintenance level.
  public func requirement(_ position: ParadexMarketPosition) -> (
    initial: ParadexMarketRequirement, maintenance: ParadexMarketRequirement
  ) {
    let openCoins = max(position.longCoinsMax, position.shortCoinsMax)
    let heldCoins = abs(position.coins)
    let coinUSD = position.markUSD * initialFraction
    return (
      ParadexMarketRequirement(
        netUSD: openCoins * coinUSD, openLossUSD: position.openLossUSD,
        feeUSD: openCoins * position.feeUSD),
      ParadexMarketRequirement(
        netUSD: heldCoins * coinUSD * maintenanceFactor, openLossUSD: 0,
        feeUSD: heldCoins * position.feeUSD)
    )
  }
}

extension ParadexOptionTerms {
  /// Requirement of one long coin, USD.
  public func longUSD(markUSD: Double, spotUSD: Double) -> Double {
    min(markUSD * premiumMultiplier, longFraction * spotUSD)
  }

  /// Requirement of one short coin, USD.
  public func shortUSD(strikeUSD: Double, side: OptionSide, spotUSD: Double) -> Double {
    let outOfTheMoneyUSD = max(side.rawValue * (strikeUSD - spotUSD), 0)
    let requirement = max(
      shortInTheMoneyFraction * spotUSD - outOfTheMoneyUSD, shortOutOfTheMoneyFraction * spotUSD)
    return side == .put ? min(requirement, shortPutMaxFraction * spotUSD) : requirement
  }

  /// Requirement of an option at the level of these terms; `countsOrders` at the initial one.
  public func requirement(
    _ position: ParadexMarketPosition, strikeUSD: Double, side: OptionSide, spotUSD: Double,
    countsOrders: Bool
  ) -> ParadexMarketRequirement {
    var counted = position
    if !countsOrders { counted.orders = [] }
    let (long, short) = (counted.longCoinsMax, counted.shortCoinsMax)
    let netUSD = max(
      long * longUSD(markUSD: position.markUSD, spotUSD: spotUSD),
      short * shortUSD(strikeUSD: strikeUSD, side: side, spotUSD: spotUSD))
    return ParadexMarketRequirement(
      netUSD: netUSD, openLossUSD: counted.openLossUSD,
      feeUSD: max(long, short) * position.feeUSD)
  }
}
