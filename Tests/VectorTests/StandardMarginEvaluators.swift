// Margins of Derive's Standard Manager.

import CrossMargin
import RiskNumerics

enum StandardMarginEvaluators {
  static let all: [String: Evaluator] = ["Derive / SRM": margin]

  private static let margin: Evaluator = { inputs in
    let terms = try terms(try inputs.object("params"))
    let account = StandardMarginAccount(
      cashUSD: try inputs.number("cash"), stablePriceUSD: try inputs.number("stablePrice"),
      markets: try inputs.objects("markets").map { try market($0, terms: terms) },
      isBorrowingAllowed: true)
    let initial = account.surplus(.initial).totalUSD
    let maintenance = account.surplus(.maintenance).totalUSD
    return [
      "initialMargin": .number(initial), "maintenanceMargin": .number(maintenance),
      "initialMarginTruncated": .number(initial),
      "maintenanceMarginTruncated": .number(maintenance),
      "markToMarket": .number(account.markToMarketUSD)
    ]
  }

  private static func market(
    _ inputs: Inputs, terms: StandardMarginTerms
  ) throws -> StandardMarket {
    let perpetual = try inputs.object("perp")
    return StandardMarket(
      spotUSD: try inputs.number("spot"), spotConfidence: try inputs.number("spotConfidence"),
      perpetual: DerivePerpetual(
        coins: try perpetual.number("size"), priceUSD: try perpetual.number("price"),
        confidence: try perpetual.number("confidence"),
        unsettledUSD: try perpetual.number("unrealisedPnl")),
      baseCoins: try inputs.number("base"), expiries: try inputs.objects("expiries").map(expiry),
      terms: terms)
  }

  private static func expiry(_ inputs: Inputs) throws -> StandardExpiry {
    StandardExpiry(
      expiryYears: try inputs.number("secToExpiry") / 31_536_000,
      forwardUSD: try inputs.number("forward"),
      forwardConfidence: try inputs.number("forwardConfidence"),
      volatilityConfidence: try inputs.number("volConfidence"),
      options: try inputs.objects("options").map { try $0.optionLeg() })
  }

  private static func terms(_ inputs: Inputs) throws -> StandardMarginTerms {
    let option = try inputs.object("option")
    let oracle = try inputs.object("oracle")
    func confidence(_ threshold: String) throws -> ConfidenceTerms {
      ConfidenceTerms(
        threshold: try oracle.number(threshold), fraction: try oracle.number("OCFactor"))
    }
    let (base, depeg) = (try inputs.object("base"), try inputs.object("depeg"))
    return StandardMarginTerms(
      perpetual: StandardPerpetualTerms(
        initialFraction: try inputs.number("perpIM"),
        maintenanceFraction: try inputs.number("perpMM")),
      option: StandardOptionTerms(
        initialSpotFraction: try option.number("maxSpot"),
        initialSpotFractionMin: try option.number("minSpot"),
        maintenance: StandardOptionMaintenance(
          callSpotFraction: try option.number("mmCall"),
          putSpotFraction: try option.number("mmPut"),
          putMarkFraction: try option.number("mmPutMtm")),
        putInitialFactor: try option.number("mmOffset"),
        unpairedCallInitialFactor: try option.number("unIM"),
        unpairedCallMaintenanceFactor: try option.number("unMM")),
      confidence: StandardConfidenceTerms(
        perpetual: try confidence("perpThreshold"), option: try confidence("optionThreshold"),
        base: try confidence("baseThreshold")),
      base: StandardBaseTerms(
        maintenanceFraction: try base.number("marginFactor"),
        initialFactor: try base.number("IMScale")),
      depeg: PegLossTerms(
        thresholdUSD: try depeg.number("threshold"), factorPerUSD: try depeg.number("factor")))
  }
}
