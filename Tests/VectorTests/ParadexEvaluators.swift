// Portfolio and cross margin of Paradex.

import CrossMargin
import PortfolioModel
import RiskNumerics
import VectorReading

enum ParadexEvaluators {
  static let all: [String: Evaluator] = [
    "Paradex / Portfolio margin": portfolio, "Paradex / Cross margin": cross,
    "Paradex / Portfolio margin, minimum delta": minimumDelta
  ]

  /// Seconds before expiry in which the settlement price is averaged.
  private static let settlementWindowSeconds = 1_800.0
  /// Largest fee of an option, fraction of its mark.
  private static let optionFeeMaxFraction = 0.125

  // MARK: Portfolio margin

  private static let portfolio: Evaluator = { inputs in
    let terms = try portfolioTerms(inputs.object("pmConfig"))
    guard let now = UTCTime(internet: try inputs.text("evaluationTime")) else {
      throw InputError("evaluationTime is no time")
    }
    let data = try inputs.object("marketData")
    let (positions, orders) = (try inputs.parts("positions"), try inputs.parts("orders"))
    let names = try Array(Set((positions + orders).map { try $0.text("market") })).sorted()
    guard let first = names.first else { throw InputError("nothing is held or ordered") }
    let spotUSD = try perpetual(of: first, data).number("underlying_price")
    let instruments = try names.map { name in
      let market = try data.object(name)
      return try instrument(name, market, perpetual: perpetual(of: name, data), now, terms)
    }
    var coins = [Double](repeating: 0, count: names.count)
    for position in positions {
      coins[try place(position, names)] += try signedSize(position)
    }
    let margin = terms.margin(
      ParadexPortfolio(
        spotUSD: spotUSD, instruments: instruments, coins: coins,
        orders: try orders.map { order in
          ParadexPortfolio.Order(
            instrument: try place(order, names), coins: try signedSize(order),
            priceUSD: try order.number("price"))
        }, spotHoldingsUSD: try holdingsUSD(inputs, data)))
    return [
      "IMR": .number(margin.initial.totalUSD), "MMR": .number(margin.maintenance.totalUSD),
      "worst_loss": .number(margin.initial.scanUSD),
      "worst_idx": .number(Double(margin.worstScenario)),
      "delta_min": .number(margin.deltaFloorUSD), "fund_p": .number(margin.initial.fundingUSD),
      "fee_provision_imr": .number(margin.initial.feeUSD),
      "fee_provision_mmr": .number(margin.maintenance.feeUSD),
      "spot_balance_margin": .number(margin.initial.spotHoldingsUSD),
      "hedged": .number(margin.delta.hedgedCoins), "maxU": .number(margin.delta.unhedgedCoinsMax)
    ]
  }

  private static func portfolioTerms(_ inputs: Inputs) throws -> ParadexPortfolioTerms {
    let shock = try inputs.object("vol_shock_params")
    return ParadexPortfolioTerms(
      scenarios: try inputs.parts("scenarios").map { scenario in
        MarginScenario(
          priceRatio: 1 + (try scenario.number("spot_shock")),
          volatility: .move(try scenario.number("vol_shock")),
          weight: try scenario.number("weight"))
      },
      volatilityShock: VolatilityShock(
        term: VolatilityTermStructure(
          shortPower: try shock.number("vega_power_short_dte"),
          longPower: try shock.number("vega_power_long_dte"),
          floorDays: try shock.number("dte_floor_days")),
        raisedVolatilityAnnualMin: try shock.number("min_vol_shock_up")),
      deltaFloor: DeltaFloorTerms(
        hedgedFraction: try inputs.number("hedged_margin_factor"),
        unhedgedFraction: try inputs.number("unhedged_margin_factor")),
      maintenanceFactor: try inputs.number("mmf_factor"),
      settlementWindowSeconds: settlementWindowSeconds,
      optionFeeMaxFraction: optionFeeMaxFraction)
  }

  /// Spot price and rate of an option are those of the perpetual on the same underlying.
  private static func perpetual(of name: String, _ data: Inputs) throws -> Inputs {
    let pair = name.split(separator: "-").prefix(2).joined(separator: "-")
    return try data.object(data.has(pair + "-PERP") ? pair + "-PERP" : name)
  }

  private static func instrument(
    _ name: String, _ market: Inputs, perpetual: Inputs, _ now: UTCTime,
    _ terms: ParadexPortfolioTerms
  ) throws -> ParadexInstrument {
    let parsed = try InstrumentName(name)
    let spotUSD = try perpetual.number("underlying_price")
    let (mark, delta) = (try market.number("mark_price"), try market.number("delta"))
    let fee = try market.number("fee_rate", absent: 0)
    guard let option = parsed.option, let expiry = parsed.expiry else {
      return .perpetual(
        markUSD: mark, delta: delta, spotUSD: spotUSD,
        fundingFraction: try market.number("funding_rate", absent: 0), feeFraction: fee,
        scenarios: terms.scenarios)
    }
    return .option(
      OptionLeg(
        strike: option.strike, side: option.side, coins: 1,
        volatilityAnnual: try market.number("mark_iv")), markUSD: mark, delta: delta,
      spotUSD: spotUSD, rateContinuous: try perpetual.number("interest_rate", absent: 0),
      expirySeconds: now.days(to: expiry) * 86_400, feeFraction: fee, terms: terms)
  }

