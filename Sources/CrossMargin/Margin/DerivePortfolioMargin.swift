// Derive's portfolio margin: the scan that both versions share, and the two ways in which levels
// are made of it.

import RiskNumerics

/// One level of the margin of an account, USD: what it is worth and what is charged.
///
/// The requirement is the sum of the charges in the order shown, the surplus
/// `(markToMarket + cash) - requirement`; below 0 the account fails the level.
public struct DeriveSurplus: Sendable, Equatable {
  /// Value of everything but cash.
  public var markToMarketUSD: Double
  /// Cash.
  public var cashUSD: Double
  /// Loss of the worst scenario or of the basis contingency, times the multiplier of the level.
  public var scanUSD: Double
  /// Charge on the perpetual.
  public var perpetualUSD: Double
  /// Charge on unpaired short options.
  public var nakedShortUSD: Double
  /// Charge on collaterals.
  public var collateralUSD: Double
  /// Charge on prices of low confidence.
  public var confidenceUSD: Double

  /// Sum of the charges.
  public var requirementUSD: Double {
    (((scanUSD + perpetualUSD) + nakedShortUSD) + collateralUSD) + confidenceUSD
  }

  /// What is left.
  public var surplusUSD: Double { (markToMarketUSD + cashUSD) - requirementUSD }
}

/// Margin of one account at both levels.
public struct DeriveMargin: Sendable, Equatable {
  /// Profit in each scenario, USD, weighted and discounted as the rule set says.
  public var scenarioProfitsUSD: [Double]
  /// Profit, at most 0, of the basis contingency; a candidate for the worst beside the scenarios.
  public var basisProfitUSD: Double
  /// The worst scenario; nil where the basis contingency is worse than all.
  public var worstScenario: Int?
  /// Initial level.
  public var initial: DeriveSurplus
  /// Maintenance level.
  public var maintenance: DeriveSurplus
}

/// Scenarios and basis contingency of one account.
struct DeriveScan {
  let profitsUSD: [Double]
  let basisProfitUSD: Double
  let worst: WorstProfit

  /// The basis contingency comes first among equals.
  var isBasisWorst: Bool { worst.scenario == nil || basisProfitUSD <= worst.profit }
  var lossUSD: Double { -min(basisProfitUSD, worst.profit) }

  /// `discounts` by expiry of the account; `movingUSD` is collateral that moves with the price.
  init(
    _ account: DeriveAccount, terms: DeriveScanTerms, discounts: [StaticDiscount],
    movingUSD: Double
  ) {
    let perpetualUSD = account.perpetual.coins * account.perpetual.priceUSD
    profitsUSD = terms.scenarios.enumerated().map { index, scenario in
      var optionsUSD = 0.0
      for (expiry, discount) in zip(account.expiries, discounts) {
        let profit =
          discount.applied(to: expiry.values.shocked[index]) - expiry.values.base
        // Both directions of a skew are possible, in each expiry on its own.
        optionsUSD += (scenario.isSkew ? -abs(profit) : profit) * scenario.weight
      }
      let move = scenario.priceMoveFraction * scenario.weight
      return optionsUSD + movingUSD * move + perpetualUSD * move
    }
    var basis = 0.0
    for expiry in account.expiries {
      basis += terms.basis.profit(
        base: expiry.values.base, up: expiry.basisUpUSD, down: expiry.basisDownUSD,
        expiryYears: expiry.expiryYears)
    }
    basisProfitUSD = basis
    worst = WorstProfit(profitsUSD)
  }

  func margin(initial: DeriveSurplus, maintenance: DeriveSurplus) -> DeriveMargin {
    DeriveMargin(
      scenarioProfitsUSD: profitsUSD, basisProfitUSD: basisProfitUSD,
      worstScenario: isBasisWorst ? nil : worst.scenario, initial: initial,
      maintenance: maintenance)
  }
}

extension DeriveScanTerms {
  /// Confidence charges on the options of all expiries, USD.
  func optionConfidenceUSD(_ account: DeriveAccount) -> Double {
    var sum = 0.0
    for expiry in account.expiries {
      sum += confidence.charge(
        confidence: min(account.confidence, expiry.confidence),
        value: expiry.optionCoins * account.spotUSD)
    }
    return sum
  }
}

