// Auctions: Derive's accounts, MakerDAO's collateral.

import CrossMargin
import RiskNumerics
import VectorReading

enum AuctionEvaluators {
  static let all: [String: Evaluator] = [
    "Derive / DutchAuction": account, "dutch_auction": dutchAuction
  ]

  private static func schedule(_ inputs: Inputs, _ names: [String]) throws -> TwoPhaseSchedule {
    TwoPhaseSchedule(
      startFactor: try inputs.number(names[0]), cutoffFactor: try inputs.number(names[1]),
      fastSeconds: try inputs.number(names[2]), slowSeconds: try inputs.number(names[3]))
  }

  // MARK: Derive

  private static func terms(_ inputs: Inputs) throws -> AuctionTerms {
    AuctionTerms(
      schedule: try schedule(
        inputs,
        [
          "startingMtMPercentage", "fastAuctionCutoffPercentage", "fastAuctionLengthSec",
          "slowAuctionLengthSec"
        ]),
      insolventLengthSeconds: try inputs.number("insolventAuctionLengthSec", absent: 1),
      liquidationFeeFraction: try inputs.number("liquidatorFeeRate"),
      bufferFraction: try inputs.number("bufferMarginPercentage"),
      fullSaleBelowUSD: try inputs.number("mtmCutoff", absent: 0))
  }

  private static func standing(_ inputs: Inputs) throws -> AuctionStanding {
    AuctionStanding(
      markToMarketUSD: try inputs.number("mtm"), maintenanceUSD: try inputs.number("mm"),
      reservedCashUSD: try inputs.number("reservedCash", absent: 0))
  }

  private static let account: Evaluator = { inputs in
    let terms = try terms(try inputs.object("params"))
    if inputs.has("steps") { return try steps(inputs, terms) }
    let standing = try standing(inputs)
    let elapsed = try inputs.number("elapsedSec")
    let wanted = try inputs.number("bidPercentage", absent: 1)
    if standing.markToMarketUSD < 0 {
      let auction = InsolventAuction(
        standing: standing, terms: terms, elapsedSeconds: elapsed)
      let payment = auction.payment(fraction: wanted, moduleBalanceUSD: 0)
      return ["cashToBidder": .number(payment.moduleUSD + payment.socialisedUSD)]
    }
    let auction = SolventAuction(standing: standing, terms: terms, elapsedSeconds: elapsed)
    let fill = auction.fill(wantedFraction: wanted)
    return [
      "bufferMargin": .number(auction.bufferMarginUSD), "bidPrice": .number(auction.bidPriceUSD),
      "discount": .number(auction.factor), "maxProportion": .number(auction.fractionMax),
      "maxProportionTrunc3": .number(auction.fractionMax),
      "cashFromBidder": .number(fill.cashUSD), "cashFromBidderTrunc0": .number(fill.cashUSD)
    ]
  }

  private static func steps(
    _ inputs: Inputs, _ terms: AuctionTerms
  ) throws -> [String: JSONValue] {
    let steps = try inputs.objects("steps").map { step in
      let auction = SolventAuction(
        standing: try standing(step), terms: terms,
        elapsedSeconds: try step.number("elapsedSec"))
      let fill = auction.fill(wantedFraction: try step.number("percentWanted"))
      let after = SolventAuction(
        standing: fill.standing, terms: terms, elapsedSeconds: try step.number("elapsedSec"))
      return JSONValue.object([
        "bufferMargin": .number(auction.bufferMarginUSD), "discount": .number(auction.factor),
        "maxProportion": .number(auction.fractionMax), "percentOfCurrent": .number(fill.fraction),
        "cashFromBidder": .number(fill.cashUSD),
        "postMtM": .number(fill.standing.markToMarketUSD),
        "postMM": .number(fill.standing.maintenanceUSD), "postBM": .number(after.bufferMarginUSD),
        "postMaxProportion": .number(after.fractionMax)
      ])
    }
    return [
      "steps": .list(steps),
      "liquidationFeeAtStart": .number(try startFee(try inputs.object("initialPortfolio"), terms))
    ]
  }

