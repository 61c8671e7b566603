// Portfolio margin of Derive, first and second version.

import CrossMargin
import PortfolioModel
import RiskNumerics
import VectorReading

enum DerivePortfolioEvaluators {
  static let all: [String: Evaluator] = [
    "Derive / PMRM_1": first, "Derive / PMRM_2": second
  ]

  /// Seconds before expiry in which the settlement price is averaged.
  private static let settlementWindowSeconds = 1_800.0

  // MARK: First version

  /// Inputs stand at the top, or the market in an object of its own.
  private static let first: Evaluator = { inputs in
    let terms = try firstTerms(inputs.object("params"), scenarios: inputs.value("scenarios"))
    let market = inputs.has("market") ? try inputs.object("market") : inputs
    let spot = try market.number("spot")
    let base = try market.number("base")
    var account = DeriveAccount(
      cashUSD: try inputs.number("cash"), spotUSD: spot,
      spotConfidence: try market.number("spotConfidence"),
      stablePriceUSD: try inputs.number("stablePrice"),
      perpetual: try perpetual(market.object("perp")),
      collaterals: [
        DeriveCollateral(
          amount: base, priceUSD: spot, confidence: 1, cancelsRisk: true, haircutFraction: 0,
          initialExtraFraction: 0)
      ])
    account.expiries = try market.parts("expiries").map { expiry in
      DeriveExpiry(
        try chain(expiry, discountFactor: 1), rateContinuous: try expiry.number("rate"),
        confidence: try confidence(expiry), terms: terms.scan, skew: nil)
    }
    var results = fields(terms.margin(account), account)
    results["initialMarginTruncated"] = results["initialMargin"]
    results["maintenanceMarginTruncated"] = results["maintenanceMargin"]
    return results
  }

  private static func firstTerms(
    _ inputs: Inputs, scenarios: JSONValue?
  ) throws -> DerivePortfolioTerms1 {
    let (rise, fall) = (try inputs.number("volUp"), try inputs.number("volDown"))
    let list = try scenarioRows(scenarios).map { row in
      guard let ratio = row[0].number, let direction = row[1].number else {
        throw InputError("a scenario is a price ratio and a direction")
      }
      let move = direction > 0 ? rise : direction < 0 ? -fall : 0
      return MarginScenario(priceRatio: ratio, volatility: .move(move), weight: 1)
    }
    let scan = DeriveScanTerms(
      scenarios: list,
      volatilityShock: VolatilityShock(
        term: VolatilityTermStructure(
          shortPower: try inputs.number("short"), longPower: try inputs.number("long"),
          floorDays: try inputs.number("dteFloor") / 86_400),
        raisedVolatilityAnnualMin: 0),
      positiveDiscount: StaticDiscountTerms(
        base: try inputs.number("baseStatic"), rateMultiplier: try inputs.number("rateMult"),
        rateAddedAnnual: try inputs.number("rateAdd")),
      basis: BasisContingencyTerms(
        upRatio: try inputs.number("scenUp"), downRatio: try inputs.number("scenDown"),
        shareAtExpiry: try inputs.number("basisAdd"),
        shareAnnual: try inputs.number("basisMult")),
      confidence: ConfidenceTerms(
        threshold: try inputs.number("confThreshold"), fraction: try inputs.number("confMargin")),
      peg: PegLossTerms(
        thresholdUSD: try inputs.number("pegThreshold"),
        factorPerUSD: try inputs.number("pegFactor")),
      initialFactor: try inputs.number("imFactor"),
      perpetualFraction: try inputs.number("perpPercent"),
      nakedShortFraction: try inputs.number("optionPercent"),
      settlementWindowSeconds: settlementWindowSeconds)
    return DerivePortfolioTerms1(scan: scan, baseFraction: try inputs.number("basePercent"))
  }

  // MARK: Second version

  private static let second: Evaluator = { inputs in
    let terms = try secondTerms(inputs.object("params"), scenarios: inputs.value("scenarios"))
    var account = DeriveAccount(
      cashUSD: try inputs.number("cash"), spotUSD: try inputs.number("spot"),
      spotConfidence: try inputs.number("spotConfidence"),
      stablePriceUSD: try inputs.number("stablePrice"),
      perpetual: try perpetual(inputs.object("perp")),
      collaterals: try inputs.parts("collaterals").map { collateral in
        DeriveCollateral(
          amount: try collateral.number("amount"), priceUSD: try collateral.number("price"),
          confidence: try collateral.number("confidence"),
          cancelsRisk: try collateral.flag("riskCancelling"),
          haircutFraction: try collateral.number("mmHaircut"),
          initialExtraFraction: try collateral.number("imHaircutExtra"))
      })
    account.expiries = try inputs.parts("expiries").map { expiry in
      let rate = try expiry.number("rate")
      let years = UTCTime.years(ofDays: max(try expiry.number("secToExpiry"), 0) / 86_400)
      let discount = DerivePortfolioTerms2.discountFactor(rateContinuous: rate, expiryYears: years)
      return DeriveExpiry(
        try chain(expiry, discountFactor: discount), rateContinuous: rate,
        confidence: try confidence(expiry), terms: terms.scan, skew: terms.skew)
    }
    return fields(terms.margin(account), account)
  }

