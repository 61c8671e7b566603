// Options on a spot and on a forward.

import RiskNumerics
import VectorReading

extension Inputs {
  func side(_ name: String = "type") throws -> OptionSide {
    switch try text(name) {
    case "call": return .call
    case "put": return .put
    case let other: throw InputError("\(name) is \(other), neither call nor put")
    }
  }
}

enum OptionEvaluators {
  static let all: [String: Evaluator] = [
    "bsm_price": spot, "bsm_greek_published": spot, "bsm_greeks_full": spot, "black76": forward,
    "implied_vol": implied, "implied_vol_status": implied
  ]

  /// The volatility of an undiscounted price on a forward, or of a price on a spot.
  private static let implied: Evaluator = { inputs in
    let terms = OptionTerms(
      strike: try inputs.number("K"), expiryYears: try inputs.number("T"), side: try inputs.side())
    var (forward, price) = (0.0, 0.0)
    if inputs.has("F") {
      forward = try inputs.number("F")
      price = try inputs.number("undiscounted_price")
    } else {
      let (rate, yield) = (try inputs.number("r"), try inputs.number("q"))
      forward =
        try inputs.number("S") * ScalarMath.exp((rate - yield) * terms.expiryYears)
      price = try inputs.number("price") * ScalarMath.exp(rate * terms.expiryYears)
    }
    var options = OptionStreams()
    options.append(forward: forward, volatility: 0, option: terms)
    let result = ImpliedVolatility.solve(prices: [price], of: options)
    let status = result.status[0]
    let hasVolatility = status == .ok || status == .zeroVolatility
    return [
      "sigma": hasVolatility ? .number(result.volatility[0]) : .null,
      "status": .text(status.rawValue)
    ]
  }

  private static let spot: Evaluator = { inputs in
    let terms = OptionTerms(
      strike: try inputs.number("K"), expiryYears: try inputs.number("T"), side: try inputs.side())
    let option = SpotOption(
      terms: terms, spot: try inputs.number("S"), volatilityAnnual: try inputs.number("sigma"),
      rateContinuous: try inputs.number("r"), dividendYieldContinuous: try inputs.number("q"))
    return fields(OptionSensitivities(option))
  }

  /// Black (1976) on a total deviation; with S and T also the sensitivities to the spot. Without T
  /// what depends on time or on volatility by itself is not defined and not answered.
  private static let forward: Evaluator = { inputs in
    let (deviation, discount) = (try inputs.number("stdev"), try inputs.number("discount"))
    let expiryYears = try inputs.number("T", absent: 1)
    let terms = OptionTerms(
      strike: try inputs.number("K"), expiryYears: expiryYears, side: try inputs.side())
    let volatility = deviation / expiryYears.squareRoot()
    let forward = try inputs.number("F")
    let onForward = OptionSensitivities(
      ForwardOption(
        terms: terms, forward: forward, volatilityAnnual: volatility, discountFactor: discount))
    var results = fields(onForward)
    if !inputs.has("T") {
      let timeless = [
        "price", "itm_cash_probability", "itm_asset_probability", "strike_sensitivity",
        "strike_gamma", "d1", "d2"
      ]
      results = results.filter { timeless.contains($0.key) }
    } else if inputs.has("S") {
      let spot = try inputs.number("S")
      let rate = -ScalarMath.log(discount) / expiryYears
      let onSpot = OptionSensitivities(
        SpotOption(
          terms: terms, spot: spot, volatilityAnnual: volatility, rateContinuous: rate,
          dividendYieldContinuous: rate - ScalarMath.log(forward / spot) / expiryYears))
      results = fields(onSpot)
      results["delta_spot"] = .number(onSpot.delta)
      results["gamma_spot"] = .number(onSpot.gamma)
    }
    results["delta_forward"] = .number(onForward.delta)
    results["gamma_forward"] = .number(onForward.gamma)
    return results
  }

  private static func fields(_ option: OptionSensitivities) -> [String: JSONValue] {
    let numbers = [
      "price": option.price, "d1": option.d1, "d2": option.d2,
      "itm_cash_probability": option.cashProbability,
      "itm_asset_probability": option.assetProbability, "delta": option.delta,
      "gamma": option.gamma, "vega": option.vega, "theta": option.theta, "rho": option.rho,
      "dividend_rho": option.dividendRho, "strike_sensitivity": option.strikeSensitivity,
      "strike_gamma": option.strikeGamma, "vanna": option.vanna, "volga": option.volga,
      "charm": option.charm, "speed": option.speed, "zomma": option.zomma, "color": option.color
    ]
    return numbers.mapValues { .number($0) }
  }
}