  /// The fee of an account that is margined by the first version of the portfolio margin.
  private static func startFee(_ portfolio: Inputs, _ terms: AuctionTerms) throws -> Double {
    let (spot, option) = (try portfolio.number("spot"), try portfolio.object("option"))
    var account = DeriveAccount(
      cashUSD: try portfolio.number("cash"), spotUSD: spot, spotConfidence: 1, stablePriceUSD: 1,
      perpetual: DerivePerpetual(coins: 0, priceUSD: spot, confidence: 1, unsettledUSD: 0),
      collaterals: [])
    let chain = OptionChain(
      expirySeconds: try option.number("secToExpiry"), forward: try option.number("forward"),
      settlementWindowSeconds: simulationTerms.scan.settlementWindowSeconds,
      payment: .quote(discountFactor: 1), legs: [try option.optionLeg()])
    account.expiries = [
      DeriveExpiry(
        chain, rateContinuous: 0, confidence: 1, terms: simulationTerms.scan, skew: nil)
    ]
    let start = simulationTerms.margin(account).maintenance
    return SolventAuction.startFeeUSD(
      markToMarketUSD: start.markToMarketUSD + start.cashUSD, maintenanceUSD: start.surplusUSD,
      terms: terms)
  }

  /// Terms under which the venue simulates liquidations (v2-core, test/config-test.sol), which the
  /// vectors do not repeat.
  private static let simulationTerms = DerivePortfolioTerms1(
    scan: DeriveScanTerms(
      scenarios: (-3...3).flatMap { step in
        [0.45, 0, -0.3].map {
          MarginScenario(priceRatio: 1 + 0.05 * Double(step), volatility: .move($0), weight: 1)
        }
      },
      volatilityShock: VolatilityShock(
        term: VolatilityTermStructure(shortPower: 0.3, longPower: 0.13, floorDays: 1),
        raisedVolatilityAnnualMin: 0),
      positiveDiscount: StaticDiscountTerms(base: 0.95, rateMultiplier: 4, rateAddedAnnual: 0.05),
      basis: BasisContingencyTerms(
        upRatio: 1.05, downRatio: 0.95, shareAtExpiry: 0.25, shareAnnual: 0.01),
      confidence: ConfidenceTerms(threshold: 0.6, fraction: 0.5),
      peg: PegLossTerms(thresholdUSD: 0.98, factorPerUSD: 2), initialFactor: 1.3,
      perpetualFraction: 0.02, nakedShortFraction: 0.01, settlementWindowSeconds: 1_800),
    baseFraction: 0.02)

  // MARK: Other auctions

  private static let dutchAuction: Evaluator = { inputs in
    if inputs.has("curve") { return try collateral(inputs) }
    let schedule = try schedule(inputs, ["start", "cutoff", "fast_s", "slow_s"])
    guard inputs.has("mtm") else {
      let factors = try inputs.numbers("t").map {
        JSONValue.number(schedule.factor(elapsedSeconds: $0))
      }
      return ["value": .list(factors)]
    }
    let terms = AuctionTerms(
      schedule: schedule, insolventLengthSeconds: try inputs.number("insolvent_s", absent: 1),
      liquidationFeeFraction: 0, bufferFraction: try inputs.number("buffer_pct", absent: 0),
      fullSaleBelowUSD: 0)
    let standing = AuctionStanding(
      markToMarketUSD: try inputs.number("mtm"), maintenanceUSD: try inputs.number("maintenance"),
      reservedCashUSD: try inputs.number("reserved", absent: 0))
    let elapsed = try inputs.number("t")
    if standing.markToMarketUSD < 0 {
      let auction = InsolventAuction(standing: standing, terms: terms, elapsedSeconds: elapsed)
      return ["value": .number(auction.paymentUSD), "payment": .number(auction.paymentUSD)]
    }
    let auction = SolventAuction(standing: standing, terms: terms, elapsedSeconds: elapsed)
    return [
      "bid": .number(auction.bidPriceUSD), "max_fraction": .number(auction.fractionMax),
      "cash_for_max": .number(auction.fill(wantedFraction: 1).cashUSD)
    ]
  }

  private static func collateral(_ inputs: Inputs) throws -> [String: JSONValue] {
    let curve: PriceCurve
    switch try inputs.text("curve") {
    case "linear": curve = .linear(lengthSeconds: try inputs.number("tau"))
    case "stairstep":
      curve = .stairstep(
        cutFactor: try inputs.number("cut"), stepSeconds: try inputs.number("step"))
    case "exponential": curve = .exponential(cutFactorPerSecond: try inputs.number("cut"))
    case let other: throw InputError("the curve \(other) is unknown")
    }
    let auction =
      inputs.has("top")
      ? CollateralAuction(topUSD: try inputs.number("top"), curve: curve)
      : CollateralAuction(
        oracleUSD: try inputs.number("oracle"), startMultiple: try inputs.number("buf"),
        curve: curve)
    let prices = JSONValue.list(
      try inputs.numbers("t").map { .number(auction.priceUSD(elapsedSeconds: $0)) })
    var results = ["value": prices, "prices": prices]
    if inputs.has("cusp") {
      results["first_below_cusp_s"] = .number(
        auction.secondsUntil(belowFraction: try inputs.number("cusp")))
    }
    return results
  }
}