extension DerivePortfolioTerms1 {
  /// Margin by the first version.
  public func margin(_ account: DeriveAccount) -> DeriveMargin {
    let discounts = account.expiries.map { expiry in
      StaticDiscount(
        positiveFactor: scan.positiveDiscount.assetFactor(
          rateContinuous: expiry.rateContinuous, expiryYears: expiry.expiryYears),
        negativeFactor: 1)
    }
    let scanned = DeriveScan(
      account, terms: scan, discounts: discounts, movingUSD: account.collateralUSD)
    let spotUSD = account.spotUSD
    var baseCoins = 0.0
    for collateral in account.collaterals { baseCoins += collateral.amount }
    let perpetualCoins = abs(account.perpetual.coins)
    let maintenance = DeriveSurplus(
      markToMarketUSD: account.markToMarketUSD, cashUSD: account.cashUSD,
      scanUSD: scanned.lossUSD, perpetualUSD: perpetualCoins * scan.perpetualFraction * spotUSD,
      nakedShortUSD: account.nakedShortCoins * scan.nakedShortFraction * spotUSD,
      collateralUSD: baseCoins * baseFraction * spotUSD, confidenceUSD: 0)
    let factor =
      scan.initialFactor + scan.peg.addedFactor(stablePriceUSD: account.stablePriceUSD)
    var initial = maintenance
    initial.scanUSD *= factor
    initial.perpetualUSD *= factor
    initial.nakedShortUSD *= factor
    initial.collateralUSD *= factor
    initial.confidenceUSD =
      scan.confidence.charge(
        confidence: account.confidence, value: (perpetualCoins + baseCoins) * spotUSD)
      + scan.optionConfidenceUSD(account)
    return scanned.margin(initial: initial, maintenance: maintenance)
  }
}

extension DerivePortfolioTerms2 {
  /// Margin by the second version. Values of expiries are discounted ones.
  public func margin(_ account: DeriveAccount) -> DeriveMargin {
    var movingUSD = 0.0
    var (haircutUSD, extraUSD) = (0.0, 0.0)
    var confidenceUSD = scan.confidence.charge(
      confidence: account.confidence, value: abs(account.perpetual.coins) * account.spotUSD)
    for collateral in account.collaterals {
      let valueUSD = account.valueUSD(collateral)
      if collateral.cancelsRisk { movingUSD += valueUSD }
      haircutUSD += valueUSD * collateral.haircutFraction
      extraUSD += valueUSD * collateral.initialExtraFraction
      confidenceUSD += scan.confidence.charge(
        confidence: min(account.spotConfidence, collateral.confidence), value: valueUSD)
    }
    let scanned = DeriveScan(
      account, terms: scan, discounts: account.expiries.map(staticDiscount), movingUSD: movingUSD)
    let perpetualUSD = abs(account.perpetual.coins) * account.spotUSD
    let nakedUSD = account.nakedShortCoins * account.spotUSD
    let maintenance = DeriveSurplus(
      markToMarketUSD: account.markToMarketUSD, cashUSD: account.cashUSD,
      scanUSD: scanned.lossUSD * maintenanceFactor,
      perpetualUSD: perpetualUSD * scan.perpetualFraction,
      nakedShortUSD: nakedUSD * scan.nakedShortFraction, collateralUSD: haircutUSD,
      confidenceUSD: 0)
    var initial = maintenance
    initial.scanUSD =
      scanned.lossUSD
      * (scan.initialFactor + scan.peg.addedFactor(stablePriceUSD: account.stablePriceUSD))
    initial.perpetualUSD += perpetualUSD * perpetualExtraFraction
    initial.nakedShortUSD += nakedUSD * nakedShortExtraFraction
    initial.collateralUSD += extraUSD
    initial.confidenceUSD = confidenceUSD + scan.optionConfidenceUSD(account)
    return scanned.margin(initial: initial, maintenance: maintenance)
  }

  /// Discount factor of an expiry: a negative rate counts as none.
  public static func discountFactor(rateContinuous: Double, expiryYears: Double) -> Double {
    ScalarMath.exp(-max(rateContinuous, 0) * expiryYears)
  }

  /// What shocked values of an expiry are multiplied by.
  func staticDiscount(_ expiry: DeriveExpiry) -> StaticDiscount {
    let rate = max(expiry.rateContinuous, 0)
    let discount = Self.discountFactor(rateContinuous: rate, expiryYears: expiry.expiryYears)
    return StaticDiscount(
      positiveFactor: scan.positiveDiscount.assetFactor(
        rateContinuous: rate, expiryYears: expiry.expiryYears),
      negativeFactor: min(
        1 / discount,
        negativeDiscount.debtFactor(rateContinuous: rate, expiryYears: expiry.expiryYears)))
  }
}
