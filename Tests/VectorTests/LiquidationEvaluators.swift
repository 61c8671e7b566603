// Mechanics of liquidations: prices of a leg, sizes, fees, who bears what is left, and clearing.

import CrossMargin
import RiskNumerics
import VectorReading

enum LiquidationEvaluators {
  static let all: [String: Evaluator] = [
    "fillable_price": fillable, "bankruptcy_price": bankruptcy,
    "insurance_fund_delta": insurance, "partial_liquidation": partial,
    "liquidation_fee_ramp": feeRamp, "socialised_loss": socialised, "adl_ranking": ranking,
    "profit_haircut": haircut, "clearing": clearing
  ]

  // MARK: Legs of an account

  /// Positions in the order of their names, and the place of each.
  private static func account(_ inputs: Inputs) throws -> (PerpetualAccount, [String]) {
    let (prices, positions) = (try inputs.object("prices"), try inputs.object("positions"))
    let rate = try inputs.number("mm_rate")
    let account = PerpetualAccount(
      cashUSD: try inputs.number("quote"),
      positions: try positions.names.map {
        PerpetualPosition(
          coins: try positions.number($0), priceUSD: try prices.number($0), initialFraction: rate,
          maintenanceFraction: rate)
      })
    return (account, positions.names)
  }

  private static func place(_ name: String, _ names: [String]) throws -> Int {
    guard let place = names.firstIndex(of: name) else { throw InputError("no position \(name)") }
    return place
  }

  /// A change of one named position; other members of the object are not names.
  private static func liquidation(
    _ inputs: Inputs, _ change: String
  ) throws -> PerpetualLiquidation {
    let (account, names) = try account(inputs)
    let change = try inputs.object(change)
    guard let name = change.names.first(where: names.contains) else {
      throw InputError("no position changes")
    }
    return PerpetualLiquidation(
      account: account, position: try place(name, names), changeCoins: try change.number(name))
  }

  private static let fillable: Evaluator = { inputs in
    let (account, names) = try account(inputs)
    let terms = FillablePriceTerms(
      bankruptcyAdjustment: try inputs.number("bankruptcy_adjustment"),
      spreadToMaintenance: try inputs.number("spread_to_mmr"))
    let price = terms.priceUSD(
      account: account, position: try place(try inputs.text("liquidate"), names))
    return ["value": .number(price)]
  }

  private static let bankruptcy: Evaluator = { inputs in
    ["value": .number(try liquidation(inputs, "close").bankruptcyQuoteUSD)]
  }

  private static let insurance: Evaluator = { inputs in
    let change = try liquidation(inputs, "fill").insuranceFundChangeUSD(
      fillPriceUSD: try inputs.object("fill").number("price"),
      feeFractionMax: try inputs.number("max_liquidation_fee"))
    return ["value": .number(change)]
  }

  // MARK: Sizes and fees

  private static let partial: Evaluator = { inputs in
    let shortage = try inputs.number("shortage")
    let size: Double?
    if inputs.has("w_asset") {
      size = DebtTransfer(
        assetWeight: try inputs.number("w_asset"), liabilityWeight: try inputs.number("w_liab"),
        assetMultiplier: try inputs.number("m_asset"),
        liabilityMultiplier: try inputs.number("m_liab"),
        fundFeeFraction: try inputs.number("fund_fee"),
        liabilityPriceUSD: try inputs.number("price")
      ).tokens(toEndShortageUSD: shortage)
    } else {
      size = PositionReduction(
        marginFraction: try inputs.number("margin_ratio"),
        liquidatorFeeFraction: try inputs.number("liquidator_fee"),
        fundFeeFraction: try inputs.number("fund_fee"), priceUSD: try inputs.number("price"),
        quotePriceUSD: try inputs.number("quote_price", absent: 1)
      ).coins(toEndShortageUSD: shortage)
    }
    return ["value": size.map { .number($0) } ?? .text("infeasible")]
  }

