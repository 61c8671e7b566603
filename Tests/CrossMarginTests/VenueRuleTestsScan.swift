// Portfolio margins of Deribit and Paradex as rule sets: exchange-computed answers rebuilt as books.

import CrossMargin
import PortfolioModel
import Testing

@Suite struct VenueRuleTestsDeribit {
  private static func terms(_ p: VectorValue) -> DeribitPortfolioTerms {
    var grid = PriceVolatilityGrid(
      priceRangeFraction: p.price_range.number, stepCount: Int(p.buckets.number),
      volatilityUpFraction: p.volatility_range_up.number,
      volatilityDownFraction: p.volatility_range_down.number)
    grid.raisedVolatilityAnnualMin = p.min_volatility_for_shock_up.number
    grid.tailMoves = DeribitPortfolioTerms.extendedMoves
    grid.tailWeight = p.extended_table_factor.number
    return DeribitPortfolioTerms(
      grid: grid, dampenerUSD: p.extended_dampener_usd.number,
      gainOffsetFraction: p.pnl_offset.number, gainOffsetMaxUSD: p.max_offsetable_pnl.number,
      rollShock: BasisTerms(
        moveFractionMin: p.min_annualised_move.number, moveAnnual: p.annualised_move_risk.number,
        weight: 1),
      deltaShock: DeltaShockTerms(
        thresholdUSD: p.delta_total_liq_shock_threshold_usd.number, chargePerUSD: p.m_inc.number,
        fractionMax: p.max_delta_shock.number), maintenanceFactor: p.mm_factor.number,
      unconfirmed: [])
  }

