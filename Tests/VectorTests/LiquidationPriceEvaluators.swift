// Prices at which accounts are liquidated: linear and inverse contracts, isolated and cross.

import CrossMargin
import RiskNumerics
import VectorReading

enum LiquidationPriceEvaluators {
  static let all: [String: Evaluator] = [
    "liquidation_price": price, "cross_margin_liquidation": crossMargin
  ]

  private static let price: Evaluator = { inputs in
    if inputs.has("account") { return try crossAccount(inputs) }
    if inputs.has("position") { return try isolatedAccount(inputs) }
    if inputs.has("contract"), try inputs.text("contract") == "inverse" {
      return try inverse(inputs)
    }
    if inputs.has("leverage") { return try isolatedLinear(inputs) }
    if inputs.has("l") { return try availableMargin(inputs) }
    return try equity(inputs)
  }

  private static func answer(_ price: Double?) -> [String: JSONValue] {
    ["value": price.map { .number($0) } ?? .null]
  }

  private static func coins(_ inputs: Inputs) throws -> Double {
    try inputs.number("side", absent: 1) * inputs.number("size")
  }

  /// Several positions, of which one price moves.
  private static func crossAccount(_ inputs: Inputs) throws -> [String: JSONValue] {
    let account = try inputs.object("account")
    let positions = try account.objects("positions")
    let symbol = try inputs.text("solve_for")
    let moving = try positions.first { try $0.text("symbol") == symbol }
    guard let moving else { throw InputError("no position \(symbol)") }
    var (unrealised, maintenance) = (0.0, 0.0)
    for other in positions where try other.text("symbol") != symbol {
      let (coins, mark) = (try coins(other), try other.number("mark"))
      let contract = LinearContract(coins: coins, entryUSD: try other.number("entry"))
      unrealised += contract.unrealisedUSD(markUSD: mark)
      maintenance +=
        abs(coins) * mark * (try other.number("mmr")) - (try other.number("mm_deduction"))
    }
    let leg = try leg(
      moving, wallet: try account.number("wallet_balance"), otherUnrealised: unrealised,
      otherMaintenance: maintenance)
    return answer(
      leg.priceUSD(
        rateFraction: try moving.number("mmr"),
        deductionUSD: try moving.number("mm_deduction", absent: 0)))
  }

  private static func leg(
    _ position: Inputs, wallet: Double, otherUnrealised: Double, otherMaintenance: Double
  ) throws -> LinearLiquidation {
    let entry = try position.number("entry")
    return LinearLiquidation(
      coins: try coins(position), entryUSD: entry,
      markUSD: try position.number("mark", absent: entry), walletUSD: wallet,
      otherUnrealisedUSD: otherUnrealised, otherMaintenanceUSD: otherMaintenance)
  }

  private static func isolatedAccount(_ inputs: Inputs) throws -> [String: JSONValue] {
    let position = try inputs.object("position")
    let leg = try leg(
      position, wallet: try inputs.number("wallet_balance"), otherUnrealised: 0,
      otherMaintenance: 0)
    return answer(
      leg.priceUSD(
        rateFraction: try position.number("mmr"),
        deductionUSD: try position.number("mm_deduction", absent: 0)))
  }

  private static func isolatedLinear(_ inputs: Inputs) throws -> [String: JSONValue] {
    let position = IsolatedLinearPosition(
      coins: try coins(inputs), entryUSD: try inputs.number("entry"),
      leverage: try inputs.number("leverage"),
      extraMarginUSD: try inputs.number("extra_margin", absent: 0))
    return answer(
      position.liquidationPriceUSD(
        rateFraction: try inputs.number("mmr"),
        deductionUSD: try inputs.number("mm_deduction", absent: 0)))
  }

  /// Isolated by leverage, both sides; or cross with a balance in coin, down to the rate `mmr`, which
  /// is 0 for the bankruptcy price.
  private static func inverse(_ inputs: Inputs) throws -> [String: JSONValue] {
    let (quantity, entry) = (try inputs.number("qty_usd"), try inputs.number("entry"))
    func position(_ side: Double) throws -> InverseLiquidation {
      inputs.has("leverage")
        ? InverseLiquidation(
          notionalUSD: side * quantity, entryUSD: entry, leverage: try inputs.number("leverage"))
        : InverseLiquidation(
          notionalUSD: side * quantity, entryUSD: entry,
          marginCoins: try inputs.number("balance_coin"))
    }
    func price(_ side: Double) throws -> Double? {
      if inputs.has("leverage") {
        return try position(side).priceUSD(entryRateFraction: try inputs.number("mmr"))
      }
      return try position(side).priceUSD(
        markRateFraction: try inputs.number("mmr", absent: 0),
        closingFeeFraction: try inputs.number("taker_fee", absent: 0))
    }
    let (long, short) = (try price(1), try price(-1))
    let side = try inputs.number("side", absent: 1)
    return [
      "long": long.map { .number($0) } ?? .null, "short": short.map { .number($0) } ?? .null,
      "value": (side > 0 ? long : short).map { .number($0) } ?? .null
    ]
  }

  private static func availableMargin(_ inputs: Inputs) throws -> [String: JSONValue] {
    let position = AvailableMarginPosition(
      coins: try coins(inputs), markUSD: try inputs.number("price"),
      maintenanceFraction: try inputs.number("l"))
    return answer(
      position.liquidationPriceUSD(
        equityUSD: try inputs.number("account_equity"),
        otherMaintenanceUSD: try inputs.number("other_maintenance", absent: 0)))
  }

  /// Equity at the mark against a rate, where the size carries the sign.
  private static func equity(_ inputs: Inputs) throws -> [String: JSONValue] {
    let rate = try inputs.has("mmf") ? inputs.number("mmf") : inputs.number("mmr")
    return answer(
      try equityLeg(inputs).priceUSD(
        rateFraction: rate, deductionUSD: try inputs.number("mm_deduction", absent: 0)))
  }

  private static func equityLeg(_ inputs: Inputs) throws -> LinearLiquidation {
    LinearLiquidation(
      coins: try coins(inputs),
      markUSD: try inputs.has("mark") ? inputs.number("mark") : inputs.number("price"),
      equityUSD: try inputs.number("equity"),
      otherMaintenanceUSD: try inputs.number("other_maintenance", absent: 0))
  }

  private static let crossMargin: Evaluator = { inputs in
    if inputs.has("invested") {
      let carried = MarginRatio.carriedUSD(
        equityUSD: try inputs.number("equity"),
        requirementFraction: try inputs.number("requirement"))
      return ["target_invested": .number(carried)]
    }
    let leg = try equityLeg(inputs)
    let rate = try inputs.number("maintenance_rate")
    guard let price = leg.priceUSD(rateFraction: rate, deductionUSD: 0) else {
      return ["liquidation_price": .null, "distance_fraction": .null]
    }
    let naive = leg.frozenMaintenancePriceUSD(rateFraction: rate, deductionUSD: 0)
    return [
      "liquidation_price": .number(price),
      "distance_fraction": .number(abs(leg.markUSD - price) / leg.markUSD),
      "naive_liquidation_price": .number(naive)
    ]
  }
}
