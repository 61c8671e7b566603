// Derive's Standard Manager: parts that sum, monotony, charges of unsure prices, checks of trades.

import CrossMargin
import RiskNumerics
import Testing

@Suite struct StandardMarginTests {
  private static let terms = StandardMarginTerms(
    perpetual: StandardPerpetualTerms(initialFraction: 0.1, maintenanceFraction: 0.065),
    option: StandardOptionTerms(
      initialSpotFraction: 0.15, initialSpotFractionMin: 0.13,
      maintenance: StandardOptionMaintenance(
        callSpotFraction: 0.09, putSpotFraction: 0.09, putMarkFraction: 0.09),
      putInitialFactor: 1.05, unpairedCallInitialFactor: 1.2, unpairedCallMaintenanceFactor: 1.1),
    confidence: StandardConfidenceTerms(
      perpetual: ConfidenceTerms(threshold: 0.55, fraction: 1),
      option: ConfidenceTerms(threshold: 0.55, fraction: 1),
      base: ConfidenceTerms(threshold: 0.55, fraction: 1)),
    base: StandardBaseTerms(maintenanceFraction: 0.8, initialFactor: 0.9375),
    depeg: PegLossTerms(thresholdUSD: 0.99, factorPerUSD: 2))

  private static func account(
    spotUSD: Double = 2_000, perpetualCoins: Double = 0, legs: [OptionLeg] = []
  ) -> StandardMarginAccount {
    let market = StandardMarket(
      spotUSD: spotUSD, spotConfidence: 1,
      perpetual: DerivePerpetual(
        coins: perpetualCoins, priceUSD: spotUSD, confidence: 1, unsettledUSD: 0),
      baseCoins: 1,
      expiries: [
        StandardExpiry(
          expiryYears: 0.1, forwardUSD: spotUSD, forwardConfidence: 1, volatilityConfidence: 1,
          options: legs)
      ], terms: terms)
    return StandardMarginAccount(
      cashUSD: 100, stablePriceUSD: 1, markets: [market], isBorrowingAllowed: false)
  }

  private static func leg(_ strike: Double, _ side: OptionSide, _ coins: Double) -> OptionLeg {
    OptionLeg(strike: strike, side: side, coins: coins, volatilityAnnual: 0.6)
  }

  @Test func everyPartIsOnItsOwnLine() {
    var account = Self.account(perpetualCoins: -3, legs: [Self.leg(2_500, .call, -2)])
    account.stablePriceUSD = 0.95
    account.markets[0].spotConfidence = 0.5
    let surplus = account.surplus(.initial)
    #expect(abs(surplus.perpetualUSD + 3 * 2_000 * 0.1) < 1e-9)
    #expect(abs(surplus.perpetualConfidenceUSD + 0.5 * 3 * 2_000) < 1e-9)
    #expect(abs(surplus.optionConfidenceUSD + 0.5 * 2 * 2_000) < 1e-9)
    #expect(abs(surplus.depegUSD + (0.99 - 0.95) * 2 * 2_000 * (3 + 2)) < 1e-9)
    #expect(abs(surplus.baseUSD - 2_000 * 0.8 * 0.9375) < 1e-9)
    #expect(abs(surplus.baseConfidenceUSD + 0.5 * 2_000) < 1e-9)
    var sum = surplus.perpetualUSD
    for part in [
      surplus.perpetualConfidenceUSD, surplus.optionUSD, surplus.optionConfidenceUSD,
      surplus.depegUSD, surplus.baseUSD, surplus.baseConfidenceUSD, surplus.unrealisedUSD,
      surplus.cashUSD
    ] {
      sum += part
    }
    #expect(sum == surplus.totalUSD)
    // Maintenance knows nothing of unsure prices.
    let maintenance = account.surplus(.maintenance)
    #expect(maintenance.perpetualConfidenceUSD == 0 && maintenance.depegUSD == 0)
    #expect(maintenance.totalUSD > surplus.totalUSD)
  }

  @Test func aLongLegNeverLowersTheSurplus() {
    let short = Self.leg(2_200, .call, -1)
    for strike in [1_500.0, 2_000, 2_200, 2_600, 4_000] {
      for level in MarginLevel.allCases {
        let naked = Self.account(legs: [short]).surplus(level).totalUSD
        let hedged = Self.account(legs: [short, Self.leg(strike, .call, 1)]).surplus(level).totalUSD
        #expect(hedged >= naked)
      }
    }
  }

  @Test func aCallSpreadIsCappedByItsWidth() {
    let spread = Self.account(legs: [Self.leg(2_000, .call, -1), Self.leg(2_050, .call, 1)])
    #expect(spread.surplus(.initial).optionUSD == -50)
    let unpaired = Self.account(legs: [Self.leg(10, .call, -1)])
    // The unpaired loss is 1.2 F at least, so the leg alone is better.
    #expect(unpaired.surplus(.initial).optionUSD > -1.2 * 2_000)
  }

  @Test(arguments: [1.0, 7, 0.25]) func doublingPositionsDoublesTheOptionMargin(_ scale: Double) {
    let legs = [Self.leg(2_200, .call, -1), Self.leg(1_800, .put, -2), Self.leg(2_400, .call, 0.5)]
    let one = Self.account(legs: legs).surplus(.initial).optionUSD
    let many = Self.account(legs: legs.map { Self.leg($0.strike, $0.side, $0.coins * scale) })
    #expect(abs(many.surplus(.initial).optionUSD - one * scale) <= 1e-12 * abs(one * scale))
  }

  @Test func borrowingNeedsPermission() {
    var account = Self.account()
    account.cashUSD = -10
    #expect(!account.passes(.initial))
    account.isBorrowingAllowed = true
    #expect(account.passes(.initial))
  }

  @Test func tradesThatLowerRiskNeedNoCheck() {
    func trade(_ before: Double, _ after: Double) -> StandardTrade {
      StandardTrade(
        cashChangeUSD: 0, base: [],
        perpetuals: [PositionChange(beforeCoins: before, afterCoins: after)], options: [])
    }
    #expect(trade(-3, -1).requiredLevel(isTrustedAssessor: false) == nil)
    #expect(trade(-3, 1).requiredLevel(isTrustedAssessor: false) == .initial)
    #expect(trade(-3, -4).requiredLevel(isTrustedAssessor: true) == .maintenance)
    var sale = trade(0, 0)
    sale.options = [PositionChange(beforeCoins: 2, afterCoins: 1)]
    #expect(sale.requiredLevel(isTrustedAssessor: false) == .initial)
  }

  @Test func borrowingGetsDearBeyondTheOptimum() {
    let terms = BorrowRateTerms(
      baseAnnual: 0.02, slopeAnnual: 0.08, steepSlopeAnnual: 0.9, optimalUtilisation: 0.85,
      moduleFraction: 0.2)
    #expect(terms.borrowAnnual(utilisation: 0) == 0.02)
    #expect(abs(terms.borrowAnnual(utilisation: 0.85) - (0.02 + 0.08 * 0.85)) < 1e-15)
    #expect(abs(terms.borrowAnnual(utilisation: 1) - (0.088 + 0.9 * 0.15)) < 1e-15)
    // Depositors and module earn what borrowers pay.
    #expect(abs(terms.depositAnnual(utilisation: 0.5) - 0.06 * 0.5 * 0.8) < 1e-15)
  }
}