  private static func vector() throws -> VectorValue {
    try #require(
      try VenueVectors("deribit").vectors.first { $0.id.text == "deribit-pme-btc-doc" })
  }

  private static func rule(offset: Double = 0) throws -> RuleFamily {
    var own = terms(try vector().inputs.params)
    own.gainOffsetFraction = offset
    if offset > 0 { own.gainOffsetMaxUSD = nil }
    return .deribitPortfolio(
      DeribitRuleTerms(
        underlyings: ["BTC", "ETH"].map { AssetTerms(asset: $0, terms: own) },
        haircuts: [
          AssetHaircut(asset: "BTC", fraction: 0.05), AssetHaircut(asset: "USDC", fraction: 0)
        ]))
  }

  @Test func theExampleOfTheVenueIsReproducedFromABook() throws {
    let vector = try Self.vector()
    let (inputs, expected) = (vector.inputs, vector.expected)
    let index = inputs.index.number
    var venue = VenueBook([
      VenueBook.asset("BTC", index), VenueBook.asset("USDC", 1, peg: "USD")
    ])
    // Contracts of one dollar; 28 June 2024 08:00 is so far from the evaluation.
    let seconds = 1_719_561_600 - inputs.evaluationTimestampMs.number / 1_000
    for name in ["BTC-PERPETUAL", "BTC-28JUN24"] {
      let mark = inputs.marks[name].number
      venue.addFuture(
        name, on: "BTC",
        expiry: name == "BTC-PERPETUAL" ? nil : VenueBook.expiry(seconds: seconds),
        settlement: "BTC", mark: mark)
      venue.hold("a", name, inputs.positionsInCoin[name].number * mark)
    }
    venue.own("a", "BTC", 1)
    let run = try venue.run(try Self.rule())
    #expect(
      agrees(run.component("a", "initial", "scan"), -expected.worstCase.number * index, 1e-9))
    #expect(
      agrees(run.component("a", "initial", "roll_shock"), -expected.rollShock.number * index, 1e-9))
    #expect(
      agrees(
        run.margin("a")?.maintenance.requirementUSD, expected.maintenanceMargin.number * index,
        1e-8))
    #expect(run.component("a", "initial", "haircut") == -index * 0.05)
    #expect(run.component("a", "maintenance", "haircut") == 0)
    #expect(run.component("a", "maintenance", "equity") == index)
    #expect(run.addsUp)
    let scenario = try #require(run.margin("a")?.worstScenario?.position)
    #expect(
      run.whole.run.ruleScenarios[0][scenario].label == "BTC price -16 %, volatility up")
  }

  /// An inverse short and a linear long of one coin: dollars lost by one are gained by the other, and
  /// 60 % of the gain counts.
  @Test func inverseAndLinearPartsOffsetWithinAnUnderlyingAndNotAcross() throws {
    var venue = VenueBook([
      VenueBook.asset("BTC", 50_000), VenueBook.asset("ETH", 2_000),
      VenueBook.asset("SOL", 100), VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addFuture("BTC-COIN", on: "BTC", settlement: "BTC", mark: 50_000)
    venue.addFuture("BTC-USDC", on: "BTC", mark: 50_000)
    venue.addFuture("ETH-USDC", on: "ETH", mark: 2_000)
    venue.addFuture("SOL-USDC", on: "SOL", mark: 100)
    for account in ["a", "b", "c", "d"] { venue.own(account, "USDC", 100_000) }
    venue.hold("a", "BTC-USDC", 1)
    venue.hold("a", "BTC-COIN", -50_000)
    venue.hold("b", "BTC-USDC", 1)
    venue.hold("c", "BTC-USDC", 1)
    venue.hold("c", "ETH-USDC", -25)
    venue.hold("d", "SOL-USDC", 1)
    let run = try venue.run(try Self.rule(offset: 0.6))
    // Down 16 %: -8,000 and 0.6 x 50,000 x 0.16 / 0.84; up 16 %: +0.6 x 8,000 and
    // -50,000 x 0.16 / 1.16, which is the worse.
    let down = -8_000 + 0.6 * 50_000 * 0.16 / 0.84
    let up = 0.6 * 8_000 - 50_000 * 0.16 / 1.16
    #expect(agrees(run.component("a", "initial", "scan"), min(up, down), 1e-9))
    #expect(agrees(run.component("b", "initial", "scan"), -8_000, 1e-9))
    #expect(agrees(run.component("c", "initial", "scan"), -16_000, 1e-9))
    #expect(run.missing("d") == MissingData(subject: "SOL-USDC", reason: .notCovered))
  }

  /// A short option in coin: its scan is that of the coin value at the worst cell.
  @Test func aShortOptionIsScannedInCoin() throws {
    let expiry = VenueBook.expiry(seconds: 30 * 86_400)
    var venue = VenueBook([
      VenueBook.asset("BTC", 50_000), VenueBook.asset("USDC", 1, peg: "USD")
    ])
    venue.addForward("BTC", expiry: expiry, 50_000)
    venue.addOption(
      "C", on: "BTC", expiry: expiry, strike: 50_000, .call, volatility: 0.6, settlement: "BTC")
    venue.hold("a", "C", -1)
    venue.own("a", "BTC", 10)
    let run = try venue.run(try Self.rule())
    let chain = OptionChain(
      expirySeconds: 30 * 86_400, variableForward: 50_000, fixedForward: 0, payment: .coin,
      legs: [OptionLeg(strike: 50_000, side: .call, coins: 1, volatilityAnnual: 0.6)])
    let values = chain.values(
      [MarginScenario(priceRatio: 1.16, volatility: .move(0.5), weight: 1)],
      shock: VolatilityShock(term: .fieldStandard, raisedVolatilityAnnualMin: 0.5), skew: nil)
    let standard = (values.shocked[0] - values.base) * 50_000
    let scan = try #require(run.component("a", "initial", "scan"))
    #expect(-scan >= standard - 1e-6)
    #expect(-scan < 50_000 * 0.25)
    #expect(try #require(run.component("a", "initial", "roll_shock")) < 0)
  }
}

@Suite struct VenueRuleTestsParadex {
  private static func rule(_ config: VectorValue) -> RuleFamily {
    let shock = config.vol_shock_params
    let portfolio = ParadexPortfolioTerms(
      scenarios: config.scenarios.list.map {
        MarginScenario(
          priceRatio: 1 + $0.spot_shock.number, volatility: .move($0.vol_shock.number),
          weight: $0.weight.number)
      },
      volatilityShock: VolatilityShock(
        term: VolatilityTermStructure(
          shortPower: shock.vega_power_short_dte.number,
          longPower: shock.vega_power_long_dte.number, floorDays: shock.dte_floor_days.number),
        raisedVolatilityAnnualMin: shock.min_vol_shock_up.number),
      deltaFloor: DeltaFloorTerms(
        hedgedFraction: config.hedged_margin_factor.number,
        unhedgedFraction: config.unhedged_margin_factor.number),
      maintenanceFactor: config.mmf_factor.number, settlementWindowSeconds: 1_800,
      optionFeeMaxFraction: 0.125)
    return .paradexPortfolio(
      ParadexRuleTerms(
        portfolio: portfolio, cashAsset: "USDC", underlyings: ["BTC"], perpetualFeeFraction: 0,
        optionFeeFraction: 0))
  }

  private static func market(_ data: VectorValue) -> VenueBook {
    let perpetual = data["BTC-USD-PERP"]
    let option = data["BTC-USD-8MAY26-78000-C"]
    let expiry = VenueBook.expiry(seconds: 16 * 86_400 + 8 * 3_600)
    var venue = VenueBook([
      VenueBook.asset("BTC", perpetual.underlying_price.number),
      VenueBook.asset("USDC", 1, peg: "USD"), VenueBook.asset("ETH", 2_000)
    ])
    venue.addFuture(
      "BTC-USD-PERP", on: "BTC", mark: perpetual.mark_price.number,
      fundingRate: perpetual.funding_rate.number)
    venue.addFuture("ETH-USD-PERP", on: "ETH", mark: 2_000)
    venue.addForward("BTC", expiry: expiry, perpetual.underlying_price.number)
    venue.addOption(
      "BTC-USD-8MAY26-78000-C", on: "BTC", expiry: expiry, strike: 78_000, .call,
      volatility: option.mark_iv.number, mark: option.mark_price.number)
    return venue
  }

  @Test func answersOfTheVenuesEngineAreReproducedFromBooks() throws {
    let file = try VenueVectors("paradex")
    var count = 0
    for vector in file.vectors where vector.model.text == "Portfolio margin" {
      let data = file.input(vector, "marketData")
      var venue = Self.market(data)
      venue.own("a", "USDC", 1_000)
      func size(_ row: VectorValue) -> Double {
        row.side.text == "SELL" ? -row["size"].number : row["size"].number
      }
      for row in vector.inputs.positions.list { venue.hold("a", row.market.text, size(row)) }
      for row in vector.inputs.orders.list {
        venue.order("a", row.market.text, size(row), at: row.price.number)
      }
      let run = try venue.run(Self.rule(file.input(vector, "pmConfig")))
      let margin = try #require(run.margin("a"))
      #expect(
        agrees(margin.initial.requirementUSD, vector.expected.IMR.number, 5e-5), "\(vector.id)")
      #expect(
        agrees(margin.maintenance.requirementUSD, vector.expected.MMR.number, 5e-5),
        "\(vector.id)")
      #expect(
        agrees(
          run.component("a", "initial", "scan"), -vector.expected.worst_loss.number, 5e-5),
        "\(vector.id)")
      #expect(
        margin.worstScenario?.position == Int(vector.expected.worst_idx.number), "\(vector.id)")
      #expect(run.addsUp)
      count += 1
    }
    #expect(count == 4)
  }

  @Test func holdingsAreChargedInFullAndOtherThingsAreNotCovered() throws {
    let file = try VenueVectors("paradex")
    let vector = try #require(file.vectors.first { $0.model.text == "Portfolio margin" })
    var venue = Self.market(file.input(vector, "marketData"))
    venue.own("a", "USDC", 1_000)
    venue.own("a", "BTC", 2)
    venue.own("b", "USDC", 1_000)
    venue.order("b", "ETH-USD-PERP", 1, at: 1_990)
    venue.own("c", "ETH", 1)
    let run = try venue.run(Self.rule(file.input(vector, "pmConfig")))
    let margin = try #require(run.margin("a"))
    #expect(margin.initial.surplusUSD == 1_000 && margin.maintenance.surplusUSD == 1_000)
    #expect(margin.initial.requirementUSD == margin.initial.valueUSD - 1_000)
    #expect(run.missing("b") == MissingData(subject: "ETH-USD-PERP", reason: .notCovered))
    #expect(run.missing("c") == MissingData(subject: "ETH", reason: .notCovered))
  }
}