  private static let feeRamp: Evaluator = { inputs in
    let ramp = LiquidationFeeRamp(
      baseFraction: try inputs.number("base"), capFraction: try inputs.number("cap"),
      risePerSlot: try inputs.number("per_slot"), graceSlots: try inputs.number("grace_slots"))
    let fees = try inputs.numbers("slots").map {
      JSONValue.number(ramp.fraction(elapsedSlots: $0))
    }
    return ["value": .list(fees)]
  }

  // MARK: Who bears what is left

  private static let socialised: Evaluator = { inputs in
    if inputs.has("deposits") {
      let cut = SocialisedLoss.depositCutFraction(
        debtTokens: try inputs.number("loss"), depositTokens: try inputs.number("deposits"))
      return ["value": cut.map { .number($0) } ?? .null]
    }
    let charge = SocialisedLoss.perpetualChargeUSDPerCoin(
      lossUSD: try inputs.number("loss"), longCoins: try inputs.number("long_units"),
      shortCoins: try inputs.number("short_units"))
    return ["value": charge.map { .number($0) } ?? .null]
  }

  private static let haircut: Evaluator = { inputs in
    let shares = try inputs.objects("cases").map {
      JSONValue.number(
        SocialisedLoss.profitCoverage(
          residualUSD: try $0.number("residual"), positiveProfitUSD: try $0.number("pnl_pos")))
    }
    return ["value": .list(shares)]
  }

  /// A queue by given scores, or scores of positions.
  private static let ranking: Evaluator = { inputs in
    if inputs.has("need") { return try queue(inputs) }
    if inputs.has("account_value") { return ["value": .number(try score(inputs))] }
    var (names, scores) = ([String](), [Double]())
    for list in ["longs", "shorts", "positions"] where inputs.has(list) {
      for position in try inputs.objects(list) {
        names.append(try position.text("id"))
        scores.append(try score(position))
      }
    }
    var results = Dictionary(uniqueKeysWithValues: zip(names, scores.map { JSONValue.number($0) }))
    results["order"] = .texts(DeleveragingQueue.order(scores: scores).map { names[$0] })
    return results
  }

  private static func score(_ position: Inputs) throws -> Double {
    if position.has("account_value") {
      return RankedPosition.profitIndex(
        markUSD: try position.number("mark"), entryUSD: try position.number("entry"),
        notionalUSD: try position.number("notional"),
        accountValueUSD: try position.number("account_value"))
    }
    return RankedPosition(
      markValueUSD: try position.number("mark_value"),
      entryValueUSD: try position.number("entry_value"),
      bankruptValueUSD: try position.number("bankrupt_value")
    ).score
  }

  private static func queue(_ inputs: Inputs) throws -> [String: JSONValue] {
    let accounts = try inputs.numbers("accounts")
    let queue = DeleveragingQueue(
      scores: try inputs.numbers("score"), quantities: try inputs.numbers("qty"),
      need: try inputs.number("need"))
    let closed = queue.order.filter { queue.closed[$0] > 0 }.map {
      ("\(Int(accounts[$0]))", JSONValue.number(queue.closed[$0]))
    }
    return [
      "order": .list(queue.order.map { .number(accounts[$0]) }),
      "closed": .object(Dictionary(uniqueKeysWithValues: closed))
    ]
  }

  private static let clearing: Evaluator = { inputs in
    let network = ClearingNetwork(
      liabilities: try inputs.matrix("L"), outsideAssets: try inputs.numbers("e"),
      assetRecovery: try inputs.number("alpha", absent: 1),
      claimRecovery: try inputs.number("beta", absent: 1))
    func list(_ values: [Double]) -> JSONValue { .list(values.map { .number($0) }) }
    let greatest = list(try network.greatest().payments)
    return [
      "value": greatest, "greatest": greatest,
      "least": network.least().map { list($0.payments) } ?? .null
    ]
  }
}