  private static let minimumDelta: Evaluator = { inputs in
    let deltas = try inputs.numbers("deltas")
    let split = DeltaSplit(positions: deltas, orders: [])
    let terms = DeltaFloorTerms(
      hedgedFraction: try inputs.number("hedged"), unhedgedFraction: try inputs.number("unhedged"))
    let (net, gross) = (deltas.reduce(0, +), deltas.map(abs).reduce(0, +))
    return [
      "netDelta": .number(net), "grossDelta": .number(gross),
      "hedgedDelta": .number(split.hedgedCoins),
      "minDeltaRisk": .number(split.floor(terms, spot: try inputs.number("spot")))
    ]
  }

  // MARK: Cross margin

  private static let cross: Evaluator = { inputs in
    let (data, specs) = (try inputs.object("marketData"), try inputs.object("specs"))
    let (positions, orders) = (try inputs.parts("positions"), try inputs.parts("orders"))
    let names = try Array(Set((positions + orders).map { try $0.text("market") })).sorted()
    var initial: [ParadexMarketRequirement] = []
    var maintenance: [ParadexMarketRequirement] = []
    for name in names {
      let (market, spec) = (try data.object(name), try specs.object(name))
      let isOption = try spec.text("asset_kind").hasSuffix("OPTION")
      let (mark, spot) = (try market.number("mark_price"), try market.number("underlying_price"))
      let fee = try market.number("fee_rate", absent: 0)
      let position = ParadexMarketPosition(
        coins: try positions.filter { try $0.text("market") == name }.map(signedSize)
          .reduce(0, +),
        orders: try orders.filter { try $0.text("market") == name }.map {
          ParadexMarketPosition.Order(
            coins: try signedSize($0), priceUSD: try $0.number("price"))
        }, markUSD: mark,
        feeUSD: isOption ? min(fee * spot, optionFeeMaxFraction * mark) : fee * mark)
      if isOption {
        let levels = try spec.object("option_cross_margin_params")
        let strike = try spec.numeral("strike_price")
        let side: OptionSide = try spec.text("option_type") == "CALL" ? .call : .put
        initial.append(
          try optionTerms(levels.object("imf")).requirement(
            position, strikeUSD: strike, side: side, spotUSD: spot, countsOrders: true))
        maintenance.append(
          try optionTerms(levels.object("mmf")).requirement(
            position, strikeUSD: strike, side: side, spotUSD: spot, countsOrders: false))
      } else {
        let terms = try spec.object("delta1_cross_margin_params")
        let levels = ParadexFutureTerms(
          initialFraction: try terms.numeral("imf_base"),
          maintenanceFactor: try terms.numeral("mmf_factor")
        ).requirement(position)
        initial.append(levels.initial)
        maintenance.append(levels.maintenance)
      }
    }
    let holdings = try holdingsUSD(inputs, data)
    func sum(_ rows: [ParadexMarketRequirement], _ field: (ParadexMarketRequirement) -> Double)
      -> JSONValue
    {
      .number(rows.map(field).reduce(0, +) + holdings)
    }
    return [
      "IMR": sum(initial, \.totalUSD), "MMR": sum(maintenance, \.totalUSD),
      "netIMR": sum(initial, \.netUSD), "netMMR": sum(maintenance, \.netUSD)
    ]
  }

  private static func optionTerms(_ inputs: Inputs) throws -> ParadexOptionTerms {
    ParadexOptionTerms(
      longFraction: try inputs.numeral("long_itm"),
      premiumMultiplier: try inputs.numeral("premium_multiplier"),
      shortInTheMoneyFraction: try inputs.numeral("short_itm"),
      shortOutOfTheMoneyFraction: try inputs.numeral("short_otm"),
      shortPutMaxFraction: try inputs.numeral("short_put_cap"))
  }

  // MARK: Both

  private static func place(_ item: Inputs, _ names: [String]) throws -> Int {
    let name = try item.text("market")
    guard let place = names.firstIndex(of: name) else { throw InputError("no market \(name)") }
    return place
  }

  private static func signedSize(_ item: Inputs) throws -> Double {
    let size = abs(try item.numeral("size"))
    switch try item.text("side") {
    case "BUY", "LONG": return size
    case "SELL", "SHORT": return -size
    case let other: throw InputError("the side \(other) is unknown")
    }
  }

  /// Balances other than USDC, at the mark of the perpetual on them.
  private static func holdingsUSD(_ inputs: Inputs, _ data: Inputs) throws -> Double {
    var sum = 0.0
    for balance in try inputs.parts("balances") where try balance.text("token") != "USDC" {
      let market = try data.object(try balance.text("token") + "-USD-PERP")
      sum += abs(try balance.numeral("size")) * (try market.number("mark_price"))
    }
    return sum
  }
}

extension Inputs {
  /// A number that may be written as text.
  func numeral(_ name: String) throws -> Double {
    if let text = value(name)?.text {
      guard let number = Double(text) else { throw InputError("\(name) is no number") }
      return number
    }
    return try number(name)
  }
}