  private static func secondTerms(
    _ inputs: Inputs, scenarios: JSONValue?
  ) throws -> DerivePortfolioTerms2 {
    let (rise, fall) = (try inputs.number("volRangeUp"), try inputs.number("volRangeDown"))
    let list = try scenarioRows(scenarios).map { row in
      guard row.count == 3, let ratio = row[0].number, let name = row[1].text,
        let weight = row[2].number
      else { throw InputError("a scenario is a price ratio, a volatility change and a weight") }
      return MarginScenario(
        priceRatio: ratio, volatility: try volatilityChange(name, rise: rise, fall: fall),
        weight: weight)
    }
    let scan = DeriveScanTerms(
      scenarios: list,
      volatilityShock: VolatilityShock(
        term: VolatilityTermStructure(
          shortPower: try inputs.number("shortTermPower"),
          longPower: try inputs.number("longTermPower"),
          floorDays: try inputs.number("dteFloorDays")),
        raisedVolatilityAnnualMin: try inputs.number("minVolUpShock")),
      positiveDiscount: StaticDiscountTerms(
        base: try inputs.number("longBaseStaticDiscount"),
        rateMultiplier: try inputs.number("longRateMultScale"),
        rateAddedAnnual: try inputs.number("longRateAddScale")),
      basis: BasisContingencyTerms(
        upRatio: try inputs.number("scenarioSpotUp"),
        downRatio: try inputs.number("scenarioSpotDown"),
        shareAtExpiry: try inputs.number("basisContAddFactor"),
        shareAnnual: try inputs.number("basisContMultFactor")),
      confidence: ConfidenceTerms(
        threshold: try inputs.number("confThreshold"), fraction: try inputs.number("confMargin")),
      peg: PegLossTerms(
        thresholdUSD: try inputs.number("pegLossThreshold"),
        factorPerUSD: try inputs.number("pegLossFactor")),
      initialFactor: try inputs.number("imFactor"),
      perpetualFraction: try inputs.number("mmPerpPercent"),
      nakedShortFraction: try inputs.number("mmOptionPercent"),
      settlementWindowSeconds: settlementWindowSeconds)
    guard scan.hasAllowedScenarios else { throw InputError("the venue refuses the scenarios") }
    return DerivePortfolioTerms2(
      scan: scan,
      negativeDiscount: StaticDiscountTerms(
        base: try inputs.number("shortBaseStaticDiscount"),
        rateMultiplier: try inputs.number("shortRateMultScale"),
        rateAddedAnnual: try inputs.number("shortRateAddScale")),
      skew: SkewTerms(
        linear: SkewTerms.Cap(
          base: try inputs.number("linearBaseCap"), perRootYear: try inputs.number("linearCBase")),
        absolute: SkewTerms.Cap(
          base: try inputs.number("absBaseCap"), perRootYear: try inputs.number("absCBase")),
        widthMin: try inputs.number("minKStar"), widthScale: try inputs.number("widthScale"),
        volatilityStatic: try inputs.number("volParamStatic"),
        volatilityPerRootYear: try inputs.number("volParamScale")),
      maintenanceFactor: try inputs.number("mmFactor"),
      perpetualExtraFraction: try inputs.number("imPerpPercentExtra"),
      nakedShortExtraFraction: try inputs.number("imOptionPercentExtra"))
  }

  private static func volatilityChange(
    _ name: String, rise: Double, fall: Double
  ) throws -> MarginScenario.VolatilityChange {
    switch name {
    case "None": .move(0)
    case "Up": .move(rise)
    case "Down": .move(-fall)
    case "Linear": .skew(.linear)
    case "Abs": .skew(.absolute)
    default: throw InputError("the volatility change \(name) is unknown")
    }
  }

  // MARK: Both

  private static func scenarioRows(_ value: JSONValue?) throws -> [[JSONValue]] {
    guard let rows = value?.list else { throw InputError("no scenarios") }
    return try rows.map { row in
      guard let row = row.list, row.count >= 2 else { throw InputError("a scenario is a list") }
      return row
    }
  }

  private static func perpetual(_ inputs: Inputs) throws -> DerivePerpetual {
    var unsettledUSD = 0.0
    for name in ["unrealisedPnl", "unrealisedFunding", "unsettledPnlAndFunding"] {
      unsettledUSD += try inputs.number(name, absent: 0)
    }
    return DerivePerpetual(
      coins: try inputs.number("size"), priceUSD: try inputs.number("price"),
      confidence: try inputs.number("confidence"), unsettledUSD: unsettledUSD)
  }

  private static func chain(_ expiry: Inputs, discountFactor: Double) throws -> OptionChain {
    let seconds = try expiry.number("secToExpiry")
    let legs = try expiry.parts("options").map { try $0.optionLeg() }
    let payment = OptionChain.Payment.quote(discountFactor: discountFactor)
    if expiry.has("forwardVariable") {
      return OptionChain(
        expirySeconds: seconds, variableForward: try expiry.number("forwardVariable"),
        fixedForward: try expiry.number("forwardFixed"), payment: payment, legs: legs)
    }
    return OptionChain(
      expirySeconds: seconds, forward: try expiry.number("forward"),
      settlementWindowSeconds: settlementWindowSeconds, payment: payment, legs: legs)
  }

  private static func confidence(_ expiry: Inputs) throws -> Double {
    try expiry.lowestConfidence(
      ["minConfidence", "forwardConfidence", "rateConfidence", "volConfidence"])
  }

  private static func fields(
    _ margin: DeriveMargin, _ account: DeriveAccount
  ) -> [String: JSONValue] {
    [
      "initialMargin": .number(margin.initial.surplusUSD),
      "maintenanceMargin": .number(margin.maintenance.surplusUSD),
      "markToMarket": .number(account.markToMarketUSD + account.cashUSD),
      "optionMtM": .number(account.optionsUSD), "collateralMtM": .number(account.collateralUSD),
      "basisContingency": .number(margin.basisProfitUSD),
      "scenarioPnL": .list(margin.scenarioProfitsUSD.map { .number($0) })
    ]
  }
}
