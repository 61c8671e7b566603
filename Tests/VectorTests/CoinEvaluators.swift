// Instruments that are paid in coin: inverse options and inverse futures.

import RiskNumerics

enum CoinEvaluators {
  static let all: [String: Evaluator] = [
    "inverse_option": { inputs in
      if inputs.has("delivery") { return try settlement(inputs) }
      if inputs.has("black_delta") { return try displayedDelta(inputs) }
      return try option(inputs)
    },
    "inverse_future": future
  ]

  private static let option: Evaluator = { inputs in
    let expiryYears = try inputs.number("T")
    let terms = OptionTerms(
      strike: try inputs.number("K"), expiryYears: expiryYears, side: try inputs.side())
    let coin = CoinOption(
      ForwardOption(
        terms: terms, forward: try inputs.number("F"),
        volatilityAnnual: try inputs.number("sigma"),
        discountFactor: ScalarMath.exp(-(try inputs.number("rate", absent: 0)) * expiryYears)))
    return [
      "value_coin": .number(coin.valueCoin), "black_delta": .number(coin.blackDelta),
      "net_transaction_delta": .number(coin.netTransactionDelta),
      "dVcoin_dF": .number(coin.valueCoinPerForward),
      "d2Vcoin_dF2": .number(coin.valueCoinPerForwardSquared),
      "vega_coin": .number(coin.vegaCoin)
    ]
  }

  private static let settlement: Evaluator = { inputs in
    let (strike, side) = (try inputs.number("K"), try inputs.side())
    let delivery = try inputs.number("delivery")
    let payoff = CoinOption.payoffCoin(strike: strike, side: side, deliveryPrice: delivery)
    let profit = CoinOption.profitCoin(
      strike: strike, side: side, deliveryPrice: delivery,
      premiumCoin: try inputs.number("premium_coin", absent: 0))
    return ["payoff_coin": .number(payoff), "net_pnl_coin": .number(profit)]
  }

  private static let displayedDelta: Evaluator = { inputs in
    let delta = CoinOption.netTransactionDelta(
      blackDelta: try inputs.number("black_delta"), valueCoin: try inputs.number("value_coin"))
    return ["net_transaction_delta": .number(delta)]
  }

  private static let future: Evaluator = { inputs in
    let position = InverseFuture(
      notionalUSD: try inputs.number("usd_notional"), entryPriceUSD: try inputs.number("entry"))
    let (mark, collateral) = (try inputs.number("mark"), try inputs.number("collateral_coin"))
    // The vectors ask for the root of the equation, also where it is no price.
    let root = position.zeroEquityRootUSD(collateralCoin: collateral)
    return [
      "pnl_coin": .number(position.profitCoin(atPriceUSD: mark)),
      "pnl_usd_at_mark": .number(position.profitUSD(atPriceUSD: mark)),
      "equity_coin": .number(
        position.equityCoin(collateralCoin: collateral, atPriceUSD: mark)),
      "equity_usd": .number(position.equityUSD(collateralCoin: collateral, atPriceUSD: mark)),
      "delta_coin_per_usd": .number(position.deltaCoin(atPriceUSD: mark)),
      "gamma_coin": .number(position.gammaCoin(atPriceUSD: mark)),
      "zero_equity_price": root.map { .number($0) } ?? .null
    ]
  }
}
