// Derive's Standard Manager: the surplus of an account at both levels, from parts that sum to it.

/// One level of an account, USD. Requirements are negative, collateral is positive.
public struct StandardSurplus: Sendable, Equatable {
  /// Rate of the perpetuals' notional.
  public var perpetualUSD: Double
  /// Extra for perpetuals whose price is unsure; initial only.
  public var perpetualConfidenceUSD: Double
  /// The better of isolated margin and largest loss, by expiry.
  public var optionUSD: Double
  /// Extra for expiries whose prices are unsure; initial only.
  public var optionConfidenceUSD: Double
  /// Extra while the stablecoin is below its peg; initial only.
  public var depegUSD: Double
  /// What base assets count as collateral.
  public var baseUSD: Double
  /// Taken off base assets whose price is unsure; initial only.
  public var baseConfidenceUSD: Double
  /// Unrealised profit of perpetuals.
  public var unrealisedUSD: Double
  /// Cash; negative is borrowed.
  public var cashUSD: Double

  /// The surplus: the parts summed in the order above. Below 0 the level is failed.
  public var totalUSD: Double {
    perpetualUSD + perpetualConfidenceUSD + optionUSD + optionConfidenceUSD + depegUSD + baseUSD
      + baseConfidenceUSD + unrealisedUSD + cashUSD
  }
}

/// An account under the Standard Manager. Underlyings do not offset each other.
///
/// Source: derivexyz/v2-core @ 7736900d, src/risk-managers/StandardManager.sol.
public struct StandardMarginAccount: Sendable, Equatable {
  /// Cash; negative is borrowed.
  public var cashUSD: Double
  /// Price of the stablecoin that the cash is, USD, positive.
  public var stablePriceUSD: Double
  /// Holdings by underlying.
  public var markets: [StandardMarket]
  /// Whether the cash may be negative.
  public var isBorrowingAllowed: Bool

  /// An account.
  public init(
    cashUSD: Double, stablePriceUSD: Double, markets: [StandardMarket], isBorrowingAllowed: Bool
  ) {
    precondition(stablePriceUSD > 0, "a stablecoin has a positive price")
    self.cashUSD = cashUSD
    self.stablePriceUSD = stablePriceUSD
    self.markets = markets
    self.isBorrowingAllowed = isBorrowingAllowed
  }

  /// Cash, options, unrealised profit and base assets at their price in the stablecoin, USD.
  public var markToMarketUSD: Double {
    var sumUSD = cashUSD
    for market in markets {
      for expiry in market.expiries { sumUSD += expiry.valueUSD }
      sumUSD += market.perpetual.unsettledUSD
      sumUSD += market.spotUSD * market.baseCoins / stablePriceUSD
    }
    return sumUSD
  }

  /// The surplus at a level.
  public func surplus(_ level: MarginLevel) -> StandardSurplus {
    var surplus = StandardSurplus(
      perpetualUSD: 0, perpetualConfidenceUSD: 0, optionUSD: 0, optionConfidenceUSD: 0,
      depegUSD: 0, baseUSD: 0, baseConfidenceUSD: 0, unrealisedUSD: 0, cashUSD: cashUSD)
    for market in markets {
      addPerpetual(market, level, to: &surplus)
      addOptions(market, level, to: &surplus)
      addBase(market, level, to: &surplus)
      if level == .initial {
        surplus.depegUSD -=
          market.terms.depeg.addedFactor(stablePriceUSD: stablePriceUSD) * market.spotUSD
          * (abs(market.perpetual.coins) + market.shortOptionCoins)
      }
    }
    return surplus
  }

  /// Whether the account passes a level, and owes no cash where it may not.
  public func passes(_ level: MarginLevel) -> Bool {
    (isBorrowingAllowed || cashUSD >= 0) && surplus(level).totalUSD >= 0
  }

  private func addPerpetual(
    _ market: StandardMarket, _ level: MarginLevel, to surplus: inout StandardSurplus
  ) {
    let (perpetual, terms) = (market.perpetual, market.terms)
    let coins = abs(perpetual.coins)
    let rate =
      level == .initial
      ? terms.perpetual.initialFraction : terms.perpetual.maintenanceFraction
    surplus.perpetualUSD -= coins * perpetual.priceUSD * rate
    surplus.unrealisedUSD += perpetual.unsettledUSD
    guard level == .initial else { return }
    surplus.perpetualConfidenceUSD -=
      terms.confidence.perpetual.charge(
        confidence: min(perpetual.confidence, market.spotConfidence),
        value: market.spotUSD * coins)
  }

  private func addOptions(
    _ market: StandardMarket, _ level: MarginLevel, to surplus: inout StandardSurplus
  ) {
    for expiry in market.expiries {
      surplus.optionUSD +=
        StandardOptionMargin(expiry: expiry, spotUSD: market.spotUSD, terms: market.terms.option)
        .surplusUSD(level)
      guard level == .initial else { continue }
      let confidence = min(
        market.spotConfidence, min(expiry.forwardConfidence, expiry.volatilityConfidence))
      surplus.optionConfidenceUSD -=
        market.terms.confidence.option.charge(
          confidence: confidence, value: market.spotUSD * expiry.shortCoins)
    }
  }

  private func addBase(
    _ market: StandardMarket, _ level: MarginLevel, to surplus: inout StandardSurplus
  ) {
    let valueUSD = market.spotUSD * market.baseCoins
    let terms = market.terms.base
    let countedUSD = valueUSD * terms.maintenanceFraction
    surplus.baseUSD += level == .initial ? countedUSD * terms.initialFactor : countedUSD
    guard level == .initial, countedUSD != 0 else { return }
    surplus.baseConfidenceUSD -=
      market.terms.confidence.base.charge(
        confidence: market.spotConfidence, value: valueUSD)
  }
}
