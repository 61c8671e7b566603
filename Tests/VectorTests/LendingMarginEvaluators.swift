// Lending and plain option-seller margins, and what liquidations of debts do.

import CrossMargin
import RiskNumerics
import VectorReading

enum LendingMarginEvaluators {
  static let all: [String: Evaluator] = [
    "Aave v3 / Health factor": { inputs in
      let threshold = try inputs.number("collateralValue") * inputs.number("liquidationThreshold")
      return [
        "healthFactor": .number(
          LendingAccount.healthFactor(
            thresholdUSD: threshold, debtUSD: try inputs.number("debt")))
      ]
    },
    "Bit.com / Standard margin short put": shortOption,
    "Bit.com / Standard margin short call": shortOption,
    "dynamic_bonus": bonus, "target_health": target, "parameter_invariant": invariant
  ]

  private static let shortOption: Evaluator = { inputs in
    let option = QuotedOption(
      underlyingUSD: try inputs.number("underlying"), strikeUSD: try inputs.number("strike"),
      side: try inputs.flag("isCall") ? .call : .put, mark: try inputs.number("mark"),
      isInverse: false)
    let unit = ShortOptionTerms.bitcom.shortMargin(option, rateFactor: 1)
    let whole = ShortOptionTerms.bitcom.margin(
      option, coins: try inputs.number("size"), rateFactor: 1)
    return [
      "unitIM": .number(unit.initial), "unitMM": .number(unit.maintenance),
      "IM": .number(whole.initial), "MM": .number(whole.maintenance)
    ]
  }

  /// Aave's multiple by health, or Euler's discount of an account.
  private static let bonus: Evaluator = { inputs in
    if inputs.has("max_discount") { return try discount(inputs) }
    let terms = HealthBonus(
      multipleMax: try inputs.number("max_bonus"), leastFraction: try inputs.number("bonus_factor"),
      healthForMax: try inputs.number("hf_max_bonus"))
    return ["value": .number(terms.multiple(health: try inputs.number("hf")))]
  }

  private static func discount(_ inputs: Inputs) throws -> [String: JSONValue] {
    let price = try inputs.number("collateral_price")
    let collateral = try inputs.number("collateral_units") * price
    let debt = try inputs.number("debt_units") * inputs.number("debt_price")
    let health = LendingAccount.healthFactor(
      thresholdUSD: collateral * (try inputs.number("ltv")), debtUSD: debt)
    let exchange = HealthDiscount(discountMax: try inputs.number("max_discount"))
      .exchange(health: health, collateralUSD: collateral, debtUSD: debt)
    return [
      "health": .number(health), "repay_value": .number(exchange.repaidUSD),
      "yield_value": .number(exchange.seizedUSD),
      "yield_units": .number(exchange.seizedUSD / price)
    ]
  }

  private static let target: Evaluator = { inputs in
    let liquidation = DebtLiquidation(
      bonusMultiple: try inputs.number("bonus"),
      collateralFactor: try inputs.number("collateral_factor"))
    let debt = liquidation.debtUSD(
      toReach: try inputs.number("target_hf"), health: try inputs.number("hf"),
      debtUSD: try inputs.number("debt"))
    guard let debt else { return ["value": .text("infeasible")] }
    return ["value": .number(debt / (try inputs.number("debt_price", absent: 1)))]
  }

  private static let invariant: Evaluator = { inputs in
    let health = try inputs.number("hf")
    let effects = try inputs.objects("cases").map {
      DebtLiquidation(
        bonusMultiple: try $0.number("bonus"), collateralFactor: try $0.number("cf")
      ).effect(health: health).rawValue
    }
    return ["value": .texts(effects)]
  }
}
